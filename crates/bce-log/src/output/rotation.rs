//! The rule that determines when a new file begins, and its textual form.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The rule that determines when a new log file begins. Days, hours and minutes are those of the
/// logger's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Rotation {
    /// All records are written to one file: `NAME.log`.
    None,
    /// A new file begins every day: `NAME.2026-11-23.log`.
    Day,
    /// A new file begins every hour: `NAME.2026-11-23_10.log`.
    #[default]
    Hour,
    /// A new file begins every minute: `NAME.2026-11-23_10-20.log`.
    Minute,
    /// A new file begins before the current one would exceed this number of bytes:
    /// `NAME.00000001.log` and so on.
    ///
    /// A record that is longer than this limit gets a file of its own. If several processes write,
    /// each of them may exceed the limit by one record.
    Size(u64),
}

impl Rotation {
    /// The default rotation by size: 1 GiB.
    pub const DEFAULT_SIZE: Self = Self::Size(1 << 30);

    /// Parses a size such as `1048576`, `64M` or `1G`. Returns `None` if the string is not a size.
    pub(crate) fn by_size(text: &str) -> Option<Self> {
        bytes(text).map(Self::Size)
    }
}

/// Writes the word that [`FromStr`] parses: `day`, or `size=1048576`.
impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad("none"),
            Self::Day => f.pad("day"),
            Self::Hour => f.pad("hour"),
            Self::Minute => f.pad("minute"),
            Self::Size(bytes) => write!(f, "size={bytes}"),
        }
    }
}

impl FromStr for Rotation {
    type Err = Error;

    /// Parses a word of `BCE_LOG`, in upper or lower case: `none`, `day`, `hour`, `minute`, `size`
    /// for [`DEFAULT_SIZE`](Self::DEFAULT_SIZE), or a different size, as in `size=64M`.
    fn from_str(word: &str) -> Result<Self, Error> {
        let read = match word.to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "day" => Some(Self::Day),
            "hour" => Some(Self::Hour),
            "minute" => Some(Self::Minute),
            "size" => Some(Self::DEFAULT_SIZE),
            other => other.strip_prefix("size=").and_then(Self::by_size),
        };
        read.ok_or_else(|| {
            let rotations = "none, day, hour, minute, size, size=64M";
            Error::setting(
                word,
                format!("is not a rotation; expected one of {rotations}"),
            )
        })
    }
}

/// Returns the number of bytes in a size such as `64M`, or `None` if the string is not a size.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..)?.to_ascii_lowercase();
    let factor: u64 = match unit.as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return None,
    };
    let number: u64 = digits.trim().parse().ok()?;
    number.checked_mul(factor).filter(|size| *size > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_is_read_as_it_is_shown() {
        for rotation in [
            Rotation::None,
            Rotation::Day,
            Rotation::Hour,
            Rotation::Minute,
            Rotation::Size(7),
        ] {
            assert_eq!(rotation.to_string().parse::<Rotation>().unwrap(), rotation);
        }
        assert_eq!(
            "SIZE=64M".parse::<Rotation>().unwrap(),
            Rotation::Size(64 << 20)
        );
        assert_eq!("size".parse::<Rotation>().unwrap(), Rotation::DEFAULT_SIZE);
        for wrong in ["", "weekly", "size=0", "size=x"] {
            let error = wrong.parse::<Rotation>().unwrap_err().to_string();
            assert!(error.contains("is not a rotation"), "{error}");
        }
    }
}
