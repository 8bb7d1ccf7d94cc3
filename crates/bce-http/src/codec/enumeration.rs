//! Open enums: known values by name, all others kept as they came.

use serde::de::Deserializer;

use super::FromWire;
use super::scalar::optional_text_or_number;

/// Reads an enum of numbers, written as number or text.
///
/// # Errors
///
/// If the value is of another type.
pub fn integer_enum<'de, T: From<i64>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(i64::from_wire(deserializer)?.map(T::from))
}

/// Reads an enum of text; a number is taken as its text.
///
/// # Errors
///
/// If the value is of another type.
pub fn text_enum<'de, T: From<String>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(optional_text_or_number(deserializer)?.map(T::from))
}
