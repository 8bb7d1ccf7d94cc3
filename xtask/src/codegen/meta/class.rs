//! What a second run of an operation does, and which of its parameters makes one harmless.

use serde_json::{Value, json};

use super::schema::{Action, Parameter};

/// Names of parameters with which a service knows a request again.
const TOKENS: &[&str] = &["clientToken", "client_token", "ClientToken"];

/// First words of operations that only read, whatever their method.
const READS: &[&str] = &["Describe", "Get", "List", "Query"];

/// The `idempotency` of an operation. `action` is the constant query parameter of this name.
pub(super) fn idempotency(
    operation: &Action,
    action: Option<&str>,
    corrected: Option<&str>,
) -> Value {
    if let Some(class) = corrected {
        return json!({ "class": class });
    }
    if is_read(operation, action) {
        return json!({ "class": "safe" });
    }
    let mut idempotency = json!({ "class": "non_idempotent" });
    if let Some(token) = token(operation)
        && let Some(members) = idempotency.as_object_mut()
    {
        members.insert("token".to_owned(), token.name.clone().into());
        members.insert("class_with_token".to_owned(), "repeatable".into());
        members.insert("token_made".to_owned(), true.into());
    }
    idempotency
}

/// The parameter that makes a repeat of a write harmless.
pub(super) fn token(operation: &Action) -> Option<&Parameter> {
    let mut parameters = operation.parameters.iter();
    parameters.find(|it| {
        let is_sent = matches!(it.position.as_deref(), Some("QUERY" | "BODY" | "HEADER"));
        is_sent && it.ty == "String" && TOKENS.contains(&it.name.as_str())
    })
}

/// Whether an operation only reads: a GET, or a POST that is called so.
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
        idempotency(&operation.unwrap(), action, None)["class"].to_string()
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
