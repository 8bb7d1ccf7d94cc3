//! Reading of a value as raw JSON text.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;

use super::context::Context;
use super::counted_value::TreeSeed;
use super::value::{Failed, FromWire, Value};
use crate::json::Json;

/// Reads a value as JSON text. If the format is JSON, the text is unchanged; otherwise, the value
/// that the format provides is written as JSON.
pub(super) fn read_raw<'de, D: Deserializer<'de>>(
    deserializer: D,
    context: &mut Context,
) -> Result<Box<str>, D::Error> {
    let raw: Box<RawValue> = Deserialize::deserialize(OfAnyFormat(deserializer, context))?;
    Ok(raw.into())
}

/// Wraps a deserializer of any format. Requests the raw text of the value from `serde_json`, and
/// the value itself from any other format.
struct OfAnyFormat<'a, D>(D, &'a mut Context);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for OfAnyFormat<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let Self(format, context) = self;
        format.deserialize_newtype_struct(
            name,
            RawOrTree {
                name,
                visitor,
                context,
            },
        )
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Accepts either result of [`OfAnyFormat`]: the map in which `serde_json` returns raw text, or any
/// value of another format.
struct RawOrTree<'a, V> {
    name: &'static str,
    visitor: V,
    context: &'a mut Context,
}

impl<'de, V: Visitor<'de>> RawOrTree<'_, V> {
    fn of_tree<E: Error>(self, tree: serde_json::Value) -> Result<V::Value, E> {
        let Self { name, visitor, .. } = self;
        let raw = tree.deserialize_newtype_struct(name, visitor);
        raw.map_err(E::custom)
    }
}

macro_rules! scalars {
    ($($visit:ident: $ty:ty,)*) => { $(
        fn $visit<E: Error>(self, value: $ty) -> Result<V::Value, E> {
            let tree = TreeSeed(&mut *self.context).$visit(value)?;
            self.of_tree(tree)
        }
    )* };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for RawOrTree<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    scalars! {
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_f64: f64,
        visit_str: &str,
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.of_tree(serde_json::Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.of_tree(serde_json::Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        let tree = TreeSeed(&mut *self.context).visit_seq(list)?;
        self.of_tree(tree)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let tree = TreeSeed(&mut *self.context).deserialize(inner)?;
        self.of_tree(tree)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(map)
    }
}

/// Reads any value. A member that is `null` counts as absent, but a list element or a map entry
/// that is `null` is kept.
impl FromWire for Json {
    fn read(place: &mut Option<Self>, mut value: Value<'_>) -> Result<(), Failed> {
        let text = value.raw()?;
        *place = match &*text {
            "null" => None,
            _ => match Self::from_text(text) {
                Ok(json) => Some(json),
                Err(error) => return Err(value.refuse(error.problem())),
            },
        };
        Ok(())
    }

    fn of_null() -> Option<Self> {
        Some(Self::null())
    }
}
