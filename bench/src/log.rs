//! Measures the cost of a log record that is filtered out, and of one that is written to a file.

use std::hint::black_box;
use std::time::Instant;

use bce_log::tracing::{debug, info};
use bce_log::{FileOutput, Filter, Level, Logger, Rotation};

use crate::report::{Goal, Row};
use crate::rounds::Rounds;

const ROUNDS: usize = 15;
const FILTERED: u32 = 5_000_000;
const WRITTEN: u32 = 20_000;

/// Measures the cost of log records, and prints `record filtered N ns, written M ns` as the last
/// line.
pub(crate) fn run() -> Result<Vec<Row>, String> {
    let dir = std::env::temp_dir().join(format!("bce-log-bench-{}", std::process::id()));
    let file = FileOutput::new()
        .dir(&dir)
        .rotation(Rotation::Size(1 << 24));
    let log = Logger::builder()
        .level(Level::Info)
        .file(file.keep(2))
        .init();
    let log = log.map_err(|error| error.to_string())?;
    let rounds = Rounds::<2>::run(ROUNDS, |kind| Ok::<_, String>(measure(kind)));
    // This remains the logger of the program, and other measurements must not log.
    log.set_filter(Filter::off());
    let lost = log.lost_records();
    std::fs::remove_dir_all(&dir).map_err(|error| error.to_string())?;
    let rounds = rounds?;
    if lost > 0 {
        return Err(format!("{lost} records were lost"));
    }
    let row = |name: &str, kind| Row {
        name: name.to_owned(),
        unit: "ns",
        ours: rounds.figure(kind),
        baseline: None,
        goal: Goal::None,
    };
    let rows = vec![
        row("log record, filtered out", 0),
        row("log record, written to a file", 1),
    ];
    println!(
        "record filtered {:.1} ns, written {:.0} ns",
        rows[0].ours.median, rows[1].ours.median
    );
    Ok(rows)
}

/// Returns the nanoseconds per log record. The records are filtered out if `kind` is 0, otherwise
/// written to a file.
fn measure(kind: usize) -> f64 {
    let count = if kind == 0 { FILTERED } else { WRITTEN };
    let started = Instant::now();
    for number in 0..count {
        if kind == 0 {
            debug!(number = black_box(number), status = 200, "call finished");
        } else {
            info!(number = black_box(number), status = 200, "call finished");
        }
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}
