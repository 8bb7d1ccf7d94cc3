//! Captures the `Debug` output and the errors of providers that read credentials from files, some
//! of which are broken.

use std::path::{Path, PathBuf};

use bce_auth::{ChainProvider, IniProvider, ProfileProvider, ProvideCredentials};

use crate::capture::Capture;
use crate::{MISPLACED, SECRET_KEY};

pub(crate) async fn show_all(capture: &Capture) {
    show_profiles(capture).await;
    show_ini_files(capture).await;
    show_answer(capture, ChainProvider::new()).await;
}

async fn show_profiles(capture: &Capture) {
    let quoted = serde_json::to_string(SECRET_KEY).unwrap();
    let token = serde_json::to_string(MISPLACED).unwrap();
    let file_of = |members: &str| {
        format!(r#"{{"current":"a","profiles":[{{"name":"a",{members}}}]}}"#).into_bytes()
    };
    let secret = format!(r#""secret_access_key":{quoted}"#);
    let with_id = |members: &str| file_of(&format!(r#""access_key_id":"id",{members}"#));
    let mut not_utf8 = with_id(&secret);
    not_utf8.push(0xff);
    let mut too_large = with_id(&secret);
    too_large.resize((1 << 20) + 1, b' ');
    for bytes in [
        with_id(&secret),
        with_id(&format!(r#"{secret},"security_token":{token}"#)),
        with_id(&format!(r#""secret_access_key":[{quoted}]"#)),
        with_id(&format!(r#"{secret},"mode":{quoted}"#)),
        with_id(&format!(r#"{secret},"mode":[{quoted}]"#)),
        with_id(&format!(r#"{secret},"mode":"StsToken""#)),
        with_id(&format!(r#"{secret},{secret}"#)),
        with_id(&format!(r#"{secret},"security_token":{{{token}:{token}}}"#)),
        with_id(&format!(r#"{secret},"security_token":"{MISPLACED}\n""#)),
        with_id(&format!(
            r#"{secret},"security_token":"","region":[{token}]"#
        )),
        with_id(&format!(r#"{secret},"region":[{token}]"#)),
        with_id(&format!(r#"{secret},"endpoint":{{{token}:1}}"#)),
        with_id(&format!(r#""secret_access_key":{}"#, &quoted[..20])),
        with_id(&format!(r#""security_token":{token}"#)),
        file_of(&secret),
        file_of(&format!(r#""security_token":{token}"#)),
        // The id and the secret key are swapped.
        file_of(&format!(
            r#""access_key_id":{quoted},"secret_access_key":"id""#
        )),
        file_of(&format!(r#""access_key_id":[{quoted}],{secret}"#)),
        format!(r#"{{"current":[{quoted}]}}"#).into_bytes(),
        format!(r#"{{"profiles":{quoted}}}"#).into_bytes(),
        format!(r#"{{"profiles":[{quoted}]}}"#).into_bytes(),
        quoted.clone().into_bytes(),
        not_utf8,
        too_large,
    ] {
        let provider = ProfileProvider::new().path(file("config.json", &bytes));
        for provider in [provider.clone(), provider.name("another")] {
            match provider.load() {
                Ok(profile) => capture.debug(&profile),
                Err(error) => capture.error(error),
            }
            show_answer(capture, provider.clone()).await;
            show_answer(capture, ChainProvider::new().then(provider)).await;
        }
    }
}

async fn show_ini_files(capture: &Capture) {
    let id = "bce_access_key_id = id";
    let secret = format!("bce_secret_access_key = {SECRET_KEY}");
    let token = format!("bce_session_token = {MISPLACED}");
    let mut not_utf8 = format!("[default]\n{id}\n{secret}\n").into_bytes();
    not_utf8.push(0xff);
    let texts = [
        format!("{id}\n{secret}"),
        format!("{id}\n{secret}\n{token}"),
        secret.clone(),
        token.clone(),
        format!("{id}\n{token}"),
        // A value is set twice; the file contains one key, or two.
        format!("{id}\n{secret}\n{secret}"),
        format!("{id}\n{secret}\nsk = {SECRET_KEY}"),
        format!("{id}\n{secret}\n{token}\nsts = {MISPLACED}"),
        format!("access_id = id\naccess_key = {SECRET_KEY}\n{secret}"),
        format!("{id}\nak = {SECRET_KEY}\n{secret}"),
        // The id and the secret key are swapped.
        format!("ak = {SECRET_KEY}\nsk = id"),
        format!("{id}\n{secret}\nsts = {MISPLACED}\u{e9}"),
        format!("{id}\n{secret}\nsession_token ="),
        format!("{id}\n= {SECRET_KEY}"),
        format!("{id}\n{secret}\n[default]\n{token}"),
        // The wrong file, which contains only a secret key.
        SECRET_KEY.replace('=', ""),
        format!("[{SECRET_KEY}"),
    ];
    let texts = texts.map(|text| format!("[default]\n{text}\n").into_bytes());
    let without_section = SECRET_KEY.to_owned().into_bytes();
    for bytes in texts.into_iter().chain([without_section, not_utf8]) {
        let provider = IniProvider::new(file("credentials", &bytes));
        for provider in [provider.clone(), provider.section("another")] {
            show_answer(capture, provider.clone()).await;
            show_answer(capture, ChainProvider::new().then(provider)).await;
        }
    }
}

async fn show_answer(capture: &Capture, provider: impl ProvideCredentials) {
    capture.debug(&provider);
    match provider.provide_credentials().await {
        Ok(credentials) => capture.debug(&credentials),
        Err(error) => capture.error(error),
    }
}

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("leaks-{name}"));
    std::fs::write(&path, bytes).unwrap();
    path
}
