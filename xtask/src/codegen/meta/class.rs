//! Determines the effect of repeating an operation, and the parameter that makes it harmless.

use serde_json::{Value, json};

use super::overlay::Correction;
use super::schema::{Action, Parameter};

/// Names of parameters by which services recognise a repeated request.
const TOKENS: &[&str] = &["clientToken", "client_token", "ClientToken"];

/// First words in the names of operations that only read, although their HTTP method is POST.
const READS: &[&str] = &["Describe", "Get", "List", "Query"];

/// Returns the value of the key `idempotency` in the description of an operation. `action` is the
/// value of the operation's constant query parameter `action`, if it has one.
pub(super) fn idempotency(
    operation: &Action,
    action: Option<&str>,
    correction: &Correction,
) -> Value {
    let class = match &correction.class {
        Some(class) => class,
        None if is_read(operation, action) => "safe",
        None => "non_idempotent",
    };
    let mut idempotency = json!({ "class": class });
    if let Some(token) = token(operation, action, correction)
        && let Some(members) = idempotency.as_object_mut()
    {
        members.insert("token".to_owned(), token.into());
        members.insert("class_with_token".to_owned(), "repeatable".into());
        members.insert("token_made".to_owned(), true.into());
    }
    idempotency
}

/// Returns the name of the parameter that is an idempotency token: the client makes a value for
/// each call, and sends the same one when it repeats the call. `None` if there is none.
///
/// If `correction` names the parameter, returns that name. Otherwise, returns `None` for an
/// operation that only reads, and for one whose idempotency class `correction` sets. For any other
/// operation, looks for a parameter with a name such as `clientToken`.
pub(super) fn token<'a>(
    operation: &'a Action,
    action: Option<&str>,
    correction: &'a Correction,
) -> Option<&'a str> {
    if correction.token.is_some() {
        return correction.token.as_deref();
    }
    if correction.class.is_some() || is_read(operation, action) {
        return None;
    }
    known_token(operation).map(|it| it.name.as_str())
}

/// Returns the parameter that is an idempotency token, going by a name such as `clientToken`;
/// `None` if there is none.
pub(super) fn known_token(operation: &Action) -> Option<&Parameter> {
    let mut parameters = operation.parameters.iter();
    parameters.find(|it| {
        let is_sent = matches!(it.position.as_deref(), Some("QUERY" | "BODY" | "HEADER"));
        is_sent && it.ty == "String" && TOKENS.contains(&it.name.as_str())
    })
}

/// Returns whether an operation only reads: its method is GET or HEAD; or its method is POST, and
/// the first word of its name or of `action` is in `READS`.
pub(super) fn is_read(operation: &Action, action: Option<&str>) -> bool {
    match operation.method.as_str() {
        "GET" | "HEAD" => true,
        "POST" => {
            let names = [Some(operation.name.as_str()), action];
            names.into_iter().flatten().any(|name| {
                READS.iter().any(|read| {
                    let rest = name.strip_prefix(read);
                    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
                })
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(method: &str, name: &str, action: Option<&str>) -> String {
        let operation = serde_json::from_value(json!({
            "name": name, "method": method, "uri": "/",
            "parameters": [{ "name": "clientToken", "type": "String", "position": "QUERY" }],
        }));
        idempotency(&operation.unwrap(), action, &Correction::default())["class"].to_string()
    }

    #[test]
    fn a_class_that_is_said_has_the_token_that_is_said() {
        let operation = serde_json::from_value(json!({
            "name": "CreateThing", "method": "POST", "uri": "/", "parameters": [
                { "name": "clientToken", "type": "String", "position": "QUERY" },
                { "name": "nonce", "type": "String", "position": "HEADER" },
            ],
        }));
        let operation = operation.unwrap();
        let of = |class: Option<&str>, token: Option<&str>| {
            let correction = Correction {
                class: class.map(str::to_owned),
                token: token.map(str::to_owned),
                ..Correction::default()
            };
            let of = idempotency(&operation, None, &correction);
            let text = |key: &str| of[key].as_str().unwrap_or_default().to_owned();
            (text("class"), text("token"), of["token_made"] == true)
        };
        let expected =
            |class: &str, token: &str| (class.to_owned(), token.to_owned(), !token.is_empty());
        let (class, token) = (Some("state_guarded"), Some("nonce"));
        assert_eq!(of(None, None), expected("non_idempotent", "clientToken"));
        assert_eq!(of(class, None), expected("state_guarded", ""));
        assert_eq!(of(None, token), expected("non_idempotent", "nonce"));
        assert_eq!(of(class, token), expected("state_guarded", "nonce"));
    }

    #[test]
    fn what_only_reads_is_known_by_its_method_or_its_name() {
        for (method, name, action) in [
            ("GET", "CreateThing", None),
            ("POST", "ListThings", None),
            ("POST", "DescribeThing", None),
            ("POST", "ApmDescribeThing", Some("DescribeThing")),
        ] {
            assert_eq!(class(method, name, action), "\"safe\"", "{name}");
        }
        for (method, name, action) in [
            ("POST", "CreateThing", Some("CreateThing")),
            ("POST", "Listen", None),
            ("PUT", "ListThings", None),
            ("DELETE", "GetThing", None),
        ] {
            assert_eq!(class(method, name, action), "\"non_idempotent\"", "{name}");
        }
    }
}
