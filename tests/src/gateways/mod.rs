//! Our clients through real gateways and proxies: `cargo xtask gateways`.
//!
//! Between the client and the emulator stands software that nobody here wrote: nginx, haproxy,
//! squid, tinyproxy, microsocks. Each row is a set-up of one of them and an operation; it checks what
//! reached the emulator, what came of the call, and whether it says that it may have been applied.
//! Everything is on loopback.

mod daemon;
mod expected;
mod folder;
mod gateway;
mod install;
mod policy;
mod program;
mod row;
mod rows;
mod stage;
mod subject;

use std::process::ExitCode;

use bce_http::Error;
use tokio::task::JoinSet;

use self::expected::Seen;
use self::install::Packages;
use self::row::Row;
use self::stage::Stage;
use crate::outcome::Outcome;

const AT_ONCE: usize = 8;

const USAGE: &str = "cargo xtask gateways [--keep]";

/// Installs the gateways and plays all rows; the last line is `N passed, M failed`.
pub fn run(arguments: &[String]) -> ExitCode {
    let keep = match arguments {
        [] => false,
        [option] if option == "--keep" => true,
        _ => return crate::usage_error(USAGE),
    };
    let mut outcome = Outcome::default();
    match Packages::install(keep) {
        Ok(packages) => {
            play(&mut outcome);
            outcome.count("what was installed is removed", packages.remove());
        }
        Err(problem) => outcome.count("the gateways", Err(problem)),
    }
    outcome.finish()
}

fn play(outcome: &mut Outcome) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return outcome.count("the runtime", Err(error.to_string())),
    };
    let is_whole = runtime.block_on(async {
        tokio::select! {
            () = play_all(outcome) => true,
            // What was installed has to be removed all the same.
            _ = tokio::signal::ctrl_c() => false,
        }
    });
    if !is_whole {
        outcome.count("the rest of the rows", Err("interrupted".to_owned()));
    }
}

async fn play_all(outcome: &mut Outcome) {
    let stage = match Stage::new() {
        Ok(stage) => stage,
        Err(problem) => return outcome.count("the stage", Err(problem)),
    };
    println!(
        "{:<11}{:<42}{:<11}{:>5}{:>6}{:>9}  {:<10}{:<8}{:>6}",
        "gateway", "set-up", "operation", "sent", "looks", "attempts", "result", "applied", "ms"
    );
    let mut waiting = rows::all().into_iter();
    let mut playing = JoinSet::new();
    loop {
        while playing.len() < AT_ONCE
            && let Some(row) = waiting.next()
        {
            let stage = stage.clone();
            playing.spawn(async move {
                let seen = stage.play(&row).await;
                (row, seen)
            });
        }
        match playing.join_next().await {
            None => break,
            Some(Ok((row, seen))) => judge(outcome, &row, seen),
            Some(Err(error)) => outcome.count("a row", Err(format!("panicked: {error}"))),
        }
    }
}

fn judge(outcome: &mut Outcome, row: &Row, seen: Result<Seen, String>) {
    let result = seen.and_then(|seen| {
        print_row(row, &seen);
        row.expected.check(&seen)
    });
    outcome.count(&row.name(), result);
}

fn print_row(row: &Row, seen: &Seen) {
    let error = seen.result.as_ref().err();
    let applied = error.map_or("", |error| match error.may_have_been_applied() {
        true => "maybe",
        false => "no",
    });
    println!(
        "{:<11}{:<42}{:<11}{:>5}{:>6}{:>9}  {:<10}{:<8}{:>6}",
        row.gateway.program.name(),
        row.gateway.name,
        row.subject.name(),
        seen.sent,
        seen.looks,
        error.map_or_else(String::new, |error| error.attempts().to_string()),
        error.map_or_else(
            || "ok".to_owned(),
            |error: &Error| format!("{:?}", error.kind())
        ),
        applied,
        seen.elapsed.as_millis()
    );
}
