//! The fields of records and spans.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::field::{Field, Visit};

use crate::filter::FATAL;

/// The value of a field, stored until it is formatted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    /// The output of `Debug` or `Display`.
    Shown(String),
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

/// Named values, in the order in which they were recorded. A span stores its fields in its
/// extensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<(&'static str, Value)>);

/// The mark that follows the output of a value whose formatting has failed.
const FAILED: &str = "[a value failed to format]";

/// Returns the output of `show`. If `show` fails or panics, returns the output up to that point,
/// followed by a mark: a record must not end the program that writes it.
fn shown(show: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut text = String::new();
    let outcome = catch_unwind(AssertUnwindSafe(|| show(&mut text)));
    if !matches!(outcome, Ok(Ok(()))) {
        text.push_str(FAILED);
    }
    text
}

impl Fields {
    /// Adds fields that were recorded later. They replace earlier fields of the same names.
    pub(crate) fn merge(&mut self, later: Self) {
        for (name, value) in later.0 {
            self.set(name, value);
        }
    }

    /// Sets the value of a field, in place of an earlier value.
    fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
    }

    /// Removes the message from the fields of a record, and returns it as a string; empty if there
    /// is no message.
    pub(crate) fn take_message(&mut self) -> String {
        let found = self.0.iter().position(|(name, _)| *name == "message");
        match found.map(|at| self.0.remove(at).1) {
            Some(Value::Text(text) | Value::Shown(text)) => text,
            Some(Value::Bool(value)) => value.to_string(),
            Some(Value::Signed(value)) => value.to_string(),
            Some(Value::Unsigned(value)) => value.to_string(),
            Some(Value::Float(value)) => value.to_string(),
            None => String::new(),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(
            field.name(),
            Value::Shown(shown(|text| write!(text, "{value:?}"))),
        );
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field.name(), Value::Text(value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.set(
            field.name(),
            Value::Shown(shown(|text| write!(text, "{value}"))),
        );
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() != FATAL {
            self.set(field.name(), Value::Bool(value));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), Value::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), Value::Unsigned(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field.name(), Value::Float(value));
    }
}
