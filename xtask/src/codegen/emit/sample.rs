//! Generates values that satisfy the limits in an API description, as Rust expressions and as the
//! strings that are sent.

use crate::codegen::api::{Api, Check, Member, Place, Rule, Type};

/// The maximum length of a string or a list in a test or an example.
const LONGEST: i64 = 10_000;

/// Generates values of the types in one crate.
pub(super) struct Samples<'a> {
    api: &'a Api,
    /// The name of the crate as its tests refer to it.
    library: String,
    /// The types of which a value is being generated, the outermost first. A type that would be
    /// added a second time contains itself.
    inside: Vec<&'a str>,
}

impl<'a> Samples<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self {
            api,
            library: api.service.crate_name.replace('-', "_"),
            inside: Vec::new(),
        }
    }

    /// Returns a value of a required member; `None` if no valid value is known.
    pub(super) fn member(&mut self, member: &'a Member) -> Option<String> {
        if member.is_truth_value() {
            return Some("true".to_owned());
        }
        let least = length(member)?;
        match &member.ty {
            Type::Text | Type::Secret => Some(format!("{:?}", text(least))),
            Type::Int => number(member).map(|number| number.to_string()),
            Type::Double => fraction(member).map(|number| format!("{number:?}")),
            Type::List(inner) => {
                let item = self.value(inner)?;
                Some(format!("[{}]", vec![item; least].join(", ")))
            }
            Type::Map(inner) => {
                let value = self.value(inner)?;
                let entry = |index| format!("(\"a{index}\", {value})");
                let entries: Vec<_> = (0..least).map(entry).collect();
                Some(format!("[{}]", entries.join(", ")))
            }
            ty => self.value(ty),
        }
    }

    /// Returns the value that [`member`](Self::member) chooses for a path parameter, as it is sent;
    /// `None` if it is not known.
    pub(super) fn on_the_wire(&self, member: &Member) -> Option<String> {
        match &member.ty {
            Type::Text | Type::Secret => length(member).map(text),
            Type::Int => number(member).map(|number| number.to_string()),
            Type::Bool => Some("true".to_owned()),
            Type::Timestamp => Some("1".to_owned()),
            Type::Enum { name, .. } => {
                let first = self.api.enums.get(name)?.variants.first()?;
                serde_json::from_str::<serde_json::Value>(&first.literal)
                    .ok()
                    .map(|value| value.as_str().map_or(value.to_string(), str::to_owned))
            }
            _ => None,
        }
    }

    /// Returns an expression that has exactly this type; `None` if no valid value is known.
    fn value(&mut self, ty: &'a Type) -> Option<String> {
        match ty {
            Type::Text => Some("\"a\".to_owned()".to_owned()),
            Type::Int => Some("1".to_owned()),
            Type::Double => Some("1.5".to_owned()),
            Type::Json => Some("bce_http::Json::from_text(\"{}\").unwrap()".to_owned()),
            Type::Secret => Some("bce_auth::Secret::from(\"a\")".to_owned()),
            Type::Timestamp => Some("bce_http::Timestamp::from(1)".to_owned()),
            Type::DateTime(_) => Some("time::OffsetDateTime::UNIX_EPOCH".to_owned()),
            Type::Enum { name, .. } => {
                let first = self.api.enums.get(name)?.variants.first()?;
                Some(format!("{}::{}", self.path(name), first.name))
            }
            Type::Object(name) => self.object(name),
            Type::List(inner) => Some(format!("vec![{}]", self.value(inner)?)),
            Type::Map(inner) => {
                let value = self.value(inner)?;
                let map = "std::collections::BTreeMap::from";
                Some(format!("{map}([(\"a\".to_owned(), {value})])"))
            }
            ty if *ty == Type::Bool => Some("true".to_owned()),
            _ => None,
        }
    }

    /// Returns the path of a type as a test refers to it.
    fn path(&self, name: &str) -> String {
        let path = self.api.home_of(name).path();
        format!("{}::{name}", path.replacen("crate", &self.library, 1))
    }

    fn object(&mut self, name: &'a str) -> Option<String> {
        let object = self.api.objects.get(name)?;
        if self.inside.contains(&name) {
            return None;
        }
        self.inside.push(name);
        let value = match object.fields.first().filter(|_| !object.forms.is_empty()) {
            Some(form) => {
                let value = self.value(&form.ty);
                value.map(|value| format!("{}::from({value})", self.path(name)))
            }
            None => self.object_of(name, &object.fields, &object.rules),
        };
        self.inside.pop();
        value
    }

    fn object_of(&mut self, name: &str, fields: &'a [Member], rules: &[Rule]) -> Option<String> {
        let sent = || fields.iter().filter(|field| field.place == Place::Body);
        let arguments = sent()
            .filter(|field| field.argument)
            .map(|field| self.member(field))
            .collect::<Option<Vec<_>>>()?;
        let mut value = format!("{}::new({})", self.path(name), arguments.join(", "));
        let must_be_set = |field: &&Member| {
            let is_chosen = rules.iter().any(|rule| rule.chooses(field));
            is_chosen || field.must_be_set() || field.is_unset_when_empty()
        };
        for field in sent().filter(|it| !it.argument).filter(must_be_set) {
            let given = self.member(field)?;
            value.push_str(&format!(".{}({given})", field.name));
        }
        Some(value)
    }
}

/// Returns the minimum length of a member's value, but at least 1; `None` if that is more than
/// [`LONGEST`].
pub(super) fn length(member: &Member) -> Option<usize> {
    let least = member.checks.iter().find_map(|check| match check {
        Check::Length { min, .. } => *min,
        _ => None,
    });
    let least = least.unwrap_or(1).max(1);
    (least <= LONGEST).then(|| usize::try_from(least).ok())?
}

fn text(length: usize) -> String {
    "a".repeat(length)
}

/// Returns 1 if that is in the range of a member, or else the number in the range that is nearest
/// to 1; `None` if the range is empty.
pub(super) fn number(member: &Member) -> Option<i64> {
    let range = member.checks.iter().find_map(|check| match check {
        Check::Range { min, max } => Some((*min, *max)),
        _ => None,
    });
    let (min, max) = range.unwrap_or((None, None));
    let number = min.unwrap_or(1).max(1).min(max.unwrap_or(i64::MAX));
    (number >= min.unwrap_or(i64::MIN)).then_some(number)
}

/// Returns 1.5 if that is in the range of a member, or else another number in the range; `None` if
/// none is found.
pub(super) fn fraction(member: &Member) -> Option<f64> {
    let range = member.checks.iter().find_map(|check| match check {
        Check::DoubleRange { min, max } => Some((bound(min), bound(max))),
        _ => None,
    });
    let Some((min, max)) = range else {
        return Some(1.5);
    };
    let least = min.map_or(f64::NEG_INFINITY, |(value, _)| value);
    let most = max.map_or(f64::INFINITY, |(value, _)| value);
    let fits = |number: &f64| {
        let after = *number > least || *number == least && min.is_none_or(|(_, within)| within);
        let before = *number < most || *number == most && max.is_none_or(|(_, within)| within);
        number.is_finite() && after && before
    };
    let candidates = [1.5, least + 1.0, most - 1.0, (least + most) / 2.0, least];
    candidates.into_iter().find(fits)
}

/// Parses a bound that is a Rust expression. Returns the number, and whether the bound is
/// inclusive.
fn bound(text: &str) -> Option<(f64, bool)> {
    let (kind, number) = text.split_once('(')?;
    let number = number.trim_end_matches(')').parse().ok()?;
    Some((number, kind.ends_with("Included")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_as_they_are_written() {
        assert_eq!(bound("Bound::Included(0.5)"), Some((0.5, true)));
        assert_eq!(bound("Bound::Excluded(-2.0)"), Some((-2.0, false)));
        assert_eq!(bound("Bound::Unbounded"), None);
    }
}
