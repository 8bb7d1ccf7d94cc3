//! Reading of arbitrary JSON values with a memory limit.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::context::Context;
use super::source::into_error;

/// The number of elements for which a `Vec` usually allocates space at first.
const FEW: usize = 4;

/// Reads any value, as the `Deserialize` implementation of `serde_json::Value` does, but within the
/// memory limit.
pub(super) struct TreeSeed<'a>(pub(super) &'a mut Context);

impl<'de> DeserializeSeed<'de> for TreeSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads the next element of a JSON list and appends it to a `Vec`.
struct NextOf<'a>(&'a mut Vec<Value>, &'a mut Context);

impl<'de> DeserializeSeed<'de> for NextOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self(list, context) = self;
        let grown = context.grow(list, FEW);
        grown.map_err(|problem| into_error(problem, context))?;
        list.push(TreeSeed(context).deserialize(deserializer)?);
        Ok(())
    }
}

impl<'de> Visitor<'de> for TreeSeed<'_> {
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
        let taken = self.0.take(text.len());
        taken.map_err(|problem| into_error(problem, self.0))?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(()) = list.next_element_seed(NextOf(&mut elements, self.0))? {}
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let taken = self.0.take_entry::<Value>(&name, members.len());
            taken.map_err(|problem| into_error(problem, self.0))?;
            members.insert(name, map.next_value_seed(TreeSeed(self.0))?);
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
            let mut context = Context::unbounded();
            let read =
                TreeSeed(&mut context).deserialize(&mut serde_json::Deserializer::from_str(json));
            assert_eq!(read.unwrap(), expected, "{json}");
        }
    }
}
