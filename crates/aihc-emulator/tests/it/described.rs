//! Calls operations other than those of dev instances, and checks every successful response against
//! the API description.

use std::sync::LazyLock;

use serde_json::Value;

use crate::client::{Fixture, Reply};

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../xtask/spec/aihc.json");
    serde_json::from_str(text).unwrap()
});

/// Returns all operations in the API description `aihc.json`.
pub(crate) fn operations() -> &'static [Value] {
    DESCRIPTION["operations"].as_array().unwrap()
}

fn operation(name: &str) -> &'static Value {
    let mut all = operations().iter();
    all.find(|operation| operation["name"] == name).unwrap()
}

impl Fixture {
    /// Calls an operation by its name. `query` is empty or begins with `&`; `body` is null if there
    /// is none.
    pub(crate) async fn ask(&self, action: &str, query: &str, body: &Value) -> Reply {
        let operation = operation(action);
        let method = operation["method"].as_str().unwrap();
        let sent = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let target = format!("/?action={action}{query}");
        let reply = self.call(method, &target, &sent).await;
        if reply.status == 200 {
            assert_is(&reply.body, operation["response"].as_str().unwrap(), action);
        }
        reply
    }

    /// Calls an operation without a body, and returns the body of the response; panics if the
    /// request was refused.
    pub(crate) async fn see(&self, action: &str, query: &str) -> Value {
        self.ask(action, query, &Value::Null).await.ok()
    }
}

/// Asserts that a value is null, or that it has the type `wire` of the API description and no
/// members that this type does not define.
#[track_caller]
fn assert_is(value: &Value, wire: &str, place: &str) {
    let inner = |prefix: &str| {
        wire.strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix('>'))
    };
    if value.is_null() {
        return;
    }
    let fits = match wire {
        "Json" => true,
        "String" => value.is_string(),
        "Bool" => value.is_boolean(),
        "Int32" | "Int64" => value.is_i64(),
        "Double" => value.is_number(),
        _ => false,
    };
    if fits {
        return;
    }
    if let (Some(item), Some(values)) = (inner("List<"), value.as_array()) {
        values
            .iter()
            .for_each(|value| assert_is(value, item, place));
    } else if let (Some(item), Some(values)) = (inner("Map<String,"), value.as_object()) {
        values
            .values()
            .for_each(|value| assert_is(value, item, place));
    } else if let (Some(fields), Some(members)) = (
        DESCRIPTION["types"][wire]["fields"].as_array(),
        value.as_object(),
    ) {
        for (name, value) in members {
            let place = format!("{place}.{name}");
            let field = fields.iter().find(|field| {
                let aliases = field["aliases"].as_array();
                field["name"] == *name || aliases.is_some_and(|all| all.iter().any(|it| it == name))
            });
            let field = field.unwrap_or_else(|| panic!("{place} is not described"));
            let other = field["also_accept"].as_array();
            let is_other = other.is_some_and(|all| all.iter().any(|kind| is_of(value, kind)));
            if !is_other {
                assert_is(value, field["type"].as_str().unwrap(), &place);
            }
        }
    } else if let Some(forms) = DESCRIPTION["types"][wire]["one_of"].as_array() {
        let form = usize::from(value.get("image").is_none());
        assert_is(value, forms[form]["type"].as_str().unwrap(), place);
    } else {
        panic!("{place} is {value}, which is no {wire}");
    }
}

fn is_of(value: &Value, kind: &Value) -> bool {
    match kind.as_str() {
        Some("String") => value.is_string(),
        Some("Number") => value.is_number(),
        _ => false,
    }
}

/// Returns the string value of a member of each item in a list.
#[track_caller]
pub(crate) fn texts<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item[member].as_str().unwrap()).collect()
}
