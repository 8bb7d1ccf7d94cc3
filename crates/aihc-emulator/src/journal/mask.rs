//! Requests without their secrets.

use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};

/// Stands in for a secret.
const MASK: &str = "***";
/// Header or query parameter with a session token.
const TOKEN: &str = "x-bce-security-token";
/// The longest body that is shown.
const BODY_LIMIT: usize = 16 * 1024;

/// A body as JSON, without passwords and without the values of environment variables; `None` when
/// it is empty, too long, or no JSON, since then nobody knows where its secrets are.
pub(super) fn body(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() || bytes.len() > BODY_LIMIT {
        return None;
    }
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    mask_members(&mut value);
    Some(value.to_string())
}

fn mask_members(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(mask_members),
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.to_ascii_lowercase();
                match value {
                    Value::Object(variables) if name == "envs" => mask_values(variables),
                    _ if ["password", "secret", "token", "credential"]
                        .iter()
                        .any(|word| name.contains(word)) =>
                    {
                        *value = MASK.into();
                    }
                    _ => mask_members(value),
                }
            }
        }
        _ => {}
    }
}

fn mask_values(members: &mut Map<String, Value>) {
    members.values_mut().for_each(|value| *value = MASK.into());
}

/// Keeps who signed what and when, and drops the proof: the sixth part and all behind it.
fn mask_authorization(value: &str) -> String {
    let parts: Vec<&str> = value.splitn(6, '/').collect();
    match parts.as_slice() {
        [version, shown @ .., _] if shown.len() == 4 && version.starts_with("bce-auth-v") => {
            format!("{version}/{}/{MASK}", shown.join("/"))
        }
        _ => MASK.to_owned(),
    }
}

pub(super) fn headers(headers: &HeaderMap) -> HeaderMap {
    let mut masked = headers.clone();
    for (name, value) in &mut masked {
        let shown = match name {
            name if name == AUTHORIZATION => value.to_str().map_or(MASK.into(), mask_authorization),
            name if name == TOKEN => MASK.to_owned(),
            _ => continue,
        };
        *value = HeaderValue::try_from(shown).unwrap_or(HeaderValue::from_static(MASK));
    }
    masked
}

pub(super) fn target(parts: &Parts) -> String {
    let Some(query) = parts.uri.query() else {
        return parts.uri.path().to_owned();
    };
    let pieces: Vec<String> = query
        .split('&')
        .map(|piece| {
            let key = piece.split_once('=').map_or(piece, |(key, _)| key);
            let plain = String::from_utf8_lossy(&bce_auth::encode::uri_decode(key)).into_owned();
            let secret = [AUTHORIZATION.as_str(), TOKEN];
            if secret.iter().any(|name| plain.eq_ignore_ascii_case(name)) {
                format!("{key}={MASK}")
            } else {
                piece.to_owned()
            }
        })
        .collect();
    format!("{}?{}", parts.uri.path(), pieces.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authorization_of_another_form_is_masked_whole() {
        assert_eq!(mask_authorization("Basic dXNlcjpwYXNz/x"), "***");
        assert_eq!(mask_authorization("bce-auth-v1/ak/5ec2e7"), "***");
        assert_eq!(
            mask_authorization("bce-auth-v1/ak/t/1800/host/5ec2e7/x"),
            "bce-auth-v1/ak/t/1800/host/***"
        );
    }

    #[test]
    fn secrets_in_bodies_are_masked_wherever_they_stand() {
        let sent = r#"{"name":"dev","conf":{"image":{"username":"u","Password":"s1"},
            "envs":{"KEY":"s2"},"list":[{"secretKey":"s3"}]},"sessionToken":{"deep":"s4"}}"#;
        let shown = body(sent.as_bytes()).unwrap();
        for secret in ["s1", "s2", "s3", "s4"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        for kept in ["dev", "username", "KEY"] {
            assert!(shown.contains(kept), "{shown}");
        }
    }

    #[test]
    fn a_body_that_cannot_be_read_is_not_shown() {
        assert_eq!(body(b""), None);
        assert_eq!(body(br#"{"password":"s1""#), None);
        assert_eq!(body(&[b' '; BODY_LIMIT + 1]), None);
    }
}
