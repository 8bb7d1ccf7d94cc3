//! The serde visitors that receive values from deserializers. Their errors never quote a value,
//! because it may be a secret.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::context::{Context, Problem};
use super::source::{ElementSeed, Elements, MemberSeed, Scalar, TakeScalar, into_error};
use super::value::Members;

/// How an error describes a number that was found in place of the expected value.
const A_NUMBER: Unexpected<'static> = Unexpected::Other("a number");
/// How an error describes a boolean that was found in place of the expected value.
const A_BOOLEAN: Unexpected<'static> = Unexpected::Other("a boolean");
/// How an error describes a string that was found in place of the expected value.
const TEXT: Unexpected<'static> = Unexpected::Other("text");
/// How an error describes a string from which the expected value cannot be parsed.
const OTHER_TEXT: Unexpected<'static> = Unexpected::Other("text in another format");

/// Implements methods of a visitor that refuse scalars. Unlike serde's own errors, their errors do
/// not quote the value.
macro_rules! refuse {
    ($($scalar:ident)*) => { $(refuse!(@ $scalar);)* };
    (@ text) => {
        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
            Err(E::invalid_type(TEXT, &self))
        }
    };
    (@ number) => {
        refuse!(large);

        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Err(E::invalid_type(A_NUMBER, &self))
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Err(E::invalid_type(A_NUMBER, &self))
        }

        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Err(E::invalid_type(A_NUMBER, &self))
        }
    };
    (@ large) => {
        fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
            Err(E::invalid_type(A_NUMBER, &self))
        }

        fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
            Err(E::invalid_type(A_NUMBER, &self))
        }
    };
    (@ boolean) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Err(E::invalid_type(A_BOOLEAN, &self))
        }
    };
}

/// Reads a string into `place`, whose previous contents are replaced.
pub(super) struct TextVisitor<'a> {
    pub(super) place: &'a mut String,
    pub(super) context: &'a mut Context,
}

impl TextVisitor<'_> {
    fn absent(self) -> bool {
        *self.place = String::new();
        false
    }
}

impl<'de> Visitor<'de> for TextVisitor<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    refuse!(number boolean);

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(self.absent())
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(self.absent())
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        if let Err(problem) = self.context.take(text.len()) {
            return Err(into_error(problem, self.context));
        }
        *self.place = text.to_owned();
        Ok(true)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<bool, E> {
        let taken = self.context.take(text.capacity());
        taken.map_err(|problem| into_error(problem, self.context))?;
        *self.place = text;
        Ok(true)
    }
}

/// Reads an integer, written as an integer, as a float without a fraction (up to 2^53), or as a
/// string.
pub(super) struct IntegerVisitor;

impl<'de> Visitor<'de> for IntegerVisitor {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    refuse!(large boolean);

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let number = i64::try_from(number);
        number
            .map(Some)
            .map_err(|_| E::invalid_type(A_NUMBER, &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        // Beyond 2^53, a float no longer identifies a single integer.
        let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
        match exact {
            true => Ok(Some(number as i64)),
            false => Err(E::invalid_type(A_NUMBER, &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        match text.trim() {
            "" => Ok(None),
            digits => (digits.parse().map(Some)).map_err(|_| E::invalid_type(OTHER_TEXT, &self)),
        }
    }
}

/// Passes a value of any type to `take`.
pub(super) struct ScalarVisitor<'a> {
    pub(super) expected: &'static str,
    pub(super) take: TakeScalar<'a>,
    pub(super) context: &'a mut Context,
}

impl ScalarVisitor<'_> {
    fn hand<E: Error>(self, scalar: Scalar<'_>) -> Result<(), E> {
        let found = match scalar {
            Scalar::Null => Unexpected::Unit,
            Scalar::Text(_) => OTHER_TEXT,
            Scalar::Integer(_) | Scalar::Large(_) | Scalar::Float(_) => A_NUMBER,
            Scalar::Boolean(_) => A_BOOLEAN,
            Scalar::List => Unexpected::Seq,
            Scalar::Object => Unexpected::Map,
        };
        match (self.take)(scalar, self.context) {
            Ok(true) => Ok(()),
            Ok(false) => Err(E::invalid_type(found, &self)),
            Err(problem) => Err(into_error(problem, self.context)),
        }
    }
}

impl<'de> Visitor<'de> for ScalarVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    refuse!(large);

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.hand(Scalar::Null)
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.hand(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.hand(Scalar::Boolean(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.hand(Scalar::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        let integer = i64::try_from(number);
        self.hand(integer.map_or(Scalar::Large(number), Scalar::Integer))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.hand(Scalar::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.hand(Scalar::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.hand(Scalar::List)?;
        while let Some(IgnoredAny) = list.next_element()? {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.hand(Scalar::Object)?;
        while let Some((IgnoredAny, IgnoredAny)) = map.next_entry()? {}
        Ok(())
    }
}

/// Reads an object. Unlike code that serde derives, does not accept a list instead.
pub(super) struct ObjectVisitor<'a> {
    pub(super) members: &'a mut dyn Members,
    pub(super) context: &'a mut Context,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    refuse!(text number boolean);

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let Self { members, context } = self;
        while let Some(borrowed) = map.next_key_seed(Name(&mut context.name))? {
            if let Some(name) = borrowed {
                let (members, context) = (&mut *members, &mut *context);
                map.next_value_seed(MemberSeed {
                    name,
                    members,
                    context,
                })?;
            } else {
                // Taken out of the context, because the names of the members of this member use the
                // same buffer.
                let name = std::mem::take(&mut context.name);
                map.next_value_seed(MemberSeed {
                    name: &name,
                    members: &mut *members,
                    context: &mut *context,
                })?;
                context.name = name;
            }
        }
        let complete = members.complete().map_err(Problem::Missing);
        complete.map_err(|problem| into_error(problem, context))?;
        Ok(true)
    }
}

/// Reads the name of a member. If the format cannot provide the name in one piece, the name is
/// stored in this buffer.
pub(super) struct Name<'a>(pub(super) &'a mut String);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<&'de str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    refuse!(number boolean);

    #[inline]
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Some(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        name.clone_into(self.0);
        Ok(None)
    }
}

/// Reads a list.
pub(super) struct ListVisitor<'a> {
    pub(super) elements: &'a mut dyn Elements,
    pub(super) context: &'a mut Context,
}

impl<'de> Visitor<'de> for ListVisitor<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    refuse!(text number boolean);

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        let Self { elements, context } = self;
        let mut index = 0;
        while let Some(()) = list.next_element_seed(ElementSeed {
            index,
            elements: &mut *elements,
            context: &mut *context,
        })? {
            index += 1;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, MapDeserializer};

    use crate::codec::{Failed, FromWire, Members, TextOrNumber, Value, Word, read_optional};

    /// Reads every member as a [`Word`].
    #[derive(Debug, Default)]
    struct Words;

    impl Members for Words {
        fn member(&mut self, _: &str, value: Value<'_>) -> Result<(), Failed> {
            Word::read(value).map(drop)
        }
    }

    fn refused<'de, T: FromWire + Debug>(value: impl IntoDeserializer<'de, Error>) {
        let error = read_optional::<T, _>(value.into_deserializer());
        let error = error.unwrap_err().to_string();
        assert!(
            !error.contains("170141183460469231") && error.contains("invalid type: a number"),
            "{error}"
        );
    }

    #[test]
    fn a_number_longer_than_any_of_json_is_not_quoted() {
        fn refuses<T: FromWire + Debug>() {
            refused::<T>(i128::MIN);
            refused::<T>(i128::MAX);
            refused::<T>(i128::MAX.unsigned_abs());
        }
        refuses::<String>();
        refuses::<i64>();
        refuses::<bool>();
        refuses::<TextOrNumber>();
        refuses::<Vec<i64>>();
        refuses::<BTreeMap<String, i64>>();
        refused::<Words>(MapDeserializer::new([("a", i128::MAX)].into_iter()));
    }

    #[test]
    fn a_name_that_is_no_text_is_not_quoted() {
        fn error<'de, N: IntoDeserializer<'de, Error>>(name: N) -> String {
            let map = MapDeserializer::new([(name, 1_i64)].into_iter());
            let read = read_optional::<BTreeMap<String, i64>, _>(map);
            read.unwrap_err().to_string()
        }
        for error in [
            error(1_234_567_i64),
            error(1_234_567_u64),
            error(1_234_567_i128),
            error(1_234_567_u128),
            error(1_234_567.5_f64),
        ] {
            assert_eq!(error, "invalid type: a number, expected a name");
        }
        assert_eq!(error(true), "invalid type: a boolean, expected a name");
    }
}
