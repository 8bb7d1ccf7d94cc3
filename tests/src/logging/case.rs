//! The tested combinations of level, output, rotation and format.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bce_log::{Level, Part, Rotation};

pub(super) const LEVELS: [Level; 6] = [
    Level::Debug,
    Level::Info,
    Level::Warn,
    Level::Error,
    Level::Fatal,
    Level::Panic,
];

pub(super) const OUTPUTS: [Output; 3] = [Output::Stdout, Output::Stderr, Output::File];

/// The size limit of files with rotation by size. It is smaller than some records, and larger than
/// others.
pub(super) const SIZE: u64 = 40;

/// The rotations by their names in `BCE_LOG`.
pub(super) const ROTATIONS: [(&str, Rotation); 5] = [
    ("none", Rotation::None),
    ("day", Rotation::Day),
    ("hour", Rotation::Hour),
    ("minute", Rotation::Minute),
    ("size", Rotation::Size(SIZE)),
];

/// The formats by name. Each text format of these shows a single part of each record; `None` stands
/// for JSON, which has no parts.
pub(super) const FORMATS: [(&str, Option<Part>); 7] = [
    ("level", Some(Part::Level)),
    ("time", Some(Part::Time)),
    ("longtime", Some(Part::LongTime)),
    ("location", Some(Part::Location)),
    ("message", Some(Part::Message)),
    ("fields", Some(Part::Fields)),
    ("json", None),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Stdout,
    Stderr,
    File,
}

impl Output {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::File => "file",
        }
    }
}

/// A combination of level, output, rotation and format.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// The position of this combination among those with the same output.
    pub(super) number: usize,
    pub(super) level: Level,
    pub(super) output: Output,
    pub(super) rotation: &'static str,
    pub(super) when: Rotation,
    pub(super) format: &'static str,
    pub(super) part: Option<Part>,
}

impl Case {
    pub(super) fn name(&self) -> String {
        let (level, output) = (self.level, self.output.name());
        format!("{level} {output} {} {}", self.rotation, self.format)
    }

    pub(super) fn dir(&self, root: &Path) -> PathBuf {
        root.join(format!("{}-{}", self.output.name(), self.number))
    }

    /// Returns the time that passes between two rounds of records. After this time, a rotation by
    /// time begins the next file.
    pub(super) fn period(&self) -> Duration {
        Duration::from_secs(match self.when {
            Rotation::Day => 24 * 3600,
            Rotation::Hour => 3600,
            _ => 60,
        })
    }
}

/// Returns all combinations that have this output.
pub(super) fn all(output: Output) -> Vec<Case> {
    let mut cases = Vec::new();
    for level in LEVELS {
        for (rotation, when) in ROTATIONS {
            for (format, part) in FORMATS {
                cases.push(Case {
                    number: cases.len(),
                    level,
                    output,
                    rotation,
                    when,
                    format,
                    part,
                });
            }
        }
    }
    cases
}
