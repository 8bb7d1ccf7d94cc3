//! Members that are required, or that have two names.

use std::fmt;

use super::value::{Failed, FromWire, Missing, Partial, Value};

/// The value of a member that is required, or that services write under more than one name. A
/// [`Partial`] has a field of this type for each such member.
pub struct Slot<T> {
    value: Option<T>,
    /// The index of the name under which the member was found.
    name: u8,
    is_there: bool,
    /// Whether the member also occurred under another name and was skipped there.
    is_elsewhere: bool,
}

/// Does not show the value, which may be a secret that has not been recognized as one.
impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("is_there", &self.is_there)
            .finish_non_exhaustive()
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            value: None,
            name: 0,
            is_there: false,
            is_elsewhere: false,
        }
    }
}

impl<T> Slot<T> {
    /// Checks that the value is present, for [`Members::complete`](super::Members::complete).
    ///
    /// # Errors
    ///
    /// If the member is missing or `null`; the error states `name`.
    pub fn check(&self, name: &'static str) -> Result<(), Missing> {
        match self.value {
            Some(_) => Ok(()),
            None => Err(Missing {
                name,
                is_null: self.is_there,
            }),
        }
    }

    /// Returns whether to read a member that was found under the name with index `name`; `false` if
    /// another name has already provided the value. Fails if the member occurs again under the same
    /// name after it was skipped under another name, because the skipped value may be the one that
    /// counts.
    #[inline]
    fn awaits(&mut self, name: u8) -> Result<bool, &'static str> {
        if self.value.is_some() && self.name != name {
            self.is_elsewhere = true;
            return Ok(false);
        }
        // If a name occurs twice, its last member counts, so the member to use may have been
        // skipped.
        if self.is_elsewhere {
            return Err("it occurs twice under one name, and also under another one");
        }
        self.name = name;
        self.is_there = true;
        Ok(true)
    }

    /// Returns the value, or `None` if the member is missing or `null`.
    pub fn into_value(self) -> Option<T> {
        self.value
    }
}

impl Value<'_> {
    /// Reads a member into its slot. If services write the member under several names, `name` is
    /// the index of the one that was found. If the same name occurs several times, its last value
    /// counts. If several names occur, the first one whose value is not `null` counts.
    ///
    /// # Errors
    ///
    /// If the value is of another type. Also if the member occurs under one name, then under
    /// another name, where it is skipped, and then again under the first name: the skipped value
    /// may be the one that counts. A response body is then repaired, so that each name occurs only
    /// once, and read again.
    pub fn slot<T: FromWire>(self, slot: &mut Slot<T>, name: u8) -> Result<(), Failed> {
        match slot.awaits(name) {
            Ok(true) => T::read(&mut slot.value, self),
            Ok(false) => Ok(()),
            Err(problem) => Err(self.refuse(problem)),
        }
    }

    /// Reads a boxed member into its slot, as [`slot`](Self::slot) does for other members. A member
    /// is boxed if its type contains itself.
    ///
    /// # Errors
    ///
    /// If [`slot`](Self::slot) would fail.
    pub fn slot_boxed<T: FromWire>(self, slot: &mut Slot<Box<T>>, name: u8) -> Result<(), Failed> {
        match slot.awaits(name) {
            Ok(true) => self.optional_boxed(&mut slot.value),
            Ok(false) => Ok(()),
            Err(problem) => Err(self.refuse(problem)),
        }
    }

    /// Reads the members of an object as `P`, and builds the value from them.
    ///
    /// # Errors
    ///
    /// If the value is neither an object nor `null`, if a member cannot be read, or if a required
    /// member is missing.
    pub fn partial<P: Partial>(self, place: &mut Option<P::Model>) -> Result<(), Failed> {
        let mut parts = P::default();
        *place = match self.object(&mut parts)? {
            true => parts.finish(),
            false => None,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::context::Context;
    use crate::codec::source::read_value;
    use crate::codec::{Members, from_json, read_optional};

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
    fn of_two_names_of_which_one_comes_twice_the_first_that_is_not_dropped_counts() {
        let read = |json: &str| from_json::<Mount>(json.as_bytes(), &[]);
        for (members, size) in [
            (r#""size":1,"sizeInGB":3,"size":null"#, Some(3)),
            (r#""size":1,"sizeInGB":3,"size":2"#, Some(3)),
            (r#""size":1,"sizeInGB":null,"size":2"#, Some(2)),
            (r#""size":1,"sizeInGB":[],"size":2,"sizeInGB":3"#, Some(2)),
            (r#""size":null,"sizeInGB":3,"size":2"#, Some(3)),
            (r#""size":1,"sizeInGB":3,"sizeInGB":4"#, Some(1)),
        ] {
            let json = format!(r#"{{"volumeType":"a",{members}}}"#);
            let kind = "a".to_owned();
            assert_eq!(read(&json), Ok(Mount { kind, size }), "{json}");
        }
        // The same for a required member.
        for json in [
            r#"{"volumnType":"b","volumeType":"a","volumnType":null}"#,
            r#"{"volumnType":"b","volumeType":"a","volumnType":"c"}"#,
        ] {
            assert_eq!(read(json).unwrap().kind, "a", "{json}");
        }
    }

    #[test]
    fn a_value_in_a_box_is_counted() {
        struct Link {
            _weight: [u64; 10],
            next: Option<Box<Link>>,
        }

        #[derive(Default)]
        struct LinkParts {
            next: Slot<Box<Link>>,
        }

        impl Members for LinkParts {
            fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
                match name {
                    "next" => value.slot_boxed(&mut self.next, 0),
                    "nextOne" => value.slot_boxed(&mut self.next, 1),
                    _ => Ok(()),
                }
            }
        }

        impl Partial for LinkParts {
            type Model = Link;

            fn finish(self) -> Option<Link> {
                Some(Link {
                    _weight: [0; 10],
                    next: self.next.into_value(),
                })
            }
        }

        impl FromWire for Link {
            fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
                value.partial::<LinkParts>(place)
            }
        }

        let read = |room: usize| {
            let json = r#"{"next":{"nextOne":{"next":null}}}"#;
            let mut context = Context::with_room(room);
            let mut place = None;
            let mut json = serde_json::Deserializer::from_str(json);
            let take = &mut |value: Value<'_>| Link::read(&mut place, value);
            let read = read_value(&mut json, &mut context, take);
            read.map(|()| {
                std::iter::successors(place.as_ref(), |link| link.next.as_deref()).count()
            })
        };
        assert_eq!(read(2 * size_of::<Link>()).unwrap(), 3);
        let refused = read(2 * size_of::<Link>() - 1).unwrap_err().to_string();
        assert!(refused.starts_with("more elements than fit"), "{refused}");
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
