//! One interface to the deserializers of all formats.
//!
//! The code that reads a type uses only this interface, [`Source`], so it is compiled only once,
//! and not once per format.

use serde::de::{Deserializer, Error, IgnoredAny};

use super::context::{Context, Problem};
use super::raw::read_raw;
use super::value::{Failed, Members, Value};
use super::visit::{IntegerVisitor, ListVisitor, ObjectVisitor, ScalarVisitor, TextVisitor};

/// A scalar value. If a value is a list or an object, `List` or `Object` takes its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    /// An integer greater than `i64::MAX`.
    Large(u64),
    Float(f64),
    Boolean(bool),
    List,
    Object,
}

/// A callback that receives a scalar and returns whether it accepts the scalar. It must count the
/// memory that it allocates.
pub(super) type TakeScalar<'a> =
    &'a mut dyn FnMut(Scalar<'_>, &mut Context) -> Result<bool, Problem>;

/// A value of any format, which can be read only once. In the results of its methods, `false` and
/// `None` mean that the value is `null`, or an empty string in place of a number.
pub(super) trait Source {
    /// Reads a string into `place`, whose previous contents are replaced. Returns `false` if the
    /// value is `null`; `place` is then empty.
    fn text(&mut self, place: &mut String) -> Result<bool, Failed>;

    fn integer(&mut self) -> Result<Option<i64>, Failed>;

    /// Passes any value, including `null`, to `take`; for a list or an object, only
    /// [`Scalar::List`] or [`Scalar::Object`]. If `take` does not accept the value, the error
    /// states what was `expected`.
    fn scalar(&mut self, expected: &'static str, take: TakeScalar<'_>) -> Result<(), Failed>;

    fn object(&mut self, members: &mut dyn Members) -> Result<bool, Failed>;

    fn list(&mut self, elements: &mut dyn Elements) -> Result<bool, Failed>;

    /// Returns any value as JSON text; unchanged if the format is JSON.
    fn raw(&mut self) -> Result<Box<str>, Failed>;

    fn context(&mut self) -> &mut Context;
}

/// Receives the elements of a list one by one.
pub(super) trait Elements {
    fn element(&mut self, value: Value<'_>) -> Result<(), Failed>;
}

/// A deserializer that has not been used yet, or the result of using it.
enum State<'de, D: Deserializer<'de>> {
    Fresh(D),
    Read,
    Failed(D::Error),
}

struct Holder<'a, 'de, D: Deserializer<'de>> {
    state: State<'de, D>,
    context: &'a mut Context,
}

/// Passes the value of a deserializer to `read`. If `read` fails, `context` has the location of the
/// error.
pub(super) fn read_value<'de, D: Deserializer<'de>>(
    deserializer: D,
    context: &mut Context,
    read: &mut dyn FnMut(Value<'_>) -> Result<(), Failed>,
) -> Result<(), D::Error> {
    Holder::read(deserializer, context, read)
}

impl<'a, 'de, D: Deserializer<'de>> Holder<'a, 'de, D> {
    #[inline]
    fn read(
        deserializer: D,
        context: &'a mut Context,
        read: impl FnOnce(Value<'_>) -> Result<(), Failed>,
    ) -> Result<(), D::Error> {
        let mut holder = Self {
            state: State::Fresh(deserializer),
            context,
        };
        let is_refused = read(Value(&mut holder)).is_err();
        match holder.state {
            State::Read if !is_refused => Ok(()),
            State::Fresh(rest) if !is_refused => rest.deserialize_ignored_any(IgnoredAny).map(drop),
            State::Failed(error) => Err(error),
            State::Read | State::Fresh(_) => {
                Err(into_error(holder.context.problem(), holder.context))
            }
        }
    }

    /// Passes the deserializer to `read`. If `read` fails, stores its error. Also fails if the
    /// deserializer has already been used.
    #[inline]
    fn with<T>(
        &mut self,
        read: impl FnOnce(D, &mut Context) -> Result<T, D::Error>,
    ) -> Result<T, Failed> {
        let State::Fresh(deserializer) = std::mem::replace(&mut self.state, State::Read) else {
            return Err(Failed(()));
        };
        read(deserializer, self.context).map_err(|error| {
            self.state = State::Failed(error);
            Failed(())
        })
    }
}

/// Converts a problem that this crate found in a value into the error type of the deserializer.
#[cold]
pub(super) fn into_error<E: Error>(problem: Problem, context: &mut Context) -> E {
    match problem {
        Problem::Missing(missing) if missing.is_null => {
            context.leave_member(missing.name);
            E::custom("a value is required, found null")
        }
        Problem::Missing(missing) => E::missing_field(missing.name),
        Problem::Other(text) => E::custom(text),
        Problem::Inner => E::custom(std::mem::take(&mut context.inner)),
    }
}

impl<'de, D: Deserializer<'de>> Source for Holder<'_, 'de, D> {
    fn text(&mut self, place: &mut String) -> Result<bool, Failed> {
        self.with(|json, context| json.deserialize_any(TextVisitor { place, context }))
    }

    fn integer(&mut self) -> Result<Option<i64>, Failed> {
        self.with(|json, _| json.deserialize_any(IntegerVisitor))
    }

    fn scalar(&mut self, expected: &'static str, take: TakeScalar<'_>) -> Result<(), Failed> {
        self.with(|json, context| {
            json.deserialize_any(ScalarVisitor {
                expected,
                take,
                context,
            })
        })
    }

    fn object(&mut self, members: &mut dyn Members) -> Result<bool, Failed> {
        self.with(|json, context| json.deserialize_any(ObjectVisitor { members, context }))
    }

    fn list(&mut self, elements: &mut dyn Elements) -> Result<bool, Failed> {
        self.with(|json, context| json.deserialize_any(ListVisitor { elements, context }))
    }

    fn raw(&mut self) -> Result<Box<str>, Failed> {
        self.with(read_raw)
    }

    fn context(&mut self) -> &mut Context {
        self.context
    }
}

/// Reads a member of an object. If that fails, records the name of the member.
pub(super) struct MemberSeed<'a> {
    pub(super) name: &'a str,
    pub(super) members: &'a mut dyn Members,
    pub(super) context: &'a mut Context,
}

impl<'de> serde::de::DeserializeSeed<'de> for MemberSeed<'_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self {
            name,
            members,
            context,
        } = self;
        let read = |value: Value<'_>| members.member(name, value);
        let result = Holder::read(deserializer, context, read);
        if result.is_err() {
            context.leave_member(name);
        }
        result
    }
}

/// Reads an element of a list. If that fails, records the index of the element.
pub(super) struct ElementSeed<'a> {
    pub(super) index: usize,
    pub(super) elements: &'a mut dyn Elements,
    pub(super) context: &'a mut Context,
}

impl<'de> serde::de::DeserializeSeed<'de> for ElementSeed<'_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self {
            index,
            elements,
            context,
        } = self;
        let read = |value: Value<'_>| elements.element(value);
        let result = Holder::read(deserializer, context, read);
        if result.is_err() {
            context.leave_element(index);
        }
        result
    }
}
