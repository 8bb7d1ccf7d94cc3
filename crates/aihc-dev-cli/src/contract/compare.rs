//! An answer beside its description.

use serde_json::{Map, Value};

use super::class;
use super::found::{Found, Kind};
use super::shape::{Also, Listing, Member, Operation, Shape, Time, Type, Words};
use super::words::{is_common, shown};

/// Members that every answer may have.
const ENVELOPE: [&str; 3] = ["requestId", "code", "message"];
/// Of more members that are not described in one object none is named: they may be its keys.
const MOST_NAMED: usize = 5;
/// Objects within objects are followed this deep.
const DEEPEST: usize = 64;

/// Compares what an operation has answered.
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

/// The members, which may all be inside of one.
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
    found.add(Kind::Inside, name, "holds the whole answer");
    inner
}

/// Where a value is.
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
                        found.add(Kind::MissingMember, &at.path, "every answer has it");
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

/// Members that are not described.
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
        let what = "members whose names may say something and are not shown";
        found.add(Kind::UnknownMember, &place.path, what);
    }
}

/// Whether it is written as a member of the API is.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    name.len() <= 40
        && letters.next().is_some_and(|it| it.is_ascii_alphabetic())
        && letters.all(|it| it.is_ascii_alphanumeric() || it == '_')
        && name.bytes().filter(u8::is_ascii_digit).count() <= 2
}

/// Whether they differ in capitals and underscores alone.
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
            "null; every answer has it",
        ),
        false => found.add(
            Kind::Null,
            &place.path,
            format!("null; {} is described", member.ty.name()),
        ),
    }
}

/// What has the described type.
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

/// An item of a list or a map.
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

/// Of several types the one that a value is meant to have: an object that shares a member with it, else
/// the first that is no such object.
fn meant(forms: &[Type], value: &Value) -> Option<Type> {
    let shares = |form: &&Type| match form {
        Type::Object(shape) => shape.members.iter().any(|it| value.get(it.name).is_some()),
        form => !value.is_object() && is_of(**form, value),
    };
    let fits = |form: &&Type| !matches!(form, Type::Object(_)) && is_of(**form, value);
    let found = forms.iter().find(shares);
    found.or_else(|| forms.iter().find(fits)).copied()
}

/// A value of another type, which some source may have.
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

/// Whether a text is what a value of this type may be written as.
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
    // Nothing stands for no value.
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

/// Holds the number of all items against those on this page.
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
    /// Whether it comes under this name.
    fn has_name(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STATES: &[&str] = &["Running", "Stopped"];
    const CODES: &[&str] = &["0", "1"];
    static BOX: Shape = Shape {
        inside: &[],
        members: &[
            Member::new("id", Type::Text).present(),
            Member::new("state", Type::Text).words(STATES),
            Member::new("kind", Type::Text).words_in_any_case(STATES),
            Member::new("code", Type::Integer).words(CODES),
            Member::new("size", Type::Integer).also(Also::Text),
            Member::new("weight", Type::Number),
            Member::new("count", Type::Text).also(Also::Number),
            Member::new("open", Type::Flag),
            Member::new("createdAt", Type::Integer).unix_seconds(),
            Member::new("expires", Type::Text).iso_8601(),
            Member::new("labels", Type::Map(&Type::Text)),
            Member::new("parts", Type::List(&Type::Object(&BOX))),
            Member::new("lid", Type::Object(&BOX)).also(Also::List),
            Member::new("key", Type::Text).secret().aliases(&["Key"]),
            Member::new("any", Type::Json),
            Member::new(
                "spec",
                Type::OneOf(&[Type::Object(&BOX), Type::Map(&Type::Object(&BOX))]),
            ),
        ],
    };
    static PAGE: Shape = Shape {
        inside: &["data"],
        members: &[
            Member::new("boxes", Type::List(&Type::Object(&BOX))),
            Member::new("total", Type::Integer),
        ],
    };
    static LIST: Operation = Operation::new("GetBoxes", &PAGE).list("boxes", Some("total"));

    /// What is found in a page, a line for each.
    fn findings(page: Value) -> Vec<String> {
        let mut found = Found::default();
        answer(&LIST, &page, &mut found);
        let line = |finding: &super::super::found::Finding| {
            let name = finding.name.as_deref().map(|it| format!("/{it}"));
            format!(
                "{:?} {}{}: {}",
                finding.kind,
                finding.path,
                name.unwrap_or_default(),
                finding.what
            )
        };
        found.findings.keys().map(line).collect()
    }

    fn of_box(mut members: Value) -> Vec<String> {
        members["id"] = json!("b-1");
        findings(json!({"boxes": [members], "total": 1}))
    }

    #[test]
    fn an_answer_as_described_has_no_findings() {
        let inner = json!({"id": "b-2"});
        let none = of_box(json!({
            "state": "Running", "kind": "RUNNING", "code": 1, "size": 3, "weight": 1, "count": "1",
            "open": true, "createdAt": 1_760_000_000, "expires": "2026-08-20T00:00:00Z",
            "labels": {"张三": "v"}, "parts": [inner], "lid": inner, "key": "k", "any": [null],
            "spec": {"张三": inner},
        }));
        assert_eq!(none, [""; 0]);
        let empty = json!({"boxes": [], "total": 0, "requestId": "r", "code": "", "message": ""});
        assert_eq!(findings(empty), [""; 0]);
        assert_eq!(
            of_box(json!({"state": "", "expires": "", "createdAt": 0})),
            [""; 0]
        );
    }

    #[test]
    fn variants_of_other_sources_are_notes() {
        for (members, expected) in [
            (
                json!({"size": "3"}),
                "AcceptedType boxes[].size: integer is described; string of digits came",
            ),
            (
                json!({"size": ""}),
                "AcceptedType boxes[].size: integer is described; string, empty came",
            ),
            (
                json!({"count": 1}),
                "AcceptedType boxes[].count: string is described; integer came",
            ),
            (
                json!({"lid": []}),
                "AcceptedType boxes[].lid: object is described; list, empty came",
            ),
            (
                json!({"lid": null}),
                "Null boxes[].lid: null; object is described",
            ),
            (
                json!({"parts": null}),
                "Null boxes[].parts: null; list is described",
            ),
            (
                json!({"labels": {"a": null}}),
                "Null boxes[].labels.*: null; string is described",
            ),
            (json!({"Key": "s"}), "OtherName boxes[].key: comes as `Key`"),
            (
                json!({"expires": "2026-08-20T08:00:00.5+08:00"}),
                "TimeVariant boxes[].expires: RFC 3339 to the second, in UTC, is described; \
                 string, looks like RFC 3339 with a fraction or an offset came",
            ),
        ] {
            assert_eq!(of_box(members.clone()), [expected], "{members}");
        }
        let wrapped = findings(json!({"data": {"boxes": [], "total": 0}, "requestId": "r"}));
        assert_eq!(wrapped, ["Inside data: holds the whole answer"]);
    }

    #[test]
    fn what_no_source_has_is_a_difference() {
        for (members, expected) in [
            (
                json!({"size": 1.5}),
                "OtherType boxes[].size: integer is described; number came",
            ),
            (
                json!({"size": "x"}),
                "OtherType boxes[].size: integer is described; string came",
            ),
            (
                json!({"weight": "1"}),
                "OtherType boxes[].weight: number is described; string of digits came",
            ),
            (
                json!({"open": 1}),
                "OtherType boxes[].open: boolean is described; integer came",
            ),
            (
                json!({"labels": ""}),
                "OtherType boxes[].labels: object is described; string, empty came",
            ),
            (
                json!({"labels": {"a": 1}}),
                "OtherType boxes[].labels.*: string is described; integer came",
            ),
            (
                json!({"parts": {}}),
                "OtherType boxes[].parts: list is described; object, empty came",
            ),
            (
                json!({"parts": [{"id": null}]}),
                "MissingMember boxes[].parts[].id: null; every answer has it",
            ),
            (
                json!({"spec": {"state": 1, "id": "a"}}),
                "OtherType boxes[].spec.state: string is described; integer came",
            ),
            (
                json!({"state": "Evicted"}),
                "UnknownValue boxes[].state: `Evicted` is not described",
            ),
            (
                json!({"state": "running"}),
                "UnknownValue boxes[].state: `Running` in other capitals",
            ),
            (
                json!({"state": "zhangsan"}),
                "UnknownValue boxes[].state: a text of 8 characters (small letters), not shown is not described",
            ),
            (
                json!({"code": 12}),
                "UnknownValue boxes[].code: code 12 is not described",
            ),
            (
                json!({"code": 123_456}),
                "UnknownValue boxes[].code: a large number is not described",
            ),
            (
                json!({"createdAt": 1_760_000_000_000_i64}),
                "TimeFormat boxes[].createdAt: Unix time in seconds is described; \
                 integer, looks like Unix time in milliseconds came",
            ),
            (
                json!({"expires": "2026-08-20 00:00:00"}),
                "TimeFormat boxes[].expires: RFC 3339 to the second, in UTC, is described; \
                 string, date and time with a space came",
            ),
            (
                json!({"foreign": 1}),
                "UnknownMember boxes[]/foreign: integer",
            ),
            (
                json!({"created_at": 1}),
                "UnknownMember boxes[]/created_at: integer; `createdAt` in another spelling",
            ),
            (
                json!({"张三": 1}),
                "UnknownMember boxes[]: members whose names may say something and are not shown",
            ),
        ] {
            assert_eq!(of_box(members.clone()), [expected], "{members}");
        }
    }

    #[test]
    fn pages_are_counted_and_held_against_the_whole() {
        let box_ = json!({"id": "b"});
        assert_eq!(
            findings(json!({"boxes": [box_, box_], "total": 1})),
            ["Count total: counts fewer items than the page has"]
        );
        assert_eq!(
            findings(json!({"boxes": [{}], "total": 1})),
            ["MissingMember boxes[].id: every answer has it"]
        );
        assert_eq!(
            findings(json!([])),
            ["OtherType : an object is described; list, empty came"]
        );
    }

    #[test]
    fn keys_are_not_taken_for_members() {
        // A list as an object by name: none of it is described.
        let page = findings(json!({"boxes": [{"zhangsan": 1}], "total": 1}));
        assert_eq!(
            page,
            [
                "UnknownMember boxes[]: members whose names may say something and are not shown",
                "MissingMember boxes[].id: every answer has it",
            ]
        );
        let many = json!({"wanga": 1, "wangb": 1, "wangc": 1, "wangd": 1, "wange": 1, "wangf": 1});
        assert_eq!(
            of_box(many),
            ["UnknownMember boxes[]: members whose names may say something and are not shown"]
        );
    }
}
