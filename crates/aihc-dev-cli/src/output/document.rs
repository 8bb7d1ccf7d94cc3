//! Results in machine-readable output. Members keep their order, and numbers their digits.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// One result, normally a JSON object. Any other value has no members.
#[derive(Debug)]
pub(super) struct Document {
    members: Vec<(String, Box<RawValue>)>,
}

/// A member of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Member {
    /// A member that is null or absent.
    Nothing,
    Boolean(bool),
    /// A number with its original digits.
    Number(String),
    Text(String),
    /// A list or an object, as JSON.
    Compound(String),
}

impl Document {
    pub(super) fn of<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Self> {
        let json = serde_json::value::to_raw_value(value)?;
        Ok(Self::read(&json))
    }

    fn read(json: &RawValue) -> Self {
        let members = serde_json::from_str::<Members>(json.get());
        Self {
            members: members.map(|it| it.0).unwrap_or_default(),
        }
    }

    /// Returns the member whose name is `path`, even if that contains dots; `None` if there is no
    /// such member.
    pub(super) fn get(&self, path: &str) -> Option<Member> {
        self.raw(path).map(member)
    }

    fn raw(&self, path: &str) -> Option<&RawValue> {
        let whole = self.members.iter().find(|(name, _)| name == path);
        whole.map(|(_, value)| &**value)
    }

    /// Returns the member at a path such as `resources.cpus` or `conf.volumnConfs.0.mountPath`;
    /// `None` if there is no such member. A member of a null value counts as null.
    pub(super) fn at(&self, path: &str) -> Option<Member> {
        if let Some(found) = self.get(path) {
            return Some(found);
        }
        let (first, rest) = path.split_once('.')?;
        let outer = self.raw(first)?;
        if outer.get() == "null" {
            // A member of a null or absent value counts as absent.
            return Some(Member::Nothing);
        }
        if outer.get().starts_with('[') {
            let items: Vec<Box<RawValue>> = serde_json::from_str(outer.get()).ok()?;
            let (index, rest) = match rest.split_once('.') {
                Some((index, rest)) => (index, Some(rest)),
                None => (rest, None),
            };
            let item = items.get(index.parse::<usize>().ok()?)?;
            return match rest {
                Some(rest) => Self::read(item).at(rest),
                None => Some(member(item)),
            };
        }
        Self::read(outer).at(rest)
    }

    /// Returns the paths of all members. In place of a member that is a non-empty object, returns
    /// the paths of the members of that object.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.append("", &mut paths);
        paths
    }

    fn append(&self, before: &str, paths: &mut Vec<String>) {
        for (name, value) in &self.members {
            let path = format!("{before}{name}");
            let inner = match value.get().starts_with('{') {
                true => Self::read(value),
                false => Self {
                    members: Vec::new(),
                },
            };
            match inner.members.is_empty() {
                true => paths.push(path),
                false => inner.append(&format!("{path}."), paths),
            }
        }
    }
}

impl Member {
    /// Returns the text that represents the member in a field of a table or a CSV file.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Boolean(value) => value.to_string(),
            Self::Number(text) | Self::Text(text) | Self::Compound(text) => text.clone(),
        }
    }
}

fn member(json: &RawValue) -> Member {
    let text = json.get();
    match text.as_bytes().first() {
        Some(b'"') => match serde_json::from_str(text) {
            Ok(text) => Member::Text(text),
            Err(_) => Member::Nothing,
        },
        Some(b'[' | b'{') => Member::Compound(text.to_owned()),
        Some(b't') => Member::Boolean(true),
        Some(b'f') => Member::Boolean(false),
        Some(b'n') | None => Member::Nothing,
        Some(_) => Member::Number(text.to_owned()),
    }
}

/// Returns a list of names of members for a message, with at most 40 of them.
pub(super) fn listed(names: &[String]) -> String {
    const MOST: usize = 40;
    let mut text = names
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > MOST {
        text += ", ...";
    }
    text
}

/// The members of an object, in order.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// Parses a number without loss of digits, as far as serde_json allows; returns `None` if `text` is
/// not a number.
pub(super) fn number(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    value.is_number().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(json: &str) -> Document {
        let value: Box<RawValue> = serde_json::from_str(json).unwrap();
        Document::of(&value).unwrap()
    }

    #[test]
    fn members_are_found_by_their_paths_with_all_digits() {
        let found = document(
            r#"{"b": {"c": 123456789012345678901, "d": null}, "a": "0123", "l": [{"x": 1.10}, 2]}"#,
        );
        assert_eq!(
            found.at("b.c"),
            Some(Member::Number("123456789012345678901".to_owned()))
        );
        assert_eq!(found.at("a"), Some(Member::Text("0123".to_owned())));
        assert_eq!(found.at("l.0.x"), Some(Member::Number("1.10".to_owned())));
        assert_eq!(found.at("l.1"), Some(Member::Number("2".to_owned())));
        assert_eq!(found.at("b.d.deeper"), Some(Member::Nothing));
        assert_eq!(found.at("b.x"), None);
        assert_eq!(found.at("l.7"), None);
        assert_eq!(found.paths(), ["b.c", "b.d", "a", "l"]);
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        assert_eq!(document("[1]").paths(), [""; 0]);
        assert_eq!(document("1").at("a"), None);
    }
}
