//! Tests of the INI files of older tools.

use std::path::Path;

use bce_auth::{Credentials, CredentialsError, CredentialsErrorKind, IniProvider};

use super::{home, texts, token, write};

fn load(test: &str, content: impl AsRef<[u8]>) -> Result<Credentials, CredentialsError> {
    let path = home(test).join("credentials");
    write(&path, content);
    IniProvider::new(path).load()
}

/// Returns the kind and the text of the error that the provider returns. In the text, `FILE` stands
/// for the path.
fn refusal(provider: IniProvider, path: &Path) -> (CredentialsErrorKind, String) {
    let error = provider.load().unwrap_err();
    assert!(texts(&error).contains(&path.display().to_string()));
    let text = error.to_string();
    (error.kind(), text.replace(&*path.to_string_lossy(), "FILE"))
}

#[test]
fn the_files_of_the_older_tools_are_read() {
    let bce = "[defaults]\nbce_access_key_id = ak\nbce_secret_access_key = sk\n";
    let bcecmd = "[Defaults]\nAk = ak\nSk = sk\nSts = \n";
    let bcecmd_session = "[Defaults]\nAk = ak\nSk = sk\nSts = token\n";
    let aihc = "[default]\nregion = cn-beijing\nhost = aihc.bj.baidubce.com\n\
                access_id = ak\naccess_key = sk\n\n[image-repo]\npassword = x\n";
    for (file, expected) in [
        (bce, None),
        (bcecmd, None),
        (bcecmd_session, Some("token")),
        (aihc, None),
    ] {
        let credentials = load("older-tools", file).unwrap();
        assert_eq!(credentials.access_key_id(), "ak", "{file}");
        assert_eq!(credentials.secret_access_key().expose(), "sk", "{file}");
        assert_eq!(token(&credentials), expected, "{file}");
    }
}

#[test]
fn every_key_has_its_other_names() {
    let pairs = [
        ("access_key_id", "secret_access_key"),
        ("ACCESS_KEY_ID", "Secret_Access_Key"),
        ("bce_access_key_id", "bce_secret_access_key"),
        ("access_id", "secret_key"),
        ("access_id", "access_key"),
        ("access_key", "secret_key"),
        ("ak", "sk"),
    ];
    let tokens = [
        "security_token",
        "bce_security_token",
        "session_token",
        "bce_session_token",
        "sts",
    ];
    for (id, secret) in pairs {
        for name in tokens {
            let file = format!("{secret}=sk\n{name}=t\n{id}=ak");
            let credentials = load("names", &file).unwrap();
            assert_eq!(credentials.access_key_id(), "ak", "{file}");
            assert_eq!(credentials.secret_access_key().expose(), "sk", "{file}");
            assert_eq!(token(&credentials), Some("t"), "{file}");
        }
    }
}

#[test]
fn a_secret_of_any_characters_survives() {
    for secret in [
        r##"a#b;c:d=e%f\g"h'i j"##,
        "#;:=%\\\"",
        "\"quoted\"",
        "%(ak)s",
    ] {
        let credentials = load("verbatim", format!("ak = x\r\nsk = {secret} \r\n")).unwrap();
        assert_eq!(credentials.secret_access_key().expose(), secret);
    }
    let marked = load("verbatim", "\u{feff}[default]\nak=x\nsk=y").unwrap();
    assert_eq!(marked.access_key_id(), "x");
}

#[test]
fn the_section_is_chosen_by_name_then_default_then_defaults() {
    let path = home("sections").join("credentials");
    let part = |name: &str, id: &str| format!("{name}\nak={id}\nsk=hidden\n");
    let parts = [
        part("", "none"),
        part("[other]", "other"),
        part("[DEFAULTS]", "defaults"),
        part("[Default]", "default"),
    ];
    for (count, expected) in [(2, "none"), (3, "defaults"), (4, "default")] {
        write(&path, parts[..count].concat());
        let credentials = IniProvider::new(&path).load().unwrap();
        assert_eq!(credentials.access_key_id(), expected);
        let other = IniProvider::new(&path).section("OTHER").load().unwrap();
        assert_eq!(other.access_key_id(), "other");
    }
    assert_eq!(
        refusal(IniProvider::new(&path).section("mine"), &path),
        (
            CredentialsErrorKind::Invalid,
            "FILE: no keys in section `mine`".to_owned()
        )
    );
}

#[test]
fn without_a_file_or_without_keys_nothing_is_found() {
    let path = home("nothing").join("credentials");
    let expected = |text: &str| (CredentialsErrorKind::NotFound, text.to_owned());
    let missing = refusal(IniProvider::new(&path), &path);
    assert_eq!(missing, expected("FILE: no such file"));
    for file in [
        "",
        "[other]\nak=x\nsk=hidden",
        "[default]\nregion=bj\nsts=\n[defaults]\nak=x",
    ] {
        write(&path, file);
        let empty = refusal(IniProvider::new(&path), &path);
        assert_eq!(empty, expected("FILE: no keys"), "{file}");
    }
}

#[test]
fn credentials_that_are_not_whole_or_not_clear_are_refused() {
    let path = home("refused").join("credentials");
    for (file, expected) in [
        (
            "ak=x",
            "FILE: access key id is set, but secret access key is not",
        ),
        (
            "[default]\nsk=hidden",
            "section `default` of FILE: secret access key is set, but access key id is not",
        ),
        (
            "session_token=hidden",
            "FILE: session token is set, but access key id and secret access key are not",
        ),
        ("ak=\nsk=hidden", "FILE: access key id is empty"),
        ("ak=x\nsk=  ", "FILE: secret access key is empty"),
        (
            "ak=x\nsk=hidden\nsession_token=",
            "FILE: session token is empty",
        ),
        (
            "ak=x\nsk=hidden\nSK=hidden2",
            "FILE: line 3 sets the secret access key again",
        ),
        (
            "ak=x\nsecret_key=hidden\n\nsk=hidden2",
            "FILE: line 4 sets the secret access key again",
        ),
        (
            "access_id=x\naccess_key=hidden\nsk=hidden2",
            "FILE: line 3 sets the secret access key again",
        ),
        (
            "ak=x\nak=x\nsk=hidden",
            "FILE: line 2 sets the access key id again",
        ),
        (
            "[default]\nak=x\n[DEFAULT]\nsk=hidden",
            "FILE: line 3 begins a section that has occurred before",
        ),
        (
            "[default]\nhidden",
            "FILE: line 2 is neither `key = value` nor a [section]",
        ),
        (
            "sk=hidden\n[hidden",
            "FILE: line 2 is not a valid [section]",
        ),
        (
            "ak=x\nsk=\u{a0}hidden",
            "FILE: secret access key begins or ends with white space (U+00A0)",
        ),
        (
            "[default]\nak=x\nsk=hidden\nsts=hid\u{200b}den",
            "section `default` of FILE: session token contains an invisible character (U+200B)",
        ),
    ] {
        write(&path, file);
        let refusal = refusal(IniProvider::new(&path), &path);
        assert_eq!(
            refusal,
            (CredentialsErrorKind::Invalid, expected.to_owned())
        );
    }
    write(&path, b"ak=x\nsk=hidden\xFF");
    let (kind, text) = refusal(IniProvider::new(&path), &path);
    assert_eq!(kind, CredentialsErrorKind::Invalid);
    assert_eq!(text, "FILE: the file is not valid UTF-8");
}
