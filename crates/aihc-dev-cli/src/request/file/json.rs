//! Parses JSON. Numbers keep their exact text.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::untyped::{Given, Shape, Wrong};
use super::object::{DEEPEST, ObjectMembers};
use crate::language::tr;

/// Parses one value.
pub(crate) fn parse(text: &str) -> Result<Given, Wrong> {
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| syntax(0, &error))?;
    let document = Document { text };
    document.value(whole, 0)
}

/// Parses all values in a text that contains any number of them.
pub(super) fn parse_all(text: &str) -> Result<Vec<Given>, Wrong> {
    let document = Document { text };
    let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    values
        .map(|value| document.value(value.map_err(|error| syntax(0, &error))?, 0))
        .collect()
}

struct Document<'a> {
    text: &'a str,
}

impl<'a> Document<'a> {
    fn value(&self, raw: &'a RawValue, depth: usize) -> Result<Given, Wrong> {
        let line = self.line(raw);
        if depth > DEEPEST {
            return Err(Wrong::new(
                line,
                tr!("lists and objects are nested too deeply"),
            ));
        }
        let wrong = |error| syntax(line - 1, &error);
        let text = raw.get();
        let shape = match text.as_bytes() {
            [b'{', ..] => {
                let object: Object = serde_json::from_str(text).map_err(wrong)?;
                let mut members = ObjectMembers::default();
                for (name, raw) in object.0 {
                    members.put(name, self.value(raw, depth + 1)?)?;
                }
                Shape::Object(members.members)
            }
            [b'[', ..] => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
                let items = items.into_iter().map(|raw| self.value(raw, depth + 1));
                Shape::List(items.collect::<Result<_, _>>()?)
            }
            [b'"', ..] => Shape::Quoted(serde_json::from_str(text).map_err(wrong)?),
            b"null" => Shape::Nothing,
            _ => Shape::Plain(text.to_owned()),
        };
        Ok(Given::new(shape, line))
    }

    /// Returns the number of the line on which a part of the text begins, counted from 1.
    fn line(&self, part: &RawValue) -> usize {
        let offset = part.get().as_ptr().addr() - self.text.as_ptr().addr();
        let before = self.text.get(..offset).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}

/// Converts a syntax error in a part of the file. `before` is the number of lines before that part;
/// it is added to the line number of the error.
fn syntax(before: usize, error: &serde_json::Error) -> Wrong {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    Wrong::new(
        before + error.line(),
        tr!("is not valid JSON: {what}", what = what),
    )
}

/// The members of an object, in order.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de> serde::Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
