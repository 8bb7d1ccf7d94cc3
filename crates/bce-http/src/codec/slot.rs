//! A member that must be there, or that has two names.

use super::context::Problem;
use super::value::{Failed, FromWire, Missing, Partial, Value};

/// The place of a member that must be there, or that services write under more than one name; for a
/// [`Partial`].
#[derive(Clone, Debug)]
pub struct Slot<T> {
    value: Option<T>,
    /// Which of its names it was found under.
    name: u8,
    is_there: bool,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            value: None,
            name: 0,
            is_there: false,
        }
    }
}

impl<T> Slot<T> {
    /// Whether the value is there, for [`Members::complete`](super::Members::complete).
    ///
    /// # Errors
    ///
    /// If it is not: the member of this name is missing, or `null`.
    pub fn check(&self, name: &'static str) -> Result<(), Missing> {
        match self.value {
            Some(_) => Ok(()),
            None => Err(Missing {
                name,
                is_null: self.is_there,
            }),
        }
    }

    /// Takes the value out.
    pub fn into_value(self) -> Option<T> {
        self.value
    }
}

impl Value<'_> {
    /// Reads a member that has a place of its own. `name` tells its names apart: the first one that is not
    /// `null` counts.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    pub fn slot<T: FromWire>(self, slot: &mut Slot<T>, name: u8) -> Result<(), Failed> {
        if slot.value.is_some() && slot.name != name {
            return Ok(());
        }
        slot.name = name;
        slot.is_there = true;
        T::read(&mut slot.value, self)
    }

    /// Reads the members of a model, and makes it of them.
    ///
    /// # Errors
    ///
    /// If the value is neither an object nor `null`, or a member cannot be read or is missing.
    pub fn partial<P: Partial>(self, place: &mut Option<P::Model>) -> Result<(), Failed> {
        let mut parts = P::default();
        *place = match self.object(&mut parts)? {
            true => parts.finish(),
            false => None,
        };
        Ok(())
    }
}

impl From<Missing> for Problem {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Members, read_optional};

    #[derive(Debug, PartialEq)]
    struct Mount {
        kind: String,
        size: Option<i64>,
    }

    #[derive(Default)]
    struct Parts {
        kind: Slot<String>,
        size: Slot<i64>,
    }

    impl Members for Parts {
        fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
            match name {
                "volumnType" => value.slot(&mut self.kind, 0),
                "volumeType" => value.slot(&mut self.kind, 1),
                "size" => value.slot(&mut self.size, 0),
                "sizeInGB" => value.slot(&mut self.size, 1),
                _ => Ok(()),
            }
        }

        fn complete(&self) -> Result<(), Missing> {
            self.kind.check("volumnType")
        }
    }

    impl Partial for Parts {
        type Model = Mount;

        fn finish(self) -> Option<Mount> {
            Some(Mount {
                kind: self.kind.into_value()?,
                size: self.size.into_value(),
            })
        }
    }

    impl FromWire for Mount {
        fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
            value.partial::<Parts>(place)
        }
    }

    fn read(json: &str) -> Result<Option<Mount>, String> {
        let mut json = serde_json::Deserializer::from_str(json);
        read_optional(&mut json).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_name_that_is_not_null_counts() {
        for json in [
            r#"{"volumnType":"cds"}"#,
            r#"{"volumeType":"cds","other":1}"#,
            r#"{"volumnType":"cds","volumeType":"bos"}"#,
            r#"{"volumeType":"cds","volumnType":"bos"}"#,
            r#"{"volumeType":"cds","volumnType":[]}"#,
            r#"{"volumeType":"cds","volumnType":null}"#,
            r#"{"volumeType":null,"volumnType":"cds"}"#,
        ] {
            let mount = Mount {
                kind: "cds".to_owned(),
                size: None,
            };
            assert_eq!(read(json), Ok(Some(mount)), "{json}");
        }
        assert_eq!(read("null"), Ok(None));
        assert!(read("[]").is_err());
    }

    #[test]
    fn of_one_name_that_comes_twice_the_last_counts() {
        for (json, size) in [
            (r#"{"volumeType":"a","size":1,"size":2}"#, Some(2)),
            (r#"{"volumeType":"a","size":1,"size":null}"#, None),
            (
                r#"{"volumeType":"a","size":1,"size":null,"sizeInGB":3}"#,
                Some(3),
            ),
            (r#"{"volumeType":"b","volumeType":"a"}"#, None),
            (r#"{"volumnType":null,"volumnType":"a"}"#, None),
        ] {
            let kind = "a".to_owned();
            assert_eq!(read(json), Ok(Some(Mount { kind, size })), "{json}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = read("{}").unwrap_err();
        assert!(
            missing.starts_with("missing field `volumnType`"),
            "{missing}"
        );
        for json in [
            r#"{"volumnType":null}"#,
            r#"{"volumeType":"a","volumeType":null}"#,
        ] {
            let null = read(json).unwrap_err();
            assert!(
                null.starts_with("a value is required, found null"),
                "{null}"
            );
        }
    }
}
