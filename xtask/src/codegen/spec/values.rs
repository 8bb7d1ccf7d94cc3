//! Implements `Read`, which reads JSON, for strings, numbers, lists, maps and other general types.

use std::collections::BTreeMap;

use serde_json::Value;

#[cfg(test)]
use super::read::Shape;
use super::read::{Read, Reader, step};

impl Read for String {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            reader.mismatch("a text", value);
        }
        text
    }
}

impl Read for bool {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let flag = value.as_bool();
        if flag.is_none() {
            reader.mismatch("true or false", value);
        }
        flag
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

impl Read for u16 {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let number = value.as_u64().and_then(|number| number.try_into().ok());
        if number.is_none() {
            match value {
                Value::Number(number) => {
                    let expected = "a whole number from 0 to 65535 is expected";
                    reader.problem(format!("{expected}, not {number}"));
                }
                other => reader.mismatch("a whole number", other),
            }
        }
        number
    }
}

impl Read for i64 {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let number = value.as_i64();
        if number.is_none() {
            match value {
                Value::Number(number) => {
                    reader.problem(format!("a whole number is expected, not {number}"));
                }
                other => reader.mismatch("a whole number", other),
            }
        }
        number
    }
}

/// Reads any value unchanged.
impl Read for Value {
    fn read(value: &Value, _reader: &mut Reader) -> Option<Self> {
        Some(value.clone())
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value, reader).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    #[cfg(test)]
    fn shapes(found: &mut Vec<Shape>) {
        T::shapes(found);
    }
}

/// Reads a list. Errors in an item report the item's name as the position, if it has one.
impl<T: Read> Read for Vec<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Value::Array(entries) = value else {
            reader.mismatch("a list", value);
            return None;
        };
        let entries: Vec<Option<T>> = entries
            .iter()
            .enumerate()
            .map(|(index, entry)| {
                let name = ["name", "code"]
                    .iter()
                    .find_map(|key| entry.get(key)?.as_str());
                let step = name.map_or_else(|| format!("[{index}]"), step);
                reader.within(step, |reader| T::read(entry, reader))
            })
            .collect();
        entries.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    #[cfg(test)]
    fn shapes(found: &mut Vec<Shape>) {
        T::shapes(found);
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Value::Object(entries) = value else {
            reader.mismatch("an object", value);
            return None;
        };
        let entries: Vec<Option<(String, T)>> = entries
            .iter()
            .map(|(name, entry)| {
                let entry = reader.within(step(name), |reader| T::read(entry, reader))?;
                Some((name.clone(), entry))
            })
            .collect();
        entries.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    #[cfg(test)]
    fn shapes(found: &mut Vec<Shape>) {
        T::shapes(found);
    }
}
