//! Tests of which parts of the profile file take effect.

use bce_auth::{ProfileProvider, ProvideCredentials as _};

use super::setting::{FILE, KEYS, Setting, TOKEN, one};
use super::{home, token, write};

#[test]
fn the_current_profile_of_the_file_under_home_is_taken() {
    let setting = Setting::new("current", FILE);
    let profile = setting.load(ProfileProvider::new()).unwrap();
    assert_eq!(profile.name(), "default");
    assert_eq!(profile.path(), setting.path());
    assert_eq!(profile.credentials().access_key_id(), "ak-default");
    let secret = profile.credentials().secret_access_key();
    assert_eq!(secret.expose(), "hidden-sk");
    assert_eq!(token(profile.credentials()), None);
    assert_eq!((profile.region(), profile.endpoint()), (Some("bj"), None));
}

#[test]
fn a_profile_is_chosen_by_name_before_the_variable_before_the_file() {
    let setting = Setting::new("chosen", FILE).with("BCE_PROFILE", "sts");
    let sts = setting.load(ProfileProvider::new()).unwrap();
    assert_eq!(sts.credentials().access_key_id(), "ak-sts");
    assert_eq!(token(sts.credentials()), Some("hidden-token"));
    assert_eq!(sts.region(), Some("su"));
    assert_eq!(sts.endpoint(), Some("bcc.su.baidubce.com"));
    let named = setting.load(ProfileProvider::new().name("default"));
    assert_eq!(named.unwrap().name(), "default");
}

#[test]
fn without_a_current_profile_the_default_one_is_taken() {
    for current in ["", r#""current": "", "#, r#""current": null, "#] {
        let file = FILE.replace(r#""current": "default","#, current);
        let setting = Setting::new("no-current", file);
        let profile = setting.load(ProfileProvider::new()).unwrap();
        assert_eq!(profile.name(), "default", "{current}");
    }
}

#[tokio::test]
async fn another_path_needs_no_home_and_is_read_anew_for_each_answer() {
    let path = home("path").join("mine.json");
    let provider = ProfileProvider::new().path(&path).name("p");
    for id in ["ak-1", "ak-2"] {
        write(&path, one(&KEYS.replace("'ak'", &format!("'{id}'"))));
        let loaded = provider.load_from(|_| None).unwrap();
        assert_eq!(loaded.credentials().access_key_id(), id);
        let provided = provider.provide_credentials().await.unwrap();
        assert_eq!(provided.access_key_id(), id);
    }
}

#[test]
fn other_spellings_of_the_file_are_read() {
    let keys = KEYS.replace('\'', "\"");
    for file in [
        format!(r#"{{"current_profile": "p", "profiles": {{"p": {{{keys}}}}}}}"#),
        format!(r#"{{"currentProfile": "p", "profiles": {{"p": {{"name": "q", {keys}}}}}}}"#),
        format!("\u{feff}{}", one(KEYS)),
        one(&format!(
            "'mode': null, 'security_token': null, 'region': '', {KEYS}"
        )),
        one(&format!(
            "'mode': '', 'x': [1, {{'y': -1.5}}], 'z': true, {KEYS}"
        )),
        // Mistakes in profiles that are not used.
        one(KEYS).replace("[", r#"[{}, {"name": 7}, {"name": "q", "mode": ["x"]}, "#),
        // If several profiles have the same name, the first one is used.
        one(KEYS).replace("]", r#", {"name": "p", "mode": "OAuth"}]"#),
    ] {
        let setting = Setting::new("spellings", &file);
        let profile = setting.load(ProfileProvider::new()).unwrap();
        assert_eq!(profile.name(), "p", "{file}");
        assert_eq!(profile.credentials().access_key_id(), "ak", "{file}");
        assert_eq!(token(profile.credentials()), None, "{file}");
        assert_eq!(profile.region(), None, "{file}");
    }
}

#[test]
fn escaped_characters_are_a_part_of_the_secret() {
    let file = one(r"'access_key_id': 'ak', 'secret_access_key': 'a\u0026b\/c\\#;=%'");
    let profile = Setting::new("escapes", file)
        .load(ProfileProvider::new())
        .unwrap();
    let secret = profile.credentials().secret_access_key();
    assert_eq!(secret.expose(), r"a&b/c\#;=%");
}

#[test]
fn the_mode_says_whether_the_token_counts() {
    for (mode, expected) in [
        ("'mode': 'AK',", None),
        ("'mode': 'ak',", None),
        ("'mode': 'StsToken',", Some("hidden-token")),
        ("'mode': 'STSTOKEN',", Some("hidden-token")),
        ("", Some("hidden-token")),
    ] {
        let setting = Setting::new("modes", one(&format!("{mode} {KEYS}, {TOKEN}")));
        let profile = setting.load(ProfileProvider::new()).unwrap();
        assert_eq!(token(profile.credentials()), expected, "{mode}");
    }
}
