//! A whole response body.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error};
use serde_json::Value;

use super::FromWire;

/// Reads a JSON document that is one object. `also_inside` names members that may hold it.
///
/// # Errors
/// Text that says what is wrong and where: `devInstance.conf.resources.cpus: invalid type …`.
pub(crate) fn from_json<T: FromWire>(body: &[u8], also_inside: &[&str]) -> Result<T, String> {
    // A byte order mark is no part of the document, but some gateways prepend one.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if let Some((name, inner)) = unwrap_member(body, also_inside) {
        return Document::read(&inner)
            .map_err(|error| format!("{name}.{}", locate::<T, _>(&inner, &error)));
    }
    // A text that is known to be one is read without a check of each string.
    let response = match std::str::from_utf8(body) {
        Ok(text) => read_all(serde_json::Deserializer::from_str(text)),
        Err(_) => read_all(serde_json::Deserializer::from_slice(body)),
    };
    match response {
        Ok(response) => Ok(response),
        Err(_) if body.iter().all(u8::is_ascii_whitespace) => Err("it is empty".to_owned()),
        Err(error) => Err(locate::<T, _>(
            &mut serde_json::Deserializer::from_slice(body),
            &error,
        )),
    }
}

/// Reads a document with nothing behind it.
fn read_all<'de, T: FromWire, R: serde_json::de::Read<'de>>(
    mut json: serde_json::Deserializer<R>,
) -> serde_json::Result<T> {
    let response = Document::read(&mut json)?;
    json.end().map(|()| response)
}

/// The object under one of the names, if the document has such a member.
fn unwrap_member<'a>(body: &[u8], names: &[&'a str]) -> Option<(&'a str, Value)> {
    if names.is_empty() {
        return None;
    }
    let Ok(Value::Object(mut members)) = serde_json::from_slice(body) else {
        return None;
    };
    names.iter().find_map(|name| {
        let inner = members.remove(*name).filter(Value::is_object)?;
        Some((*name, inner))
    })
}

/// Names the place of an error, by reading once more with a reader that keeps track.
fn locate<'de, T: FromWire, D: Deserializer<'de>>(json: D, error: &serde_json::Error) -> String {
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(json, &mut track);
    let failed = Document::<T>::read(tracked).is_err();
    match track.path().to_string() {
        path if failed && path != "." => format!("{path}: {error}"),
        _ => error.to_string(),
    }
}

struct Document<T>(std::marker::PhantomData<T>);

impl<T: FromWire> Document<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        Self(std::marker::PhantomData).deserialize(deserializer)
    }
}

impl<'de, T: FromWire> DeserializeSeed<'de> for Document<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::from_wire(deserializer)?.ok_or_else(|| D::Error::custom(Expected))
    }
}

struct Expected;

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an object, found null")
    }
}
