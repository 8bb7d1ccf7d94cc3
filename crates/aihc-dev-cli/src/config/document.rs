//! A JSON file that contains named entries, one of which may be the current one.
//!
//! Unknown members keep their position and, except for line ends, their exact text, since other
//! programs may have written them.

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::fmt;

use crate::language::tr;

/// The possible names of the member that designates the current entry. If a file has none of these
/// members, `current` is written.
const CURRENT: [&str; 3] = ["current", "current_profile", "currentProfile"];

/// The reason why a file cannot be parsed; it contains no part of the file.
pub(super) type Broken = String;

/// A JSON file that contains named entries, such as profiles, one of which may be designated as the
/// current one.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The name of the member that contains the entries.
    list: &'static str,
    members: Entry,
    entries: Vec<Named>,
    /// Whether the entries are in an object whose keys are the names, rather than in a list.
    by_name: bool,
}

/// A named entry of a JSON file. `key` is the name if the entries are in an object whose keys are
/// the names; otherwise, `key` is `None`, and the name is a member of the entry.
#[derive(Debug)]
struct Named {
    key: Option<String>,
    entry: Entry,
}

/// The members of a JSON object, in the order of the file; each value is unparsed JSON.
#[derive(Debug, Default)]
pub(super) struct Entry(Vec<(String, Box<RawValue>)>);

impl Document {
    /// Returns a document without entries. `list` is the name of the member that contains the
    /// entries.
    pub(super) fn new(list: &'static str) -> Self {
        Self {
            list,
            ..Self::default()
        }
    }

    /// Parses a file whose entries are in the member `list`.
    pub(super) fn parse(text: &str, list: &'static str) -> Result<Self, Broken> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // All lines of the new file end in the same way, including those of unknown members.
        let text = &text.replace("\r\n", "\n");
        let members: Entry = serde_json::from_str(text).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Data => tr!("has unexpected contents"),
                _ => tr!("is not JSON"),
            };
            tr!(
                "line {line}, column {column} {what}",
                line = error.line(),
                column = error.column(),
                what = what
            )
        })?;
        let mut document = Self {
            list,
            ..Self::default()
        };
        let raw = members.get(list).map_or("null", RawValue::get);
        match raw.as_bytes().first() {
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = parsed(raw, list)?;
                for (at, item) in items.iter().enumerate() {
                    let entry = parsed(item.get(), &format!("{list}[{at}]"))?;
                    document.entries.push(Named { key: None, entry });
                }
            }
            Some(b'{') => {
                let items: Entry = parsed(raw, list)?;
                for (key, item) in items.0 {
                    let entry = parsed(item.get(), &tr!("{list}: an entry", list = list))?;
                    let key = Some(key);
                    document.entries.push(Named { key, entry });
                }
                document.by_name = true;
            }
            _ if raw == "null" => {}
            _ => return Err(tr!("{list} is not a list", list = list)),
        }
        document.members = members;
        Ok(document)
    }

    /// Returns the name of the current entry; `None` if the file designates none.
    pub(super) fn current(&self) -> Result<Option<String>, Broken> {
        let key = self.current_key();
        let text = self.members.text(key)?;
        Ok(text.filter(|name| !name.is_empty()))
    }

    pub(super) fn set_current(&mut self, name: Option<&str>) {
        let key = self.current_key();
        match name {
            // The member precedes the entries, as in the files of the official tool.
            Some(name) => self.members.set(key, &name, &[]),
            None => self.members.set(key, &"", &[]),
        }
    }

    fn current_key(&self) -> &'static str {
        let there = CURRENT.iter().find(|key| self.members.get(key).is_some());
        there.unwrap_or(&CURRENT[0])
    }

    /// Returns the entries that have a name, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = (String, &Entry)> {
        self.entries
            .iter()
            .filter_map(|named| Some((named.name()?, &named.entry)))
    }

    /// Returns the first entry with this name; `None` if there is none.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries()
            .find_map(|(known, entry)| (known == name).then_some(entry))
    }

    /// Returns the first entry with this name, after adding it if there is none.
    pub(super) fn entry_or_new(&mut self, name: &str) -> &mut Entry {
        let there = self.entries.iter().position(|named| named.is(name));
        let at = there.unwrap_or_else(|| {
            let mut entry = Entry::default();
            let key = match self.by_name {
                true => Some(name.to_owned()),
                false => {
                    entry.set("name", &name, &[]);
                    None
                }
            };
            self.entries.push(Named { key, entry });
            self.entries.len() - 1
        });
        &mut self.entries[at].entry
    }

    /// Removes all entries with this name. Returns whether there was one.
    pub(super) fn remove(&mut self, name: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|named| !named.is(name));
        self.entries.len() < before
    }

    /// Returns the file as text, indented in the same way as by the official `bce` tool, and with a
    /// final line end.
    pub(super) fn to_text(&self) -> std::io::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

impl Named {
    fn name(&self) -> Option<String> {
        match &self.key {
            Some(key) => Some(key.clone()),
            None => self.entry.text("name").ok().flatten(),
        }
    }

    fn is(&self, name: &str) -> bool {
        self.name().as_deref() == Some(name)
    }
}

impl Entry {
    fn get(&self, key: &str) -> Option<&RawValue> {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_ref())
    }

    /// Returns a string member; `None` if it is absent or `null`.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, Broken> {
        match self.get(key).map(RawValue::get) {
            None | Some("null") => Ok(None),
            Some(raw) => parsed_as(raw, key, &tr!("text")).map(Some),
        }
    }

    /// Returns a boolean member; `None` if it is absent or `null`.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Broken> {
        match self.get(key).map(RawValue::get) {
            None | Some("null") => Ok(None),
            Some(raw) => parsed_as(raw, key, &tr!("true or false")).map(Some),
        }
    }

    /// Sets a member. An existing member keeps its position; a new one is inserted after those that
    /// precede it in `order`.
    pub(super) fn set(&mut self, key: &str, value: &impl Serialize, order: &[&str]) {
        let Ok(value) = to_raw_value(value) else {
            // Strings and booleans can always be serialized.
            return;
        };
        if let Some((_, there)) = self.0.iter_mut().find(|(known, _)| known == key) {
            *there = value;
            return;
        }
        let before = order.iter().take_while(|known| **known != key);
        let behind = before.filter_map(|known| self.0.iter().rposition(|(key, _)| key == known));
        let at = behind.max().map_or(0, |at| at + 1);
        self.0.insert(at, (key.to_owned(), value));
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.retain(|(known, _)| known != key);
    }

    /// Returns whether the entry contains nothing but a name.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|(key, _)| key == "name")
    }
}

fn parsed<'a, T: Deserialize<'a>>(raw: &'a str, place: &str) -> Result<T, Broken> {
    parsed_as(raw, place, &tr!("an object"))
}

fn parsed_as<'a, T: Deserialize<'a>>(raw: &'a str, place: &str, what: &str) -> Result<T, Broken> {
    // The error of serde_json may quote the file.
    serde_json::from_str(raw).map_err(|_| tr!("{place} is not {what}", place = place, what = what))
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entry, A::Error> {
                let mut members: Vec<(String, Box<RawValue>)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    // Programs do not agree on which of two members with the same name counts.
                    if members.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom("a duplicate member"));
                    }
                    members.push((key, value));
                }
                Ok(Entry(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in &self.members.0 {
            match key == self.list {
                true => map.serialize_entry(key, &Entries(self))?,
                false => map.serialize_entry(key, value)?,
            }
        }
        if self.members.get(self.list).is_none() {
            map.serialize_entry(self.list, &Entries(self))?;
        }
        map.end()
    }
}

struct Entries<'a>(&'a Document);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.entries.iter();
        match self.0.by_name {
            true => {
                let key = |named: &Named| named.key.clone().unwrap_or_default();
                serializer.collect_map(entries.map(|named| (key(named), &named.entry)))
            }
            false => serializer.collect_seq(entries.map(|named| &named.entry)),
        }
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: [&str; 4] = ["name", "mode", "region", "language"];

    fn edited(text: &str, edit: impl FnOnce(&mut Document)) -> String {
        let mut document = Document::parse(text, "profiles").unwrap();
        edit(&mut document);
        document.to_text().unwrap()
    }

    #[test]
    fn what_is_not_known_keeps_its_place_and_its_text() {
        let text = r#"{
  "zebra": 1.10e+02,
  "current": "a",
  "profiles": [
    {
      "name": "a",
      "expires": 12345678901234567890123,
      "region": "bj",
      "nested": {"b": [1,   2], "a": "\u8bad"}
    },
    {
      "name": "b"
    }
  ],
  "alpha": null
}
"#;
        assert_eq!(edited(text, |_| {}), text);
        let changed = edited(text, |document| {
            let entry = document.entry_or_new("a");
            entry.set("region", &"gz", &ORDER);
            entry.set("mode", &"AK", &ORDER);
            document.set_current(Some("b"));
        });
        let expected = text
            .replace("\"bj\"", "\"gz\"")
            .replace(
                "\"name\": \"a\",",
                "\"name\": \"a\",\n      \"mode\": \"AK\",",
            )
            .replace("\"current\": \"a\"", "\"current\": \"b\"");
        assert_eq!(changed, expected);
    }

    #[test]
    fn a_new_file_has_the_order_of_the_official_tool() {
        let mut document = Document::new("profiles");
        document.set_current(Some("default"));
        let entry = document.entry_or_new("default");
        for (key, value) in [("region", "bj"), ("mode", "AK")] {
            entry.set(key, &value, &ORDER);
        }
        let expected = "{\n  \"current\": \"default\",\n  \"profiles\": [\n    {\n      \
                        \"name\": \"default\",\n      \"mode\": \"AK\",\n      \"region\": \"bj\"\n    \
                        }\n  ]\n}\n";
        assert_eq!(document.to_text().unwrap(), expected);
    }

    #[test]
    fn entries_by_name_stay_so_and_other_names_of_the_current_one_are_kept() {
        let text = r#"{"current_profile":"p","profiles":{"p":{"mode":"AK"}}}"#;
        let changed = edited(text, |document| {
            assert_eq!(document.current().unwrap().as_deref(), Some("p"));
            document.entry_or_new("q").set("mode", &"AK", &ORDER);
            document.set_current(Some("q"));
        });
        let read: serde_json::Value = serde_json::from_str(&changed).unwrap();
        let expected = serde_json::json!({
            "current_profile": "q",
            "profiles": {"p": {"mode": "AK"}, "q": {"mode": "AK"}},
        });
        assert_eq!(read, expected);
    }

    #[test]
    fn a_mark_line_ends_of_windows_and_a_missing_one_are_mended() {
        let plain = "{\n  \"current\": \"a\",\n  \"of others\": {\n    \"x\": \"\\r\\n\"\n  },\n  \
                     \"profiles\": [\n    {\n      \"name\": \"a\"\n    }\n  ]\n}\n";
        for text in [
            format!("\u{feff}{}", plain.replace('\n', "\r\n")),
            plain.replace('\n', "\r\n"),
            plain.trim_end().to_owned(),
            plain.to_owned() + "\n\n",
        ] {
            let changed = edited(&text, |document| {
                let entry = document.entry_or_new("a");
                entry.set("mode", &"AK", &ORDER);
            });
            let name = "\"name\": \"a\"";
            let expected = plain.replace(name, &format!("{name},\n      \"mode\": \"AK\""));
            assert_eq!(changed, expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_broken_is_named_by_its_place_and_not_quoted() {
        for (text, expected) in [
            ("", "line 1, column 0 is not JSON"),
            ("{\n  \"a\": hunter2\n}", "line 2, column 8 is not JSON"),
            ("[]", "line 1, column 0 has unexpected contents"),
            (
                "{\"a\": 1, \"a\": 2}",
                "line 1, column 16 has unexpected contents",
            ),
            ("{\"profiles\": \"hunter2\"}", "profiles is not a list"),
            (
                "{\"profiles\": [{}, \"hunter2\"]}",
                "profiles[1] is not an object",
            ),
            (
                "{\"profiles\": {\"hunter2\": 1}}",
                "profiles: an entry is not an object",
            ),
        ] {
            let error = Document::parse(text, "profiles").unwrap_err();
            assert_eq!(error, expected, "{text}");
        }
        let document = Document::parse(r#"{"current": 1, "profiles": [{"name": 2}]}"#, "profiles");
        let document = document.unwrap();
        assert_eq!(document.current().unwrap_err(), "current is not text");
        assert_eq!(document.entries().count(), 0);
    }
}
