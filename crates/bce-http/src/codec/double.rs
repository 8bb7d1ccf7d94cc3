//! Floating point numbers.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, Serializer};

use super::source::Scalar;
use super::value::{Failed, FromWire, Value};

/// A whole number whose absolute value is smaller than this is written as an integer. Any other
/// whole number is written with an exponent, and therefore without `.0` at the end.
const LARGE: f64 = 1e18;

/// Reads a floating point number, written as a number or as a string. `NaN` and infinity are
/// refused in either form, since JSON has no such numbers.
impl FromWire for f64 {
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        *place = None;
        value.scalar("a number", |scalar| {
            let number = match scalar {
                Scalar::Null => return true,
                Scalar::Integer(number) => number as Self,
                Scalar::Large(number) => number as Self,
                Scalar::Float(number) => number,
                Scalar::Text(text) => match text.trim() {
                    "" => return true,
                    digits => digits.parse().unwrap_or(Self::NAN),
                },
                _ => return false,
            };
            *place = Some(number);
            number.is_finite()
        })
    }
}

/// Wraps a value that contains floating point numbers, to be written as services expect it: whole
/// numbers have no fraction, because not every service accepts `2.0` for `2`.
///
/// ```
/// use bce_http::rt::codec::Doubles;
///
/// assert_eq!(serde_json::to_string(&Doubles(&vec![2.0, 0.5]))?, "[2,0.5]");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct Doubles<'a, T: ?Sized>(pub &'a T);

/// A floating point number, or an option, a list or a map with such values.
pub trait HasDoubles {
    /// Writes the value. Whole numbers have no fraction.
    ///
    /// # Errors
    ///
    /// If `serializer` returns an error.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<T: HasDoubles + ?Sized> Serialize for Doubles<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// Does not show the value, because it may be a secret.
impl<T: ?Sized> fmt::Debug for Doubles<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Doubles").finish_non_exhaustive()
    }
}

impl HasDoubles for f64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match whole(*self) {
            Some(number) => serializer.serialize_i64(number),
            None => serializer.serialize_f64(*self),
        }
    }
}

impl<T: HasDoubles> HasDoubles for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Doubles).serialize(serializer)
    }
}

impl<T: HasDoubles> HasDoubles for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Doubles))
    }
}

impl<T: HasDoubles> HasDoubles for BTreeMap<String, T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, value)| (name, Doubles(value))))
    }
}

/// Writes floating point numbers like [`Doubles`], for `serialize_with`.
///
/// # Errors
///
/// If `serializer` returns an error.
pub fn serialize_doubles<T: HasDoubles, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.write(serializer)
}

/// Returns a finite floating point number as JSON text; whole numbers have no fraction.
///
/// # Examples
///
/// ```
/// use bce_http::rt::codec;
///
/// assert_eq!(codec::double_text(8.0), "8");
/// assert_eq!(codec::double_text(0.5), "0.5");
/// ```
pub fn double_text(number: f64) -> String {
    match whole(number) {
        Some(number) => number.to_string(),
        // Without an exponent, 1e300 would have three hundred digits.
        None => format!("{number:?}"),
    }
}

/// Returns a whole number as an integer; `None` if the number is not whole, or if its absolute
/// value is at least `LARGE`.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < LARGE).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::read_optional;

    fn read(json: &str) -> Result<Option<f64>, String> {
        let mut json = serde_json::Deserializer::from_str(json);
        read_optional(&mut json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_may_be_text() {
        for (json, expected) in [
            ("0.5", Some(0.5)),
            ("2", Some(2.0)),
            ("-7", Some(-7.0)),
            ("18446744073709551615", Some(18_446_744_073_709_551_615.0)),
            ("1e300", Some(1e300)),
            ("\"0.25\"", Some(0.25)),
            ("\" 3 \"", Some(3.0)),
            ("\"\"", None),
            ("null", None),
        ] {
            assert_eq!(read(json), Ok(expected), "{json}");
        }
    }

    #[test]
    fn what_is_no_finite_number_is_refused_and_not_quoted() {
        for json in [
            "\"NaN\"",
            "\"inf\"",
            "\"-Infinity\"",
            "\"1e400\"",
            "\"many\"",
            "true",
            "[]",
            "{}",
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains("expected a number"), "{error}");
            assert!(!error.contains("many") && !error.contains("400"), "{error}");
        }
        assert!(read("1e400").is_err());
    }

    #[test]
    fn whole_numbers_go_without_a_fraction() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (2.0, "2"),
            (-2.5, "-2.5"),
            (0.1, "0.1"),
            (9_007_199_254_740_994.0, "9007199254740994"),
            (1e17, "100000000000000000"),
            (1e300, "1e300"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(double_text(number), expected);
            let map = BTreeMap::from([("a".to_owned(), vec![Some(number), None])]);
            let json = serde_json::to_string(&Doubles(&map)).unwrap();
            let written = json
                .trim_start_matches(r#"{"a":["#)
                .trim_end_matches(",null]}");
            assert_eq!(written.replace("e+", "e"), expected);
        }
    }
}
