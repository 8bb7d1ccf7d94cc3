//! Masks secrets in requests that are shown.

use serde_json::Value;

/// The string that replaces a secret.
pub(crate) const MASK: &str = "***";

/// Masks passwords and the values of `envs` at any depth.
pub(crate) fn secrets(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "password" => hide(member),
                    "envs" => (member.as_object_mut().into_iter().flatten())
                        .for_each(|(_, value)| hide(value)),
                    _ => secrets(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(secrets),
        _ => {}
    }
}

fn hide(value: &mut Value) {
    if !value.is_null() && value.as_str() != Some("") {
        *value = MASK.into();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn passwords_and_variables_are_hidden_and_names_are_not() {
        let mut value = json!({
            "password": "p",
            "list": [{"image": {"username": "u", "password": ""}}],
            "conf": {"envs": {"A": "secret", "B": null}},
        });
        secrets(&mut value);
        let expected = json!({
            "password": "***",
            "list": [{"image": {"username": "u", "password": ""}}],
            "conf": {"envs": {"A": "***", "B": null}},
        });
        assert_eq!(value, expected);
    }
}
