//! How a member of an object is read: required, optional, or with a default.

use serde::de::{Deserializer, Error};

use super::FromWire;

/// Reads a member that must be there.
///
/// # Errors
///
/// If the value is `null` or of another type.
pub fn required<'de, T: FromWire, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::from_wire(deserializer)?.ok_or_else(missing)
}

/// The error of a member that must be there and is `null`.
pub(super) fn missing<E: Error>() -> E {
    E::custom("a value is required, found null")
}

/// Reads a member that may be absent.
///
/// # Errors
///
/// If the value is of another type.
pub fn optional<'de, T: FromWire, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::from_wire(deserializer)
}

/// Reads a member whose absence is as good as its default.
///
/// # Errors
///
/// If the value is of another type.
pub fn or_default<'de, T: FromWire + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::from_wire(deserializer).map(Option::unwrap_or_default)
}
