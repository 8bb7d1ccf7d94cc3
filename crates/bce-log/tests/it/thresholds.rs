//! Tests of the thresholds, which decide which records are written.

use bce_log::tracing::{debug, error, info, trace, warn};
use bce_log::{Filter, Level, Logger, Part, Rotation, fatal};

use crate::common::Dir;

fn one_of_each() {
    trace!("m");
    debug!("m");
    info!("m");
    warn!("m");
    error!("m");
    fatal!("m");
}

fn labels(dir: &Dir) -> Vec<String> {
    let lines = dir.lines();
    lines
        .iter()
        .map(|line| line.trim_matches(['[', ']']).to_owned())
        .collect()
}

#[test]
fn a_threshold_shows_itself_and_what_is_worse() {
    for (at, threshold) in Level::ALL.into_iter().enumerate() {
        let dir = Dir::new();
        let logger = Logger::builder().level(threshold).format([Part::Level]);
        let logger = logger.file(dir.output(Rotation::None)).build().unwrap();
        logger.in_scope(one_of_each);
        let expected: Vec<_> = Level::ALL[at..6.max(at)]
            .iter()
            .map(|l| l.label())
            .collect();
        assert_eq!(labels(&dir), expected, "{threshold}");
    }
}

#[test]
fn debug_is_the_threshold_unless_one_is_set() {
    let dir = Dir::new();
    let logger = Logger::builder().format([Part::Level]);
    let logger = logger.file(dir.output(Rotation::None)).build().unwrap();
    logger.in_scope(one_of_each);
    assert_eq!(labels(&dir), ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"]);
}

#[test]
fn a_target_has_a_threshold_of_its_own() {
    let dir = Dir::new();
    let filter = Filter::new(Level::Error)
        .target("mine", Level::Debug)
        .silence("mine::loud");
    let logger = Logger::builder().filter(filter).format([Part::Message]);
    let logger = logger.file(dir.output(Rotation::None)).build().unwrap();
    logger.in_scope(|| {
        debug!(target: "mine", "1");
        trace!(target: "mine", "2");
        debug!(target: "mine::deep", "3");
        fatal!(target: "mine::loud", "4");
        warn!("5");
        error!("6");
    });
    assert_eq!(dir.lines(), ["1", "3", "6"]);
}

#[test]
fn thresholds_change_while_code_runs() {
    let dir = Dir::new();
    let logger = Logger::builder().level(Level::Warn).format([Part::Message]);
    let logger = logger.file(dir.output(Rotation::None)).build().unwrap();
    let handle = logger.handle();
    // A single callsite: its first result must not be valid forever.
    let say = |text: &str| logger.in_scope(|| info!("{text}"));
    say("1");
    handle.set_level(Level::Info);
    say("2");
    handle.set_filter(Filter::new(Level::Info).silence("it"));
    say("3");
    assert_eq!(handle.filter(), Filter::new(Level::Info).silence("it"));
    handle.set_level(Level::Trace);
    say("4");
    handle.set_filter(Filter::new(Level::Trace));
    say("5");
    handle.set_filter(Filter::off());
    say("6");
    assert_eq!(dir.lines(), ["2", "5"]);
}

#[test]
fn a_logger_without_outputs_evaluates_nothing() {
    let logger = Logger::builder().level(Level::Trace).build().unwrap();
    logger.in_scope(|| {
        let evaluated = std::cell::Cell::new(false);
        error!("{}", {
            evaluated.set(true);
            1
        });
        assert!(!evaluated.get());
    });
}
