//! Tests of directories that cannot be written, during set-up and later.

use std::fs;

use bce_log::tracing::info;
use bce_log::{Error, FileOutput, Logger, Part, Rotation};

use crate::common::Dir;

fn say(logger: &Logger, text: &str) {
    logger.in_scope(|| info!("{text}"));
}

#[test]
fn missing_directories_are_created() {
    let dir = Dir::new();
    let output = FileOutput::new()
        .dir(dir.0.join("a/b"))
        .rotation(Rotation::None);
    let logger = Logger::builder().file(output).build().unwrap();
    say(&logger, "m");
    assert!(dir.0.join("a/b/bce.log").exists());
}

#[test]
fn an_impossible_directory_is_an_error_that_names_the_file() {
    let dir = Dir::new();
    fs::write(&dir, "a file").unwrap();
    let error = Logger::builder()
        .file(dir.output(Rotation::None))
        .build()
        .unwrap_err();
    let text = error.to_string();
    let file = dir.0.join("t.log").display().to_string();
    assert!(
        matches!(error, Error::File { .. }) && text.contains(&file),
        "{text}"
    );
    fs::remove_file(&dir).unwrap();
}

#[test]
fn impossible_settings_are_errors() {
    for output in [
        FileOutput::new().name(""),
        FileOutput::new().name("a/b"),
        FileOutput::new().name(".."),
        FileOutput::new().rotation(Rotation::Size(0)),
    ] {
        let error = Logger::builder().file(output).build().unwrap_err();
        assert!(matches!(error, Error::Setting { .. }), "{error}");
    }
}

#[test]
fn a_disk_that_fails_later_costs_the_records_of_that_time_only() {
    for rotation in [Rotation::None, Rotation::Hour, Rotation::Size(1000)] {
        let dir = Dir::new();
        let builder = Logger::builder().format([Part::Message]);
        let logger = builder.file(dir.output(rotation)).build().unwrap();
        say(&logger, "before");
        // On systems that cannot delete open files, nothing fails here.
        if fs::remove_dir_all(&dir).is_err() {
            return;
        }
        fs::write(&dir, "a file in its place").unwrap();
        say(&logger, "lost");
        say(&logger, "lost");
        assert_eq!(logger.handle().lost_records(), 2, "{rotation:?}");
        fs::remove_file(&dir).unwrap();
        say(&logger, "after");
        assert_eq!(logger.handle().lost_records(), 2);
        assert_eq!(dir.lines(), ["after"]);
    }
}

#[test]
fn a_file_that_is_deleted_is_made_again_without_a_loss() {
    let dir = Dir::new();
    let builder = Logger::builder().format([Part::Message]);
    let logger = builder.file(dir.output(Rotation::None)).build().unwrap();
    say(&logger, "1");
    fs::remove_file(dir.0.join("t.log")).unwrap();
    // On old Windows, a file that is open keeps its name until it is closed.
    if cfg!(windows) && dir.0.join("t.log").exists() {
        return;
    }
    say(&logger, "2");
    fs::remove_dir_all(&dir).unwrap();
    say(&logger, "3");
    say(&logger, "4");
    assert_eq!(dir.lines(), ["3", "4"]);
    assert_eq!(logger.handle().lost_records(), 0);
}
