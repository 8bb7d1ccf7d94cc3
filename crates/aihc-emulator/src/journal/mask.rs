//! Removal of secrets from requests.

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

/// The string that replaces a secret.
const MASK: &str = "***";
/// The maximum length of a body that is recorded.
const BODY_LIMIT: usize = 16 * 1024;
/// Words that indicate a secret if the name of a body member, a query parameter or a header
/// contains them.
const WORDS: [&str; 6] = ["password", "passwd", "pwd", "secret", "token", "credential"];

/// Returns whether a value with this name may be secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // A client token is an id, not a secret. The environment set-up of a job may contain the same
    // data as its variables.
    name != "clienttoken"
        && (["pass", "runtimeenv"].contains(&name.as_str())
            || WORDS.iter().any(|word| name.contains(word)))
}

/// Returns a body as JSON in which the values of environment variables, and all members that may be
/// secret, are masked. Returns `None` if the body is empty or too long. Also returns `None` if it
/// is not JSON, because secrets cannot be located in other formats.
pub(super) fn body(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() || bytes.len() > BODY_LIMIT {
        return None;
    }
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    match &mut value {
        // A string without a name may be a secret.
        Value::String(text) => MASK.clone_into(text),
        value => mask_members(value),
    }
    Some(value.to_string())
}

fn mask_members(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(mask_members),
        Value::Object(members) => {
            for (name, value) in members {
                if name.eq_ignore_ascii_case("envs") {
                    mask_variables(value);
                } else if is_secret(name) {
                    *value = MASK.into();
                } else {
                    mask_members(value);
                }
            }
        }
        _ => {}
    }
}

/// Masks the values of environment variables but not their names. The variables are an object that
/// maps names to values, or a list of objects.
fn mask_variables(envs: &mut Value) {
    match envs {
        Value::Null => {}
        Value::Object(variables) => variables
            .values_mut()
            .for_each(|value| *value = MASK.into()),
        Value::Array(variables) => {
            for variable in variables {
                match variable {
                    Value::Object(members) => members
                        .iter_mut()
                        .filter(|(name, _)| *name != "name" && *name != "key")
                        .for_each(|(_, value)| *value = MASK.into()),
                    other => *other = MASK.into(),
                }
            }
        }
        other => *other = MASK.into(),
    }
}

/// Returns the value of an `Authorization` header without the signature, but with the access key
/// id, the time and the names of the signed headers. If the format is unexpected, the result
/// contains at most the prefix, such as `bce-auth-v1`, and the access key id.
fn mask_authorization(value: &str) -> String {
    let mut parts = value.split('/');
    let mut next = || parts.next().unwrap_or_default();
    let (version, key) = (next(), next());
    let (timestamp, expire, names) = (next(), next(), next());
    if !version.starts_with("bce-auth-v") || !is_word(version, "-") || !is_word(key, "-_") {
        return MASK.into();
    }
    let well_formed = is_word(timestamp, "-:")
        && timestamp.ends_with('Z')
        && timestamp.len() == "2026-08-20T00:00:00Z".len()
        && expire.bytes().all(|byte| byte.is_ascii_digit())
        && expire.len() < 10
        && (names.is_empty() || names.contains("host"))
        && parts.count() == 1;
    if version == "bce-auth-v1" && well_formed {
        return format!("{version}/{key}/{timestamp}/{expire}/{names}/{MASK}");
    }
    format!("{version}/{key}/{MASK}")
}

/// Returns whether the string consists of letters, digits and the characters in `more`, and is too
/// short to contain a signature.
fn is_word(text: &str, more: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
    (1..64).contains(&text.len()) && text.chars().all(fits)
}

pub(super) fn headers(headers: &HeaderMap) -> HeaderMap {
    let mut masked = headers.clone();
    for (name, value) in &mut masked {
        let shown = match name {
            name if name == AUTHORIZATION => value.to_str().map_or(MASK.into(), mask_authorization),
            name if name == PROXY_AUTHORIZATION || name == COOKIE => MASK.to_owned(),
            name if is_secret(name.as_str()) => MASK.to_owned(),
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
            if plain.eq_ignore_ascii_case(AUTHORIZATION.as_str()) || is_secret(&plain) {
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
    fn an_authorization_of_another_form_shows_its_version_and_key_at_most() {
        let proof = "5ec2e7".repeat(11);
        for (value, shown) in [
            (
                "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host/5ec2e7",
                "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host/***",
            ),
            (
                "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800//5ec2e7",
                "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800//***",
            ),
            (
                "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/5ec2e7",
                "bce-auth-v1/ak/***",
            ),
            ("bce-auth-v1/ak/t/1800/host/5ec2e7", "bce-auth-v1/ak/***"),
            ("bce-auth-v1/ak/5ec2e7/1800/host/x/y", "bce-auth-v1/ak/***"),
            (
                "bce-auth-v2/ak/20260820/bj/aihc/host/5ec2e7",
                "bce-auth-v2/ak/***",
            ),
            ("bce-auth-v1/ak/5ec2e7", "bce-auth-v1/ak/***"),
            ("bce-auth-v1/5ec2e7 x", "***"),
            ("Basic dXNlcjpwYXNz/x", "***"),
            ("5ec2e7", "***"),
        ] {
            assert_eq!(mask_authorization(value), shown, "{value}");
        }
        assert_eq!(mask_authorization(&format!("bce-auth-v1/{proof}")), "***");
    }

    #[test]
    fn secrets_in_bodies_are_masked_wherever_they_stand() {
        let sent = r#"{"name":"dev","conf":{"image":{"username":"u","Password":"s1"},
            "envs":{"KEY":"s2"},"list":[{"secretKey":"s3"}]},"sessionToken":{"deep":"s4"},
            "passwd":"s5","advancedSettings":{"runtimeEnv":"s0"},"a":{"envs":[{"name":"NAME","value":"s6"},"X=s7",["s8"]]},
            "b":{"envs":"s9"},"clientToken":"id-1"}"#;
        let shown = body(sent.as_bytes()).unwrap();
        for secret in ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        for kept in ["dev", "username", "KEY", "NAME", "id-1"] {
            assert!(shown.contains(kept), "{shown}");
        }
        assert_eq!(body(br#""s1""#).as_deref(), Some(r#""***""#));
    }

    #[test]
    fn secrets_in_queries_and_headers_are_masked_by_the_same_words() {
        let request = http::Request::get("/?action=A&password=s1&secret%4Bey=s2&clientToken=id-1")
            .header("proxy-authorization", "Basic s3")
            .header("cookie", "session=s4")
            .header("x-api-secret", "s5")
            .header("authorization", "bce-auth-v1/ak/s6/x/y/z/q");
        let parts = request.body(()).unwrap().into_parts().0;
        let shown = format!("{} {:?}", target(&parts), headers(&parts.headers));
        for secret in ["s1", "s2", "s3", "s4", "s5", "s6"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("clientToken=id-1"), "{shown}");
    }

    #[test]
    fn a_body_that_cannot_be_read_is_not_shown() {
        assert_eq!(body(b""), None);
        assert_eq!(body(br#"{"password":"s1""#), None);
        assert_eq!(body(&[b' '; BODY_LIMIT + 1]), None);
    }
}
