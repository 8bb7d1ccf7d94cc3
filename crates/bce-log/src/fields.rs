//! The fields of records and spans.

use std::error::Error;
use std::fmt;

use tracing::field::{Field, Visit};

use crate::filter::FATAL;

/// A value, kept until the format is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    /// What `Debug` or `Display` made of it.
    Shown(String),
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

/// Named values in the order in which they came; a span's are in its extensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<(&'static str, Value)>);

impl Fields {
    /// A value that is recorded again replaces the earlier.
    fn set(&mut self, field: &Field, value: Value) {
        let name = field.name();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
    }

    /// The message, as text, out of the fields of a record.
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
        self.set(field, Value::Shown(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, Value::Text(value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.set(field, Value::Shown(value.to_string()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() != FATAL {
            self.set(field, Value::Bool(value));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Value::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, Value::Unsigned(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, Value::Float(value));
    }
}
