//! Values encoded in strings: `"12"` instead of `12`.

use std::fmt;

use serde::ser::{Serialize, Serializer};

use super::double::double_text;
use super::value::{Failed, FromWire, Value};
use crate::json::Json;

/// Wraps a value that is sent encoded in a string.
///
/// ```
/// use bce_http::rt::codec::InText;
///
/// assert_eq!(serde_json::to_string(&InText(&12_i64))?, "\"12\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct InText<'a, T: ?Sized>(pub &'a T);

/// A type whose values can be sent encoded in a string.
pub trait HasText {
    /// Writes the value encoded in a string, or `null` for an absent value.
    ///
    /// # Errors
    ///
    /// If `serializer` returns an error.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<T: HasText + ?Sized> Serialize for InText<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// Does not show the value, because it may be a secret.
impl<T: ?Sized> fmt::Debug for InText<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InText").finish_non_exhaustive()
    }
}

impl HasText for i64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl HasText for bool {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl HasText for f64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&double_text(*self))
    }
}

impl HasText for Json {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl HasText for String {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<T: HasText> HasText for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(InText).serialize(serializer)
    }
}

/// Writes a value encoded in a string, for `serialize_with`.
///
/// # Errors
///
/// If `serializer` returns an error.
pub fn serialize_in_text<T: HasText, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.write(serializer)
}

impl Value<'_> {
    /// Reads JSON that is encoded in a string. If the contents of the string are not JSON, the
    /// string itself is the value; an empty string counts as absent; and a value that is not a
    /// string is used unchanged.
    ///
    /// # Errors
    ///
    /// If the value cannot be read.
    pub fn optional_json_in_text(self, place: &mut Option<Json>) -> Result<(), Failed> {
        Json::read(place, self)?;
        let text = place.as_ref().filter(|json| json.text().starts_with('"'));
        let Some(text) = text.and_then(|json| json.parse::<String>().ok()) else {
            return Ok(());
        };
        if text.trim().is_empty() {
            *place = None;
        } else if let Ok(json) = Json::from_text(text) {
            *place = Some(json);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Members, from_json};

    #[derive(Default)]
    struct Model(Option<Json>);

    impl Members for Model {
        fn member(&mut self, _: &str, value: Value<'_>) -> Result<(), Failed> {
            value.optional_json_in_text(&mut self.0)
        }
    }

    #[test]
    fn json_in_a_text_is_read_and_written() {
        for (came, expected) in [
            (r#""{\"a\": 1.50}""#, Some(r#"{"a": 1.50}"#)),
            (r#"{"a": 1}"#, Some(r#"{"a": 1}"#)),
            (r#""no json""#, Some(r#""no json""#)),
            (r#"" ""#, None),
            ("null", None),
        ] {
            let model: Model = from_json(format!(r#"{{"m":{came}}}"#).as_bytes(), &[]).unwrap();
            assert_eq!(model.0.as_ref().map(Json::text), expected, "{came}");
        }
        let json: Json = r#"{"a": "b"}"#.parse().unwrap();
        let sent = serde_json::to_string(&InText(&Some(json))).unwrap();
        assert_eq!(sent, r#""{\"a\": \"b\"}""#);
    }
}
