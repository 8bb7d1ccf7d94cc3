//! The members of a request, from the description that the client is generated from.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::mask::MASK;
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

/// What a member holds.
#[derive(Clone, Copy)]
enum Kind<'a> {
    Text,
    Integer,
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

    /// Refuses members that the API does not have, and gives values the types that it wants:
    /// `"4"` is a number where a number is due, and `1` is text where text is due.
    pub(crate) fn check(&self, body: &mut Value) -> Result<(), Failure> {
        self.conform(body, Kind::Object(&self.members), "", false)
    }

    /// Sets the member at a path such as `conf.resources.cpus` or `resources.cpus`, from JSON if
    /// it is JSON, and from text otherwise. `null` removes it.
    pub(crate) fn set(&self, body: &mut Value, path: &str, text: &str) -> Result<(), Failure> {
        let value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
        self.put(body, path, value)
    }

    /// Whether [`set`](Self::set) would take this, but for the numbers of items.
    pub(crate) fn verify(&self, path: &str, text: &str) -> Result<(), Failure> {
        let first_items = |part: &str| match part.parse::<usize>() {
            Ok(_) => "0".to_owned(),
            Err(_) => part.to_owned(),
        };
        let path: Vec<_> = path.split('.').map(first_items).collect();
        self.set(&mut Value::Null, &path.join("."), text)
    }

    /// As [`set`](Self::set), from a value.
    pub(crate) fn put(&self, body: &mut Value, path: &str, value: Value) -> Result<(), Failure> {
        let first = path.split('.').next().unwrap_or_default();
        let full = match self.members.iter().any(|member| member.name == first) {
            true => path.to_owned(),
            false => format!("conf.{path}"),
        };
        self.enter(
            body,
            Kind::Object(&self.members),
            &full,
            &full,
            false,
            value,
        )
    }

    /// The members that are required and not there.
    pub(crate) fn missing(&self, body: &Value) -> Vec<String> {
        let mut missing = Vec::new();
        self.find_missing(body, Kind::Object(&self.members), "", &mut missing);
        missing
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
            ("Int32" | "Int64", _) => Kind::Integer,
            _ => Kind::Text,
        }
    }

    /// Goes down the rest of a path and puts the value there.
    fn enter(
        &self,
        at: &mut Value,
        kind: Kind<'_>,
        rest: &str,
        full: &str,
        sensitive: bool,
        mut value: Value,
    ) -> Result<(), Failure> {
        let (name, deeper) = match rest.split_once('.') {
            Some((name, deeper)) => (name, Some(deeper)),
            None => (rest, None),
        };
        let (slot, kind, sensitive) = match kind {
            Kind::Object(members) => {
                let member = (members.iter().find(|member| member.name == name))
                    .ok_or_else(|| self.unknown(full))?;
                let object = object_of(at, full)?;
                (
                    entry(object, name),
                    self.kind(&member.r#type),
                    member.sensitive,
                )
            }
            Kind::Texts if !rest.is_empty() => {
                self.conform(&mut value, Kind::Text, full, sensitive)?;
                let object = object_of(at, full)?;
                match value {
                    Value::Null => object.remove(rest),
                    value => object.insert(rest.to_owned(), value),
                };
                return Ok(());
            }
            Kind::List(item) => (item_of(at, name, full)?, self.kind(item), sensitive),
            _ => return Err(self.unknown(full)),
        };
        if let Some(deeper) = deeper {
            return self.enter(slot, kind, deeper, full, sensitive, value);
        }
        self.conform(&mut value, kind, full, sensitive)?;
        *slot = value;
        if let (Value::Object(object), true) = (&mut *at, rest == name) {
            object.retain(|_, value| !value.is_null());
        }
        if let Value::Array(items) = at {
            items.retain(|item| !item.is_null());
        }
        Ok(())
    }

    fn conform(
        &self,
        value: &mut Value,
        kind: Kind<'_>,
        path: &str,
        sensitive: bool,
    ) -> Result<(), Failure> {
        if sensitive && value.as_str() == Some(MASK) {
            return Err(Failure::usage(format!(
                "{path} is {MASK}, which stands for a secret that was not shown: write its value"
            )));
        }
        let wrong = |what: &str| Failure::usage(format!("{path} must be {what}"));
        match (kind, &mut *value) {
            (_, Value::Null) => {}
            (Kind::Object(members), Value::Object(object)) => {
                for (name, value) in object {
                    let path = join(path, name);
                    let member = (members.iter().find(|member| member.name == *name))
                        .ok_or_else(|| self.unknown(&path))?;
                    self.conform(value, self.kind(&member.r#type), &path, member.sensitive)?;
                }
            }
            (Kind::Texts, Value::Object(object)) => {
                for (name, value) in object {
                    self.conform(value, Kind::Text, &join(path, name), sensitive)?;
                }
            }
            (Kind::List(item), Value::Array(items)) => {
                for (index, value) in items.iter_mut().enumerate() {
                    let path = join(path, &index.to_string());
                    self.conform(value, self.kind(item), &path, sensitive)?;
                }
            }
            (Kind::Text, Value::String(_)) | (Kind::Flag, Value::Bool(_)) => {}
            (Kind::Text, Value::Bool(_) | Value::Number(_)) => *value = value.to_string().into(),
            (Kind::Integer, Value::Number(number)) if number.is_i64() => {}
            (Kind::Integer, Value::String(text)) => {
                let number: i64 = text.trim().parse().map_err(|_| wrong("a whole number"))?;
                *value = number.into();
            }
            (Kind::Flag, Value::String(text)) => {
                let flag: bool = text.trim().parse().map_err(|_| wrong("true or false"))?;
                *value = flag.into();
            }
            (Kind::Object(_), _) => return Err(wrong("an object")),
            (Kind::Texts, _) => return Err(wrong("an object of texts")),
            (Kind::List(_), _) => return Err(wrong("a list")),
            (Kind::Text, _) => return Err(wrong("text")),
            (Kind::Integer, _) => return Err(wrong("a whole number")),
            (Kind::Flag, _) => return Err(wrong("true or false")),
        }
        Ok(())
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

    fn unknown(&self, path: &str) -> Failure {
        let mut names = Vec::new();
        self.paths(&self.members, "", &mut names);
        let close = suggest::similar(path, names.iter().map(String::as_str));
        let close = close.map(|name| format!("; did you mean {name}?"));
        Failure::usage(format!(
            "the API has no member {path}{}",
            close.unwrap_or_default()
        ))
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

fn entry<'a>(object: &'a mut Map<String, Value>, name: &str) -> &'a mut Value {
    object.entry(name).or_insert(Value::Null)
}

fn object_of<'a>(value: &'a mut Value, path: &str) -> Result<&'a mut Map<String, Value>, Failure> {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    let wrong = || Failure::usage(format!("{path} leads through what is no object"));
    value.as_object_mut().ok_or_else(wrong)
}

/// The item of a list; the index behind the last one makes a new one.
fn item_of<'a>(list: &'a mut Value, index: &str, path: &str) -> Result<&'a mut Value, Failure> {
    if list.is_null() {
        *list = Value::Array(Vec::new());
    }
    let wrong = |what: String| Failure::usage(format!("{path}: {what}"));
    let items = list.as_array_mut();
    let items = items.ok_or_else(|| wrong("leads through what is no list".to_owned()))?;
    let length = items.len();
    let at: usize = (index.parse()).map_err(|_| {
        wrong(format!(
            "{index} is not the number of an item, beginning with 0"
        ))
    })?;
    if at == length {
        items.push(Value::Null);
    }
    let item = items.get_mut(at);
    item.ok_or_else(|| wrong(format!("there are only {length} items")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::of("CreateDevInstance").unwrap()
    }

    fn set(body: &Value, path: &str, text: &str) -> Result<Value, String> {
        let mut body = body.clone();
        match schema().set(&mut body, path, text) {
            Ok(()) => Ok(body),
            Err(failure) => Err(failure.to_string()),
        }
    }

    #[test]
    fn paths_begin_at_the_top_or_in_the_configuration() {
        let expected = Ok(json!({"conf": {"resources": {"cpus": 4}}}));
        assert_eq!(set(&json!({}), "resources.cpus", "4"), expected);
        assert_eq!(set(&json!({}), "conf.resources.cpus", "4"), expected);
        assert_eq!(set(&json!({}), "name", "x"), Ok(json!({"name": "x"})));
    }

    #[test]
    fn values_get_the_type_of_the_member() {
        assert_eq!(set(&json!({}), "name", "123"), Ok(json!({"name": "123"})));
        assert_eq!(
            set(&json!({}), "envs.A.B", "1"),
            Ok(json!({"conf": {"envs": {"A.B": "1"}}}))
        );
        assert_eq!(
            set(&json!({}), "isPublicMgmt", "true"),
            Ok(json!({"isPublicMgmt": true}))
        );
        assert_eq!(
            set(&json!({}), "resources", r#"{"cpus":"2","memory":4}"#),
            Ok(json!({"conf": {"resources": {"cpus": 2, "memory": 4}}}))
        );
        assert_eq!(
            set(&json!({}), "resources.cpus", "many"),
            Err("conf.resources.cpus must be a whole number".to_owned())
        );
    }

    #[test]
    fn items_of_lists_have_numbers() {
        let body = json!({"conf": {"volumnConfs": [{"volumnType": "cds"}]}});
        let grown = set(&body, "volumnConfs.0.cds.capacity", "200").unwrap();
        assert_eq!(
            grown["conf"]["volumnConfs"][0]["cds"],
            json!({"capacity": 200})
        );
        let added = set(&body, "volumnConfs.1.mountPath", "/data").unwrap();
        assert_eq!(
            added["conf"]["volumnConfs"][1],
            json!({"mountPath": "/data"})
        );
        assert_eq!(
            set(&body, "volumnConfs.5.mountPath", "/data"),
            Err("conf.volumnConfs.5.mountPath: there are only 1 items".to_owned())
        );
        assert!(set(&body, "volumnConfs.x.mountPath", "/data").is_err());
    }

    #[test]
    fn null_removes() {
        let body = json!({"name": "n", "conf": {"startCmd": "x", "envs": {"A": "1"}}});
        let without = set(&body, "startCmd", "null").unwrap();
        assert_eq!(without, json!({"name": "n", "conf": {"envs": {"A": "1"}}}));
        let without = set(&body, "envs.A", "null").unwrap();
        assert_eq!(without["conf"]["envs"], json!({}));
    }

    #[test]
    fn what_the_api_does_not_have_is_refused_with_a_suggestion() {
        assert_eq!(
            set(&json!({}), "resources.cpu", "4"),
            Err(
                "the API has no member conf.resources.cpu; did you mean conf.resources.cpus?"
                    .to_owned()
            )
        );
        assert_eq!(
            set(&json!({}), "cpus", "4"),
            Err("the API has no member conf.cpus; did you mean conf.resources.cpus?".to_owned())
        );
        for path in ["", ".", "name.x", "resources.cpus.x", "volumnConfs..x"] {
            assert!(set(&json!({}), path, "1").is_err(), "{path}");
        }
        let mut body = json!({"conf": {"image": {"imageURL": "x"}}});
        let error = schema().check(&mut body).unwrap_err().to_string();
        assert!(
            error.contains("did you mean conf.image.imageUrl?"),
            "{error}"
        );
    }

    #[test]
    fn a_secret_that_was_not_shown_is_no_value() {
        for mut body in [
            json!({"conf": {"envs": {"A": "***"}}}),
            json!({"conf": {"image": {"password": "***"}}}),
        ] {
            let error = schema().check(&mut body).unwrap_err().to_string();
            assert!(error.contains("not shown"), "{error}");
        }
        assert!(schema().check(&mut json!({"name": "***"})).is_ok());
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
}
