//! Sets members that are given by a path.

use serde_json::{Map, Value};

use super::fill::Target;
use super::{MemberType, Old, Schema};
use crate::exit::Failure;
use crate::language::tr;
use crate::request::file;
use crate::request::untyped::{Given, Shape, Wrong};

/// The value that a member gets.
enum New<'a> {
    /// A value as it was written on the command line.
    Text(&'a str),
    Value(Value),
}

impl Schema {
    /// Sets the member at a path such as `conf.resources.cpus` or `resources.cpus`. A string member
    /// gets the text as written, unless it is a JSON string in quotes, which is decoded. Lists and
    /// objects are written as JSON. `null` removes the member.
    pub(crate) fn set(
        self,
        body: &mut Value,
        path: &str,
        text: &str,
        old: Old<'_>,
    ) -> Result<(), Failure> {
        self.enter_at(body, path, New::Text(text), old)
    }

    /// Checks that [`set`](Self::set) would accept this path and value. Indices of list items are
    /// not checked.
    pub(crate) fn verify(self, path: &str, text: &str) -> Result<(), Failure> {
        let first_items = |part: &str| match part.parse::<usize>() {
            Ok(_) => "0".to_owned(),
            Err(_) => part.to_owned(),
        };
        let path: Vec<_> = path.split('.').map(first_items).collect();
        self.set(&mut Value::Null, &path.join("."), text, Old::NotRead)
    }

    /// Sets the member at a path such as `resources.cpus` to a JSON value.
    pub(crate) fn put(self, body: &mut Value, path: &str, value: Value) -> Result<(), Failure> {
        self.enter_at(body, path, New::Value(value), Old::None)
    }

    fn enter_at(
        self,
        body: &mut Value,
        path: &str,
        new: New<'_>,
        old: Old<'_>,
    ) -> Result<(), Failure> {
        let first = path.split('.').next().unwrap_or_default();
        let full = match self.members.iter().any(|member| member.name == first) {
            true => path.to_owned(),
            false => format!("conf.{path}"),
        };
        let target = Target {
            path: &full,
            ty: self.body(),
            sensitive: false,
            old,
        };
        Ok(self.enter(body, &full, target, new)?)
    }

    /// Sets the member at the path `rest` inside the value `at`.
    fn enter(
        self,
        at: &mut Value,
        rest: &str,
        target: Target<'_>,
        new: New<'_>,
    ) -> Result<(), Wrong> {
        let full = target.path;
        let (name, deeper) = match rest.split_once('.') {
            Some((name, deeper)) => (name, Some(deeper)),
            None => (rest, None),
        };
        let (slot, target) = match target.ty {
            MemberType::Object(members) => {
                let member = (members.iter().find(|member| member.name == name))
                    .ok_or_else(|| self.unknown(full, 0))?;
                if member.read_only {
                    return Err(Wrong::new(0, tr!("{full} cannot be set", full = full)));
                }
                let target = Target {
                    ty: member.ty,
                    sensitive: member.sensitive,
                    old: target.old.member(name),
                    ..target
                };
                (entry(object_of(at, full)?, name), target)
            }
            // The name of a variable may contain dots.
            MemberType::Texts if !rest.is_empty() => {
                let target = Target {
                    ty: MemberType::Text,
                    old: target.old.member(rest),
                    ..target
                };
                let object = object_of(at, full)?;
                self.replace(entry(object, rest), target, new)?;
                object.retain(|_, value| !value.is_null());
                return Ok(());
            }
            MemberType::List(item) => {
                let target = Target {
                    ty: *item,
                    old: Old::None,
                    ..target
                };
                (item_of(at, name, full)?, target)
            }
            _ => return Err(self.unknown(full, 0)),
        };
        if let Some(deeper) = deeper {
            return self.enter(slot, deeper, target, new);
        }
        self.replace(slot, target, new)?;
        match at {
            Value::Object(object) => object.retain(|_, value| !value.is_null()),
            Value::Array(items) => items.retain(|item| !item.is_null()),
            _ => {}
        }
        Ok(())
    }

    /// Replaces the value of a member.
    fn replace(self, slot: &mut Value, target: Target<'_>, new: New<'_>) -> Result<(), Wrong> {
        let given = match new {
            New::Text(text) => written(text, target)?,
            New::Value(value) => value.into(),
        };
        let mut value = Value::Null;
        self.fill_in(&mut value, given, target)?;
        *slot = value;
        Ok(())
    }
}

/// Interprets a value on the command line according to the type of the member; `null` stands for no
/// value, whatever the type.
fn written(text: &str, target: Target<'_>) -> Result<Given, Wrong> {
    let shape = match target.ty {
        _ if text == "null" => Shape::Nothing,
        MemberType::Text => Shape::Quoted(match text.starts_with('"') {
            true => serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()),
            false => text.to_owned(),
        }),
        MemberType::Integer | MemberType::ShortInteger | MemberType::Flag => {
            Shape::Plain(text.to_owned())
        }
        MemberType::Texts | MemberType::List(_) | MemberType::Object(_) => {
            let given = file::json(text);
            return given.map_err(|wrong| Wrong::new(0, format!("{} {}", target.path, wrong.what)));
        }
    };
    Ok(Given::new(shape, 0))
}

fn entry<'a>(object: &'a mut Map<String, Value>, name: &str) -> &'a mut Value {
    object.entry(name).or_insert(Value::Null)
}

fn object_of<'a>(value: &'a mut Value, path: &str) -> Result<&'a mut Map<String, Value>, Wrong> {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    let wrong = || {
        Wrong::new(
            0,
            tr!(
                "{path} leads through a value that is not an object",
                path = path
            ),
        )
    };
    value.as_object_mut().ok_or_else(wrong)
}

/// Returns an item of a list. The index after the last item adds an item.
fn item_of<'a>(list: &'a mut Value, index: &str, path: &str) -> Result<&'a mut Value, Wrong> {
    if list.is_null() {
        *list = Value::Array(Vec::new());
    }
    let wrong = |what: String| Wrong::new(0, format!("{path}: {what}"));
    let items = list.as_array_mut();
    let items = items.ok_or_else(|| wrong(tr!("leads through a value that is not a list")))?;
    let length = items.len();
    let at: usize = (index.parse()).map_err(|_| {
        wrong(tr!(
            "{index} is not the index of an item, starting at 0",
            index = index
        ))
    })?;
    if at == length {
        items.push(Value::Null);
    }
    let item = items.get_mut(at);
    item.ok_or_else(|| wrong(tr!("there are only {length} items", length = length)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(body: &Value, path: &str, text: &str) -> Result<Value, String> {
        let mut body = body.clone();
        let schema = Schema::of_create();
        match schema.set(&mut body, path, text, Old::None) {
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
            Err("conf.resources.cpus must be a whole number in plain decimal digits".to_owned())
        );
    }

    #[test]
    fn text_is_what_was_written_unless_it_is_a_string_in_json() {
        for text in [
            "0123",
            "1.10",
            "1e3",
            "0x1F",
            "1_000",
            "true",
            "~",
            "",
            " ",
            "[1]",
            r#"{"a":1}"#,
            r#""half"#,
            r#""a" && "b""#,
            "Null",
            "a=b",
            "\u{202e}",
            "00000000000000000000000000000001",
        ] {
            let expected = Ok(json!({"conf": {"envs": {"A": text}}}));
            assert_eq!(set(&json!({}), "envs.A", text), expected);
        }
        for text in ["null", "\"x\"", "***"] {
            let quoted = json!(text).to_string();
            let expected = Ok(json!({"conf": {"startCmd": text}}));
            assert_eq!(set(&json!({}), "startCmd", &quoted), expected);
        }
    }

    #[test]
    fn lists_and_objects_are_json() {
        assert_eq!(
            set(&json!({}), "envs", r#"{"A":1.10,"B":"x"}"#),
            Ok(json!({"conf": {"envs": {"A": "1.10", "B": "x"}}}))
        );
        let error = set(&json!({}), "resources", "{cpus: 4}").unwrap_err();
        assert!(
            error.starts_with("conf.resources is not valid JSON"),
            "{error}"
        );
        let error = set(&json!({}), "volumnConfs", "cds").unwrap_err();
        assert!(
            error.starts_with("conf.volumnConfs is not valid JSON"),
            "{error}"
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
    }
}
