//! The members of a request, from the description that the client is generated from.

mod fill;
mod set;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::given::Wrong;
use super::suggest;
use crate::failure::Failure;

const DESCRIPTION: &str = include_str!("../../../../../xtask/spec/aihc-dev.json");

/// The body of an operation.
#[derive(Debug)]
pub(crate) struct Schema {
    members: Vec<Member>,
    types: BTreeMap<String, Type>,
}

#[derive(Debug, Deserialize)]
struct Description {
    operations: Vec<Operation>,
    types: BTreeMap<String, Type>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    name: String,
    parameters: Vec<Member>,
}

#[derive(Debug, Deserialize)]
struct Type {
    fields: Vec<Member>,
}

#[derive(Debug, Deserialize)]
struct Member {
    name: String,
    r#type: String,
    #[serde(default)]
    position: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    sensitive: bool,
}

/// What the members are worth so far, for secrets that are written as `***`: such a one keeps its
/// value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Old<'a> {
    /// There is nothing that could be kept.
    None,
    /// It is not known yet, and what is checked is the rest.
    NotRead,
    Known(&'a Value),
}

impl Old<'_> {
    fn member(self, name: &str) -> Self {
        match self {
            Self::Known(value) => Self::Known(&value[name]),
            other => other,
        }
    }
}

/// What a member holds.
#[derive(Clone, Copy)]
enum Kind<'a> {
    Text,
    /// Of 64 bits, unless it has 32.
    Integer,
    ShortInteger,
    Flag,
    Texts,
    List(&'a str),
    Object(&'a [Member]),
}

impl Schema {
    /// The body of the operation of this name.
    pub(crate) fn of(operation: &str) -> Result<Self, Failure> {
        let description: Description =
            serde_json::from_str(DESCRIPTION).map_err(std::io::Error::from)?;
        let found = (description.operations.into_iter()).find(|o| o.name == operation);
        let mut members = found.map(|o| o.parameters).unwrap_or_default();
        members.retain(|member| member.position == "BODY");
        Ok(Self {
            members,
            types: description.types,
        })
    }

    /// The members that are required and not there.
    pub(crate) fn missing(&self, body: &Value) -> Vec<String> {
        let mut missing = Vec::new();
        self.find_missing(body, Kind::Object(&self.members), "", &mut missing);
        missing
    }

    /// What assignments begin with, for completing them.
    pub(crate) fn assignable(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.paths(&self.members, "", &mut paths);
        let inner = |path: &str| {
            let start = format!("{path}.");
            paths.iter().any(|other| other.starts_with(&start))
        };
        let leaves = paths.iter().filter(|path| !inner(path));
        let leaves = leaves.map(|path| path.strip_prefix("conf.").unwrap_or(path));
        let starts = leaves.map(|path| match path {
            // The name of a variable comes next.
            "envs" => "envs.".to_owned(),
            path => format!("{path}="),
        });
        starts.collect()
    }

    fn kind<'a>(&'a self, name: &'a str) -> Kind<'a> {
        if name.starts_with("Map<") {
            return Kind::Texts;
        }
        if let Some(item) = name.strip_prefix("List<").and_then(|s| s.strip_suffix('>')) {
            return Kind::List(item);
        }
        match (name, self.types.get(name)) {
            (_, Some(found)) => Kind::Object(&found.fields),
            ("Bool", _) => Kind::Flag,
            ("Int32", _) => Kind::ShortInteger,
            ("Int64", _) => Kind::Integer,
            _ => Kind::Text,
        }
    }

    fn find_missing(&self, value: &Value, kind: Kind<'_>, path: &str, found: &mut Vec<String>) {
        match (kind, value) {
            (Kind::Object(members), value) => {
                for member in members {
                    let inner = &value[&member.name];
                    if member.required || !inner.is_null() {
                        let path = join(path, &member.name);
                        self.find_missing(inner, self.kind(&member.r#type), &path, found);
                    }
                }
            }
            (Kind::List(item), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    let path = join(path, &index.to_string());
                    self.find_missing(value, self.kind(item), &path, found);
                }
            }
            (_, Value::Null) => found.push(path.to_owned()),
            _ => {}
        }
    }

    fn unknown(&self, path: &str, line: usize) -> Wrong {
        let mut names = Vec::new();
        self.paths(&self.members, "", &mut names);
        let close = suggest::similar(path, names.iter().map(String::as_str));
        let close = close.map(|name| format!("; did you mean {name}?"));
        let what = format!("the API has no member {path}{}", close.unwrap_or_default());
        Wrong::new(line, what)
    }

    /// All paths; 0 stands for any index.
    fn paths(&self, members: &[Member], parent: &str, found: &mut Vec<String>) {
        for member in members {
            let path = join(parent, &member.name);
            match self.kind(&member.r#type) {
                Kind::Object(members) => self.paths(members, &path, found),
                Kind::List(item) => {
                    if let Kind::Object(members) = self.kind(item) {
                        self.paths(members, &join(&path, "0"), found);
                    }
                }
                _ => {}
            }
            found.push(path);
        }
    }
}

fn join(parent: &str, name: &str) -> String {
    match parent {
        "" => name.to_owned(),
        parent => format!("{parent}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::of("CreateDevInstance").unwrap()
    }

    #[test]
    fn everything_that_is_missing_is_named() {
        let body = json!({"name": "n", "conf": {"resources": {"cpus": 4}, "volumnConfs": [{}]}});
        assert_eq!(
            schema().missing(&body),
            [
                "conf.resourcePool.queueName",
                "conf.resources.memory",
                "conf.image.imageType",
                "conf.image.imageUrl",
                "conf.volumnConfs.0.volumnType",
                "conf.volumnConfs.0.mountPath",
                "creator",
                "creatorId",
            ]
        );
    }

    #[test]
    fn the_bodies_of_both_operations_are_known() {
        assert!(schema().missing(&json!({})).contains(&"name".to_owned()));
        let update = Schema::of("ModifyDevInstance").unwrap();
        assert!(update.missing(&json!({})).contains(&"id".to_owned()));
    }
}
