//! The processor time of a list call, beside what it takes without the client's layers:
//! `cargo xtask bench call`.
//!
//! The server is a process of its own, and all contestants take turns in this one, with one thread.

mod contestant;
pub(crate) mod model;

use std::process::Command;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinSet;

pub(crate) use self::contestant::{Contestant, PAGE_SIZE, Result};
use crate::list_server::ListServer;
use crate::report::{self, Figure, Goal, Row};
use crate::rounds::Rounds;
use crate::usage;

const IN_FLIGHT: [usize; 2] = [1, 64];
const ROUNDS: usize = 31;
/// Of one contestant in one round; about a tenth of a second.
const CALLS: usize = 3_000;
/// Of the list that the calls show the first page of.
const INSTANCES: usize = 1_000;
const OURS: usize = 0;
const SIGNED: usize = 2;
/// How much more a call may take than the work that it consists of.
const AT_MOST: f64 = 1.10;

/// Measures all contestants; the last line is `call cpu ratio c1 X.XX c64 Y.YY`.
pub(crate) fn run() -> std::result::Result<Vec<Row>, String> {
    measure().map_err(|error| error.to_string())
}

fn measure() -> Result<Vec<Row>> {
    let server = ListServer::start(INSTANCES)?;
    let runtime = runtime()?;
    let mut contestants = Vec::new();
    for name in Contestant::NAMES {
        contestants.push(Contestant::new(name, &server.endpoint)?);
    }
    runtime.block_on(compare_answers(&contestants))?;

    let mut rows = Vec::new();
    let mut ratios = Vec::new();
    for in_flight in IN_FLIGHT {
        for contestant in &contestants {
            runtime.block_on(calls(contestant, in_flight, CALLS / 10))?;
        }
        let rounds = Rounds::<3>::run(ROUNDS, |contestant| {
            micros_per_call(&runtime, &contestants[contestant], in_flight, CALLS)
        })?;
        let ratio = rounds.ratio(OURS, SIGNED);
        ratios.push(ratio);
        rows.push(Row {
            name: format!("list call, {in_flight} in flight"),
            unit: "us cpu",
            ours: rounds.figure(OURS),
            baseline: Some(("hyper + sign + serde", rounds.figure(SIGNED))),
            goal: Goal::Ratio {
                measured: ratio,
                at_most: AT_MOST,
                accepted: None,
            },
        });
        rows.push(Row {
            name: format!("bare hyper-util, {in_flight} in flight"),
            unit: "us cpu",
            ours: rounds.figure(1),
            baseline: None,
            goal: Goal::None,
        });
    }
    let [ours, _, signed] = allocations(&server.endpoint)?.map(Figure::exact);
    rows.push(Row {
        name: "list call, allocations".to_owned(),
        unit: "allocations",
        ours,
        baseline: Some(("hyper + sign + serde", signed)),
        goal: Goal::None,
    });
    report::print_rows(&rows);
    println!("call cpu ratio c1 {:.2} c64 {:.2}", ratios[0], ratios[1]);
    Ok(rows)
}

/// Makes calls of one contestant and nothing else, for a profiler.
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

/// One thread, as the time of one process is what is measured.
pub(crate) fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// Both that read the answer must have read the same.
async fn compare_answers(contestants: &[Contestant]) -> Result<()> {
    let ours = contestants[OURS].answer().await?;
    match ours.is_some() && ours == contestants[SIGNED].answer().await? {
        true => Ok(()),
        false => Err("the contestants do not read the same".into()),
    }
}

/// The processor time per call, in microseconds.
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

/// The allocations per call of each contestant, counted by a program of their own.
fn allocations(endpoint: &str) -> Result<[f64; 3]> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = "run --quiet --release --package bench --bin call-allocations";
    let counted = Command::new(cargo)
        .args(arguments.split(' '))
        .arg(endpoint)
        .output()?;
    let text = String::from_utf8_lossy(&counted.stdout);
    let counts: std::result::Result<Vec<f64>, _> = text.lines().map(str::parse).collect();
    let counts = counts?.try_into();
    Ok(counts.map_err(|_| "the allocations cannot be counted")?)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Makes about so many calls, a number of them at a time; how many.
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
