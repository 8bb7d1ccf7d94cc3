//! Reading of secrets, and writing a mask in their place.

use bce_auth::Secret;
use serde::ser::Serializer;

use super::value::{Failed, FromWire, Value};

impl FromWire for Secret {
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        let mut text = None;
        String::read(&mut text, value)?;
        *place = text.map(Self::from);
        Ok(())
    }
}

/// Writes `***` in place of a secret value that is not a string, such as a numeric PIN.
///
/// # Errors
///
/// If `serializer` returns an error.
pub fn serialize_hidden<T, S: Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(Secret::MASK)
}
