//! Tests of several loggers in the same process.

use bce_log::tracing::{info, info_span};
use bce_log::{Level, Logger, Part, Rotation};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::common::Dir;

fn logger(dir: &Dir) -> Logger {
    let builder = Logger::builder().format([Part::Message, Part::Fields]);
    builder.file(dir.output(Rotation::None)).build().unwrap()
}

#[test]
fn records_in_the_scope_of_a_logger_go_there_only() {
    let (outer, inner) = (Dir::new(), Dir::new());
    let (first, second) = (logger(&outer), logger(&inner));
    first.in_scope(|| {
        info!("1");
        second.in_scope(|| info!("2"));
        info!("3");
    });
    assert_eq!(outer.lines(), ["1", "3"]);
    assert_eq!(inner.lines(), ["2"]);
}

#[test]
fn a_target_can_have_a_logger_of_its_own() {
    let (main, mine) = (Dir::new(), Dir::new());
    let own = logger(&mine);
    own.handle().set_level(Level::Warn);
    let builder = Logger::builder().format([Part::Message]).level(Level::Info);
    let builder = builder
        .file(main.output(Rotation::None))
        .route("mine", own.clone());
    let logger = builder.build().unwrap();
    logger.in_scope(|| {
        let _span = info_span!("span", key = "value").entered();
        info!("1");
        info!(target: "mine", "too little");
        bce_log::fatal!(target: "mine::deep", "2");
        info!(target: "mines", "3");
        own.handle().set_level(Level::Info);
        info!(target: "mine", "4");
    });
    assert_eq!(main.lines(), ["1", "3"]);
    assert_eq!(mine.lines(), [r#"2 key="value""#, r#"4 key="value""#]);
}

#[test]
fn loggers_can_be_layers_of_one_subscriber() {
    let (all, few) = (Dir::new(), Dir::new());
    let (first, second) = (logger(&all), logger(&few));
    second.handle().set_level(Level::Warn);
    let subscriber = tracing_subscriber::registry()
        .with(first.layer())
        .with(second.layer());
    bce_log::tracing::subscriber::with_default(subscriber, || {
        let _span = bce_log::tracing::warn_span!("span", key = 1).entered();
        info!("1");
        bce_log::fatal!("2");
    });
    assert_eq!(all.lines(), ["1 key=1", "2 key=1"]);
    assert_eq!(few.lines(), ["2 key=1"]);
}
