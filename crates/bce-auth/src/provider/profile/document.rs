//! The format of the profile file of the official command-line tool.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::secret::Secret;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Document {
    #[serde(alias = "current_profile", alias = "currentProfile")]
    pub(super) current: Member,
    pub(super) profiles: Entries,
}

/// The profiles in the order of the file. The official tool writes a list; an object whose keys are
/// the names is accepted as well.
#[derive(Default)]
pub(super) struct Entries(pub(super) Vec<Entry>);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    pub(super) name: Member,
    pub(super) mode: Member,
    pub(super) access_key_id: Member,
    pub(super) secret_access_key: Member,
    pub(super) security_token: Member,
    pub(super) region: Member,
    pub(super) endpoint: Member,
}

/// A member that may have a value of any type, so that a mistake in an unused profile does no harm.
#[derive(Default)]
pub(super) enum Member {
    #[default]
    Absent,
    Text(Secret),
    NotText,
}

impl Document {
    /// Parses the file. The error contains no part of the file.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        match serde_json::from_slice(bytes) {
            Ok(Object(document)) => Ok(document),
            // The message of the error is not used, because it may quote the file.
            Err(error) => {
                let what = match error.classify() {
                    Category::Data => "does not have the form of a profile file",
                    _ => "is not JSON",
                };
                let (line, column) = (error.line(), error.column());
                Err(format!("line {line}, column {column} {what}"))
            }
        }
    }
}

/// A value that can be deserialized only from a JSON object. A derived `Deserialize` would accept a
/// list, such as `[]`, as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListOrMap;

        impl<'de> Visitor<'de> for ListOrMap {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("profiles")
            }

            fn visit_unit<E: Error>(self) -> Result<Entries, E> {
                Ok(Entries::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(Object(entry)) = list.next_element()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some((name, Object(entry))) = map.next_entry::<String, Object<Entry>>()? {
                    let name = Member::Text(Secret::new(name));
                    entries.push(Entry { name, ..entry });
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_any(ListOrMap)
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Anything;

        impl<'de> Visitor<'de> for Anything {
            type Value = Member;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_unit<E: Error>(self) -> Result<Member, E> {
                Ok(Member::Absent)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Member, E> {
                Ok(Member::Text(Secret::new(text)))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Member, E> {
                Ok(Member::Text(Secret::new(text)))
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Member, E> {
                Ok(Member::NotText)
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Member, E> {
                Ok(Member::NotText)
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Member, E> {
                Ok(Member::NotText)
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Member, E> {
                Ok(Member::NotText)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Member, A::Error> {
                IgnoredAny.visit_seq(list).map(|_| Member::NotText)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Member, A::Error> {
                IgnoredAny.visit_map(map).map(|_| Member::NotText)
            }
        }
        deserializer.deserialize_any(Anything)
    }
}
