//! Parses JSON. A duplicate key is an error, because one of the values would be lost.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Parses JSON.
///
/// # Errors
///
/// If the text is not valid JSON, or if an object has a duplicate key. The message shows the text
/// that precedes the error.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(Unique(value)) => Ok(value),
        Err(error) => Err(format!("{error}, after `{}`", before(text, &error))),
    }
}

/// Returns the end of the text that precedes an error. A line number alone would not help, since a
/// description may be one long line.
fn before(text: &str, error: &serde_json::Error) -> String {
    const SHOWN: usize = 60;
    let line = text.lines().nth(error.line().saturating_sub(1));
    let bytes = line.unwrap_or_default().as_bytes();
    let read = bytes.get(..error.column()).unwrap_or(bytes);
    let shown = read.get(read.len().saturating_sub(SHOWN)..).unwrap_or(read);
    String::from_utf8_lossy(shown).trim().to_owned()
}

/// A JSON value in which no object has a duplicate key.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(entry)) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate key {key:?}")));
            }
            let Unique(entry) = entries.next_value()?;
            object.insert(key, entry);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_there_twice_is_no_choice() {
        let problem = parse(r#"{"a": {"b": 1, "b": 2}}"#).unwrap_err();
        assert_eq!(
            problem,
            "duplicate key \"b\" at line 1 column 18, after `{\"a\": {\"b\": 1, \"b\"`"
        );
        let text = r#"{"a":[1,-1,1.5,"x",true,null,{"a":{}}]}"#;
        assert_eq!(parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn depth_is_no_way_to_end_the_program() {
        let deep = "[".repeat(100_000);
        let problem = parse(&deep).unwrap_err();
        assert!(problem.starts_with("recursion limit exceeded"), "{problem}");
    }
}
