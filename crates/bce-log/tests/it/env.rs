//! Tests of the configuration from a string, as in the variable `BCE_LOG`.

use bce_log::tracing::{debug, info, trace};
use bce_log::{Builder, Rotation};

use crate::common::Dir;

fn parse(text: &str) -> Result<Builder, String> {
    text.parse()
        .map_err(|error: bce_log::Error| error.to_string())
}

#[test]
fn every_word_is_carried_out() {
    let dir = Dir::new();
    let path = dir.0.display();
    let line = format!(
        " Info , FILE,size=20,dir={path}, name=app,keep=2,utc,format=message+fields,it::env=debug,x=off"
    );
    let logger = parse(&line).unwrap().build().unwrap();
    logger.in_scope(|| {
        trace!("no");
        debug!("0");
        info!(target: "x", "no");
        debug!(target: "y", "no");
        info!(target: "y", key = 1, "1");
        info!(target: "y", "a record of 20 bytes");
        info!("2");
    });
    assert_eq!(dir.names(), ["app.00000002.log", "app.00000003.log"]);
    assert_eq!(dir.lines(), ["a record of 20 bytes", "2"]);

    let dir = Dir::new();
    let line = format!("fatal,file,none,json,dir={}", dir.0.display());
    let logger = parse(&line).unwrap().build().unwrap();
    logger.in_scope(|| {
        info!("no");
        bce_log::fatal!("yes");
    });
    assert!(dir.read("bce.log").contains(r#""level":"FATAL""#));
}

#[test]
fn rotations_are_those_of_the_code() {
    for (word, rotation) in [
        ("none", Rotation::None),
        ("day", Rotation::Day),
        ("HOUR", Rotation::Hour),
        ("minute", Rotation::Minute),
        ("size", Rotation::Size(1 << 30)),
        ("size=7", Rotation::Size(7)),
        ("size=64M", Rotation::Size(64 << 20)),
        ("size=2KiB", Rotation::Size(2048)),
        ("size=3g", Rotation::Size(3 << 30)),
    ] {
        let shown = format!("{:?}", parse(&format!("file,{word}")).unwrap());
        assert!(
            shown.contains(&format!("rotation: {rotation:?}")),
            "{word}: {shown}"
        );
    }
}

#[test]
fn a_mistake_is_an_error_that_names_the_word_and_what_is_allowed() {
    for (line, parts) in [
        (
            "inof,file",
            &["`inof`", "is unknown", "info", "stderr", "minute"][..],
        ),
        ("info,debug", &["`debug`", "level again", "`info`"]),
        ("file,day,size=3", &["`size=3`", "rotation again", "`day`"]),
        (
            "json,format=level",
            &["`format=level`", "format again", "`json`"],
        ),
        ("info,day", &["`day`", "add `file`"]),
        ("stderr,keep=3", &["`keep=3`", "add `file`"]),
        ("file,keep=0", &["`keep=0`", "at least 1"]),
        ("file,keep=many", &["`keep=many`"]),
        ("file,size=0", &["`size=0`", "64M"]),
        ("file,size=1X", &["`size=1X`", "64M"]),
        ("file,size=99999999999G", &["not a size"]),
        ("file,dir=", &["`dir=`", "has no value"]),
        (
            "bce_http=debgu",
            &["`bce_http=debgu`", "`debgu`", "debug", "off"],
        ),
        ("dri=/tmp", &["`dri=/tmp`", "`/tmp`", "dir, name"]),
        ("format=level+tiem", &["`tiem`", "longtime"]),
    ] {
        let error = parse(line).unwrap_err();
        for part in parts {
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}

#[test]
fn standard_error_is_the_output_unless_one_is_named() {
    for (line, streams) in [
        ("debug", "[Stderr]"),
        ("stdout,stdout", "[Stdout]"),
        ("file", "[]"),
    ] {
        let shown = format!("{:?}", parse(line).unwrap());
        assert!(shown.contains(&format!("streams: {streams}")), "{shown}");
    }
}
