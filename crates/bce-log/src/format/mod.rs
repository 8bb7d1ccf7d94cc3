//! The format of a record.

mod escape;
mod json;
mod text;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::record::Record;

/// A part of a line in a text log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The level: `[INFO]`.
    Level,
    /// The time in whole seconds: `2026-11-23 10:20:30`.
    Time,
    /// The time with microseconds: `2026-11-23 10:20:30.123456`.
    LongTime,
    /// The file, the line and the module: `main.rs:12:my_app::jobs:`. The function is not included,
    /// because tracing does not know it.
    Location,
    /// The message of the record.
    Message,
    /// The fields of the record as `key=value`, and then those of the spans around it, outermost
    /// first.
    Fields,
}

impl Part {
    /// The default parts: level, long time, location, message and fields.
    pub const DEFAULT: [Self; 5] = [
        Self::Level,
        Self::LongTime,
        Self::Location,
        Self::Message,
        Self::Fields,
    ];

    const ALL: [Self; 6] = [
        Self::Level,
        Self::Time,
        Self::LongTime,
        Self::Location,
        Self::Message,
        Self::Fields,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Time => "time",
            Self::LongTime => "longtime",
            Self::Location => "location",
            Self::Message => "message",
            Self::Fields => "fields",
        }
    }
}

/// Writes the word for a part, which [`FromStr`] parses.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Part {
    type Err = Error;

    /// Parses a word that may occur after `format=` in `BCE_LOG`, in upper or lower case.
    fn from_str(word: &str) -> Result<Self, Error> {
        let named = |part: &Self| part.word().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(named).ok_or_else(|| {
            let parts = Self::ALL.map(Self::word).join(", ");
            Error::setting(
                word,
                format!("is not a part of a line; expected one of {parts}"),
            )
        })
    }
}

/// The format of the lines in a log: text or JSON.
#[derive(Clone, Debug)]
pub(crate) enum Format {
    Text(Vec<Part>),
    Json,
}

impl Format {
    /// Returns the record as one line, including the line end. Values are escaped, so they cannot
    /// contain a line end.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_as_it_is_shown() {
        for part in Part::ALL {
            assert_eq!(
                part.to_string().to_uppercase().parse::<Part>().unwrap(),
                part
            );
        }
        let error = "date".parse::<Part>().unwrap_err().to_string();
        assert!(error.contains("expected one of level, time"), "{error}");
    }
}
