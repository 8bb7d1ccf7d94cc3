//! The checked members of a request.

use serde_json::{Map, Value};

use super::rule::{MemberRule, Position};
use super::shape;

/// The checked members of a request by name, from all parts of the request.
///
/// There is no `Debug` implementation, because the members include passwords.
pub(crate) struct Arguments {
    pub(super) members: &'static [MemberRule],
    pub(super) values: Map<String, Value>,
}

impl Arguments {
    /// Returns a string member; empty if it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.values
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Returns a string member; `None` if it is missing or empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Returns an integer member; `None` if it is missing.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::as_i64)
    }

    /// Returns a boolean member; `None` if it is missing.
    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        self.values.get(name).and_then(Value::as_bool)
    }

    /// Returns a member as it is stored; `None` if it is missing or null.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// Returns a member that is an object. Adds the documented members that the object lacks, and
    /// removes undocumented ones. Returns `None` if the member is missing or null.
    pub(crate) fn object(&self, name: &str) -> Option<Value> {
        let value = self.value(name)?;
        let member = self.members.iter().find(|member| member.name == name)?;
        Some(shape::shape(value, &member.wire))
    }

    /// Returns the members of the body, including those that the API description does not list.
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

    /// Returns the members of the body that the API description lists, without those that are null.
    pub(crate) fn known_body(&self) -> Map<String, Value> {
        let in_body = |member: &&MemberRule| member.position == Position::Body;
        let members = self.members.iter().filter(in_body);
        let known = members.filter_map(|member| {
            let value = shape::known(self.value(member.name)?, &member.wire);
            Some((member.name.to_owned(), value))
        });
        known.collect()
    }

    /// Returns all members except `name` in their documented form, as JSON in a string, so that two
    /// requests can be compared. Unknown members make no difference, and a member that is null
    /// counts as missing.
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
