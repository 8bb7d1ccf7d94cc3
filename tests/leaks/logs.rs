//! Writes the log records of one thread to files, as text and as JSON, in the way of a program that
//! logs with `bce-log`. The thread is the one that calls all operations. Records of other threads
//! are dropped, because other tests in this process log secrets on purpose.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;

use bce_log::{FileOutput, Level, Logger, Rotation};
use bce_testing::AnyLayer;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::dynamic_filter_fn;

const NAMES: [&str; 2] = ["text", "json"];

thread_local! {
    static KEPT: Cell<bool> = const { Cell::new(false) };
}

/// Writes the log records of this thread to the log files from now on. Records of threads that do
/// not call this function are dropped.
pub(crate) fn keep() {
    KEPT.set(true);
}

fn dir() -> PathBuf {
    std::env::temp_dir().join(format!("leaks-logs-{}", std::process::id()))
}

/// Returns a tracing layer that writes records at level DEBUG and above to two log files, one as
/// text and one as JSON. It drops the records of threads that have not called [`keep`].
pub(crate) fn layer() -> AnyLayer {
    let [text, json] = NAMES.map(|name| {
        let file = FileOutput::new().dir(dir()).name(name);
        let file = file.rotation(Rotation::None);
        let builder = Logger::builder().level(Level::Debug).file(file);
        if name == "json" {
            builder.json()
        } else {
            builder
        }
    });
    let layer = text.build().unwrap().layer();
    let layer = layer.and_then(json.build().unwrap().layer());
    Box::new(layer.with_filter(dynamic_filter_fn(|_, _| KEPT.get())))
}

/// Returns the names and the contents of the two log files, and deletes the files.
pub(crate) fn files() -> Vec<(&'static str, String)> {
    let read = |name| fs::read_to_string(dir().join(format!("{name}.log"))).unwrap();
    let files = NAMES.map(|name| (name, read(name)));
    fs::remove_dir_all(dir()).unwrap();
    files.into()
}
