//! Access control documents, which limit the permissions of a temporary session.
//!
//! Their format is documented, but not how the service evaluates them for dev instances. This
//! module implements the usual rule: a denial takes precedence, and anything that no entry mentions
//! is denied.

use std::sync::Arc;

use serde_json::Value;

use super::pattern;

/// The name of the emulated service in access control documents. What the real service is called
/// there is not public.
const SERVICE: &str = "bce:aihc";

/// An access control document that was sent with a request for a session.
#[derive(Debug)]
pub(crate) struct Acl {
    /// The whole document as JSON.
    text: Arc<str>,
    entries: Vec<AclEntry>,
}

#[derive(Debug)]
struct AclEntry {
    allows: bool,
    service: String,
    region: String,
    resources: Vec<String>,
    permissions: Vec<String>,
}

/// The properties of a request that determine whether an access control document allows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) operation: &'a str,
    pub(crate) region: &'a str,
    /// The id of the resource that the operation acts on; `None` if it does not name one.
    pub(crate) resource: Option<&'a str>,
}

impl Acl {
    /// Parses an access control document whose JSON types have already been checked. Returns `None`
    /// if the document contains no `accessControlList`.
    ///
    /// # Errors
    ///
    /// If an effect is neither `Allow` nor `Deny`; the error is a message for the caller.
    pub(crate) fn parse(document: &Value) -> Result<Option<Self>, String> {
        let list = document.get("accessControlList").and_then(Value::as_array);
        let Some(list) = list else { return Ok(None) };
        let entries = list.iter().map(AclEntry::parse);
        Ok(Some(Self {
            text: document.to_string().into(),
            entries: entries.collect::<Result<_, _>>()?,
        }))
    }

    /// Returns the whole document as JSON.
    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Returns whether the document allows the request: some entry must match the request, and
    /// every entry that does must allow it.
    pub(crate) fn allows(&self, request: Request<'_>) -> bool {
        let mut matching = self
            .entries
            .iter()
            .filter(|entry| entry.matches(request))
            .peekable();
        matching.peek().is_some() && matching.all(|entry| entry.allows)
    }
}

impl AclEntry {
    fn parse(entry: &Value) -> Result<Self, String> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let list = |name: &str| {
            let values = entry.get(name).and_then(Value::as_array);
            let texts = values.into_iter().flatten().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        let allows = match text("effect") {
            "Allow" => true,
            "Deny" => false,
            _ => return Err("accessControlList: effect must be Allow or Deny".into()),
        };
        Ok(Self {
            allows,
            service: text("service").to_owned(),
            region: text("region").to_owned(),
            resources: list("resource"),
            permissions: list("permission"),
        })
    }

    fn matches(&self, request: Request<'_>) -> bool {
        let about = |patterns: &[String], texts: &[&str]| {
            patterns
                .iter()
                .any(|one| texts.iter().any(|text| pattern::fits(one, text)))
        };
        let resource = match request.resource {
            Some(id) => vec![id.to_owned(), format!("instance/{id}")],
            // An operation that names no resource concerns all of them.
            None => vec!["*".to_owned(), "instance/*".to_owned()],
        };
        let resource: Vec<&str> = resource.iter().map(String::as_str).collect();
        pattern::fits(&self.service, SERVICE)
            && pattern::fits(&self.region, request.region)
            && about(&self.resources, &resource)
            && about(
                &self.permissions,
                &[request.operation, class(request.operation), "FULL_CONTROL"],
            )
    }
}

/// The operations that the permission `LIST` of an access control document covers.
const LISTS: [&str; 7] = [
    "DescribeDevInstances",
    "DescribeResourcePools",
    "DescribeQueues",
    "DescribeDatasets",
    "DescribeModels",
    "DescribeJobs",
    "DescribeServices",
];

/// Returns the name of the general permission that covers an operation: `LIST`, `READ` or `WRITE`,
/// as in the access control documents of other services.
fn class(operation: &str) -> &'static str {
    match operation {
        _ if LISTS.contains(&operation) => "LIST",
        _ if operation.starts_with("Describe") => "READ",
        _ => "WRITE",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(effect: &str, changes: Value) -> Value {
        let mut entry = json!({
            "effect": effect, "service": "bce:aihc", "region": "*", "resource": ["*"],
            "permission": ["*"],
        });
        for (name, value) in changes.as_object().unwrap() {
            entry[name] = value.clone();
        }
        entry
    }

    fn allows(entries: &[Value], operation: &str, instance: Option<&str>) -> bool {
        let document = json!({"accessControlList": entries});
        let acl = Acl::parse(&document).unwrap().unwrap();
        acl.allows(Request {
            operation,
            region: "bj",
            resource: instance,
        })
    }

    fn stop(entries: &[Value]) -> bool {
        allows(entries, "StopDevInstance", Some("dv-1"))
    }

    #[test]
    fn a_document_without_a_list_says_nothing() {
        assert!(Acl::parse(&json!({})).unwrap().is_none());
        assert!(
            Acl::parse(&json!({"accessControlList": null}))
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn what_no_entry_allows_is_denied() {
        assert!(!stop(&[]));
        assert!(stop(&[entry("Allow", json!({}))]));
        for other in [
            json!({"service": "bce:bos"}),
            json!({"region": "gz"}),
            json!({"resource": ["dv-2", "instance/dv-2"]}),
            json!({"resource": []}),
            json!({"permission": ["READ", "LIST", "StartDevInstance"]}),
        ] {
            assert!(!stop(&[entry("Allow", other.clone())]), "{other}");
        }
    }

    #[test]
    fn each_part_can_be_named_exactly_or_by_a_pattern() {
        for part in [
            json!({"service": "*"}),
            json!({"region": "bj"}),
            json!({"resource": ["dv-1"]}),
            json!({"resource": ["instance/dv-*"]}),
            json!({"permission": ["WRITE"]}),
            json!({"permission": ["StopDevInstance"]}),
            json!({"permission": ["READ", "FULL_CONTROL"]}),
        ] {
            assert!(stop(&[entry("Allow", part.clone())]), "{part}");
        }
    }

    #[test]
    fn a_denial_wins_in_any_order() {
        let (all, not_stop) = (
            entry("Allow", json!({})),
            entry("Deny", json!({"permission": ["StopDevInstance"]})),
        );
        for entries in [[all.clone(), not_stop.clone()], [not_stop, all]] {
            assert!(!stop(&entries));
            assert!(allows(&entries, "StartDevInstance", Some("dv-1")));
        }
    }

    #[test]
    fn operations_without_an_instance_need_all_resources() {
        let one = [entry("Allow", json!({"resource": ["dv-1"]}))];
        assert!(!allows(&one, "DescribeDevInstances", None));
        assert!(!allows(&one, "CreateDevInstance", None));
        for pattern in ["*", "instance/*"] {
            let all = [entry("Allow", json!({"resource": [pattern]}))];
            assert!(allows(&all, "DescribeDevInstances", None), "{pattern}");
        }
        let list = [entry("Allow", json!({"permission": ["LIST"]}))];
        assert!(allows(&list, "DescribeDevInstances", None));
        assert!(!allows(&list, "DescribeDevInstance", Some("dv-1")));
    }

    #[test]
    fn an_effect_of_another_name_is_refused() {
        let document = json!({"accessControlList": [entry("allow", json!({}))]});
        assert!(Acl::parse(&document).is_err());
    }
}
