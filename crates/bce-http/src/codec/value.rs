//! Reading of values from documents of any format.

use super::Scalar;
use super::context::{Context, Problem};
use super::source::Source;

/// A handle through which a value of a document is read. If the handle is not used, the value is
/// skipped.
///
/// The value is read directly into its destination, because the generated types are large, and
/// moving a value takes as much time as reading it. The underlying reader exists once per format
/// for all types, so a generated type adds little more code than the names of its members.
#[allow(missing_debug_implementations, reason = "a value must not be shown")]
pub struct Value<'a>(pub(super) &'a mut dyn Source);

/// The error for a value that cannot be read. The reader has stored the reason and the location;
/// return this error unchanged.
#[derive(Debug)]
#[must_use = "a value that cannot be read ends the document"]
pub struct Failed(pub(super) ());

/// A type that is read from an object, one member at a time.
///
/// A type that implements this trait and `Default` can be read:
///
/// ```
/// use bce_http::rt::codec::{self, Failed, Members, Value};
///
/// #[derive(Debug, Default, PartialEq)]
/// struct Zone {
///     name: String,
///     free: Option<i64>,
/// }
///
/// impl Members for Zone {
///     fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
///         match name {
///             "name" => value.or_default(&mut self.name),
///             "free" => value.optional(&mut self.free),
///             // A value that is not read is skipped.
///             _ => Ok(()),
///         }
///     }
/// }
///
/// let mut json = serde_json::Deserializer::from_str(r#"{"name": "a", "free": "7", "new": []}"#);
/// let zone: Zone = codec::read(&mut json)?;
/// assert_eq!(zone, Zone { name: "a".to_owned(), free: Some(7) });
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Members {
    /// Reads the member with this name. If a name occurs twice, the last member counts, so this
    /// method must replace a value that it has read before.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed>;

    /// Checks the object after all of its members have been read.
    ///
    /// # Errors
    ///
    /// If a required member is missing; the error states its name.
    fn complete(&self) -> Result<(), Missing> {
        Ok(())
    }
}

/// A required member that is missing or `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    pub(super) name: &'static str,
    pub(super) is_null: bool,
}

/// The members of a type while they are being read. Needed for a type that has no default, that
/// requires some of its members, or that accepts a member under two names.
///
/// ```
/// use bce_http::rt::codec::{self, Failed, Members, Missing, Partial, Slot, Value};
///
/// struct Token {
///     text: String,
///     user: String,
/// }
///
/// #[derive(Default)]
/// struct Parts {
///     text: Slot<String>,
///     user: String,
/// }
///
/// impl Members for Parts {
///     fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
///         match name {
///             "token" => value.slot(&mut self.text, 0),
///             // Its other name. The first one that is not null counts.
///             "text" => value.slot(&mut self.text, 1),
///             "user" => value.or_default(&mut self.user),
///             _ => Ok(()),
///         }
///     }
///
///     fn complete(&self) -> Result<(), Missing> {
///         self.text.check("token")
///     }
/// }
///
/// impl Partial for Parts {
///     type Model = Token;
///
///     fn finish(self) -> Option<Token> {
///         Some(Token { text: self.text.into_value()?, user: self.user })
///     }
/// }
///
/// impl codec::FromWire for Token {
///     fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {
///         value.partial::<Parts>(place)
///     }
/// }
///
/// let read = |json| codec::read::<Token, _>(&mut serde_json::Deserializer::from_str(json));
/// assert_eq!(read(r#"{"text": "t"}"#)?.text, "t");
/// let error = read("{}").map(|token| token.text).unwrap_err();
/// assert_eq!(error.to_string(), "missing field `token` at line 1 column 2");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Partial: Members + Default {
    /// The type that is built from the members.
    type Model;

    /// Builds the value from the members. Returns `None` if a member is missing that
    /// [`complete`](Members::complete) requires.
    fn finish(self) -> Option<Self::Model>;
}

/// A value that can be read from the data that services send.
///
/// Implemented for every type that implements [`Members`] and `Default`.
pub trait FromWire: Sized {
    /// Reads `value` into `place`. Sets `place` to `None` if the service means that there is no
    /// value: it sent `null`, an empty string where a number, a boolean or a time is expected, or
    /// `0` where Unix seconds are expected.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed>;

    /// Reads `value` into `place`, or sets `place` to the default if [`read`](Self::read) finds
    /// that there is no value.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    fn read_or_default(place: &mut Self, value: Value<'_>) -> Result<(), Failed>
    where
        Self: Default,
    {
        let mut read = None;
        Self::read(&mut read, value)?;
        *place = read.unwrap_or_default();
        Ok(())
    }

    /// Returns the value that `null` represents in lists and maps. `None`, the default, means that
    /// `null` represents an absent value.
    fn of_null() -> Option<Self> {
        None
    }

    /// Reads an element and appends it to its list. An element that represents an absent value is
    /// left out, unless [`of_null`](Self::of_null) returns a value for it.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    fn read_next(list: &mut Vec<Self>, mut value: Value<'_>) -> Result<(), Failed> {
        let mut read = None;
        Self::read(&mut read, value.again())?;
        if let Some(element) = read.or_else(Self::of_null) {
            value.grow(list)?;
            list.push(element);
        }
        Ok(())
    }
}

impl Value<'_> {
    /// Reads a member. If it is absent, it gets its default value.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    #[inline]
    pub fn or_default<T: FromWire + Default>(self, place: &mut T) -> Result<(), Failed> {
        T::read_or_default(place, self)
    }

    /// Reads an optional member.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    #[inline]
    pub fn optional<T: FromWire>(self, place: &mut Option<T>) -> Result<(), Failed> {
        T::read(place, self)
    }

    /// Reads an integer, written as a number or as a string. Returns `None` if the value is `null`
    /// or an empty string.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    #[inline]
    pub fn integer(self) -> Result<Option<i64>, Failed> {
        self.0.integer()
    }

    /// Reads an object, and nothing but an object. Returns `false` for `null`.
    ///
    /// # Errors
    ///
    /// If the value is neither an object nor `null`, or one of the members cannot be read.
    #[inline]
    pub fn object(self, members: &mut dyn Members) -> Result<bool, Failed> {
        self.0.object(members)
    }

    /// Returns any value as JSON text, and counts the memory of the text towards the memory limit.
    pub(super) fn raw(&mut self) -> Result<Box<str>, Failed> {
        let text = self.0.raw()?;
        self.count(|context| context.take(text.len()))?;
        Ok(text)
    }

    /// Passes the value to `take`, which returns whether it accepts the value. If `take` returns
    /// `false`, the error states what was `expected`. Memory that `take` allocates does not count
    /// towards the memory limit, so it must be small.
    pub(crate) fn scalar(
        self,
        expected: &'static str,
        mut take: impl FnMut(Scalar<'_>) -> bool,
    ) -> Result<(), Failed> {
        self.0.scalar(expected, &mut |scalar, _| Ok(take(scalar)))
    }

    /// Returns a second handle to this value. After the value has been read through it, `self` can
    /// still be used, for example to [refuse](Self::refuse) the value.
    pub(crate) fn again(&mut self) -> Value<'_> {
        Value(self.0)
    }

    /// Makes sure that a list has space for one more element; new space counts towards the memory
    /// limit.
    pub(super) fn grow<T>(&mut self, list: &mut Vec<T>) -> Result<(), Failed> {
        /// The usual number of elements in the list of a response.
        const USUAL_PAGE: usize = 10;
        match list.len() < list.capacity() {
            true => Ok(()),
            false => self.count(|context| context.grow(list, USUAL_PAGE)),
        }
    }

    /// Counts memory that is about to be allocated, by calling `count`. If this exceeds the memory
    /// limit, stores the reason in the context and fails.
    pub(super) fn count(
        &mut self,
        count: impl FnOnce(&mut Context) -> Result<(), Problem>,
    ) -> Result<(), Failed> {
        let context = self.0.context();
        count(context).map_err(|problem| {
            context.refuse(problem);
            Failed(())
        })
    }

    /// Stores the reason why a value that has been read is not accepted, and returns the error.
    pub(crate) fn refuse(self, problem: &'static str) -> Failed {
        self.0.context().refuse(Problem::Other(problem));
        Failed(())
    }
}
