//! Tests of files that another user has placed where a log file belongs.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use bce_log::tracing::info;
use bce_log::{Error, Logger, Part, Rotation};
use rustix::fs::{CWD, FileType, Mode};

use crate::common::{Dir, TestClock};

fn build(dir: &Dir) -> Result<Logger, Error> {
    let builder = Logger::builder().format([Part::Message]);
    builder.file(dir.output(Rotation::None)).build()
}

/// Returns the text of the error that building a logger with a file in this directory returns.
/// Panics if building takes too long, for instance because it waits for the reader of a FIFO.
fn refusal(dir: &Dir) -> String {
    let (done, outcome) = mpsc::channel();
    let output = dir.output(Rotation::None);
    thread::spawn(move || done.send(Logger::builder().file(output).build().map(drop)));
    let outcome = outcome.recv_timeout(Duration::from_secs(30));
    let error = outcome.expect("it waits for somebody").unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
    let text = error.to_string();
    let file = dir.0.join("t.log").display().to_string();
    assert!(
        text.starts_with(&format!("cannot write the log file {file}: ")),
        "{text}"
    );
    text
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn say(logger: &Logger, text: &str) {
    logger.in_scope(|| info!("{text}"));
}

/// Returns a directory, and the path of the log file in it.
fn empty() -> (Dir, std::path::PathBuf) {
    let dir = Dir::new();
    fs::create_dir(&dir).unwrap();
    let file = dir.0.join("t.log");
    (dir, file)
}

#[test]
fn a_symbolic_link_is_not_followed() {
    let (dir, file) = empty();
    let target = dir.0.join("precious");
    fs::write(&target, "precious").unwrap();
    for to in [
        target.as_path(),
        Path::new("missing"),
        Path::new("/dev/null"),
        &dir.0,
    ] {
        symlink(to, &file).unwrap();
        let text = refusal(&dir);
        assert!(
            text.ends_with("it is a symbolic link, and those are not followed"),
            "{text}"
        );
        fs::remove_file(&file).unwrap();
    }
    assert_eq!(fs::read_to_string(target).unwrap(), "precious");
    assert_eq!(dir.names(), ["precious"]);
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let (dir, file) = empty();
    let make_fifo = || rustix::fs::mknodat(CWD, &file, FileType::Fifo, Mode::RWXU, 0).unwrap();
    make_fifo();
    let text = refusal(&dir);
    assert!(text.ends_with("it is not a regular file"), "{text}");

    // With a reader, it could be opened.
    let reader = rustix::fs::open(
        &file,
        rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::NONBLOCK,
        Mode::empty(),
    );
    let reader = reader.unwrap();
    let text = refusal(&dir);
    assert!(text.ends_with("it is not a regular file"), "{text}");
    let mut nothing = [0];
    assert_eq!(rustix::io::read(&reader, &mut nothing).unwrap_or(0), 0);
    fs::remove_file(&file).unwrap();

    let _socket = UnixListener::bind(&file).unwrap();
    let text = refusal(&dir);
    assert!(text.ends_with("it is not a regular file"), "{text}");
    fs::remove_file(&file).unwrap();

    fs::create_dir(&file).unwrap();
    let text = refusal(&dir);
    assert!(text.ends_with("it is not a regular file"), "{text}");
}

#[test]
fn a_file_with_another_name_is_refused() {
    let (dir, file) = empty();
    let other = dir.0.join("precious");
    fs::write(&other, "precious").unwrap();
    fs::hard_link(&other, &file).unwrap();
    let text = refusal(&dir);
    assert!(
        text.ends_with("it has other names as well (hard links)"),
        "{text}"
    );
    assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
    fs::remove_file(other).unwrap();
    build(&dir).unwrap();
}

#[test]
fn files_are_for_their_owner_alone_also_those_that_are_there() {
    for rotation in [Rotation::None, Rotation::Hour, Rotation::Size(2)] {
        let (clock, dir) = (TestClock::new(), Dir::new());
        let builder = clock.builder().format([Part::Message]);
        let logger = builder.file(dir.output(rotation)).build().unwrap();
        say(&logger, "1");
        clock.advance(Duration::from_secs(3600));
        say(&logger, "2");
        for name in dir.names() {
            assert_eq!(mode(dir.0.join(&name)), 0o600, "{name}");
        }
    }
    let (dir, file) = empty();
    fs::write(&file, "before\n").unwrap();
    for wide in [0o644, 0o666, 0o606, 0o660] {
        fs::set_permissions(&file, Permissions::from_mode(wide)).unwrap();
        build(&dir).unwrap();
        assert_eq!(mode(&file), 0o600, "{wide:o}");
    }
    assert_eq!(dir.lines(), ["before"]);
}

#[test]
fn the_mode_of_a_named_directory_is_left_alone() {
    let (dir, _) = empty();
    fs::set_permissions(&dir, Permissions::from_mode(0o777)).unwrap();
    let logger = build(&dir).unwrap();
    say(&logger, "m");
    assert_eq!(dir.lines(), ["m"]);
    assert_eq!(mode(&dir), 0o777);
}

#[test]
fn what_is_planted_later_costs_records_and_is_never_written_to() {
    let (clock, dir) = (TestClock::new(), Dir::new());
    let builder = clock.builder().utc().format([Part::Message]);
    let logger = builder.file(dir.output(Rotation::Hour)).build().unwrap();
    say(&logger, "1");
    let next = dir.0.join("t.2026-11-23_11.log");
    let elsewhere = Dir::new();
    symlink(&elsewhere, &next).unwrap();
    clock.advance(Duration::from_secs(3600));
    say(&logger, "lost");
    assert_eq!(logger.handle().lost_records(), 1);
    assert!(!elsewhere.0.exists());
    fs::remove_file(&next).unwrap();
    say(&logger, "2");
    assert_eq!(dir.lines(), ["1", "2"]);
    assert_eq!(logger.handle().lost_records(), 1);
}
