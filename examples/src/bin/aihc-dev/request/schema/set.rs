//! Members by their paths.

use serde_json::{Map, Value};

use super::{Kind, Schema};
use crate::failure::Failure;

impl Schema {
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

    fn set(body: &Value, path: &str, text: &str) -> Result<Value, String> {
        let mut body = body.clone();
        let schema = Schema::of("CreateDevInstance").unwrap();
        match schema.set(&mut body, path, text) {
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
    }
}
