//! The result of an operation, and its serialization.

use serde_json::Value;

/// The members of a response.
pub(crate) enum Output {
    /// Serialized already.
    Written(Value),
    /// To be serialized from the data read, without blocking other requests.
    Read(Writer),
}

/// Serializes a response; the number of dev instances in it determines how long that takes.
pub(crate) struct Writer {
    pub(crate) instances: usize,
    pub(crate) write: Box<dyn FnOnce() -> Value + Send>,
}

impl Output {
    /// Creates a response that is serialized later.
    pub(crate) fn later(instances: usize, write: impl FnOnce() -> Value + Send + 'static) -> Self {
        Self::Read(Writer {
            instances,
            write: Box::new(write),
        })
    }

    /// Returns the number of dev instances that are still to be serialized.
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
