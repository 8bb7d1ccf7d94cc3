//! Objects, lists and maps.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::scalar::{A_BOOLEAN, A_NUMBER, TEXT};
use super::{FromMembers, FromWire, memory_budget};

/// Refuses scalars without quoting them, as serde's own errors would.
macro_rules! no_scalars {
    () => {
        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
            Err(E::invalid_type(Unexpected::Other(TEXT), &self))
        }

        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Err(E::invalid_type(Unexpected::Other(A_NUMBER), &self))
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Err(E::invalid_type(Unexpected::Other(A_NUMBER), &self))
        }

        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Err(E::invalid_type(Unexpected::Other(A_NUMBER), &self))
        }

        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Err(E::invalid_type(Unexpected::Other(A_BOOLEAN), &self))
        }
    };
}

/// Reads an object, and only an object: derived code alone takes a list as well.
///
/// # Errors
///
/// If the value is neither an object nor `null`.
pub fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(AsItIs, PhantomData))
}

/// As [`object`], for a type whose `Deserialize` is to take nothing but an object either.
///
/// # Errors
///
/// If the value is neither an object nor `null`: the error of the format.
pub fn object_of_members<'de, T: FromMembers, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(ByMembers, PhantomData))
}

/// How the members of an object are handed to its type.
pub(super) trait TakeMap<'de, T> {
    fn take_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error>;
}

struct AsItIs;

impl<'de, T: Deserialize<'de>> TakeMap<'de, T> for AsItIs {
    fn take_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

struct ByMembers;

impl<'de, T: FromMembers> TakeMap<'de, T> for ByMembers {
    fn take_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_members(MapAccessDeserializer::new(map))
    }
}

pub(super) struct ObjectVisitor<T, M>(pub(super) M, pub(super) PhantomData<T>);

impl<'de, T, M: TakeMap<'de, T>> Visitor<'de> for ObjectVisitor<T, M> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    no_scalars!();

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.0.take_map(map).map(Some)
    }
}

impl<T: FromWire> FromWire for Box<T> {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let value = T::from_wire(deserializer)?;
        if value.is_some() {
            memory_budget::take(size_of::<T>())?;
        }
        Ok(value.map(Self::new))
    }
}

/// A list; elements that are `null` are left out.
impl<T: FromWire> FromWire for Vec<T> {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

/// A map; entries that are `null` are left out.
impl<T: FromWire> FromWire for BTreeMap<String, T> {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(EntriesVisitor(PhantomData))
    }
}

/// Reads one element through [`FromWire`].
struct Element<T>(PhantomData<T>);

impl<'de, T: FromWire> DeserializeSeed<'de> for Element<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::from_wire(deserializer)
    }
}

/// Room for so many elements is made at first: as many as a page has when nobody asks for another
/// size.
const USUAL_PAGE: usize = 10;

/// Reads the next element of a list to where it stays: elements are large, and moving them costs
/// as much as reading them.
struct NextOf<'a, T>(&'a mut Vec<T>);

impl<'de, T: FromWire> DeserializeSeed<'de> for NextOf<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if let Some(element) = T::from_wire(deserializer)? {
            memory_budget::grow(self.0, USUAL_PAGE)?;
            self.0.push(element);
        }
        Ok(())
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: FromWire> Visitor<'de> for ListVisitor<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    no_scalars!();

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(()) = list.next_element_seed(NextOf(&mut elements))? {}
        Ok(Some(elements))
    }
}

struct EntriesVisitor<T>(PhantomData<T>);

impl<'de, T: FromWire> Visitor<'de> for EntriesVisitor<T> {
    type Value = Option<BTreeMap<String, T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    no_scalars!();

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if let Some(value) = map.next_value_seed(Element(PhantomData))? {
                memory_budget::take(key.len())?;
                memory_budget::take_entry::<String, T, _>(entries.len())?;
                entries.insert(key, value);
            }
        }
        Ok(Some(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Size {
        #[serde(default, deserialize_with = "crate::codec::or_default")]
        cpus: i64,
    }

    impl FromWire for Size {
        fn from_wire<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
            object(d)
        }
    }

    fn read<T: FromWire>(json: &str) -> Result<Option<T>, String> {
        T::from_wire(&mut serde_json::Deserializer::from_str(json)).map_err(|e| e.to_string())
    }

    #[test]
    fn a_list_is_not_an_object() {
        assert_eq!(
            read::<Size>(r#"{"cpus":2,"new":[1]}"#),
            Ok(Some(Size { cpus: 2 }))
        );
        assert_eq!(read::<Size>("null"), Ok(None));
        assert!(
            read::<Size>("[2]")
                .unwrap_err()
                .contains("expected an object")
        );
        assert!(read::<Size>("[]").is_err());
    }

    #[test]
    fn an_object_is_not_a_list() {
        assert_eq!(read::<Vec<i64>>("[1,null,\"2\"]"), Ok(Some(vec![1, 2])));
        assert_eq!(read::<Vec<i64>>("null"), Ok(None));
        assert!(read::<Vec<i64>>("{}").is_err());
    }

    #[test]
    fn an_error_does_not_quote_the_value() {
        for json in ["\"KEY=s3cret\"", "1234567", "1234567.5", "true"] {
            for error in [
                read::<Size>(json).map(drop).unwrap_err(),
                read::<Vec<i64>>(json).map(drop).unwrap_err(),
                read::<BTreeMap<String, i64>>(json).map(drop).unwrap_err(),
            ] {
                assert!(
                    !error.contains("s3cret") && !error.contains("234567"),
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn maps_hold_anything_readable() {
        let map = read::<BTreeMap<String, Vec<i64>>>(r#"{"a":[1],"b":null}"#)
            .unwrap()
            .unwrap();
        assert_eq!(map, BTreeMap::from([("a".to_owned(), vec![1])]));
    }
}
