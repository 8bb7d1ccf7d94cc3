//! Text, numbers and booleans.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::member::missing;
use super::{FromWire, memory_budget};

/// A scalar with its ways of being written; each way that a type does not accept is the type
/// error of the format.
trait Scalar: Sized {
    const EXPECTED: &'static str;

    /// Whether a text is kept.
    const KEEPS_TEXT: bool = false;

    fn from_text(text: &str) -> Option<Parsed<Self>>;

    fn from_integer(_number: i64) -> Option<Self> {
        None
    }

    fn from_float(_number: f64) -> Option<Self> {
        None
    }

    fn from_bool(_value: bool) -> Option<Self> {
        None
    }
}

// What was found instead, in errors. Never the value itself: it may be what a log must not hold.
pub(super) const A_NUMBER: &str = "a number";
pub(super) const A_BOOLEAN: &str = "a boolean";
pub(super) const TEXT: &str = "text";

enum Parsed<T> {
    Value(T),
    Absent,
}

fn scalar<'de, T: Scalar, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(ScalarVisitor(PhantomData))
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<'de, T: Scalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if T::KEEPS_TEXT {
            memory_budget::take(text.len())?;
        }
        match T::from_text(text) {
            Some(Parsed::Value(value)) => Ok(Some(value)),
            Some(Parsed::Absent) => Ok(None),
            None => Err(E::invalid_type(Unexpected::Other(TEXT), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        T::from_integer(number)
            .map(Some)
            .ok_or_else(|| E::invalid_type(Unexpected::Other(A_NUMBER), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        i64::try_from(number)
            .ok()
            .and_then(T::from_integer)
            .map(Some)
            .ok_or_else(|| E::invalid_type(Unexpected::Other(A_NUMBER), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        T::from_float(number)
            .map(Some)
            .ok_or_else(|| E::invalid_type(Unexpected::Other(A_NUMBER), &self))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        T::from_bool(value)
            .map(Some)
            .ok_or_else(|| E::invalid_type(Unexpected::Other(A_BOOLEAN), &self))
    }
}

impl Scalar for i64 {
    const EXPECTED: &'static str = "an integer";

    fn from_text(text: &str) -> Option<Parsed<Self>> {
        match text.trim() {
            "" => Some(Parsed::Absent),
            digits => digits.parse().ok().map(Parsed::Value),
        }
    }

    fn from_integer(number: i64) -> Option<Self> {
        Some(number)
    }

    fn from_float(number: f64) -> Option<Self> {
        // Beyond 2^53 a float no longer names one integer.
        let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
        exact.then_some(number as Self)
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "a boolean";

    fn from_text(text: &str) -> Option<Parsed<Self>> {
        match text.trim() {
            "" => Some(Parsed::Absent),
            "true" | "True" | "TRUE" => Some(Parsed::Value(true)),
            "false" | "False" | "FALSE" => Some(Parsed::Value(false)),
            _ => None,
        }
    }

    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

/// Text, or a number as its text.
struct TextOrNumber(String);

impl Scalar for TextOrNumber {
    const EXPECTED: &'static str = "text or a number";
    const KEEPS_TEXT: bool = true;

    fn from_text(text: &str) -> Option<Parsed<Self>> {
        Some(Parsed::Value(Self(text.to_owned())))
    }

    fn from_integer(number: i64) -> Option<Self> {
        Some(Self(number.to_string()))
    }

    fn from_float(number: f64) -> Option<Self> {
        // Written as it is, 1e300 would be three hundred digits.
        let text = format!("{number:?}");
        Some(Self(text.strip_suffix(".0").unwrap_or(&text).to_owned()))
    }
}

struct Text(String);

impl Scalar for Text {
    const EXPECTED: &'static str = "text";
    const KEEPS_TEXT: bool = true;

    fn from_text(text: &str) -> Option<Parsed<Self>> {
        Some(Parsed::Value(Self(text.to_owned())))
    }
}

impl FromWire for i64 {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        scalar(deserializer)
    }
}

impl FromWire for bool {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        scalar(deserializer)
    }
}

impl FromWire for String {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(scalar(deserializer)?.map(|Text(text)| text))
    }
}

/// Reads an optional text that some answers write as a number.
///
/// # Errors
///
/// If the value is of another type.
pub fn optional_text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(scalar(deserializer)?.map(|TextOrNumber(text)| text))
}

/// Reads a text that some answers write as a number; absent is empty.
///
/// # Errors
///
/// If the value is of another type.
pub fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_text_or_number(deserializer).map(Option::unwrap_or_default)
}

/// Reads a text that must be there and that some answers write as a number.
///
/// # Errors
///
/// If the value is `null` or of another type.
pub fn required_text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    optional_text_or_number(deserializer)?.ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromWire>(json: &str) -> Result<Option<T>, String> {
        T::from_wire(&mut serde_json::Deserializer::from_str(json)).map_err(|e| e.to_string())
    }

    #[test]
    fn an_integer_may_be_a_number_an_integral_float_or_text() {
        assert_eq!(read::<i64>("3"), Ok(Some(3)));
        assert_eq!(read::<i64>("3.0"), Ok(Some(3)));
        assert_eq!(read::<i64>("\"3600\""), Ok(Some(3600)));
        assert_eq!(read::<i64>("\"\""), Ok(None));
        assert_eq!(read::<i64>("null"), Ok(None));
        assert_eq!(read::<i64>("5000000000"), Ok(Some(5_000_000_000)));
        for wrong in [
            "1.5",
            "1e300",
            "\"many\"",
            "true",
            "[]",
            "{}",
            "18446744073709551615",
        ] {
            assert!(read::<i64>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_boolean_may_be_text() {
        assert_eq!(read::<bool>("\"true\""), Ok(Some(true)));
        assert_eq!(read::<bool>("\"False\""), Ok(Some(false)));
        assert_eq!(read::<bool>("\"\""), Ok(None));
        assert!(read::<bool>("\"yes\"").is_err());
        assert!(read::<bool>("1").is_err());
    }

    #[test]
    fn text_is_text_and_empty_text_is_not_absent() {
        assert_eq!(read::<String>("\"\""), Ok(Some(String::new())));
        assert!(read::<String>("5").is_err());
        let number = text_or_number(&mut serde_json::Deserializer::from_str("5"));
        assert_eq!(number.unwrap(), "5");
        for (json, expected) in [("5.5", "5.5"), ("4.03e2", "403"), ("1e300", "1e300")] {
            let number = text_or_number(&mut serde_json::Deserializer::from_str(json));
            assert_eq!(number.unwrap(), expected);
        }
    }

    #[test]
    fn an_error_does_not_quote_the_value() {
        let error = read::<i64>("\"s3cret\"").unwrap_err();
        assert!(
            error.contains("invalid type: text, expected an integer"),
            "{error}"
        );
        for json in [
            "1234567",
            "-1234567",
            "1234567.5",
            "true",
            "[1234567]",
            "{\"a\":1234567}",
        ] {
            let error = read::<bce_auth::Secret>(json).unwrap_err();
            assert!(
                error.contains("expected text") && !error.contains("234567"),
                "{error}"
            );
        }
    }
}
