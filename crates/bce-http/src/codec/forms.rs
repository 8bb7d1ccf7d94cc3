//! Values of which it shows only when they are there what they are.

use super::context::{Context, Problem};
use super::deadline_reader;
use super::scan::read_all;
use super::source::read_value;
use super::value::{Failed, FromWire, Value};

impl Value<'_> {
    /// Reads a member that may also come as a list: the first of its elements then.
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

    /// Reads the text of the value, now that it is known what it is. It is counted as the value is.
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
            // Its place is one in the part alone.
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
