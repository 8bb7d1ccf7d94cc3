//! Any value, counted.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::memory_budget;

/// As many elements as std makes room for at first.
const FEW: usize = 4;

/// Reads any value, as `Value` itself does, within the room that there is.
#[derive(Clone, Copy)]
pub(super) struct Tree;

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads the next element of a list to where it stays.
struct NextOf<'a>(&'a mut Vec<Value>);

impl<'de> DeserializeSeed<'de> for NextOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        memory_budget::grow(self.0, FEW)?;
        self.0.push(Tree.deserialize(deserializer)?);
        Ok(())
    }
}

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        memory_budget::take(text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(()) = list.next_element_seed(NextOf(&mut elements))? {}
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            memory_budget::take(name.len())?;
            memory_budget::take_entry::<String, Value, _>(members.len())?;
            members.insert(name, map.next_value_seed(Self)?);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_a_value_reads() {
        for json in [
            r#"{"a":[1,-2,3.5,"x\n",null,true,[],{"b":{}}],"a":2,"":[[[]]]}"#,
            "18446744073709551615",
            "\"\"",
            "[0,0,0,0,0,0,0,0,0]",
        ] {
            let expected: Value = serde_json::from_str(json).unwrap();
            let read = Tree.deserialize(&mut serde_json::Deserializer::from_str(json));
            assert_eq!(read.unwrap(), expected, "{json}");
        }
    }
}
