//! What an operation answers, and how much work it is to write that down.

use serde_json::Value;

/// The members of an answer.
pub(crate) enum Answer {
    /// Written already.
    Written(Value),
    /// To be written from what was read, without holding anything up.
    Read(Writer),
}

/// Writes an answer; how many dev machines it speaks of says how long that takes.
pub(crate) struct Writer {
    pub(crate) machines: usize,
    pub(crate) write: Box<dyn FnOnce() -> Value + Send>,
}

impl Answer {
    /// An answer that is written later.
    pub(crate) fn later(machines: usize, write: impl FnOnce() -> Value + Send + 'static) -> Self {
        Self::Read(Writer {
            machines,
            write: Box::new(write),
        })
    }

    /// How many dev machines are still to be written down.
    pub(crate) fn machines(&self) -> usize {
        match self {
            Self::Written(_) => 0,
            Self::Read(writer) => writer.machines,
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Written(value) => value,
            Self::Read(writer) => (writer.write)(),
        }
    }
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Written(value)
    }
}
