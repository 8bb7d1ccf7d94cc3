//! Values in a request, before the API description determines their types.

use serde_json::Value;

use crate::exit::Failure;
use crate::language::text;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given {
    pub(crate) shape: Shape,
    /// The line of the file on which the value begins, counted from 1; 0 if it does not come from a
    /// file.
    pub(crate) line: usize,
}

/// The kind of a value. A scalar is kept as it was written, because only the type of its member
/// decides whether `0123` is a number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// No value: `null`; in YAML also `~` or nothing at all.
    Nothing,
    /// A scalar without quotes.
    Plain(String),
    /// A scalar in quotes; in YAML also a block scalar, or one with the tag `!!str`.
    Quoted(String),
    List(Vec<Given>),
    /// An object, in which each name occurs once.
    Object(Vec<(String, Given)>),
}

impl Given {
    pub(crate) fn new(shape: Shape, line: usize) -> Self {
        Self { shape, line }
    }

    /// Returns the member with this name; `None` if it is missing, or if this is not an object.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Shape::Object(members) = &self.shape else {
            return None;
        };
        let found = members.iter().find(|(there, _)| there == name);
        found.map(|(_, value)| value)
    }

    /// Returns whether two values have the same meaning, whatever their positions and quotes.
    pub(crate) fn says_what(&self, other: &Self) -> bool {
        match (&self.shape, &other.shape) {
            (Shape::Nothing, Shape::Nothing) => true,
            (Shape::Plain(a) | Shape::Quoted(a), Shape::Plain(b) | Shape::Quoted(b)) => a == b,
            (Shape::List(a), Shape::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says_what(b))
            }
            (Shape::Object(a), Shape::Object(b)) => {
                let same = |(name, value): &(String, Self)| {
                    other
                        .member(name)
                        .is_some_and(|there| there.says_what(value))
                };
                a.len() == b.len() && a.iter().all(same)
            }
            _ => false,
        }
    }
}

/// Converts a JSON value, such as that of a command-line option. The `line` of the result is 0,
/// because the value does not come from a file.
impl From<Value> for Given {
    fn from(value: Value) -> Self {
        let shape = match value {
            Value::Null => Shape::Nothing,
            Value::String(text) => Shape::Quoted(text),
            Value::Array(items) => Shape::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.into_iter();
                Shape::Object(members.map(|(name, v)| (name, Self::from(v))).collect())
            }
            plain => Shape::Plain(plain.to_string()),
        };
        Self::new(shape, 0)
    }
}

/// An error in a value. It does not contain the value, which may be secret.
#[derive(Debug, PartialEq)]
pub(crate) struct Wrong {
    pub(crate) what: String,
    /// The line of the file, counted from 1; 0 if the value does not come from a file.
    pub(crate) line: usize,
    /// The column of the line, counted from 1; 0 if it is unknown.
    pub(crate) column: usize,
}

impl Wrong {
    pub(crate) fn new(line: usize, what: impl Into<String>) -> Self {
        let what = what.into();
        Self {
            what,
            line,
            column: 0,
        }
    }

    /// Sets the column in which the error is, counted from 1.
    pub(crate) fn at_column(mut self, column: usize) -> Self {
        self.column = column;
        self
    }

    /// Converts the error to a failure with the name of the file.
    pub(crate) fn in_file(self, name: &str) -> Failure {
        let what = self.what;
        Failure::usage(match (self.line, self.column) {
            (0, _) => format!("{name}: {what}").into(),
            (line, 0) => text!(
                "{name}, line {line}: {what}",
                name = name,
                line = line,
                what = what
            ),
            (line, column) => text!(
                "{name}, line {line}, column {column}: {what}",
                name = name,
                line = line,
                column = column,
                what = what
            ),
        })
    }
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        Self::usage(wrong.what)
    }
}
