//! Parsing of access key files.

use aihc_emulator::AccessKey;
use bce_auth::{Credentials, Secret};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyEntry {
    access_key_id: String,
    secret_access_key: String,
    user: Option<String>,
    #[serde(default)]
    disabled: bool,
    allow: Option<Vec<String>>,
    #[serde(default)]
    deny: Vec<String>,
}

/// Parses the access key file that `--keys` names. Errors contain no values from the file, because
/// they may be secret.
pub(crate) fn parse(text: &str) -> Result<Vec<AccessKey>, String> {
    let entries: Vec<KeyEntry> = serde_json::from_str(text).map_err(|error| {
        // The message of serde_json may quote a value from the file.
        format!(
            "not a list of access keys, at line {} column {}",
            error.line(),
            error.column()
        )
    })?;
    entries.into_iter().map(key).collect()
}

fn key(entry: KeyEntry) -> Result<AccessKey, String> {
    let credentials = Credentials::new(entry.access_key_id, Secret::from(entry.secret_access_key))
        .map_err(|error| error.to_string())?;
    let mut key = AccessKey::new(credentials)
        .disabled(entry.disabled)
        .deny(entry.deny);
    if let Some(user) = entry.user {
        key = key.user(user);
    }
    if let Some(allow) = entry.allow {
        key = key.allow(allow);
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_with_what_they_may_do() {
        let text = r#"[
            {"accessKeyId": "a", "secretAccessKey": "s"},
            {"accessKeyId": "b", "secretAccessKey": "s", "user": "u", "disabled": true,
             "allow": ["Describe*"], "deny": ["*Events"]}
        ]"#;
        let keys = parse(text).unwrap();
        assert_eq!((keys[0].access_key_id(), keys[0].user_name()), ("a", "a"));
        assert_eq!(
            (keys[0].allowed(), keys[0].is_disabled()),
            (&["*".to_owned()][..], false)
        );
        assert_eq!((keys[1].user_name(), keys[1].is_disabled()), ("u", true));
        assert_eq!(keys[1].allowed(), ["Describe*"]);
        assert_eq!(keys[1].denied(), ["*Events"]);
    }

    #[test]
    fn a_broken_file_is_refused_without_showing_secrets() {
        for text in [
            r#"[{"accessKeyId": "a", "secretAccessKey": "s3cret", "s3cret": 1}]"#,
            r#"[{"accessKeyId": "a", "secretAccessKey": "s3cret", "disabled": "s3cret"}]"#,
            r#"[{"accessKeyId": "", "secretAccessKey": "s3cret"}]"#,
            r#"{"accessKeyId": "s3cret"}"#,
            "s3cret",
        ] {
            let error = parse(text).unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
