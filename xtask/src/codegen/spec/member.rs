//! Parameters of operations and fields of types, in the format of an API description.

use std::collections::BTreeMap;
use std::ops::Deref;

use serde_json::Value;

use super::read::{Read, Reader, Shape};
use super::shape::{shape, words};

shape! {
    /// A parameter of an operation or a field of a type.
    #[derive(Debug)]
    "a parameter or field" = pub(crate) struct Member {
        pub(crate) name: String,
        pub(crate) ty as "type": String,
        pub(crate) required: bool,
        pub(crate) position: Option<Position>,
        pub(crate) desc: Option<String>,
        pub(crate) note: Option<String>,
        pub(crate) default: Option<Value>,
        pub(crate) limits: Limits,
        pub(crate) unit: Option<String>,
        pub(crate) format: Option<String>,
        pub(crate) values as "enum": Option<String>,
        pub(crate) known_values: Vec<Value>,
        pub(crate) aliases: Vec<String>,
        pub(crate) also_accept: Vec<String>,
        pub(crate) also_send: Vec<String>,
        pub(crate) list_as: Option<ListAs>,
        pub(crate) text_of: Option<String>,
        pub(crate) same_as: Option<String>,
        pub(crate) client_check: Option<ClientCheck>,
        pub(crate) omit_when_unset: bool,
        pub(crate) must_be_present: bool,
        /// The value that the member is taken to have if a response lacks it.
        pub(crate) missing_is: Option<Value>,
        pub(crate) sensitive: bool,
        /// Whether the member keeps its value, because operations that update the resource cannot
        /// change it.
        pub(crate) immutable: bool,
        /// Whether only responses contain the member, and requests do not.
        pub(crate) read_only: bool,
        pub(crate) rust: MemberRust,
    }
    for readers ["conflict", "evidence", "nullable"]
}

shape! {
    /// Settings for the Rust code that is generated for a member.
    #[derive(Debug)]
    "`rust` of a parameter or field" = pub(crate) struct MemberRust {
        pub(crate) name: Option<String>,
        pub(crate) argument: bool,
        pub(crate) ty as "type": Option<RustType>,
        pub(crate) default_when_not_positive: bool,
        pub(crate) may_be_empty: bool,
        /// The value of the member in examples.
        pub(crate) example: Option<Value>,
        pub(crate) desc: Option<String>,
        pub(crate) note: Option<String>,
    }
}

words! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum RustType {
        Bool = "bool",
    }
}

words! {
    /// How a list is sent in the query or in a form.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum ListAs {
        Comma = "comma",
        Repeat = "repeat",
    }
}

words! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Position {
        Query = "QUERY",
        Body = "BODY",
        Header = "HEADER",
        Url = "URL",
        Response = "RESPONSE",
    }
}

words! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum ClientCheck {
        NonEmpty = "non_empty",
        Limits = "limits",
    }
}

/// The limits of a value, by the name of the limit.
#[derive(Debug)]
pub(crate) struct Limits(BTreeMap<String, Value>);

impl Limits {
    const SHAPE: Shape = Shape {
        title: "`limits`",
        keys: &[
            "exclusive_max",
            "exclusive_min",
            "max",
            "max_items",
            "max_length",
            "max_lines",
            "min",
            "min_items",
            "min_length",
            "pattern",
        ],
        ignored: &[],
    };
}

impl Read for Limits {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        reader.object(&Self::SHAPE, value)?;
        BTreeMap::read(value, reader).map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self(BTreeMap::new()))
    }

    #[cfg(test)]
    fn shapes(found: &mut Vec<Shape>) {
        if !found.iter().any(|shape| shape.title == Self::SHAPE.title) {
            found.push(Self::SHAPE);
        }
    }
}

impl Deref for Limits {
    type Target = BTreeMap<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
