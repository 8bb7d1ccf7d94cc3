//! Values whose type is known only from the JSON that is received.

use super::context::{Context, Problem};
use super::deadline_reader;
use super::scan::{read_all, scan_members};
use super::source::read_value;
use super::value::{Failed, FromWire, Members, Value};
use crate::json::Json;

/// A JSON shape by which one of several possible forms of a value is recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An object in which the member with this name exists and is not `null`.
    With(&'static str),
    /// An object in which the member with this name is missing or `null`.
    Without(&'static str),
    /// Any object.
    Object,
    /// Any list.
    List,
    /// Any string.
    Text,
    /// Any number.
    Number,
    /// `true` or `false`.
    Bool,
}

impl Form {
    /// Returns whether a JSON value other than `null` has this form; `None` if that cannot be
    /// determined.
    fn is_of(self, text: &str) -> Option<bool> {
        let first = text.bytes().next()?;
        Some(match self {
            Self::With(name) => first == b'{' && has_member(text, name)?,
            Self::Without(name) => first == b'{' && !has_member(text, name)?,
            Self::Object => first == b'{',
            Self::List => first == b'[',
            Self::Text => first == b'"',
            Self::Number => first == b'-' || first.is_ascii_digit(),
            Self::Bool => first == b't' || first == b'f',
        })
    }
}

fn has_member(object: &str, name: &'static str) -> Option<bool> {
    let mut found = Found {
        name,
        is_there: false,
    };
    let scanned = scan_members(object.as_bytes(), &mut found);
    scanned.ok().map(|()| found.is_there)
}

struct Found {
    name: &'static str,
    is_there: bool,
}

/// Finds out whether an object has a member called `name` that is not `null`. If the member occurs
/// twice, the last one counts.
impl Members for Found {
    fn member(&mut self, name: &str, mut value: Value<'_>) -> Result<(), Failed> {
        if name == self.name {
            self.is_there = &*value.raw()? != "null";
        }
        Ok(())
    }
}

impl Value<'_> {
    /// Reads a member whose value may also be a list, in which case its first element is used.
    /// Elements that represent absent values are ignored; if the list has no other elements, the
    /// member counts as absent.
    ///
    /// # Errors
    ///
    /// If the value, or an element of the list, is of another type.
    pub fn optional_or_first<T: FromWire>(mut self, place: &mut Option<T>) -> Result<(), Failed> {
        let text = self.raw()?;
        let is_list = text.starts_with('[');
        self.read_again(&text, &mut |value| match is_list {
            true => {
                let mut list = Vec::new();
                value.or_default(&mut list)?;
                *place = list.into_iter().next();
                Ok(())
            }
            false => T::read(place, value),
        })
    }

    /// Reads a value that has one of several forms. `read` gets the index in `forms` of the first
    /// form that the value matches. If the value matches none of the forms, it is converted with
    /// `other`. The value `null` counts as absent.
    ///
    /// ```
    /// use bce_http::Json;
    /// use bce_http::rt::codec::{self, Failed, Form, FromWire, Value};
    ///
    /// #[derive(Debug, PartialEq)]
    /// enum Size {
    ///     Number(i64),
    ///     Names(Vec<String>),
    ///     Other(Json),
    /// }
    ///
    /// impl FromWire for Size {
    ///     fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
    ///         value.one_of(place, &[Form::Number, Form::List], Self::Other, |place, form, value| match form {
    ///             0 => value.form(place, Self::Number),
    ///             _ => value.form(place, Self::Names),
    ///         })
    ///     }
    /// }
    ///
    /// let read = |json| codec::read::<Size, _>(&mut serde_json::Deserializer::from_str(json));
    /// assert_eq!(read("7")?, Size::Number(7));
    /// assert_eq!(read(r#"["a"]"#)?, Size::Names(vec!["a".to_owned()]));
    /// assert_eq!(read("true")?, Size::Other(Json::from_text("true").unwrap()));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the value cannot be read in the form that it matches; if it is unknown which form it has,
    /// because its members cannot be read; or if it matches none of the forms and is nested too
    /// deeply.
    pub fn one_of<T>(
        mut self,
        place: &mut Option<T>,
        forms: &[Form],
        other: fn(Json) -> T,
        read: fn(&mut Option<T>, usize, Value<'_>) -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        let text = self.raw()?;
        *place = None;
        if &*text == "null" {
            return Ok(());
        }
        for (number, form) in forms.iter().enumerate() {
            match form.is_of(&text) {
                Some(false) => {}
                Some(true) => {
                    return self.read_again(&text, &mut |value| read(place, number, value));
                }
                None => return Err(self.refuse("a value whose members cannot be determined")),
            }
        }
        match Json::from_text(text) {
            Ok(json) => *place = Some(other(json)),
            Err(error) => return Err(self.refuse(error.problem())),
        }
        Ok(())
    }

    /// Reads a value as `F`, and converts it with `make`, which is usually a variant of an enum.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    pub fn form<F: FromWire, T>(
        self,
        place: &mut Option<T>,
        make: impl FnOnce(F) -> T,
    ) -> Result<(), Failed> {
        let mut form = None;
        F::read(&mut form, self)?;
        *place = form.map(make);
        Ok(())
    }

    /// Reads the value from `text`, its JSON text, which was examined first in order to decide how
    /// to read the value. Memory is counted as if the value itself were read.
    fn read_again(
        self,
        text: &str,
        read: &mut dyn FnMut(Value<'_>) -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        let context = self.0.context();
        let seed = Again(&mut *context, read);
        let result = match deadline_reader::is_in_time(text.as_bytes()) {
            true => read_all(serde_json::Deserializer::from_str(text), seed),
            false => read_all(deadline_reader::deserializer(text.as_bytes()), seed),
        };
        result.map_err(|error| {
            let problem = error.to_string();
            // The line and the column in the message are relative to the part.
            let (problem, _) = problem.rsplit_once(" at line ").unwrap_or((&problem, ""));
            context.inner = problem.to_owned();
            context.refuse(Problem::Inner);
            Failed(())
        })
    }
}

struct Again<'a>(
    &'a mut Context,
    &'a mut dyn FnMut(Value<'_>) -> Result<(), Failed>,
);

impl<'de> serde::de::DeserializeSeed<'de> for Again<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        read_value(json, self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::codec::{Members, from_json};

    #[derive(Debug, Default, PartialEq)]
    struct Model(Option<BTreeMap<String, i64>>);

    impl Members for Model {
        fn member(&mut self, _: &str, value: Value<'_>) -> Result<(), Failed> {
            value.optional_or_first(&mut self.0)
        }
    }

    fn read(json: &str) -> Result<Model, String> {
        from_json(format!(r#"{{"m":{json}}}"#).as_bytes(), &[])
    }

    #[test]
    fn of_a_list_the_first_is_taken() {
        let one = Model(Some(BTreeMap::from([("a".to_owned(), 1)])));
        for json in [
            r#"{"a":1}"#,
            r#"[{"a":1}]"#,
            r#"[null,{"a":1},{"b":2}]"#,
            r#"{"a":2,"a":1}"#,
        ] {
            assert_eq!(read(json), Ok(Model(one.0.clone())), "{json}");
        }
        for json in ["null", "[]", "[null]"] {
            assert_eq!(read(json), Ok(Model(None)), "{json}");
        }
    }

    #[derive(Debug, PartialEq)]
    enum Spec {
        One(BTreeMap<String, i64>),
        Many(BTreeMap<String, BTreeMap<String, i64>>),
        Number(i64),
        Other(Json),
    }

    impl FromWire for Spec {
        fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
            let forms = [Form::With("a"), Form::Without("a"), Form::Number];
            value.one_of(
                place,
                &forms,
                Self::Other,
                |place, form, value| match form {
                    0 => value.form(place, Self::One),
                    1 => value.form(place, Self::Many),
                    _ => value.form(place, Self::Number),
                },
            )
        }
    }

    #[derive(Debug, Default, PartialEq)]
    struct Holder(Option<Spec>, Vec<Spec>);

    impl Members for Holder {
        fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
            match name {
                "m" => value.optional(&mut self.0),
                _ => value.or_default(&mut self.1),
            }
        }
    }

    #[test]
    fn of_several_forms_the_first_that_fits_is_read_and_what_fits_none_is_kept() {
        let read = |json: &str| from_json::<Holder>(format!(r#"{{"m":{json}}}"#).as_bytes(), &[]);
        let other = |text: &str| Spec::Other(text.parse().unwrap());
        let inner = BTreeMap::from([("b".to_owned(), 2)]);
        for (json, expected) in [
            (
                r#"{"a":"1"}"#,
                Spec::One(BTreeMap::from([("a".to_owned(), 1)])),
            ),
            (
                r#"{"x":{"b":2}}"#,
                Spec::Many(BTreeMap::from([("x".to_owned(), inner.clone())])),
            ),
            (
                r#"{"a":{},"x":{"b":2},"a":null}"#,
                Spec::Many(BTreeMap::from([("x".to_owned(), inner)])),
            ),
            ("{}", Spec::Many(BTreeMap::new())),
            ("-7", Spec::Number(-7)),
            ("[ 1.50 ]", other("[ 1.50 ]")),
            (r#""a""#, other(r#""a""#)),
        ] {
            assert_eq!(read(json), Ok(Holder(Some(expected), Vec::new())), "{json}");
        }
        assert_eq!(read("null"), Ok(Holder::default()));
        let list = from_json::<Holder>(br#"{"l":[1,null,true]}"#, &[]);
        assert_eq!(list, Ok(Holder(None, vec![Spec::Number(1), other("true")])));
        for (json, place) in [
            (r#"{"a":"s3cret"}"#, "m.a: invalid type: text"),
            (r#"{"x":{"b":true}}"#, "m.x.b: invalid type: a boolean"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.starts_with(place), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn an_error_in_it_has_its_place_and_quotes_nothing() {
        for (json, place) in [
            (r#"{"a":"s3cret"}"#, "m.a: invalid type: text"),
            (r#"[{"a":1},{"b":true}]"#, "m[1].b: invalid type: a boolean"),
            ("7", "m: invalid type: a number"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.starts_with(place), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn what_is_read_twice_is_counted_twice() {
        let many = "{},".repeat(1_000_000);
        let error = read(&format!("[{many}{{}}]")).unwrap_err();
        assert!(error.contains("more elements than fit"), "{error}");
    }
}
