//! The result of an operation, and its conversion to JSON.

use serde_json::Value;

/// The members of a response.
pub(crate) enum Output {
    /// Members that have already been converted to JSON.
    Written(Value),
    /// Members that are converted to JSON later, without blocking other requests. Their data have
    /// already been read from the state.
    Read(Writer),
}

/// A response that has not been converted to JSON yet: the function that converts it, and the
/// number of its dev instances, on which the duration of the conversion depends.
pub(crate) struct Writer {
    pub(crate) instances: usize,
    pub(crate) write: Box<dyn FnOnce() -> Value + Send>,
}

impl Output {
    /// Creates a response that is converted to JSON later. `instances` is the number of dev
    /// instances in it.
    pub(crate) fn later(instances: usize, write: impl FnOnce() -> Value + Send + 'static) -> Self {
        Self::Read(Writer {
            instances,
            write: Box::new(write),
        })
    }

    /// Returns the number of dev instances that have yet to be converted.
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
