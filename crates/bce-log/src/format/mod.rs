//! What a record looks like.

mod escape;
mod json;
mod text;

use crate::record::Record;

/// A part of a line of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// `[INFO]`
    Level,
    /// `2026-11-23 10:20:30`
    Time,
    /// `2026-11-23 10:20:30.123456`
    LongTime,
    /// `main.rs:12:my_app::jobs:`. Rust knows the module of a record, not its function.
    Location,
    /// What the record says.
    Message,
    /// `key=value`, of the record and then of the spans around it, the outermost first.
    Fields,
}

impl Part {
    /// Level, long time, location, message and fields.
    pub const DEFAULT: [Self; 5] = [
        Self::Level,
        Self::LongTime,
        Self::Location,
        Self::Message,
        Self::Fields,
    ];
}

/// Text or JSON.
#[derive(Clone, Debug)]
pub(crate) enum Format {
    Text(Vec<Part>),
    Json,
}

impl Format {
    /// The record as one line, line end included. No value can end it earlier.
    pub(crate) fn line(&self, record: &Record<'_>) -> String {
        let mut line = String::with_capacity(256);
        match self {
            Self::Text(parts) => text::write(&mut line, parts, record),
            Self::Json => json::write(&mut line, record),
        }
        line.push('\n');
        line
    }
}
