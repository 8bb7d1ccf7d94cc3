//! The checked members of a request.

use serde_json::{Map, Value};

use super::rule::{MemberRule, Position};
use super::shape;

/// The checked members of a request by name, whatever their position was.
///
/// Not `Debug`: passwords are among them.
pub(crate) struct Arguments {
    pub(super) members: &'static [MemberRule],
    pub(super) values: Map<String, Value>,
}

impl Arguments {
    /// Returns a text member; empty when it was left out.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.values
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Returns a text member, when it is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Returns an integer member.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::as_i64)
    }

    /// Returns a boolean member.
    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        self.values.get(name).and_then(Value::as_bool)
    }

    /// Returns a member as it was sent; `None` when it is absent or null.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// Returns an object member in its documented shape; `None` when it is absent or null.
    pub(crate) fn object(&self, name: &str) -> Option<Value> {
        let value = self.value(name)?;
        let member = self.members.iter().find(|member| member.name == name)?;
        Some(shape::shape(value, &member.wire))
    }

    /// Returns the body as it was sent, with members that the table does not know.
    pub(crate) fn body(&self) -> Map<String, Value> {
        let mut values = self.values.clone();
        for member in self
            .members
            .iter()
            .filter(|member| member.position != Position::Body)
        {
            values.remove(member.name);
        }
        values
    }

    /// Returns what the table knows of the body; what is null or was left out is not among it.
    pub(crate) fn known_body(&self) -> Map<String, Value> {
        let in_body = |member: &&MemberRule| member.position == Position::Body;
        let members = self.members.iter().filter(in_body);
        let known = members.filter_map(|member| {
            let value = shape::known(self.value(member.name)?, &member.wire);
            Some((member.name.to_owned(), value))
        });
        known.collect()
    }

    /// Returns all members but `name` in their documented shape, as one JSON text: what is not
    /// known, and whether something is null or left out, makes no difference.
    pub(crate) fn without(&self, name: &str) -> String {
        let others = self.members.iter().filter(|member| member.name != name);
        let shaped: Map<String, Value> = others
            .map(|member| {
                let value = self.values.get(member.name).unwrap_or(&Value::Null);
                (member.name.to_owned(), shape::shape(value, &member.wire))
            })
            .collect();
        Value::from(shaped).to_string()
    }
}
