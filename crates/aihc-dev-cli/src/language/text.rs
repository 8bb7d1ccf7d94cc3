//! Texts that appear both in human-readable and in machine-readable output.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{fill, tr, translation};

/// An English text, which machine-readable output contains, and its translation for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    english: String,
    shown: Option<String>,
}

/// Creates a [`Text`]: an English text with its named values filled in, and its translation to the
/// language of the user.
macro_rules! text {
    ($text:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::Text::new($text, &[$((stringify!($name), ($value).to_string())),*])
    };
}

pub(crate) use text;

impl Text {
    /// Implements the macro [`text!`].
    pub(crate) fn new(english: &str, values: &[(&str, String)]) -> Self {
        Self {
            english: fill(english, values),
            shown: translation(english).map(|shown| fill(shown, values)),
        }
    }

    /// Appends another text.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self {
            english: format!("{}; {}", self.english, other.english),
            shown: (self.shown.is_some() || other.shown.is_some())
                .then(|| tr!("{one}; {other}", one = self, other = other)),
        }
    }

    /// Returns the text for machine-readable output.
    pub(crate) fn english(&self) -> &str {
        &self.english
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown.as_ref().unwrap_or(&self.english))
    }
}

impl From<String> for Text {
    fn from(english: String) -> Self {
        Self {
            english,
            shown: None,
        }
    }
}

impl From<&str> for Text {
    fn from(english: &str) -> Self {
        english.to_owned().into()
    }
}

/// Writes the English text, since machine-readable output is always in English.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.english.serialize(serializer)
    }
}
