//! Converts the facts that an API description states as data, such as limits and defaults, to
//! sentences.

use serde_json::Value;

use super::{escape, sentence, value};
use crate::codegen::spec::{ClientCheck, Member, Preconditions};

/// Returns a sentence with the address of a page of Baidu's API documentation; `None` if `id` is
/// missing or blank. `id` is a whole address, or a product with the id of the page, such as
/// `IAM/Qjwvyc8ov`. An id without a product, such as `Qjwvyc8ov`, is that of a page about AIHC. If
/// `id` contains characters that no address contains, the sentence contains `id` as text.
pub(crate) fn page(id: Option<&str>) -> Option<String> {
    let id = id.filter(|id| !id.trim().is_empty())?;
    if !id
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"<>`".contains(&b))
    {
        return Some(format!("API page: {}", sentence(id)));
    }
    let address = if id.starts_with("http://") || id.starts_with("https://") {
        id.to_owned()
    } else {
        let (product, page) = id.split_once('/').unwrap_or(("AIHC", id));
        format!("https://cloud.baidu.com/doc/{product}/s/{page}")
    };
    Some(format!("API page: <{address}>"))
}

/// Returns sentences about the unit, the limits, the default and other properties of a member. If
/// `is_checked`, they also say what is checked before sending.
pub(crate) fn member_facts(member: &Member, is_checked: bool) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(unit) = &member.unit {
        // A description often names the unit already: `Capacity in GB.`
        let (unit, word) = match unit.as_str() {
            "s" => ("seconds", "seconds"),
            "ms" => ("milliseconds", "milliseconds"),
            "%" => ("percent", "percent"),
            other => (other, other),
        };
        let summary = member.rust.desc.as_deref().or(member.desc.as_deref());
        let mut words = summary
            .unwrap_or_default()
            .split(|c: char| !c.is_alphanumeric());
        if !words.any(|it| it.eq_ignore_ascii_case(word)) {
            facts.push(format!("Unit: {}.", escape(unit)));
        }
    }
    facts.extend(limits(member));
    let has_pattern = member.limits.get("pattern").is_some_and(|it| !it.is_null());
    let check = match member.client_check.filter(|_| is_checked) {
        Some(ClientCheck::NonEmpty) => "Must not be empty; this is checked before sending.",
        Some(ClientCheck::Limits) if has_pattern => {
            "This is checked before sending, except for the pattern."
        }
        Some(ClientCheck::Limits) => "This is checked before sending.",
        None => "",
    };
    facts.push(check.to_owned());
    if let Some(default) = &member.default {
        facts.push(match default {
            Value::String(text) if text.is_empty() => "Default: the empty string.".to_owned(),
            Value::Null => String::new(),
            other if member.required => format!(
                "The API has a default, `{}`, but this client does not use it.",
                value(other)
            ),
            other => format!("Default: `{}`.", value(other)),
        });
    }
    if member.must_be_present {
        facts.push("Always present: a response without this member is an error.".to_owned());
    }
    if !member.known_values.is_empty() && member.rust.ty.is_none() {
        let values: Vec<_> = member
            .known_values
            .iter()
            .map(|known| format!("`{}`", value(known)))
            .collect();
        facts.push(format!("Known values: {}.", values.join(", ")));
    }
    facts.retain(|fact| !fact.is_empty());
    facts
}

fn limits(member: &Member) -> Vec<String> {
    let get = |key: &str| member.limits.get(key).filter(|it| !it.is_null()).map(value);
    let mut facts = Vec::new();
    let ranges = [
        ("min", "max", "", ""),
        ("min_length", "max_length", " character", " characters"),
        ("min_items", "max_items", " entry", " entries"),
    ];
    for (least, most, one, many) in ranges {
        let noun = |count: &str| if count == "1" { one } else { many };
        facts.extend(match (get(least), get(most)) {
            (Some(min), Some(max)) if min == max => Some(format!("Exactly {min}{}.", noun(&min))),
            (Some(min), Some(max)) => Some(format!("From {min} to {max}{many}.")),
            (Some(min), None) => Some(format!("At least {min}{}.", noun(&min))),
            (None, Some(max)) => Some(format!("At most {max}{}.", noun(&max))),
            (None, None) => None,
        });
    }
    let in_ranges = |key: &str| ranges.iter().any(|it| it.0 == key || it.1 == key);
    for (key, limit) in member.limits.iter().filter(|(_, limit)| !limit.is_null()) {
        let limit = value(limit);
        facts.push(match key.as_str() {
            key if in_ranges(key) => continue,
            "exclusive_min" => format!("More than {limit}."),
            "exclusive_max" => format!("Less than {limit}."),
            "max_lines" if limit == "1" => "At most 1 line.".to_owned(),
            "max_lines" => format!("At most {limit} lines."),
            "pattern" => format!("Pattern: `{limit}`."),
            other => format!("Limit {}: `{limit}`.", escape(other)),
        });
    }
    facts
}

/// Returns sentences about the states in which an operation is allowed or refused. `states` is the
/// path of their Rust type, and `name` returns the name of a state.
pub(crate) fn preconditions(
    preconditions: &Preconditions,
    states: Option<&str>,
    name: impl Fn(&Value) -> Option<String>,
) -> Vec<String> {
    let see = states.map_or_else(String::new, |states| {
        let name = states.rsplit("::").next().unwrap_or_default();
        format!("; see [`{name}`]({states})")
    });
    let list = |codes: &[Value]| {
        let states: Vec<_> = codes
            .iter()
            .map(|code| match (name(code), code) {
                (Some(name), _) => format!("{} ({name})", value(code)),
                (None, Value::Number(code)) => code.to_string(),
                (None, code) => format!("`{}`", value(code)),
            })
            .collect();
        states.join(", ")
    };
    let mut facts = Vec::new();
    if let Some(codes) = &preconditions.allowed_status {
        facts.push(format!(
            "Allowed only in these states: {}{see}.",
            list(codes)
        ));
    }
    if let Some(codes) = &preconditions.forbidden_status {
        facts.push(format!("Refused in these states: {}{see}.", list(codes)));
    }
    facts.extend(preconditions.desc.as_deref().map(sentence));
    facts.extend(preconditions.note.as_deref().map(sentence));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_other_products_have_their_own_place() {
        assert_eq!(
            page(Some("IAM/Qjwvyc8ov")).as_deref(),
            Some("API page: <https://cloud.baidu.com/doc/IAM/s/Qjwvyc8ov>")
        );
        assert_eq!(page(Some("a <b>")).as_deref(), Some("API page: A \\<b>."));
        assert_eq!(page(None), None);
    }
}
