//! Compares the body of a response with the API description.

use serde_json::{Map, Value};

use super::class;
use super::found::{Found, Kind};
use super::shape::{Also, Listing, Member, Operation, Shape, Time, Type, Words};
use super::words::{is_common, shown};

/// The members that every response may have.
const ENVELOPE: [&str; 3] = ["requestId", "code", "message"];
/// The report of `check-contract` always shows names of unknown members that consist of common
/// words. It shows other names only if they look like names of members, and the object also has
/// known members and at most this many unknown ones. Otherwise, the object may be a map, whose keys
/// may be data of the user.
const MOST_NAMED: usize = 5;
/// The maximum depth at which nested objects are compared.
const DEEPEST: usize = 64;

/// Compares the body of a response with the description of its operation, and adds the differences
/// to `found`.
pub(super) fn answer(operation: &Operation, answer: &Value, found: &mut Found) {
    let Some(members) = answer.as_object() else {
        let what = format!("an object is described; {} came", class::of(answer));
        return found.add(Kind::OtherType, "", what);
    };
    let members = unwrapped(operation.answer, members, found);
    let place = Place {
        path: String::new(),
        depth: 0,
    };
    object(operation.answer, members, &place, found);
    if let Some(listing) = operation.list {
        count(listing, members, found);
    }
}

/// Returns the members of an object. If the response wraps the object in an additional member,
/// records this, and returns the members of the wrapped object.
fn unwrapped<'a>(
    shape: &Shape,
    members: &'a Map<String, Value>,
    found: &mut Found,
) -> &'a Map<String, Value> {
    let is_own = |name: &String| {
        !ENVELOPE.contains(&name.as_str()) && shape.members.iter().any(|it| it.has_name(name))
    };
    if members.keys().any(is_own) {
        return members;
    }
    let inside = shape.inside.iter().find_map(|name| {
        let inner = members.get(*name)?.as_object()?;
        Some((*name, inner))
    });
    let Some((name, inner)) = inside else {
        return members;
    };
    found.add(Kind::Inside, name, "contains the whole response");
    inner
}

/// The position of a value in a response.
struct Place {
    path: String,
    depth: usize,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.step(&format!("{dot}{name}"))
    }

    fn step(&self, step: &str) -> Self {
        Self {
            path: format!("{}{step}", self.path),
            depth: self.depth + 1,
        }
    }
}

fn object(shape: &Shape, members: &Map<String, Value>, place: &Place, found: &mut Found) {
    if place.depth > DEEPEST {
        return;
    }
    let mut known = 0;
    for member in shape.members {
        let at = place.member(member.name);
        let by_name = members.get(member.name);
        let by_alias = || {
            let mut aliases = member.aliases.iter();
            aliases.find_map(|alias| Some((*alias, members.get(*alias)?)))
        };
        let value = match by_name {
            Some(value) => value,
            None => match by_alias() {
                Some((alias, value)) => {
                    let what = format!("comes as `{alias}`");
                    found.add(Kind::OtherName, &at.path, what);
                    value
                }
                None => {
                    if member.present {
                        found.add(Kind::MissingMember, &at.path, "every response has it");
                    }
                    continue;
                }
            },
        };
        known += 1;
        self::member(member, value, &at, found);
    }
    unknown(shape, members, known > 0, place, found);
}

/// Records the members that are not in the API description. `is_known` tells whether the object has
/// any member that is described.
fn unknown(
    shape: &Shape,
    members: &Map<String, Value>,
    is_known: bool,
    place: &Place,
    found: &mut Found,
) {
    let is_outside = place.depth == 0;
    let others: Vec<_> = members
        .iter()
        .filter(|(name, _)| !shape.members.iter().any(|it| it.has_name(name)))
        .filter(|(name, _)| !is_outside || !ENVELOPE.contains(&name.as_str()))
        .collect();
    let few = is_known && others.len() <= MOST_NAMED;
    let mut unnamed = 0_usize;
    for (name, value) in &others {
        let is_shown = is_common(name) || few && is_name(name);
        if !is_shown {
            unnamed += 1;
            continue;
        }
        let similar = shape.members.iter().find(|it| is_similar(it.name, name));
        let what = match similar {
            Some(similar) => format!(
                "{}; `{}` in another spelling",
                class::of(value),
                similar.name
            ),
            None => class::of(value).to_owned(),
        };
        found.add_named(Kind::UnknownMember, &place.path, Some(name), what);
    }
    if unnamed > 0 {
        let what = "members whose names may reveal something and are not shown";
        found.add(Kind::UnknownMember, &place.path, what);
    }
}

/// Returns whether the string has the form of a member name.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    name.len() <= 40
        && letters.next().is_some_and(|it| it.is_ascii_alphabetic())
        && letters.all(|it| it.is_ascii_alphanumeric() || it == '_')
        && name.bytes().filter(u8::is_ascii_digit).count() <= 2
}

/// Returns whether two names are equal except for upper and lower case, underscores and hyphens.
fn is_similar(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    plain(one) == plain(other)
}

fn member(member: &Member, value: &Value, place: &Place, found: &mut Found) {
    if value.is_null() {
        return null(member, place, found);
    }
    if member.secret && value.is_string() {
        found.see(&place.path, "string, secret");
    } else {
        found.see(&place.path, class::of(value));
    }
    if !is_of(member.ty, value) {
        return other_type(member, value, place, found);
    }
    described(member, member.ty, value, place, found);
}

fn null(member: &Member, place: &Place, found: &mut Found) {
    found.see(&place.path, "null");
    match member.present {
        true => found.add(
            Kind::MissingMember,
            &place.path,
            "null; every response has it",
        ),
        false => found.add(
            Kind::Null,
            &place.path,
            format!("null; {} is described", member.ty.name()),
        ),
    }
}

/// Compares a value with the type that it has in the API description.
fn described(member: &Member, ty: Type, value: &Value, place: &Place, found: &mut Found) {
    match (ty, value) {
        (Type::Object(shape), Value::Object(members)) => object(shape, members, place, found),
        (Type::List(item), Value::Array(items)) => {
            let at = place.step("[]");
            items.iter().for_each(|it| inner(*item, it, &at, found));
        }
        (Type::Map(item), Value::Object(members)) => {
            let at = place.step(".*");
            members.values().for_each(|it| inner(*item, it, &at, found));
        }
        (Type::OneOf(forms), value) => {
            if let Some(form) = meant(forms, value) {
                described(member, form, value, place, found);
            }
        }
        (_, value) => {
            words(member, value, place, found);
            time(member, value, place, found);
        }
    }
}

/// Compares an item of a list, or a value in a map, with its described type. Ignores values at a
/// depth of more than [`DEEPEST`].
fn inner(ty: Type, value: &Value, place: &Place, found: &mut Found) {
    const NAMELESS: Member = Member::new("", Type::Json);
    if place.depth > DEEPEST {
        return;
    }
    if !value.is_object() {
        found.see(&place.path, class::of(value));
    }
    if value.is_null() {
        let what = format!("null; {} is described", ty.name());
        return found.add(Kind::Null, &place.path, what);
    }
    if !is_of(ty, value) {
        let what = format!("{} is described; {} came", ty.name(), class::of(value));
        return found.add(Kind::OtherType, &place.path, what);
    }
    described(&NAMELESS, ty, value, place, found);
}

fn is_of(ty: Type, value: &Value) -> bool {
    match ty {
        Type::Json => true,
        Type::Text => value.is_string(),
        Type::Integer => value.is_i64() || value.is_u64(),
        Type::Number => value.is_number(),
        Type::Flag => value.is_boolean(),
        Type::List(_) => value.is_array(),
        Type::Map(_) | Type::Object(_) => value.is_object(),
        Type::OneOf(forms) => forms.iter().any(|form| is_of(*form, value)),
    }
}

/// Returns which of several types a value is meant to have: an object type that has a member in
/// common with the value, or else the first other type that the value has. Returns `None` if there
/// is no such type.
fn meant(forms: &[Type], value: &Value) -> Option<Type> {
    let shares = |form: &&Type| match form {
        Type::Object(shape) => shape.members.iter().any(|it| value.get(it.name).is_some()),
        form => !value.is_object() && is_of(**form, value),
    };
    let fits = |form: &&Type| !matches!(form, Type::Object(_)) && is_of(**form, value);
    let found = forms.iter().find(shares);
    found.or_else(|| forms.iter().find(fits)).copied()
}

/// Records that the type of a value differs from the one in the API description: as a variant if
/// another source, such as an official SDK, documents the type; otherwise as a difference.
fn other_type(member: &Member, value: &Value, place: &Place, found: &mut Found) {
    let what = format!(
        "{} is described; {} came",
        member.ty.name(),
        class::of(value)
    );
    let lawful = match (member.also, value) {
        (Some(Also::Text), Value::String(text)) => stands_for(member.ty, text),
        (Some(Also::Number), Value::Number(_)) => true,
        (Some(Also::List), Value::Array(items)) => {
            let at = place.step("[]");
            items.iter().for_each(|it| inner(member.ty, it, &at, found));
            true
        }
        _ => false,
    };
    let kind = match lawful {
        true => Kind::AcceptedType,
        false => Kind::OtherType,
    };
    found.add(kind, &place.path, what);
}

/// Returns whether a string may represent a value of this type. An empty string may represent a
/// value of any type.
fn stands_for(ty: Type, text: &str) -> bool {
    match ty {
        _ if text.is_empty() => true,
        Type::Integer => text.parse::<i64>().is_ok(),
        Type::Number => text.parse::<f64>().is_ok_and(f64::is_finite),
        Type::Flag => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        _ => false,
    }
}

fn words(member: &Member, value: &Value, place: &Place, found: &mut Found) {
    let (described, any_case) = match member.words {
        Words::All(described) => (described, false),
        Words::AllInAnyCase(described) => (described, true),
        Words::Any => return,
    };
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return,
    };
    let alike = || described.iter().find(|it| it.eq_ignore_ascii_case(&text));
    // An empty string stands for no value.
    if text.is_empty() || described.contains(&text.as_str()) || any_case && alike().is_some() {
        return;
    }
    let what = match (value, alike()) {
        (Value::Number(_), _) if text.len() <= 4 => format!("code {text} is not described"),
        (Value::Number(_), _) => "a large number is not described".to_owned(),
        (_, Some(alike)) => format!("`{alike}` in other capitals"),
        _ => format!("{} is not described", shown(&text)),
    };
    found.add(Kind::UnknownValue, &place.path, what);
}

fn time(member: &Member, value: &Value, place: &Place, found: &mut Found) {
    let class = class::of(value);
    match (member.time, value) {
        (Some(Time::UnixSeconds), Value::Number(number))
            if number.as_i64().is_none_or(|it| it >= class::FIRST_MILLIS) =>
        {
            let what = format!("Unix time in seconds is described; {class} came");
            found.add(Kind::TimeFormat, &place.path, what);
        }
        (Some(Time::Iso8601), Value::String(text)) => {
            let kind = match class {
                "string, looks like RFC 3339" | "string, empty" => return,
                _ if is_rfc_3339(text) => Kind::TimeVariant,
                _ => Kind::TimeFormat,
            };
            let what = format!("RFC 3339 to the second, in UTC, is described; {class} came");
            found.add(kind, &place.path, what);
        }
        _ => {}
    }
}

fn is_rfc_3339(text: &str) -> bool {
    use time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::parse(text, &Rfc3339).is_ok()
}

/// Compares the total number of items, as the response states it, with the number of items that it
/// contains.
fn count(listing: Listing, members: &Map<String, Value>, found: &mut Found) {
    let items = members.get(listing.items).and_then(Value::as_array);
    let total = listing
        .total
        .and_then(|name| Some((name, members.get(name)?.as_u64()?)));
    if let (Some(items), Some((name, total))) = (items, total)
        && total < items.len() as u64
    {
        let what = "counts fewer items than the page has";
        found.add(Kind::Count, name, what);
    }
}

impl Member {
    /// Returns whether the member has this name in the API description, or in another source such
    /// as an official SDK.
    fn has_name(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

#[cfg(test)]
mod tests;
