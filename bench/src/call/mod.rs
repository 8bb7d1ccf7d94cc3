//! Measures the processor time of a list call with our client, and compares it with that of other
//! clients: `cargo xtask bench call`.
//!
//! The server is a separate process. The clients (the contestants) run in turn in this process, on
//! one thread.

mod contestant;

use std::process::Command;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinSet;

pub(crate) use self::contestant::{Contestant, PAGE_SIZE, Result, model};
use crate::list_server::ListServer;
use crate::load::Watch;
use crate::page;
use crate::report::{self, Figure, Goal, Row};
use crate::rounds::Runs;
use crate::usage;

/// The number of rounds in each run. There are many short rounds, because the load of other virtual
/// machines on the same host changes within a second. During a short round, conditions are mostly
/// the same for all clients, and the few rounds in which they change hardly affect the median.
const ROUNDS: usize = 201;
/// The number of calls that one contestant makes in one round, which takes some hundredths of a
/// second.
const CALLS: usize = 512;
/// The number of instances that the server lists. The calls read the first page.
const INSTANCES: usize = 1_000;

const CONTESTANTS: usize = Contestant::NAMES.len();
/// The position of our client in [`Contestant::NAMES`]. The next constants are the positions of the
/// other clients.
const OURS: usize = 0;
const BARE: usize = 1;
const FAIR: usize = 2;
const REQWEST: usize = 3;

/// The maximum ratios of the cost of our call to that of another client's call, by the number of
/// calls in flight.
const GOALS: [(usize, [Against; 2]); 2] = [
    (
        1,
        [
            Against::new(FAIR, "fair", 1.10, 1.14),
            Against::new(REQWEST, "reqwest", 0.85, 0.88),
        ],
    ),
    (
        64,
        [
            Against::new(FAIR, "fair", 1.12, 1.17),
            Against::new(REQWEST, "reqwest", 0.82, 0.85),
        ],
    ),
];

/// A client with which ours is compared. The goal is that our call costs at most `at_most` times as
/// much; a ratio of up to `accepted` is reported as accepted.
#[derive(Clone, Copy)]
struct Against {
    contestant: usize,
    name: &'static str,
    at_most: f64,
    accepted: f64,
}

impl Against {
    const fn new(contestant: usize, name: &'static str, at_most: f64, accepted: f64) -> Self {
        Self {
            contestant,
            name,
            at_most,
            accepted,
        }
    }
}

/// Measures the calls of all compared clients, and prints
/// `call cpu vs fair c1 X.XX c64 Y.YY, vs reqwest c1 X.XX c64 Y.YY` as the last line. If `save` is
/// set, draws a plot.
pub(crate) fn run(save: bool) -> std::result::Result<Vec<Row>, String> {
    measure(save).map_err(|error| error.to_string())
}

fn measure(save: bool) -> Result<Vec<Row>> {
    let server = ListServer::start(INSTANCES)?;
    let runtime = runtime()?;
    let mut contestants = Vec::new();
    for name in Contestant::NAMES {
        contestants.push(Contestant::new(name, &server.endpoint)?);
    }
    runtime.block_on(compare_answers(&contestants))?;

    let watch = Watch::start(&[server.id()]);
    let mut rows = Vec::new();
    let mut ratios = Vec::new();
    let mut bars = Vec::new();
    for (in_flight, goals) in GOALS {
        for contestant in &contestants {
            runtime.block_on(calls(contestant, in_flight, CALLS))?;
        }
        let runs = Runs::<CONTESTANTS>::run(ROUNDS, |contestant| {
            micros_per_call(&runtime, &contestants[contestant], in_flight, CALLS)
        })?;
        for goal in goals {
            let measured = runs.ratio(OURS, goal.contestant).median;
            ratios.push(measured);
            rows.push(Row {
                name: format!("list call, {in_flight} in flight"),
                unit: "us cpu",
                ours: runs.figure(OURS),
                baseline: Some((goal.name, runs.figure(goal.contestant))),
                goal: Goal::Ratio {
                    measured,
                    at_most: goal.at_most,
                    accepted: Some(goal.accepted),
                },
            });
        }
        let figures = [OURS, FAIR, REQWEST, BARE]
            .map(|contestant| (Contestant::NAMES[contestant], runs.figure(contestant)));
        bars.push((format!("{in_flight} in flight"), figures.to_vec()));
        rows.push(Row {
            name: format!("bare hyper-util, {in_flight} in flight"),
            unit: "us cpu",
            ours: runs.figure(BARE),
            baseline: None,
            goal: Goal::None,
        });
    }
    let load = watch.load();
    if save {
        page::save_calls(&bars)?;
    }
    let allocations = allocations(&server.endpoint)?.map(Figure::exact);
    rows.push(Row {
        name: "list call, allocations".to_owned(),
        unit: "allocations",
        ours: allocations[OURS],
        baseline: Some(("fair", allocations[FAIR])),
        goal: Goal::None,
    });
    report::print_rows(&rows);
    println!("{load}");
    println!(
        "call cpu vs fair c1 {:.2} c64 {:.2}, vs reqwest c1 {:.2} c64 {:.2}",
        ratios[0], ratios[2], ratios[1], ratios[3]
    );
    Ok(rows)
}

/// Measures the calls of only one of the compared clients, for a profiler.
pub(crate) fn alone(name: &str, in_flight: &str, total: &str) -> std::result::Result<(), String> {
    let made = || -> Result<f64> {
        let server = ListServer::start(INSTANCES)?;
        let contestant = Contestant::new(name, &server.endpoint)?;
        micros_per_call(&runtime()?, &contestant, in_flight.parse()?, total.parse()?)
    };
    let micros = made().map_err(|error| error.to_string())?;
    println!("{micros:.1} us cpu per call");
    Ok(())
}

/// Returns a runtime with a single thread, because the time of the whole process is measured.
pub(crate) fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// Checks that all clients that decode the response get the same result.
async fn compare_answers(contestants: &[Contestant]) -> Result<()> {
    let ours = contestants[OURS].answer().await?;
    for other in contestants {
        let answer = other.answer().await?;
        if answer.is_some() && answer != ours {
            return Err("the contestants' results differ".into());
        }
    }
    Ok(())
}

/// Returns the processor time per call, in microseconds.
pub(crate) fn micros_per_call(
    runtime: &Runtime,
    contestant: &Contestant,
    in_flight: usize,
    total: usize,
) -> Result<f64> {
    let before = usage::cpu()?;
    let made = runtime.block_on(calls(contestant, in_flight, total))?;
    Ok(micros(usage::cpu()? - before) / made as f64)
}

/// Returns the number of allocations per call of each compared client. A separate program counts
/// them.
fn allocations(endpoint: &str) -> Result<[f64; CONTESTANTS]> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = "run --quiet --profile bench --package bench --bin call-allocations";
    let counted = Command::new(cargo)
        .args(arguments.split(' '))
        .arg(endpoint)
        .output()?;
    let text = String::from_utf8_lossy(&counted.stdout);
    let counts: std::result::Result<Vec<f64>, _> = text.lines().map(str::parse).collect();
    let counts = counts?.try_into();
    Ok(counts.map_err(|_| "cannot count the allocations")?)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Makes about `total` calls, `in_flight` of them at the same time, and returns their exact number.
async fn calls(contestant: &Contestant, in_flight: usize, total: usize) -> Result<usize> {
    let each = total.div_ceil(in_flight);
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let contestant = contestant.clone();
        tasks.spawn(async move {
            for _ in 0..each {
                if contestant.call().await? < PAGE_SIZE {
                    return Err("the list is too short".into());
                }
            }
            Result::Ok(each)
        });
    }
    let mut made = 0;
    while let Some(ended) = tasks.join_next().await {
        made += ended??;
    }
    Ok(made)
}
