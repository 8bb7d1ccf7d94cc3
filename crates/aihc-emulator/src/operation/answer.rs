//! Construction of responses. Of the data that an operation provides, a response contains only the
//! members that the API description lists.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{Call, Output};
use crate::access::Principal;
use crate::date::iso8601;
use crate::validate::rule::{MemberRule, WireType};

/// Returns the response of the called operation: those members of `known` that the API description
/// lists for the response.
pub(super) fn described(call: &Call<'_>, known: Value) -> Output {
    only(known, call.rule.response).into()
}

/// Returns a response that contains no data.
pub(super) fn nothing() -> Output {
    json!({}).into()
}

/// Removes the members of an object that `members` does not describe, at any depth. A member that
/// is stored under an alternative name gets its main name.
fn only(known: Value, members: &[MemberRule]) -> Value {
    let Value::Object(mut known) = known else {
        return known;
    };
    let described = members.iter().filter_map(|member| {
        let mut names = std::iter::once(member.name).chain(member.also.iter().copied());
        let (name, value) = names.find_map(|name| Some((name, known.remove(name)?)))?;
        Some((name.to_owned(), inside(value, &member.wire)))
    });
    Value::Object(described.collect())
}

fn inside(value: Value, wire: &WireType) -> Value {
    match (wire, value) {
        (WireType::Object(members), value) => only(value, members),
        (WireType::List(item), Value::Array(values)) => values
            .into_iter()
            .map(|value| inside(value, item))
            .collect(),
        (WireType::Map(item), Value::Object(values)) => {
            let values = values.into_iter();
            values
                .map(|(key, value)| (key, inside(value, item)))
                .collect()
        }
        (WireType::OneOf(forms), value) => {
            let form = WireType::meant_by(forms, &value);
            inside(value, form)
        }
        (_, value) => value,
    }
}

/// Returns the response members `createdAt` and `updatedAt`.
pub(super) fn times(created: OffsetDateTime, updated: OffsetDateTime) -> Map<String, Value> {
    [("createdAt", created), ("updatedAt", updated)]
        .map(|(name, at)| (name.to_owned(), json!(iso8601(at))))
        .into_iter()
        .collect()
}

/// Returns the id that a user or a role has in responses: 32 hexadecimal digits derived from the
/// name.
pub(super) fn user_id(principal: &Principal) -> String {
    // Digits need only differ between names.
    let digits = |start: u64| {
        let mixed = user_name(principal).bytes().fold(start, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        format!("{mixed:016x}")
    };
    [digits(0xcbf2_9ce4_8422_2325), digits(0x8422_2325_cbf2_9ce4)].concat()
}

/// Returns the name of a user or role.
pub(super) fn user_name(principal: &Principal) -> &str {
    match principal {
        Principal::User(name) | Principal::Role { name, .. } => name,
    }
}
