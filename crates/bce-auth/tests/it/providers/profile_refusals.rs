//! Tests of profile files that are refused, and of the errors.

use std::error::Error as _;
use std::fs;

use bce_auth::{CredentialsErrorKind, ProfileProvider};

use super::setting::{FILE, KEYS, Setting, TOKEN, one};
use super::{HOME, texts, write};

#[test]
fn incomplete_credentials_are_refused_by_the_name_of_the_member() {
    let id = "'access_key_id': 'ak'";
    let secret = "'secret_access_key': 'hidden'";
    for (members, expected) in [
        (
            id.to_owned(),
            "access_key_id is set, but secret_access_key is not",
        ),
        (
            secret.to_owned(),
            "secret_access_key is set, but access_key_id is not",
        ),
        (
            format!("{id}, {TOKEN}, 'secret_access_key': null"),
            "access_key_id is set, but secret_access_key is not",
        ),
        (
            TOKEN.to_owned(),
            "security_token is set, but access_key_id and secret_access_key are not",
        ),
        (
            format!("'mode': 'AK', {TOKEN}"),
            "security_token is set, but access_key_id and secret_access_key are not",
        ),
        (
            format!("{KEYS}, 'security_token': ''"),
            "security_token is empty",
        ),
        (
            format!("'mode': 'AK', {KEYS}, 'security_token': ''"),
            "security_token is empty",
        ),
        (
            format!("{id}, 'secret_access_key': ''"),
            "secret_access_key is empty",
        ),
        (
            format!("{secret}, 'access_key_id': ''"),
            "access_key_id is empty",
        ),
        (
            format!("'mode': 'StsToken', {KEYS}"),
            "mode StsToken, but security_token is not set",
        ),
        (
            format!("{id}, 'secret_access_key': 5"),
            "secret_access_key is not text",
        ),
        (
            format!("{id}, 'secret_access_key': 'hidden\\n'"),
            "secret_access_key begins or ends with a line end (U+000A)",
        ),
        (
            format!("{secret}, 'access_key_id': ' ak'"),
            "access_key_id begins or ends with white space (U+0020)",
        ),
        (
            format!("{KEYS}, 'security_token': '\u{feff}hidden'"),
            "security_token begins or ends with a byte order mark (U+FEFF)",
        ),
        (
            format!("'mode': 'OAuth', {KEYS}"),
            "mode OAuth is not supported, only AK and StsToken are",
        ),
        (
            format!("{secret}, 'access_key_id': 'hid/den'"),
            "the access key id contains a character that is not visible ASCII, or a `/` \
             (access_key_id, secret_access_key)",
        ),
    ] {
        let setting = Setting::new("not-whole", one(&members));
        let refusal = setting.refusal(ProfileProvider::new());
        let expected = format!("profile `p` of FILE: {expected}");
        assert_eq!(refusal, (CredentialsErrorKind::Invalid, expected));
    }
}

#[test]
fn a_profile_without_keys_has_none_unless_it_was_asked_for() {
    let setting = Setting::new("no-keys", one("'mode': 'StsToken', 'region': 'bj'"));
    let text = "profile `p` of FILE: access_key_id and secret_access_key are not set";
    let (kind, refusal) = setting.refusal(ProfileProvider::new());
    assert_eq!((kind, &*refusal), (CredentialsErrorKind::NotFound, text));
    let (kind, refusal) = setting.refusal(ProfileProvider::new().name("p"));
    assert_eq!((kind, &*refusal), (CredentialsErrorKind::Invalid, text));
}

#[test]
fn without_a_file_or_a_home_nothing_is_found() {
    let setting = Setting::without_file("no-file");
    let (kind, text) = setting.refusal(ProfileProvider::new());
    assert_eq!(kind, CredentialsErrorKind::NotFound);
    assert_eq!(text, "FILE: no such file");
    for home in [None, Some("")] {
        let load = |name: &str| home.filter(|_| name == HOME).map(Into::into);
        let error = ProfileProvider::new().load_from(load).unwrap_err();
        assert_eq!(error.kind(), CredentialsErrorKind::NotFound);
        assert_eq!(
            error.to_string(),
            format!("profile file: {HOME} is not set")
        );
    }
}

#[test]
fn a_profile_that_is_not_there_is_named_with_those_that_are() {
    use CredentialsErrorKind::{Invalid, NotFound};
    let named = || ProfileProvider::new().name("prod");
    let current = FILE.replace(r#""current": "default""#, r#""current": "prod""#);
    for (file, provider, kind, expected) in [
        (
            FILE,
            named(),
            Invalid,
            "`prod`; the file has `default`, `sts`",
        ),
        (
            &current,
            ProfileProvider::new(),
            Invalid,
            "`prod`; the file has `default`, `sts`",
        ),
        ("{}", named(), Invalid, "`prod`; the file has no profiles"),
        (
            "{}",
            ProfileProvider::new(),
            NotFound,
            "`default`; the file has no profiles",
        ),
        (
            r#"{"current": "gone", "profiles": null}"#,
            ProfileProvider::new(),
            NotFound,
            "`gone`; the file has no profiles",
        ),
        (
            r#"{"profiles": [{"name": "a\nb"}]}"#,
            ProfileProvider::new(),
            NotFound,
            r"`default`; the file has `a\nb`",
        ),
    ] {
        let refusal = Setting::new("not-there", file).refusal(provider);
        assert_eq!(refusal, (kind, format!("FILE: no profile {expected}")));
    }
    let setting = Setting::new("not-there", FILE).with("BCE_PROFILE", "prod");
    let (kind, text) = setting.refusal(ProfileProvider::new());
    assert_eq!(kind, Invalid);
    assert!(text.contains("no profile `prod`"), "{text}");
}

#[test]
fn an_empty_name_is_refused_and_not_taken_for_the_current_one() {
    let setting = Setting::new("empty-name", FILE).with("BCE_PROFILE", "");
    for (provider, expected) in [
        (ProfileProvider::new(), "BCE_PROFILE: the name is empty"),
        (
            ProfileProvider::new().name(""),
            "profile: the name is empty",
        ),
    ] {
        let error = setting.load(provider).unwrap_err();
        assert_eq!(error.kind(), CredentialsErrorKind::Invalid);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_file_that_is_not_one_of_profiles_is_refused_by_line_and_column() {
    let not_json = "is not JSON";
    let not_profiles = "does not have the form of a profile file";
    for (file, line, expected) in [
        ("", 1, not_json),
        ("{\n  \"current\": \"hidden", 2, not_json),
        ("{\n\"current\":\n hidden}", 3, not_json),
        ("{} hidden", 1, not_json),
        ("[]", 1, not_profiles),
        ("\"hidden\"", 1, not_profiles),
        ("{\n\"profiles\": \"hidden\"}", 2, not_profiles),
        ("{\"profiles\": [\n[\"hidden\"]]}", 2, not_profiles),
        (
            r#"{"profiles": {"access_key_id": "hidden"}}"#,
            1,
            not_profiles,
        ),
        (r#"{"current": "a", "current": "b"}"#, 1, not_profiles),
    ] {
        let refusal = Setting::new("not-json", file).refusal(ProfileProvider::new());
        assert_eq!(refusal.0, CredentialsErrorKind::Invalid);
        let start = format!("FILE: line {line}, column ");
        assert!(refusal.1.starts_with(&start), "{file}: {refusal:?}");
        assert!(refusal.1.ends_with(expected), "{file}: {refusal:?}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_not_taken_for_missing() {
    let setting = Setting::without_file("a-directory");
    fs::create_dir_all(setting.path()).unwrap();
    let (kind, text) = setting.refusal(ProfileProvider::new());
    assert_eq!(kind, CredentialsErrorKind::Invalid);
    assert_eq!(text, "FILE: is not a regular file");

    // The directory of the file is itself a file.
    let setting = Setting::without_file("in-a-file");
    write(&setting.home.join(".bce"), "hidden");
    let error = setting.load(ProfileProvider::new()).unwrap_err();
    texts(&error);
    if cfg!(unix) {
        assert_eq!(error.kind(), CredentialsErrorKind::Invalid);
        assert!(error.to_string().ends_with("cannot be read"), "{error}");
        assert!(error.source().is_some());
    }
}

#[test]
fn a_file_is_read_up_to_its_largest_size_and_not_beyond() {
    let mut file = one(KEYS);
    file += &" ".repeat((1 << 20) - file.len());
    let setting = Setting::new("size", &file);
    setting.load(ProfileProvider::new()).unwrap();
    setting.write(file + " ");
    let (kind, text) = setting.refusal(ProfileProvider::new());
    assert_eq!(kind, CredentialsErrorKind::Invalid);
    assert_eq!(text, "FILE: is larger than 1 MiB");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_refused_by_name() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;

    let mut setting = Setting::new("not-text", FILE);
    let value = OsString::from_vec(vec![b'h', 0xFF]);
    setting.variables.push(("BCE_PROFILE", value));
    let error = setting.load(ProfileProvider::new()).unwrap_err();
    assert_eq!(error.kind(), CredentialsErrorKind::Invalid);
    assert_eq!(
        error.to_string(),
        "environment: BCE_PROFILE is not valid UTF-8"
    );
}

#[test]
fn no_error_and_no_debug_output_shows_what_the_file_holds() {
    let secrets = [
        "hidden-value",
        "hidden\\n",
        "/hidden/",
        " ",
        "hidden\\\"\\u0000",
    ];
    let shapes = [
        "'X'",
        "['X']",
        "{'X': 'X'}",
        "'X",
        "X",
        "1X",
        "'\\X'",
        "\"X\" \"X\"",
    ];
    let members = [
        "mode",
        "access_key_id",
        "secret_access_key",
        "security_token",
        "region",
        "endpoint",
    ];
    let mut errors = 0;
    let setting = Setting::without_file("planted");
    for (secret, shape) in secrets
        .iter()
        .flat_map(|secret| shapes.map(|shape| (secret, shape)))
    {
        let planted = shape.replace('X', secret);
        let places = members.iter().map(|member| {
            let keep = |other: &&str| other.starts_with("'name'") || !other.contains(member);
            let others = KEYS.split(", ").filter(keep).collect::<Vec<_>>().join(", ");
            let comma = if others.is_empty() { "" } else { ", " };
            one(&format!("{others}{comma}'{member}': {planted}"))
        });
        let whole = [
            "X",
            "{'profiles': X}",
            "{'profiles': [X]}",
            "{'current': {'X': X",
        ];
        let whole = whole.map(|file| file.replace('X', &planted).replace('\'', "\""));
        for file in places.chain(whole) {
            setting.write(&file);
            match setting.load(ProfileProvider::new()) {
                Ok(profile) => {
                    // Neither a key id nor a region is secret.
                    let text = format!("{profile:?}");
                    let public = format!("{:?}", profile.credentials().access_key_id());
                    let text = text.replace(&public, "").replace(
                        &format!("region: {:?}", profile.region().map(str::to_owned)),
                        "",
                    );
                    assert!(!text.contains("hidden"), "{text}");
                }
                Err(error) => {
                    texts(&error);
                    errors += 1;
                }
            }
        }
    }
    assert!(errors > 200, "{errors}");
}
