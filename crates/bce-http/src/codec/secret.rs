//! Secrets: readable and writable here, and nowhere else by accident.

use std::collections::BTreeMap;

use bce_auth::Secret;
use serde::de::Deserializer;
use serde::ser::{SerializeMap, Serializer};

use super::FromWire;

impl FromWire for Secret {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(String::from_wire(deserializer)?.map(Self::from))
    }
}

/// Writes a secret as text.
///
/// # Errors
/// The error of the format.
pub fn serialize_secret<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// Writes an optional secret as text or `null`.
///
/// # Errors
/// The error of the format.
pub fn serialize_optional_secret<S: Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => serialize_secret(secret, serializer),
        None => serializer.serialize_none(),
    }
}

/// Writes a map of secrets as an object of text.
///
/// # Errors
/// The error of the format.
pub fn serialize_secret_map<S: Serializer>(
    secrets: &BTreeMap<String, Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(secrets.len()))?;
    for (name, secret) in secrets {
        map.serialize_entry(name, secret.expose())?;
    }
    map.end()
}

/// Writes an optional map of secrets as an object of text or `null`.
///
/// # Errors
/// The error of the format.
pub fn serialize_optional_secret_map<S: Serializer>(
    secrets: &Option<BTreeMap<String, Secret>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secrets {
        Some(secrets) => serialize_secret_map(secrets, serializer),
        None => serializer.serialize_none(),
    }
}
