//! Tests of the format of a record.

use bce_log::tracing::{field, info, info_span, warn};
use bce_log::{Part, Rotation, fatal};

use crate::common::{Dir, TestClock};

/// Returns the lines that `code` logs with these parts of a line; `None` means the default parts.
fn lines(parts: Option<&[Part]>, code: impl FnOnce()) -> Vec<String> {
    let dir = Dir::new();
    let builder = TestClock::new().builder().file(dir.output(Rotation::None));
    let builder = match parts {
        Some(parts) => builder.format(parts.iter().copied()),
        None => builder,
    };
    let logger = builder.build().unwrap();
    logger.in_scope(code);
    drop(logger);
    dir.lines()
}

fn json(code: impl FnOnce()) -> Vec<serde_json::Value> {
    let dir = Dir::new();
    let builder = TestClock::new().builder().json();
    let logger = builder.file(dir.output(Rotation::None)).build().unwrap();
    logger.in_scope(code);
    let lines = dir.lines();
    let read = lines.iter().map(|line| serde_json::from_str(line).unwrap());
    read.collect()
}

#[test]
fn a_line_has_level_time_location_message_and_fields() {
    let number = line!() + 1;
    let lines = lines(None, || info!(answer = 42, name = "ape", "hello {}", "zoo"));
    let place = format!("format.rs:{number}:it::format:");
    let expected =
        format!("[INFO] 2026-11-23 10:20:30.123456 {place} hello zoo answer=42 name=\"ape\"");
    assert_eq!(lines, [expected]);
}

#[test]
fn parts_stand_in_any_order_and_alone() {
    let say = || info!(a = 1, "m");
    let backwards = [Part::Fields, Part::Message, Part::Time, Part::Level];
    assert_eq!(
        lines(Some(&backwards), say),
        ["a=1 m 2026-11-23 10:20:30 [INFO]"]
    );
    assert_eq!(
        lines(Some(&[Part::Level, Part::Message]), say),
        ["[INFO] m"]
    );
    assert_eq!(lines(Some(&[Part::Fields]), say), ["a=1"]);
    // An empty part leaves no gap.
    let parts = [Part::Level, Part::Fields, Part::Message];
    assert_eq!(lines(Some(&parts), || info!("m")), ["[INFO] m"]);
}

#[test]
fn fields_of_spans_follow_those_of_the_record() {
    let parts = [Part::Message, Part::Fields];
    let lines = lines(Some(&parts), || {
        let outer = info_span!("outer", service = "zoo", status = field::Empty);
        let _outer = outer.enter();
        let inner = info_span!("inner", attempt = 2);
        let _inner = inner.enter();
        outer.record("status", 500);
        outer.record("status", 200);
        info!(own = true, "m");
    });
    assert_eq!(lines, [r#"m own=true service="zoo" status=200 attempt=2"#]);
}

#[test]
fn no_value_ends_a_line_or_reaches_the_terminal() {
    let evil = "a\nb\r\u{1b}[31mc\u{7f}\u{9b}\u{2028}\u{202e}d";
    let say = || warn!(text = evil, shown = %evil, debug = ?evil, "{evil}");
    let lines = lines(None, say);
    assert_eq!(lines.len(), 1);
    let unsafe_ = |c: char| c.is_control() || ['\u{2028}', '\u{202e}'].contains(&c);
    assert!(!lines[0].contains(unsafe_), "{lines:?}");
    assert!(lines[0].contains(r"a\nb\r\u{1b}[31mc"), "{lines:?}");

    let records = json(say);
    assert_eq!(records[0]["message"], evil);
    assert_eq!(records[0]["fields"]["text"], evil);
    assert_eq!(records[0]["fields"]["shown"], evil);
}

#[test]
fn letters_of_any_script_stay_as_they_are() {
    assert_eq!(
        lines(Some(&[Part::Message]), || info!("开发机 é")),
        ["开发机 é"]
    );
}

#[test]
fn json_has_every_part() {
    let number = line!() + 3;
    let records = json(|| {
        let _span = info_span!("call", service = "zoo").entered();
        fatal!(answer = 42, share = 0.5, good = true, debt = -3, "gone");
    });
    let expected = serde_json::json!([{
        "level": "FATAL",
        "time": "2026-11-23T10:20:30.123456+00:00",
        "target": "it::format",
        "module": "it::format",
        "file": file!(),
        "line": number,
        "message": "gone",
        "fields": {"answer": 42, "share": 0.5, "good": true, "debt": -3},
        "spans": [{"name": "call", "fields": {"service": "zoo"}}],
    }]);
    assert_eq!(serde_json::Value::Array(records), expected);
}

#[test]
fn json_lines_hold_no_raw_control_character() {
    let dir = Dir::new();
    let builder = TestClock::new().builder().json();
    let logger = builder.file(dir.output(Rotation::None)).build().unwrap();
    logger.in_scope(|| info!("\u{9b}31m\u{7f}\u{2029}\u{1b}"));
    let line = &dir.lines()[0];
    assert!(
        line.is_ascii() && !line.contains(char::is_control),
        "{line:?}"
    );
}

/// A value whose formatting writes this text, and then calls this function, which fails.
struct Broken(&'static str, fn() -> std::fmt::Result);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)?;
        (self.1)()
    }
}

impl std::fmt::Debug for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Broken {}

/// Returns a value whose formatting returns an error, and one whose formatting panics.
fn broken() -> [Broken; 2] {
    let panics = || std::panic::resume_unwind(Box::new("a value of a test"));
    [
        Broken("be\ngun", || Err(std::fmt::Error)),
        Broken("be\ngun", panics),
    ]
}

#[test]
fn a_value_that_fails_to_format_leaves_what_there_is_and_a_mark() {
    const MARK: &str = "[a value failed to format]";
    let parts = [Part::Message, Part::Fields];
    for value in broken() {
        let error: &(dyn std::error::Error + 'static) = &value;
        let lines = lines(Some(&parts), || {
            info!("before {value} after");
            info!(shown = %value, debugged = ?value, error, last = 1, "m");
            let span = info_span!("span", a = %value, b = field::Empty).entered();
            span.record("b", field::display(&value));
            info!("in it");
            drop(span);
            info!("and on");
        });
        let text = format!(r"be\ngun{MARK}");
        assert_eq!(
            lines,
            [
                format!("before {text}"),
                format!("m shown={text} debugged={text} error={text} last=1"),
                format!("in it a={text} b={text}"),
                "and on".to_owned(),
            ]
        );
    }
}

#[test]
fn a_value_that_fails_to_format_leaves_json_whole() {
    for value in broken() {
        let lines = json(|| {
            info!(shown = %value, last = 1, "before {value} after");
            info!("and on");
        });
        assert_eq!(
            lines[0]["message"],
            "before be\ngun[a value failed to format]"
        );
        assert_eq!(
            lines[0]["fields"]["shown"],
            "be\ngun[a value failed to format]"
        );
        assert_eq!(lines[0]["fields"]["last"], 1);
        assert_eq!(lines[1]["message"], "and on");
    }
}

#[test]
fn a_value_of_a_span_may_record_something_itself() {
    let says = Broken("said", || {
        info!("inside");
        Ok(())
    });
    let lines = lines(Some(&[Part::Message, Part::Fields]), || {
        let span = info_span!("span", a = field::Empty).entered();
        span.record("a", field::display(&says));
        info!("outside");
    });
    assert_eq!(lines, ["inside", "outside a=said"]);
}
