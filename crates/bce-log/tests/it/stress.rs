//! Tests that each record is written completely and exactly once while many threads write at full
//! speed. If only some files are kept, the records in these files are complete.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use bce_log::tracing::info;
use bce_log::{Logger, Part, Rotation};

use crate::common::{Dir, TestClock};

const THREADS: usize = 8;
const RECORDS: usize = 3000;

/// Returns a text of varying length, from which a test can tell whether it is complete.
fn text(run: usize, thread: usize, number: usize) -> String {
    let filling = "x".repeat(number % 97);
    format!("<{run} {thread} {number} {filling}>")
}

fn write_all(logger: &Logger, clock: &TestClock, run: usize) {
    thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                logger.in_scope(|| {
                    for number in 0..RECORDS {
                        info!("{}", text(run, thread, number));
                        if number % 50 == thread {
                            clock.advance(Duration::from_secs(7));
                        }
                    }
                });
            });
        }
    });
}

/// Checks that the files in a directory contain each record of these runs exactly once and
/// completely, and nothing else.
fn assert_complete(dir: &Dir, runs: usize) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for line in dir.lines() {
        *counts.entry(line).or_default() += 1;
    }
    for run in 0..runs {
        for thread in 0..THREADS {
            for number in 0..RECORDS {
                let text = text(run, thread, number);
                assert_eq!(counts.remove(&text), Some(1), "{text}");
            }
        }
    }
    assert!(counts.is_empty(), "{counts:?}");
}

#[test]
fn no_record_is_lost_or_split_at_a_rotation_or_a_restart() {
    for rotation in [Rotation::Size(20_000), Rotation::Minute, Rotation::None] {
        let (clock, dir) = (TestClock::new(), Dir::new());
        for run in 0..2 {
            let builder = clock.builder().format([Part::Message]);
            let logger = builder.file(dir.output(rotation)).build().unwrap();
            write_all(&logger, &clock, run);
            assert_eq!(logger.handle().lost_records(), 0);
        }
        assert_complete(&dir, 2);
        let files = dir.names().len();
        assert!(
            files > 50 || rotation == Rotation::None,
            "{rotation:?}: {files}"
        );
        if let Rotation::Size(limit) = rotation {
            for name in dir.names() {
                assert!(dir.read(&name).len() as u64 <= limit, "{name}");
            }
        }
    }
}

#[test]
fn two_loggers_with_the_same_files_lose_nothing() {
    for rotation in [Rotation::Size(20_000), Rotation::Minute] {
        let (clock, dir) = (TestClock::new(), Dir::new());
        let make = || {
            let builder = clock.builder().format([Part::Message]);
            builder.file(dir.output(rotation)).build().unwrap()
        };
        let loggers = [make(), make()];
        thread::scope(|scope| {
            for (run, logger) in loggers.iter().enumerate() {
                let clock = &clock;
                scope.spawn(move || write_all(logger, clock, run));
            }
        });
        assert_complete(&dir, 2);
    }
}

#[test]
fn what_is_kept_is_whole_and_the_newest() {
    let (clock, dir) = (TestClock::new(), Dir::new());
    let builder = clock.builder().format([Part::Message]);
    let output = dir.output(Rotation::Size(20_000)).keep(4);
    let logger = builder.file(output).build().unwrap();
    write_all(&logger, &clock, 0);
    assert_eq!(dir.names().len(), 4);
    let lines = dir.lines();
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with('<') && line.ends_with('>'))
    );
    let last = format!(" {} ", RECORDS - 1);
    assert!(lines.iter().any(|line| line.contains(&last)));
}
