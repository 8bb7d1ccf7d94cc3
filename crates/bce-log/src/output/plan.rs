//! Determining the file for a record: names and periods, without I/O.

use jiff::civil::DateTime;

use super::{FileOutput, Rotation};
use crate::clock::Moment;

/// The part of a file name in which the files of one output differ. A later file has a greater key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Only,
    /// The beginning of the day, the hour or the minute that the file covers.
    Period(DateTime),
    Number(u64),
}

/// The greatest number that a file name may contain. No program reaches it by counting, so a file
/// with a greater number was not written by this crate, and there is always a next number.
const LAST_NUMBER: u64 = 999_999_999_999_999_999;

impl FileOutput {
    /// Returns the key of the file for a record of this moment; `None` if files rotate by size.
    pub(super) fn period(&self, moment: &Moment) -> Option<Key> {
        let t = moment.civil;
        let day = t.date();
        Some(match self.rotation {
            Rotation::None => Key::Only,
            Rotation::Day => Key::Period(day.at(0, 0, 0, 0)),
            Rotation::Hour => Key::Period(day.at(t.hour(), 0, 0, 0)),
            Rotation::Minute => Key::Period(day.at(t.hour(), t.minute(), 0, 0)),
            Rotation::Size(_) => return None,
        })
    }

    pub(super) fn file_name(&self, key: Key) -> String {
        let name = &self.name;
        match key {
            Key::Only => format!("{name}.log"),
            Key::Number(number) => format!("{name}.{number:08}.log"),
            Key::Period(begin) => {
                let day = format!(
                    "{:04}-{:02}-{:02}",
                    begin.year(),
                    begin.month(),
                    begin.day()
                );
                let (hour, minute) = (begin.hour(), begin.minute());
                match self.rotation {
                    Rotation::Minute => format!("{name}.{day}_{hour:02}-{minute:02}.log"),
                    Rotation::Hour => format!("{name}.{day}_{hour:02}.log"),
                    _ => format!("{name}.{day}.log"),
                }
            }
        }
    }

    /// Returns the key that a file name contains; `None` if files do not rotate, or if the file
    /// name does not result from the name and the rotation in these settings.
    pub(super) fn key_of(&self, file_name: &str) -> Option<Key> {
        let rest = file_name.strip_prefix(self.name.as_str())?;
        let label = rest.strip_prefix('.')?.strip_suffix(".log")?;
        let number = |from: usize, to: usize| label.get(from..to)?.parse().ok();
        let key = match self.rotation {
            Rotation::None => return None,
            Rotation::Size(_) => {
                let number = label.parse().ok().filter(|number| *number <= LAST_NUMBER);
                Key::Number(number?)
            }
            _ => {
                let (year, month, day) = (
                    label.get(0..4)?.parse().ok()?,
                    number(5, 7)?,
                    number(8, 10)?,
                );
                let (hour, minute) = (number(11, 13).unwrap_or(0), number(14, 16).unwrap_or(0));
                let begin = DateTime::new(year, month, day, hour, minute, 0, 0).ok()?;
                Key::Period(begin)
            }
        };
        // The name is generated from the key and compared, which detects any other deviation.
        (self.file_name(key) == file_name).then_some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use std::time::{Duration, SystemTime};

    fn moment(seconds: u64) -> Moment {
        let mut clock = Clock::new(move || SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        clock.zone = jiff::tz::TimeZone::UTC;
        clock.now()
    }

    #[test]
    fn names_are_read_as_they_are_made_and_sort_by_time() {
        for rotation in [Rotation::Day, Rotation::Hour, Rotation::Minute] {
            let output = FileOutput::new().name("a.b").rotation(rotation);
            let keys = (0..3000).map(|n| output.period(&moment(n * 977)).unwrap());
            let mut earlier = String::new();
            for key in keys {
                let name = output.file_name(key);
                assert_eq!(output.key_of(&name), Some(key), "{name}");
                assert!(name >= earlier, "{earlier} {name}");
                earlier = name;
            }
        }
    }

    #[test]
    fn numbers_sort_as_names() {
        let output = FileOutput::new().rotation(Rotation::Size(1));
        let names: Vec<String> = [1, 9, 10, 99, 100, 99_999_999]
            .map(|number| output.file_name(Key::Number(number)))
            .into();
        assert!(names.is_sorted(), "{names:?}");
        assert_eq!(output.key_of("bce.00000010.log"), Some(Key::Number(10)));
    }

    #[test]
    fn other_files_are_not_ours() {
        let output = FileOutput::new();
        for name in [
            "bce.log",
            "bce.2026-11-23.log",
            "bce.2026-11-23_10-20.log",
            "bce.2026-13-23_10.log",
            "bce.2026-02-30_10.log",
            "bce.2026-11-23_24.log",
            "bce.2026-11-23_1é.log",
            "bce.2026-11-23_10.log.gz",
            "bce2.2026-11-23_10.log",
            "other.2026-11-23_10.log",
        ] {
            assert_eq!(output.key_of(name), None, "{name}");
        }
        let output = FileOutput::new().rotation(Rotation::Size(1));
        for name in [
            "bce.1.log",
            "bce.+0000001.log",
            "bce.log",
            "bce.x.log",
            "bce.1000000000000000000.log",
            "bce.18446744073709551615.log",
            "bce.99999999999999999999.log",
        ] {
            assert_eq!(output.key_of(name), None, "{name}");
        }
    }
}
