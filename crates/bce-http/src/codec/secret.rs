//! Secrets: readable here, and shown nowhere.

use bce_auth::Secret;
use serde::de::Deserializer;
use serde::ser::Serializer;

use super::FromWire;

impl FromWire for Secret {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(String::from_wire(deserializer)?.map(Self::from))
    }
}

/// Writes `***` in the place of a value that is secret without being text, such as a PIN.
///
/// # Errors
///
/// If the format refuses the value.
pub fn serialize_hidden<T, S: Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(Secret::MASK)
}
