//! Tests of the choice of the file for a record.

use std::fs;
use std::time::Duration;

use bce_log::tracing::info;
use bce_log::{Logger, Part, Rotation};

use crate::common::{Dir, TestClock};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

fn logger(clock: &TestClock, dir: &Dir, rotation: Rotation, keep: usize) -> Logger {
    let output = dir.output(rotation).keep(keep);
    let builder = clock.builder().format([Part::Message]);
    builder.file(output).build().unwrap()
}

fn say(logger: &Logger, text: &str) {
    logger.in_scope(|| info!("{text}"));
}

#[test]
fn files_begin_with_days_hours_and_minutes() {
    for (rotation, step, names) in [
        (Rotation::None, 24 * HOUR, ["t.log"; 2]),
        (
            Rotation::Day,
            24 * HOUR,
            ["t.2026-11-23.log", "t.2026-11-24.log"],
        ),
        (
            Rotation::Hour,
            HOUR,
            ["t.2026-11-23_10.log", "t.2026-11-23_11.log"],
        ),
        (
            Rotation::Minute,
            MINUTE,
            ["t.2026-11-23_10-20.log", "t.2026-11-23_10-21.log"],
        ),
    ] {
        let (clock, dir) = (TestClock::new(), Dir::new());
        let logger = logger(&clock, &dir, rotation, 0);
        say(&logger, "1");
        clock.advance(Duration::from_secs(29));
        say(&logger, "2");
        clock.advance(step - Duration::from_secs(29));
        say(&logger, "3");
        let mut expected = names.to_vec();
        expected.dedup();
        assert_eq!(dir.names(), expected);
        assert_eq!(dir.lines(), ["1", "2", "3"]);
        if rotation != Rotation::None {
            assert_eq!(dir.read(names[0]), "1\n2\n");
        }
    }
}

#[test]
fn a_file_stays_within_its_size_and_a_longer_record_is_alone() {
    let (clock, dir) = (TestClock::new(), Dir::new());
    let logger = logger(&clock, &dir, Rotation::Size(10), 0);
    for text in [
        "1234",
        "1234",
        "1",
        "a record that is too long",
        "12345678",
        "9",
    ] {
        say(&logger, text);
    }
    let files: Vec<_> = dir.names().iter().map(|name| dir.read(name)).collect();
    let long = "a record that is too long\n";
    assert_eq!(files, ["1234\n1234\n", "1\n", long, "12345678\n", "9\n"]);
    assert_eq!(dir.names()[4], "t.00000005.log");
}

#[test]
fn a_restart_continues_the_last_file() {
    for rotation in [Rotation::None, Rotation::Minute, Rotation::Size(6)] {
        let (clock, dir) = (TestClock::new(), Dir::new());
        for text in ["1", "2", "3"] {
            say(&logger(&clock, &dir, rotation, 0), text);
        }
        assert_eq!(dir.names().len(), 1, "{rotation:?}");
        assert_eq!(dir.lines(), ["1", "2", "3"]);
    }
    let (clock, dir) = (TestClock::new(), Dir::new());
    for text in ["1", "2", "3", "4"] {
        say(&logger(&clock, &dir, Rotation::Size(5), 0), text);
    }
    assert_eq!(dir.names(), ["t.00000001.log", "t.00000002.log"]);
    assert_eq!(dir.lines(), ["1", "2", "3", "4"]);
}

#[test]
fn only_so_many_files_are_kept_and_others_left_alone() {
    for rotation in [Rotation::Minute, Rotation::Size(2)] {
        let (clock, dir) = (TestClock::new(), Dir::new());
        fs::create_dir(&dir).unwrap();
        let foreign = ["t.2020.log", "t.log.1", "other.00000001.log", "t.log"];
        for name in foreign {
            fs::write(dir.0.join(name), "foreign\n").unwrap();
        }
        let logger = logger(&clock, &dir, rotation, 3);
        for number in 1..=8 {
            say(&logger, &number.to_string());
            clock.advance(MINUTE);
        }
        let mut lines = dir.lines();
        lines.retain(|line| line != "foreign");
        assert_eq!(lines, ["6", "7", "8"], "{rotation:?}");
        assert_eq!(dir.names().len(), 3 + foreign.len());
    }
}

#[test]
fn a_file_that_was_just_opened_is_not_among_those_deleted() {
    let (clock, dir) = (TestClock::new(), Dir::new());
    say(&logger(&clock, &dir, Rotation::Hour, 1), "later");
    clock.set_back(5 * HOUR);
    let logger = logger(&clock, &dir, Rotation::Hour, 1);
    say(&logger, "earlier");
    assert_eq!(dir.lines(), ["earlier", "later"]);
}

/// Tests that files of the future, from before a clock was corrected, do not take the place of
/// history.
#[test]
fn newer_files_do_not_count_among_those_that_are_kept() {
    let (clock, dir) = (TestClock::new(), Dir::new());
    clock.advance(100 * HOUR);
    for _ in 0..3 {
        say(&logger(&clock, &dir, Rotation::Hour, 3), "future");
        clock.advance(HOUR);
    }
    clock.set_back(103 * HOUR);
    let logger = logger(&clock, &dir, Rotation::Hour, 3);
    for text in ["1", "2", "3", "4"] {
        say(&logger, text);
        clock.advance(HOUR);
    }
    assert_eq!(dir.lines(), ["2", "3", "4", "future", "future", "future"]);
}

#[test]
fn a_record_that_is_a_little_late_does_not_reopen_an_old_file() {
    let (clock, dir) = (TestClock::new(), Dir::new());
    let logger = logger(&clock, &dir, Rotation::Minute, 0);
    clock.advance(MINUTE);
    say(&logger, "1");
    clock.set_back(Duration::from_secs(40));
    say(&logger, "late");
    clock.set_back(HOUR);
    say(&logger, "set back");
    assert_eq!(dir.read("t.2026-11-23_10-21.log"), "1\nlate\n");
    assert_eq!(dir.read("t.2026-11-23_09-20.log"), "set back\n");
}

#[test]
fn numbers_that_somebody_made_up_do_not_end_the_counting() {
    let long = "a record that is longer than a file\n";
    for planted in [
        "t.18446744073709551615.log",
        "t.18446744073709551614.log",
        "t.99999999999999999999.log",
        "t.999999999999999999.log",
        "t.4294967295.log",
    ] {
        let (clock, dir) = (TestClock::new(), Dir::new());
        fs::create_dir(&dir).unwrap();
        fs::write(dir.0.join(planted), long).unwrap();
        for text in ["1", "2"] {
            let logger = logger(&clock, &dir, Rotation::Size(4), 0);
            say(&logger, text);
            say(&logger, "more");
            assert_eq!(logger.handle().lost_records(), 0, "{planted}");
        }
        assert_eq!(dir.read(planted), long);
        let mut lines = dir.lines();
        lines.sort();
        let expected = ["1", "2", long.trim_end(), "more", "more"];
        assert_eq!(lines, expected, "{planted}: {:?}", dir.names());
    }
}
