//! Reading of strings, numbers, booleans and enums.

use std::fmt;

use super::context::Context;
use super::source::Scalar;
use super::value::{Failed, FromWire, Value};

impl FromWire for String {
    #[inline]
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        let text = place.insert(Self::new());
        if !value.0.text(text)? {
            *place = None;
        }
        Ok(())
    }

    #[inline]
    fn read_or_default(place: &mut Self, value: Value<'_>) -> Result<(), Failed> {
        value.0.text(place).map(drop)
    }
}

impl FromWire for i64 {
    #[inline]
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        *place = value.0.integer()?;
        Ok(())
    }
}

impl FromWire for bool {
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        *place = None;
        value.scalar("a boolean", |scalar| match scalar {
            Scalar::Null => true,
            Scalar::Boolean(boolean) => {
                *place = Some(boolean);
                true
            }
            Scalar::Text(text) => {
                *place = match text.trim() {
                    "" => None,
                    "true" | "True" | "TRUE" => Some(true),
                    "false" | "False" | "FALSE" => Some(false),
                    _ => return false,
                };
                true
            }
            _ => false,
        })
    }
}

/// A number whose absolute value is at least 2 to the power of 64 is not accepted in place of a
/// string: it was read as a float, which may have lost digits.
const DIGITS_ARE_LOST: f64 = 18_446_744_073_709_551_616.0;

/// A string that some responses write as a number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TextOrNumber(pub String);

/// Does not show the string, which may be a secret that has not been recognized as one.
impl fmt::Debug for TextOrNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextOrNumber").finish_non_exhaustive()
    }
}

impl FromWire for TextOrNumber {
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        value.text_or_number_as(place, |text| Self(text.to_owned()))
    }
}

impl Value<'_> {
    /// Reads a string that some responses write as a number. An absent value becomes an empty
    /// string.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    pub fn text_or_number(self, place: &mut String) -> Result<(), Failed> {
        let mut read = None;
        self.optional_text_or_number(&mut read)?;
        *place = read.unwrap_or_default();
        Ok(())
    }

    /// Reads an optional string that some responses write as a number.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    pub fn optional_text_or_number(self, place: &mut Option<String>) -> Result<(), Failed> {
        self.text_or_number_as(place, str::to_owned)
    }

    /// Reads an integer enum, written as a number or as a string. The enum is open: known values
    /// become variants, and all others are kept unchanged.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    #[inline]
    pub fn integer_enum<T: From<i64>>(self, place: &mut Option<T>) -> Result<(), Failed> {
        *place = self.0.integer()?.map(T::from);
        Ok(())
    }

    /// Reads a string enum; a number is accepted as its decimal text.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    pub fn text_enum<T>(self, place: &mut Option<T>) -> Result<(), Failed>
    where
        T: for<'t> From<&'t str>,
    {
        self.text_or_number_as(place, |text| T::from(text))
    }

    fn text_or_number_as<T>(
        self,
        place: &mut Option<T>,
        make: impl Fn(&str) -> T,
    ) -> Result<(), Failed> {
        *place = None;
        let mut take = |scalar: Scalar<'_>, context: &mut Context| {
            let written = match scalar {
                Scalar::Null => return Ok(true),
                Scalar::Text(text) => {
                    context.take(text.len())?;
                    *place = Some(make(text));
                    return Ok(true);
                }
                Scalar::Integer(number) => number.to_string(),
                Scalar::Large(number) => number.to_string(),
                // The float no longer has all the digits that were written: used as an id or a
                // marker, it would be a different one.
                Scalar::Float(number) if number.abs() >= DIGITS_ARE_LOST => return Ok(false),
                Scalar::Float(number) => format!("{number:?}"),
                _ => return Ok(false),
            };
            let text = written.strip_suffix(".0").unwrap_or(&written);
            context.take(text.len())?;
            *place = Some(make(text));
            Ok(true)
        };
        self.0
            .scalar("text or a number of at most 64 bits", &mut take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::read_optional;

    fn read<T: FromWire>(json: &str) -> Result<Option<T>, String> {
        let mut json = serde_json::Deserializer::from_str(json);
        read_optional(&mut json).map_err(|error| error.to_string())
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
        assert_eq!(read::<bool>("null"), Ok(None));
        assert!(read::<bool>("\"yes\"").is_err());
        assert!(read::<bool>("1").is_err());
    }

    #[test]
    fn text_is_text_and_empty_text_is_not_absent() {
        assert_eq!(read::<String>("\"\""), Ok(Some(String::new())));
        assert_eq!(read::<String>("null"), Ok(None));
        assert!(read::<String>("5").is_err());
        let number = |json| read(json).map(|read: Option<TextOrNumber>| read.map(|text| text.0));
        for (json, expected) in [
            ("5", "5"),
            ("5.5", "5.5"),
            ("4.03e2", "403"),
            ("18446744073709551615", "18446744073709551615"),
            ("\"5.0\"", "5.0"),
        ] {
            assert_eq!(number(json), Ok(Some(expected.to_owned())));
        }
        assert_eq!(number("null"), Ok(None));
        for wrong in [
            "true",
            "1e300",
            "18446744073709551616",
            "-18446744073709551616",
        ] {
            let error = number(wrong).unwrap_err();
            assert!(error.contains("of at most 64 bits"), "{error}");
        }
    }

    #[test]
    fn a_text_is_counted_before_anything_is_made_of_it() {
        struct Made(usize);

        impl From<&str> for Made {
            fn from(text: &str) -> Self {
                assert!(text.len() <= 5, "made of what does not fit");
                Self(text.len())
            }
        }

        let read = |json: &str| {
            let mut context = Context::with_room(5);
            let mut made = None;
            let mut json = serde_json::Deserializer::from_str(json);
            let take = &mut |value: Value<'_>| value.text_enum::<Made>(&mut made);
            let read = crate::codec::source::read_value(&mut json, &mut context, take);
            assert_eq!(read.is_err(), context.is_exceeded());
            read.map(|()| made.map(|made| made.0))
                .map_err(|error| error.to_string())
        };
        for fits in ["\"12345\"", "12345", "12345.0", "1.345"] {
            assert_eq!(read(fits), Ok(Some(5)), "{fits}");
        }
        for too_much in ["\"123456\"", "123456", "123456.0", "1.3456"] {
            let refused = read(too_much).unwrap_err();
            assert!(refused.starts_with("more elements than fit"), "{refused}");
        }
    }

    #[test]
    fn a_null_leaves_nothing_of_what_was_there() {
        let mut text = "before".to_owned();
        let mut kept = Some("before".to_owned());
        let mut flag = Some(true);
        let mut read = |json: &str| {
            let mut context = Context::unbounded();
            for value in 0..3 {
                let mut json = serde_json::Deserializer::from_str(json);
                let read =
                    crate::codec::source::read_value(&mut json, &mut context, &mut |unread| {
                        match value {
                            0 => unread.or_default(&mut text),
                            1 => unread.optional_text_or_number(&mut kept),
                            _ => unread.optional(&mut flag),
                        }
                    });
                read.unwrap();
            }
        };
        read("null");
        assert_eq!((text, kept, flag), (String::new(), None, None));
    }

    #[test]
    fn an_error_does_not_quote_the_value() {
        let error = read::<i64>("\"s3cret\"").unwrap_err();
        assert!(
            error.contains("invalid type: text in another format, expected an integer"),
            "{error}"
        );
        let error = read::<bool>("\"s3cret\"").unwrap_err();
        assert!(
            error.contains("invalid type: text in another format, expected a boolean"),
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
