//! The types of the generated tables, which describe the responses of the API.

/// The descriptions of all responses of a service.
#[derive(Debug)]
pub(crate) struct Description {
    /// The name of the client that is generated from the same description.
    pub(crate) client: &'static str,
    pub(crate) operations: &'static [Operation],
    pub(crate) codes: &'static [Code],
}

/// An operation, and the description of its response.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) answer: &'static Shape,
    pub(crate) list: Option<Listing>,
}

/// The members of a response that contain a page of a list, and the total number of items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    pub(crate) items: &'static str,
    pub(crate) total: Option<&'static str>,
}

/// An error code, and the HTTP statuses with which it is sent. The usual one comes first.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) code: &'static str,
    pub(crate) statuses: &'static [u16],
}

/// The description of an object.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) members: &'static [Member],
    /// The names of members in which the whole object may be wrapped.
    pub(crate) inside: &'static [&'static str],
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) ty: Type,
    /// Whether a response without this member cannot be decoded.
    pub(crate) present: bool,
    pub(crate) secret: bool,
    /// Other names of the member, each documented by another source, such as an official SDK.
    pub(crate) aliases: &'static [&'static str],
    /// Another type of the member, documented by another source, such as an official SDK.
    pub(crate) also: Option<Also>,
    pub(crate) words: Words,
    pub(crate) time: Option<Time>,
}

/// The type of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Type {
    Text,
    Integer,
    Number,
    Flag,
    /// Any JSON value.
    Json,
    List(&'static Type),
    /// An object whose keys are not fixed.
    Map(&'static Type),
    Object(&'static Shape),
    OneOf(&'static [Type]),
}

/// Another type that a member may have besides the one in the API description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Also {
    Text,
    Number,
    /// A list of values of the type in the API description.
    List,
}

/// The values that the API description allows for a member, as text: strings or numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words {
    Any,
    All(&'static [&'static str]),
    AllInAnyCase(&'static [&'static str]),
}

/// The format of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    UnixSeconds,
    Iso8601,
}

impl Operation {
    pub(crate) const fn new(name: &'static str, answer: &'static Shape) -> Self {
        Self {
            name,
            answer,
            list: None,
        }
    }

    pub(crate) const fn list(self, items: &'static str, total: Option<&'static str>) -> Self {
        Self {
            list: Some(Listing { items, total }),
            ..self
        }
    }
}

impl Code {
    pub(crate) const fn new(code: &'static str, statuses: &'static [u16]) -> Self {
        Self { code, statuses }
    }
}

impl Member {
    pub(crate) const fn new(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            ty,
            present: false,
            secret: false,
            aliases: &[],
            also: None,
            words: Words::Any,
            time: None,
        }
    }

    pub(crate) const fn present(self) -> Self {
        Self {
            present: true,
            ..self
        }
    }

    pub(crate) const fn secret(self) -> Self {
        Self {
            secret: true,
            ..self
        }
    }

    pub(crate) const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    pub(crate) const fn also(self, also: Also) -> Self {
        Self {
            also: Some(also),
            ..self
        }
    }

    pub(crate) const fn words(self, words: &'static [&'static str]) -> Self {
        Self {
            words: Words::All(words),
            ..self
        }
    }

    pub(crate) const fn words_in_any_case(self, words: &'static [&'static str]) -> Self {
        Self {
            words: Words::AllInAnyCase(words),
            ..self
        }
    }

    pub(crate) const fn unix_seconds(self) -> Self {
        Self {
            time: Some(Time::UnixSeconds),
            ..self
        }
    }

    pub(crate) const fn iso_8601(self) -> Self {
        Self {
            time: Some(Time::Iso8601),
            ..self
        }
    }
}

impl Type {
    /// Returns the human-readable name of the type.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Flag => "boolean",
            Self::Json => "any JSON",
            Self::List(_) => "list",
            Self::Map(_) | Self::Object(_) => "object",
            Self::OneOf(_) => "one of several types",
        }
    }
}
