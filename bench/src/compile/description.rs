//! An API description of 180 operations, which is as large as that of a whole product.
//!
//! It repeats the description of dev instances for several kinds of resources. Each kind has
//! operations and responses of its own, and shares its models with other kinds, as in real
//! products. Therefore, everything that affects the generated code occurs as often as in a real
//! description: lists, waiters, secrets, enums, limits, nested types, documentation.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The number of operations in the description.
pub(super) const OPERATIONS: usize = 180;

/// The kinds of resources that take the place of dev instances in copies of their API description.
const RESOURCES: [&str; 17] = [
    "Cluster", "Volume", "Snapshot", "Queue", "Gateway", "Router", "Disk", "Mirror", "Cache",
    "Topic", "Stream", "Table", "Index", "Backup", "Function", "Domain", "Pipeline",
];

/// The maximum number of consecutive entries of [`RESOURCES`] that share their models.
const SHARING: usize = 5;

/// Members that are not copied from the API description of dev instances. The generator ignores
/// most of them; the others affect only the documentation of the generated code.
const FOR_READERS: [&str; 13] = [
    "conflict",
    "destructive",
    "documented_in",
    "evidence",
    "go_sdk_method",
    "id",
    "mutating",
    "nullable",
    "retryable",
    "scope",
    "severity",
    "undocumented_query",
    "used_in",
];

/// Creates an API description of [`OPERATIONS`] operations from `real`, the API description of dev
/// instances.
pub(super) fn synthesise(real: &str) -> Result<String, String> {
    let real: Value = serde_json::from_str(real).map_err(|error| error.to_string())?;
    let Value::Object(real) = without_ballast(real) else {
        return Err("the description is not an object".to_owned());
    };
    let mut made = Map::new();
    for kept in ["services", "errors"] {
        made.insert(kept.to_owned(), real.get(kept).cloned().unwrap_or_default());
    }
    made["services"]["aihc"]["rust"] = serde_json::json!({ "crate_name": "synthesised" });
    let (mut operations, mut waiters) = (Vec::new(), Vec::new());
    let (mut types, mut enums) = (Map::new(), Map::new());
    for (number, resource) in RESOURCES.iter().enumerate() {
        let names = Names::new(&real, resource, RESOURCES[number - number % SHARING]);
        for operation in list(&real, "operations") {
            let operation = names.definition(operation);
            operations.push(operation);
        }
        operations.truncate(OPERATIONS);
        let renamed = list(&real, "waiters").iter().cloned();
        waiters.extend(renamed.map(|waiter| names.renamed("", waiter)));
        for (part, found) in [("types", &mut types), ("enums", &mut enums)] {
            for (name, definition) in real
                .get(part)
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let name = names.of_type(name);
                found
                    .entry(name)
                    .or_insert_with(|| names.definition(definition));
            }
        }
    }
    // The last kind of resource has only some of the operations.
    let known: BTreeSet<_> = operations.iter().map(|it| it["name"].as_str()).collect();
    waiters.retain(|waiter: &Value| known.contains(&waiter["operation"].as_str()));
    made.insert("operations".to_owned(), Value::Array(operations));
    made.insert("waiters".to_owned(), Value::Array(waiters));
    made.insert("types".to_owned(), Value::Object(types));
    made.insert("enums".to_owned(), Value::Object(enums));
    Ok(format!("{:#}\n", Value::Object(made)))
}

/// Removes from an API description the members in [`FOR_READERS`], and all members that are
/// `false`, which is the default of nearly all boolean members.
fn without_ballast(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(key, value)| !FOR_READERS.contains(&key.as_str()) && *value != false)
            .map(|(key, value)| (key, without_ballast(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_ballast).collect(),
        other => other,
    }
}

fn list<'a>(description: &'a Map<String, Value>, part: &str) -> &'a [Value] {
    let items = description.get(part).and_then(Value::as_array);
    items.map_or(&[], Vec::as_slice)
}

/// Renames the definitions of dev instances for another kind of resource.
struct Names<'a> {
    resource: &'a str,
    /// The first of the kinds of resources that share models with `resource`. The names of the
    /// shared models begin with it.
    first: &'a str,
    responses: BTreeSet<&'a str>,
    types: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn new(real: &'a Map<String, Value>, resource: &'a str, first: &'a str) -> Self {
        let operations = list(real, "operations").iter();
        let keys = |part| {
            real.get(part)
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(Map::keys)
        };
        Self {
            resource,
            first,
            responses: operations
                .filter_map(|it| it["response"].as_str())
                .collect(),
            types: keys("types")
                .chain(keys("enums"))
                .map(String::as_str)
                .collect(),
        }
    }

    /// Returns the new name of a type or an enum; `name` itself if it is a built-in type.
    fn of_type(&self, name: &str) -> String {
        if self.responses.contains(name) {
            name.replace("DevInstance", self.resource)
        } else if self.types.contains(name) {
            format!("{}{name}", self.first)
        } else {
            name.to_owned()
        }
    }

    /// Returns the definition of an operation, a type or an enum, after renaming the definitions
    /// that it mentions. If the definition specifies a separate name for Rust, removes that name,
    /// because it is the one for dev instances.
    fn definition(&self, definition: &Value) -> Value {
        let mut definition = self.renamed("", definition.clone());
        if let Some(Value::Object(rust)) = definition.get_mut("rust") {
            rust.remove("name");
        }
        definition
    }

    /// Renames the definitions that are mentioned in `value`, which is the value of a member called
    /// `member`, or a whole definition if `member` is empty.
    fn renamed(&self, member: &str, value: Value) -> Value {
        match (member, value) {
            ("type" | "enum" | "response" | "status_enum", Value::String(ty)) => {
                let words = ty.split_inclusive(|c: char| !c.is_alphanumeric());
                let word = |word: &str| {
                    let name = word.trim_end_matches(|c: char| !c.is_alphanumeric());
                    self.of_type(name) + &word[name.len()..]
                };
                words.map(word).collect::<String>().into()
            }
            ("name" | "action" | "operation" | "waiter", Value::String(name)) => {
                name.replace("DevInstance", self.resource).into()
            }
            (_, Value::Object(members)) => members
                .into_iter()
                .map(|(name, value)| {
                    let value = self.renamed(&name, value);
                    (name, value)
                })
                .collect(),
            (_, Value::Array(items)) => items
                .into_iter()
                .map(|item| self.renamed(member, item))
                .collect(),
            (_, other) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_large_as_it_is_said_to_be_and_the_same_each_time() {
        let real = std::fs::read_to_string(super::super::DESCRIPTION).unwrap();
        let text = synthesise(&real).unwrap();
        assert_eq!(text, synthesise(&real).unwrap());
        let made: Value = serde_json::from_str(&text).unwrap();
        let listed = made["operations"].as_array().unwrap();
        let names: BTreeSet<_> = listed.iter().map(|it| it["name"].as_str()).collect();
        assert_eq!((listed.len(), names.len()), (OPERATIONS, OPERATIONS));
        let lines = text.lines().count();
        assert!((26_500..27_500).contains(&lines), "{lines}");
    }

    #[test]
    fn a_resource_has_responses_of_its_own_and_shares_its_models() {
        let real = serde_json::json!({
            "services": { "aihc": {} },
            "operations": [{
                "name": "ListDevInstances", "response": "ListDevInstancesResponse", "evidence": [],
                "parameters": [{ "name": "devInstanceId", "type": "String", "required": false }],
            }],
            "types": {
                "ListDevInstancesResponse": { "fields": [{ "name": "a", "type": "Map<String,Disk>" }] },
                "Disk": { "fields": [] },
            },
        });
        let made: Value = serde_json::from_str(&synthesise(&real.to_string()).unwrap()).unwrap();
        let second = &made["operations"][1];
        assert_eq!(second["name"], "ListVolumes");
        assert_eq!(second["response"], "ListVolumesResponse");
        let parameter = serde_json::json!({ "name": "devInstanceId", "type": "String" });
        assert_eq!(second["parameters"][0], parameter);
        assert!(second.get("evidence").is_none());
        let types = &made["types"];
        let shared = "Map<String,ClusterDisk>";
        assert_eq!(types["ListVolumesResponse"]["fields"][0]["type"], shared);
        assert!(types.get("VolumeDisk").is_none() && types.get("RouterDisk").is_some());
    }
}
