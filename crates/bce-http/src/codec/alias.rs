//! Members with more than one name.

use std::borrow::Cow;

use serde::de::value::{CowStrDeserializer, MapAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess};
use serde_json::Value;

use super::FromMembers;
use super::collection::{ObjectVisitor, TakeMap};
use super::counted_value::Tree;

/// Other names of members: `(other, own)`.
pub type Aliases = [(&'static str, &'static str)];

/// Reads an object some of whose members have other names as well. When a service writes a
/// member under both, the first that is not `null` counts; derived aliases alone would refuse
/// the object. One name twice is refused, as by derived code: the caller knows the last one.
///
/// # Errors
///
/// If the value is neither an object nor `null`.
pub fn object_with_aliases<'de, T: FromMembers, D: Deserializer<'de>>(
    deserializer: D,
    aliases: &Aliases,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(
        WithOwnNames(aliases),
        std::marker::PhantomData,
    ))
}

/// Reads the map under the members' own names.
pub(super) struct WithOwnNames<'a>(&'a Aliases);

impl<'de, T: FromMembers> TakeMap<'de, T> for WithOwnNames<'_> {
    fn take_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let map = OwnNames {
            map,
            aliases: self.0,
            names: Vec::new(),
            seen: Vec::new(),
            value: None,
        };
        T::from_members(MapAccessDeserializer::new(map))
    }
}

struct OwnNames<'a, A> {
    map: A,
    aliases: &'a Aliases,
    /// Names of members with aliases that have come.
    names: Vec<&'static str>,
    /// Own names of members with aliases that have been read.
    seen: Vec<&'static str>,
    /// The value of the member with aliases that is being read.
    value: Option<Value>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for OwnNames<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(name) = self.map.next_key::<Cow<'de, str>>()? {
            let known = self
                .aliases
                .iter()
                .find(|(other, own)| name == *other || name == *own);
            let Some(&(other, own)) = known else {
                return seed.deserialize(CowStrDeserializer::new(name)).map(Some);
            };
            let name = if name == own { own } else { other };
            if self.names.contains(&name) {
                return Err(A::Error::duplicate_field(name));
            }
            self.names.push(name);
            let value = self.map.next_value_seed(Tree)?;
            if !value.is_null() && !self.seen.contains(&own) {
                self.seen.push(own);
                self.value = Some(value);
                return seed
                    .deserialize(CowStrDeserializer::new(own.into()))
                    .map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.value.take() {
            Some(value) => {
                let name = self.seen.last().copied().unwrap_or_default();
                seed.deserialize(value)
                    .map_err(|error| A::Error::custom(format_args!("{name}: {error}")))
            }
            None => self.map.next_value_seed(seed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Mount {
        #[serde(rename = "volumnType")]
        kind: String,
    }

    impl FromMembers for Mount {
        fn from_members<'de, D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            serde::Deserialize::deserialize(d)
        }
    }

    fn read(json: &str) -> Result<Option<Mount>, String> {
        let mut json = serde_json::Deserializer::from_str(json);
        object_with_aliases(&mut json, &[("volumeType", "volumnType")]).map_err(|e| e.to_string())
    }

    #[test]
    fn either_name_is_read_and_both_together_too() {
        for json in [
            r#"{"volumnType":"cds"}"#,
            r#"{"volumeType":"cds","other":1}"#,
            r#"{"volumnType":"cds","volumeType":"bos"}"#,
            r#"{"volumeType":"cds","volumnType":"bos"}"#,
            r#"{"volumeType":null,"volumnType":"cds"}"#,
        ] {
            assert_eq!(
                read(json),
                Ok(Some(Mount {
                    kind: "cds".to_owned()
                })),
                "{json}"
            );
        }
        assert_eq!(read("null"), Ok(None));
        for twice in [
            r#"{"volumeType":"cds","volumeType":"bos"}"#,
            r#"{"volumnType":null,"volumnType":"bos"}"#,
        ] {
            assert!(read(twice).unwrap_err().contains("duplicate"), "{twice}");
        }
        assert!(read("[]").is_err());
        assert!(read("{}").unwrap_err().contains("volumnType"));
    }
}
