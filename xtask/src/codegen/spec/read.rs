//! Reads API descriptions from parsed JSON. All errors are reported, each with its position.

use serde_json::{Map, Value};

/// A type that can be read from the JSON of an API description.
pub(crate) trait Read: Sized {
    /// Reads a value. Errors are reported to the reader; the result may then be `None`.
    fn read(value: &Value, reader: &mut Reader) -> Option<Self>;

    /// Returns the value that a missing or null key stands for; `None` if the key is required.
    fn absent() -> Option<Self> {
        None
    }

    /// Adds the declarations of all JSON objects that a value of this type may contain to `_found`.
    #[cfg(test)]
    fn shapes(_found: &mut Vec<Shape>) {}
}

/// The declaration of a JSON object in an API description: its title, and the keys that it may
/// have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The title under which the README documents the object.
    pub(crate) title: &'static str,
    /// The keys that the generator uses.
    pub(crate) keys: &'static [&'static str],
    /// The keys that are only for people who read the API description.
    pub(crate) ignored: &'static [&'static str],
}

/// The state of reading a JSON document: the errors so far, and the position that is being read.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    place: Vec<String>,
    problems: Vec<String>,
    /// The keys that have occurred, each with the title of the object that contains it.
    #[cfg(test)]
    pub(crate) seen: std::collections::BTreeSet<(&'static str, String)>,
}

impl Reader {
    /// Reads a whole JSON document, such as an API description.
    ///
    /// # Errors
    ///
    /// If the document has errors. All of them are returned, one per line.
    pub(crate) fn document<T: Read>(&mut self, value: &Value) -> Result<T, Vec<String>> {
        match T::read(value, self) {
            Some(document) if self.problems.is_empty() => Ok(document),
            _ => Err(std::mem::take(&mut self.problems)),
        }
    }

    /// Reports an error at the current position.
    pub(crate) fn problem(&mut self, problem: impl std::fmt::Display) {
        let place = match self.place.is_empty() {
            true => "description".to_owned(),
            false => self.place.join(".").replace(".[", "["),
        };
        self.problems.push(format!("{place}: {problem}"));
    }

    /// Reports that the value does not have the type `expected`.
    pub(crate) fn mismatch(&mut self, expected: &str, found: &Value) {
        self.problem(format!("{expected} is expected, not {}", kind(found)));
    }

    /// Calls `read`. Meanwhile, the position that errors report is one level deeper, at `step`.
    pub(super) fn within<T>(&mut self, step: String, read: impl FnOnce(&mut Self) -> T) -> T {
        self.place.push(step);
        let result = read(self);
        self.place.pop();
        result
    }

    /// Returns the members of a JSON object whose keys `shape` declares. Any other key is reported
    /// as an error.
    pub(crate) fn object<'v>(
        &mut self,
        shape: &Shape,
        value: &'v Value,
    ) -> Option<&'v Map<String, Value>> {
        let Value::Object(members) = value else {
            self.mismatch("an object", value);
            return None;
        };
        for key in members.keys() {
            let known = |keys: &[&str]| keys.contains(&key.as_str());
            if known(shape.keys) {
                #[cfg(test)]
                self.seen.insert((shape.title, key.clone()));
            } else if !known(shape.ignored) {
                let names = shape.keys.iter().chain(shape.ignored).copied();
                let hint = match closest(key, names) {
                    Some(name) => format!(", did you mean {name:?}?"),
                    None => format!("; {} has: {}", shape.title, shape.keys.join(", ")),
                };
                self.problem(format!("unknown key {}{hint}", quoted(key)));
            }
        }
        Some(members)
    }

    /// Returns the value of a key. A required key that is missing or null is reported as an error.
    pub(crate) fn key<T: Read>(&mut self, members: &Map<String, Value>, key: &str) -> Option<T> {
        match members.get(key).filter(|value| !value.is_null()) {
            Some(value) => self.within(key.to_owned(), |reader| T::read(value, reader)),
            None => {
                let absent = T::absent();
                if absent.is_none() {
                    self.problem(format!("the key {key:?} is missing"));
                }
                absent
            }
        }
    }

    /// Parses a string that must be one of `words`.
    pub(crate) fn word<T: Copy>(&mut self, value: &Value, words: &[(&str, T)]) -> Option<T> {
        let names = || words.iter().map(|(name, _)| *name);
        let Value::String(text) = value else {
            let one_of = names().collect::<Vec<_>>().join(", ");
            self.mismatch(&format!("one of {one_of}"), value);
            return None;
        };
        let found = words.iter().find(|(name, _)| name == text);
        if found.is_none() {
            let one_of = names().collect::<Vec<_>>().join(", ");
            let hint = match closest(text, names()) {
                Some(name) => format!(", did you mean {name:?}?"),
                None => format!("; expected one of {one_of}"),
            };
            self.problem(format!("unknown value {}{hint}", quoted(text)));
        }
        found.map(|(_, word)| *word)
    }
}

/// Quotes a string for a message: on one line, and not too long.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

/// Formats a name as one part of a position, such as `c` in `a.b.c`.
pub(super) fn step(name: &str) -> String {
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\"\\[]".contains(c);
    match !name.is_empty() && name.len() <= 60 && name.chars().all(plain) {
        true => name.to_owned(),
        false => format!("[{}]", quoted(name)),
    }
}

/// Returns the name that was most likely meant; `None` if there is none that is similar.
pub(crate) fn closest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // A long string is not a typing error, and comparing it would take a long time.
    if text.len() > 60 {
        return None;
    }
    let bare = |text: &str| text.replace(['_', '-', ' '], "").to_lowercase();
    let wanted = bare(text);
    let distance = |name: &str| strsim::osa_distance(&wanted, &bare(name));
    names
        .map(|name| (distance(name), name))
        .filter(|(distance, name)| *distance <= 2.min(name.len().max(3) / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Returns the name of the kind of a value, for a message.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
