//! Plausibility checks. They report probable mistakes in a description: settings that would have no
//! effect, and values that would cause errors only when a program runs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::type_text::leaf_name;
use super::{Problems, scalar};
use crate::codegen::spec::read::closest;
use crate::codegen::spec::{ClientCheck, Member, Spec, TypeDef, Waiter};

/// The units of members that affect the generated code. All other units only appear in the
/// documentation.
const UNITS: &[&str] = &["s", "ms"];
const FORMATS: &[&str] = &[
    "unix-seconds",
    "iso8601",
    "iso8601-seconds",
    "iso8601-millis",
];

/// Notations of units that are reported as mistakes, each with the notation to use instead.
const SPELLED: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("msec", "ms"),
    ("milli", "ms"),
    ("millis", "ms"),
    ("milliseconds", "ms"),
];

/// Returns a suggestion for a mistyped name, for the end of a message; empty if no name is similar.
pub(super) fn hint<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    match closest(text, names) {
        Some(name) => format!(", did you mean `{name}`?"),
        None => String::new(),
    }
}

/// Reports probable mistakes in an API description.
pub(super) fn check(spec: &Spec, problems: &mut Problems) {
    for operation in &spec.operations {
        for member in &operation.parameters {
            check_member(spec, &operation.name, member, problems);
        }
        known_errors(spec, &operation.name, &operation.errors, problems);
    }
    for (name, ty) in &spec.types {
        for member in &ty.fields {
            check_member(spec, name, member, problems);
        }
        check_forms(spec, name, ty, problems);
    }
    for waiter in &spec.waiters {
        check_waiter(spec, waiter, problems);
    }
    for (name, service) in &spec.services {
        let codes = || service.regions.iter().map(|region| region.code.as_str());
        if let Some(default) = service.default_region.as_deref()
            && codes().next().is_some()
            && codes().all(|code| code != default)
        {
            let hint = hint(default, codes());
            let problem = format!("`regions` has no `{default}`, the `default_region`{hint}");
            problems.add(name, problem);
        }
    }
}

fn check_member(spec: &Spec, holder: &str, member: &Member, problems: &mut Problems) {
    let place = format!("{holder}.{}", member.name);
    if let Some(unit) = member.unit.as_deref() {
        let lower = unit.to_ascii_lowercase();
        let mut spelled = SPELLED.iter();
        let meant = spelled.find(|(other, _)| *other == lower);
        let meant = meant.map(|(_, meant)| *meant).or_else(|| {
            let is_case = UNITS.contains(&lower.as_str()) && lower != unit;
            is_case.then_some(if lower == "s" { "s" } else { "ms" })
        });
        if let Some(meant) = meant {
            problems.add(&place, format!("write the unit `{unit}` as `{meant}`"));
        }
    }
    if let Some(format) = member.format.as_deref()
        && !FORMATS.contains(&format)
        && let Some(meant) = closest(format, FORMATS.iter().copied())
    {
        let problem = format!("there is no format `{format}`, did you mean `{meant}`?");
        problems.add(&place, problem);
    }
    check_limits(&place, member, problems);
    for (what, value) in [
        ("default", &member.default),
        ("example", &member.rust.example),
    ] {
        if let Some(value) = value.as_ref().filter(|it| !it.is_null()) {
            check_value(spec, &place, member, (what, value), problems);
        }
    }
}

/// Reports limits that would be checked before sending, but do not apply to the type.
fn check_limits(place: &str, member: &Member, problems: &mut Problems) {
    if member.client_check != Some(ClientCheck::Limits) || member.text_of.is_some() {
        return;
    }
    let ty = member.ty.trim();
    let (what, fitting): (_, &[&str]) = match ty {
        "Int32" | "Int64" | "Double" => (
            "a number",
            &["min", "max", "exclusive_min", "exclusive_max"],
        ),
        "String" => (
            "a text",
            &["min_length", "max_length", "max_lines", "pattern"],
        ),
        ty if ty.starts_with("List<") => ("a list", &["min_items", "max_items"]),
        ty if ty.starts_with("Map<") => ("a map", &["min_items", "max_items"]),
        _ => return,
    };
    for key in member.limits.keys() {
        if !fitting.contains(&key.as_str()) {
            problems.add(place, format!("the limit `{key}` does not apply to {what}"));
        }
    }
}

/// Reports a default or an example that is not a value of the enum or is outside the checked
/// limits. Such a default might be sent if the caller sets no value.
fn check_value(
    spec: &Spec,
    place: &str,
    member: &Member,
    (what, value): (&str, &Value),
    problems: &mut Problems,
) {
    let text = scalar(value);
    let values = member
        .values
        .as_deref()
        .and_then(|name| spec.enums.get(name));
    if let Some(values) = values
        && !text.is_empty()
        && values.values.iter().all(|it| scalar(&it.value) != text)
    {
        let known: Vec<String> = values.values.iter().map(|it| scalar(&it.value)).collect();
        let hint = hint(&text, known.iter().map(String::as_str));
        problems.add(
            place,
            format!("the {what} `{text}` is not a value of its enum{hint}"),
        );
    }
    let limit = |key: &str| member.limits.get(key).and_then(Value::as_f64);
    if let Some(number) = value.as_f64() {
        let below = limit("min").is_some_and(|min| number < min)
            || limit("exclusive_min").is_some_and(|min| number <= min);
        let above = limit("max").is_some_and(|max| number > max)
            || limit("exclusive_max").is_some_and(|max| number >= max);
        if (below || above) && member.client_check == Some(ClientCheck::Limits) {
            problems.add(place, format!("the {what} `{text}` is outside the limits"));
        }
    }
}

/// For a type whose values have one of several types, reports a rule such as `has a member NAME` if
/// none of these types has a member with this name, because the rule could not tell them apart.
fn check_forms(spec: &Spec, name: &str, ty: &TypeDef, problems: &mut Problems) {
    let members: BTreeSet<&str> = ty
        .one_of
        .iter()
        .filter_map(|form| spec.types.get(form.ty.trim()))
        .flat_map(|form| &form.fields)
        .flat_map(|field| std::iter::once(&field.name).chain(&field.aliases))
        .map(String::as_str)
        .collect();
    for form in &ty.one_of {
        let sign = form.recognise.as_str();
        let member = sign
            .strip_prefix("has a member ")
            .or(sign.strip_prefix("has no member "));
        if let Some(member) = member.map(str::trim)
            && !members.is_empty()
            && !members.contains(member)
        {
            let hint = hint(member, members.iter().copied());
            let problem = format!("none of the types has a member `{member}`{hint}");
            problems.add(&format!("{name}.one_of"), problem);
        }
    }
}

fn check_waiter(spec: &Spec, waiter: &Waiter, problems: &mut Problems) {
    let place = &waiter.name;
    if waiter.success.is_empty() && waiter.success_errors.is_empty() {
        problems.add(
            place,
            "the wait cannot succeed: it has no `success` and no `success_errors`",
        );
    }
    let states = [&waiter.success, &waiter.failure, &waiter.pending];
    let states: Vec<String> = states.into_iter().flatten().map(scalar).collect();
    let mut seen = BTreeSet::new();
    for state in &states {
        if !seen.insert(state) {
            problems.add(place, format!("the state `{state}` occurs twice"));
        }
    }
    known_errors(spec, place, &waiter.success_errors, problems);
    let values = answer_member(spec, &waiter.operation, &waiter.field)
        .and_then(|member| spec.enums.get(member.values.as_deref()?));
    let known: Vec<String> = values
        .into_iter()
        .flat_map(|values| &values.values)
        .map(|it| scalar(&it.value))
        .collect();
    // The enum may lack a state. But if a state resembles one of its values, it is probably
    // misspelled.
    for state in states.iter().filter(|state| !known.contains(state)) {
        if let Some(meant) = closest(state, known.iter().map(String::as_str)) {
            let problem = format!("the enum has no state `{state}`, did you mean `{meant}`?");
            problems.add(place, problem);
        }
    }
}

/// Reports error codes that resemble, but do not equal, an error code in the API description.
fn known_errors(spec: &Spec, place: &str, codes: &[String], problems: &mut Problems) {
    let known = || spec.errors.iter().map(|error| error.code.as_str());
    for code in codes
        .iter()
        .filter(|code| known().all(|known| known != *code))
    {
        if let Some(meant) = closest(code, known()) {
            let problem = format!("there is no error `{code}`, did you mean `{meant}`?");
            problems.add(place, problem);
        }
    }
}

/// Returns the member of a response at a path; `None` if there is none.
fn answer_member<'s>(spec: &'s Spec, operation: &str, path: &str) -> Option<&'s Member> {
    let operation = spec.operations.iter().find(|it| it.name == operation)?;
    let mut ty = operation.response.as_deref()?;
    let mut found = None;
    for name in path.split('.') {
        let fields = &spec.types.get(leaf_name(ty))?.fields;
        let member = fields.iter().find(|field| field.name == name)?;
        ty = &member.ty;
        found = Some(member);
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::codegen::resolve::resolve;
    use crate::codegen::spec::Spec;

    fn problems(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut spec = json!({
            "services": {"shop": {
                "endpoint_template": "{region}.a.com", "default_region": "bj",
                "regions": [{"code": "bj"}],
            }},
            "operations": [{
                "name": "Buy", "method": "GET", "uri": "/", "response": "Box", "errors": ["NoBox"],
                "parameters": [{
                    "name": "size", "type": "Int64", "position": "QUERY", "default": 5, "unit": "GB",
                    "limits": {"min": 1, "max": 9}, "client_check": "limits",
                }],
            }],
            "types": {
                "Box": {"fields": [
                    {"name": "state", "type": "String", "enum": "State", "format": "word"},
                    {"name": "lid", "type": "Lid"},
                ]},
                "Lid": {"one_of": [
                    {"type": "Cap", "recognise": "has a member color"},
                    {"type": "String", "recognise": "is a text"},
                ]},
                "Cap": {"fields": [{"name": "color", "type": "String"}]},
            },
            "enums": {"State": {"values": [{"value": "Ready"}, {"value": "Broken"}]}},
            "errors": [{"code": "NoBox"}],
            "waiters": [{
                "name": "Done", "operation": "Buy", "field": "state", "success": ["Ready"],
                "failure": ["Broken"], "success_errors": ["NoBox"],
            }],
        });
        let of = |spec: &Value| resolve(&Spec::from_value(spec).unwrap(), "shop.json");
        assert_eq!(of(&spec).err(), None);
        change(&mut spec);
        of(&spec).err().unwrap_or_default()
    }

    #[test]
    fn what_can_hardly_be_meant_is_refused() {
        let size = "/operations/0/parameters/0";
        let cases: [(&str, &str, Value, &str); 17] = [
            (
                size,
                "unit",
                json!("sec"),
                "Buy.size: write the unit `sec` as `s`",
            ),
            (
                size,
                "unit",
                json!("MS"),
                "Buy.size: write the unit `MS` as `ms`",
            ),
            (
                size,
                "default",
                json!(0),
                "Buy.size: the default `0` is outside the limits",
            ),
            (
                size,
                "rust",
                json!({"example": 0}),
                "Buy.size: the example `0` is outside the limits",
            ),
            (
                size,
                "limits",
                json!({"max_length": 3}),
                "Buy.size: the limit `max_length` does not apply to a number",
            ),
            (
                "/types/Box/fields/0",
                "format",
                json!("iso8601-second"),
                "Box.state: there is no format `iso8601-second`, did you mean `iso8601-seconds`?",
            ),
            (
                "/types/Box/fields/0",
                "default",
                json!("Redy"),
                "Box.state: the default `Redy` is not a value of its enum, did you mean `Ready`?",
            ),
            (
                "/types/Lid/one_of/0",
                "recognise",
                json!("has a member colour"),
                "Lid.one_of: none of the types has a member `colour`, did you mean `color`?",
            ),
            (
                "/waiters/0",
                "success",
                json!(["Redy"]),
                "Done: the enum has no state `Redy`, did you mean `Ready`?",
            ),
            (
                "/waiters/0",
                "failure",
                json!(["Ready"]),
                "Done: the state `Ready` occurs twice",
            ),
            (
                "/waiters/0",
                "success_errors",
                json!(["NoBoxx"]),
                "Done: there is no error `NoBoxx`, did you mean `NoBox`?",
            ),
            (
                "/operations/0",
                "errors",
                json!(["NoBx"]),
                "Buy: there is no error `NoBx`, did you mean `NoBox`?",
            ),
            (
                "/services/shop",
                "default_region",
                json!("bjj"),
                "shop: `regions` has no `bjj`, the `default_region`",
            ),
            (
                "/types/Box/fields/0",
                "type",
                json!("Strng"),
                "Box.state: there is no type `Strng`, did you mean `String`?",
            ),
            (
                "/types/Box/fields/0",
                "enum",
                json!("Stat"),
                "Box.state: there is no enum `Stat`, did you mean `State`?",
            ),
            (
                "/operations/0",
                "response",
                json!("Bux"),
                "Buy: the response type `Bux` does not exist, did you mean `Box`?",
            ),
            (
                "/waiters/0",
                "operation",
                json!("Byu"),
                "Done: there is no operation `Byu`, did you mean `Buy`?",
            ),
        ];
        for (place, key, value, expected) in cases {
            let found = problems(|spec| spec.pointer_mut(place).unwrap()[key] = value);
            assert!(
                found.iter().any(|it| it.starts_with(expected)),
                "{expected}\n{found:?}"
            );
        }
        let found = problems(|spec| {
            let waiter = spec["waiters"][0].as_object_mut().unwrap();
            waiter.remove("success");
            waiter.remove("success_errors");
        });
        assert!(
            found[0].starts_with("Done: the wait cannot succeed"),
            "{found:?}"
        );
    }
}
