//! The result of an operation, and the work of writing it down.

use serde_json::Value;

/// The members of a response.
pub(crate) enum Output {
    /// Written already.
    Written(Value),
    /// To be written from what was read, without holding anything up.
    Read(Writer),
}

/// Writes a response; how many dev instances it speaks of says how long that takes.
pub(crate) struct Writer {
    pub(crate) instances: usize,
    pub(crate) write: Box<dyn FnOnce() -> Value + Send>,
}

impl Output {
    /// Creates a response that is written later.
    pub(crate) fn later(instances: usize, write: impl FnOnce() -> Value + Send + 'static) -> Self {
        Self::Read(Writer {
            instances,
            write: Box::new(write),
        })
    }

    /// Returns how many dev instances are still to be written down.
    pub(crate) fn instances(&self) -> usize {
        match self {
            Self::Written(_) => 0,
            Self::Read(writer) => writer.instances,
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Written(value) => value,
            Self::Read(writer) => (writer.write)(),
        }
    }
}

impl From<Value> for Output {
    fn from(value: Value) -> Self {
        Self::Written(value)
    }
}
