//! Reading of objects, lists and maps.

use std::collections::BTreeMap;

use super::source::Elements;
use super::value::{Failed, FromWire, Members, Value};

/// Reads an object in place: creates the value with its defaults, and then reads the members of the
/// object into it.
impl<T: Members + Default> FromWire for T {
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        let model = place.insert(Self::default());
        if !value.object(model)? {
            *place = None;
        }
        Ok(())
    }

    fn read_or_default(place: &mut Self, value: Value<'_>) -> Result<(), Failed> {
        *place = Self::default();
        value.object(place).map(drop)
    }

    fn read_next(list: &mut Vec<Self>, mut value: Value<'_>) -> Result<(), Failed> {
        value.grow(list)?;
        list.push(Self::default());
        if let Some(model) = list.last_mut()
            && !value.object(model)?
        {
            list.pop();
        }
        Ok(())
    }
}

/// Reads a list. Elements that represent absent values, such as `null`, are left out, except in a
/// list of a type that has a value for `null` ([`of_null`](FromWire::of_null)).
impl<T: FromWire> FromWire for Vec<T> {
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        let list = place.insert(Self::new());
        if !value.0.list(&mut ListOf(list))? {
            *place = None;
        }
        Ok(())
    }

    fn read_or_default(place: &mut Self, value: Value<'_>) -> Result<(), Failed> {
        place.clear();
        value.0.list(&mut ListOf(place)).map(drop)
    }
}

struct ListOf<'a, T>(&'a mut Vec<T>);

impl<T: FromWire> Elements for ListOf<'_, T> {
    fn element(&mut self, value: Value<'_>) -> Result<(), Failed> {
        T::read_next(self.0, value)
    }
}

/// Reads a map. Entries that represent absent values, such as `null`, are left out, except in a map
/// of a type that has a value for `null` ([`of_null`](FromWire::of_null)).
impl<T: FromWire> FromWire for BTreeMap<String, T> {
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
        let map = place.insert(Self::new());
        if !value.object(&mut MapOf(map))? {
            *place = None;
        }
        Ok(())
    }

    fn read_or_default(place: &mut Self, value: Value<'_>) -> Result<(), Failed> {
        place.clear();
        value.object(&mut MapOf(place)).map(drop)
    }
}

struct MapOf<'a, T>(&'a mut BTreeMap<String, T>);

impl<T: FromWire> Members for MapOf<'_, T> {
    fn member(&mut self, name: &str, mut value: Value<'_>) -> Result<(), Failed> {
        let mut read = None;
        T::read(&mut read, value.again())?;
        match read.or_else(T::of_null) {
            Some(read) => {
                let others = self.0.len();
                value.count(|context| context.take_entry::<T>(name, others))?;
                self.0.insert(name.to_owned(), read);
            }
            None => drop(self.0.remove(name)),
        }
        Ok(())
    }
}

impl Value<'_> {
    /// Reads an optional member that is boxed because its type contains itself.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    pub fn optional_boxed<T: FromWire>(mut self, place: &mut Option<Box<T>>) -> Result<(), Failed> {
        let mut read = None;
        T::read(&mut read, self.again())?;
        if read.is_some() {
            self.count(|context| context.take(size_of::<T>()))?;
        }
        *place = read.map(Box::new);
        Ok(())
    }

    /// Reads a member that is boxed because its type contains itself. If the member is absent, it
    /// gets its default value.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    pub fn or_default_boxed<T: FromWire + Default>(
        mut self,
        place: &mut Box<T>,
    ) -> Result<(), Failed> {
        // The box was allocated by the default of the surrounding model, and is counted here. If
        // the member is absent, the box is not counted, since a default does not report its
        // allocations. No known API has a type of this kind.
        self.count(|context| context.take(size_of::<T>()))?;
        self.or_default(&mut **place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::read_optional;

    #[derive(Debug, Default, PartialEq)]
    struct Size {
        cpus: i64,
        names: Vec<String>,
        labels: BTreeMap<String, i64>,
        inner: Option<Box<Size>>,
        kept: Box<Kept>,
    }

    #[derive(Debug, Default, PartialEq)]
    struct Kept {
        text: String,
    }

    impl Members for Size {
        fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
            match name {
                "cpus" => value.or_default(&mut self.cpus),
                "names" => value.or_default(&mut self.names),
                "labels" => value.or_default(&mut self.labels),
                "inner" => value.optional_boxed(&mut self.inner),
                "kept" => value.or_default_boxed(&mut self.kept),
                _ => Ok(()),
            }
        }
    }

    impl Members for Kept {
        fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
            match name {
                "text" => value.or_default(&mut self.text),
                _ => Ok(()),
            }
        }
    }

    fn read<T: FromWire>(json: &str) -> Result<Option<T>, String> {
        let mut json = serde_json::Deserializer::from_str(json);
        read_optional(&mut json).map_err(|error| error.to_string())
    }

    fn size(json: &str) -> Size {
        read(json).unwrap().unwrap()
    }

    #[test]
    fn a_list_is_not_an_object() {
        assert_eq!(size(r#"{"cpus":2,"new":[1]}"#).cpus, 2);
        assert_eq!(read::<Size>("null"), Ok(None));
        assert!(
            read::<Size>("[2]")
                .unwrap_err()
                .contains("expected an object")
        );
        assert!(read::<Size>("[]").is_err());
    }

    #[test]
    fn an_object_is_not_a_list() {
        assert_eq!(read::<Vec<i64>>("[1,null,\"2\"]"), Ok(Some(vec![1, 2])));
        assert_eq!(
            read::<Vec<Size>>(r#"[{"cpus":1},null,{}]"#)
                .unwrap()
                .unwrap()
                .len(),
            2
        );
        assert_eq!(read::<Vec<i64>>("null"), Ok(None));
        assert!(read::<Vec<i64>>("{}").is_err());
    }

    #[test]
    fn an_error_does_not_quote_the_value() {
        for json in ["\"KEY=s3cret\"", "1234567", "1234567.5", "true"] {
            for error in [
                read::<Size>(json).map(drop).unwrap_err(),
                read::<Vec<i64>>(json).map(drop).unwrap_err(),
                read::<BTreeMap<String, i64>>(json).map(drop).unwrap_err(),
            ] {
                assert!(
                    !error.contains("s3cret") && !error.contains("234567"),
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn maps_hold_anything_readable() {
        let map = read::<BTreeMap<String, Vec<i64>>>(r#"{"a":[1],"b":null}"#)
            .unwrap()
            .unwrap();
        assert_eq!(map, BTreeMap::from([("a".to_owned(), vec![1])]));
    }

    #[test]
    fn of_members_of_one_name_the_last_counts_and_leaves_nothing_of_the_others() {
        let first = r#"{"cpus":1,"names":["a","b"],"labels":{"a":1},"kept":{"text":"t"},
                        "inner":{"cpus":1,"inner":{}}}"#;
        let members = &first.trim_end()[1..first.len() - 1];
        for (second, expected) in [
            (r#""cpus":2"#, size(r#"{"cpus":2}"#)),
            (r#""names":["c"]"#, size(r#"{"names":["c"]}"#)),
            (r#""labels":{"b":2}"#, size(r#"{"labels":{"b":2}}"#)),
            (
                r#""inner":{"names":[""]}"#,
                size(r#"{"inner":{"names":[""]}}"#),
            ),
            (r#""kept":{}"#, Size::default()),
        ] {
            let doubled = size(&format!("{{{members},{second}}}"));
            let name = second.split(':').next().unwrap();
            let mut alone = size(first);
            match name {
                "\"cpus\"" => alone.cpus = expected.cpus,
                "\"names\"" => alone.names = expected.names,
                "\"labels\"" => alone.labels = expected.labels,
                "\"inner\"" => alone.inner = expected.inner,
                _ => alone.kept = expected.kept,
            }
            assert_eq!(doubled, alone, "{second}");
        }
        let nulls = r#""cpus":null,"names":null,"labels":null,"inner":null,"kept":null"#;
        assert_eq!(size(&format!("{{{members},{nulls}}}")), Size::default());
        let twice = r#"{"labels":{"a":1,"b":2,"a":3,"b":null}}"#;
        assert_eq!(size(twice).labels, BTreeMap::from([("a".to_owned(), 3)]));
    }
}
