//! `aihc-dev`: AIHC dev instances on the command line.
//!
//! | folder or file | contents |
//! |---|---|
//! | `cli.rs`, `options.rs`, `groups.rs`, `concise.rs` | the command line, and the options of every command |
//! | `command/` | one file or folder per command: its options, examples and implementation; and the parts that several commands share: `batch.rs`, `child.rs`, `confirm.rs`, `existing.rs`, `login/`, `page.rs`, `places.rs`, `watch/` |
//! | `client/` | the clients, as the options configure them; dry runs; the record of the changes that were sent |
//! | `config/` | configuration files: profiles and contexts |
//! | `request/` | the requests of `create` and `update`: files, members of the API, differences |
//! | `output/` | results: tables, JSON, YAML |
//! | `terminal/` | the capabilities of the terminal, and whether anybody reads standard output |
//! | `exit/` | the end of a command: exit codes, failures, hints, signals |
//! | `completion/` | completion in shells |
//! | `manual.rs` | the manual pages |
//! | `contract/` | the comparison of responses with their description, and its report |
//! | `generated/` | the members of requests and responses, written by `cargo xtask codegen` |
//! | `language/` | the language of user-facing texts |
//!
//! Results go to standard output, everything else to standard error.

mod cli;
mod client;
mod command;
mod completion;
mod concise;
mod config;
mod contract;
mod exit;
mod generated;
mod groups;
mod language;
mod logging;
mod manual;
mod options;
mod output;
mod request;
mod terminal;

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::cli::Cli;
use crate::client::Context;
use crate::exit::{Exit, Failure, Signal, signal};
use crate::output::{note, unwritten};
use crate::terminal::{printable, stdout_reader};

fn main() -> ExitCode {
    let about_language = language::choose();
    cli::answer_shell();
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(error) => return told(&error).into(),
    };
    if let Some(about_language) = about_language {
        note(&about_language);
    }
    logging::start(cli.global.log_level);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let exit = match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(run(cli));
            // A thread may still be waiting for the answer to a question on the terminal.
            runtime.shutdown_background();
            exit
        }
        Err(error) => Failure::from(error).report(),
    };
    exit.into()
}

/// Prints the requested help or version, or the error in the command line.
fn told(error: &clap::Error) -> Exit {
    // The error quotes arguments that may come from a user or from a script.
    let mut typed = std::env::args_os();
    let is_odd = typed.any(|word| matches!(printable(&word.to_string_lossy()), Cow::Owned(_)));
    let text = language::shown(error, cli::tree, std::env::args_os());
    let text = match is_odd && error.use_stderr() {
        true => {
            let plain = text.unwrap_or_else(|| error.render().to_string());
            Some(printable(&plain).into_owned())
        }
        false => text,
    };
    let ready = match error.use_stderr() {
        true => Ok(()),
        false => stdout_reader::must_be_writable(),
    };
    let shown = ready.and_then(|()| match text {
        Some(text) if error.use_stderr() => io::stderr().lock().write_all(text.as_bytes()),
        Some(text) => io::stdout().lock().write_all(text.as_bytes()),
        None => error.print(),
    });
    let shown = shown.and_then(|()| io::stdout().flush());
    match shown {
        Err(cause) if !error.use_stderr() => Failure::from(unwritten(cause)).report(),
        // There is no other place to report that standard error is closed.
        _ if error.use_stderr() => Exit::Usage,
        _ => Exit::Ok,
    }
}

async fn run(cli: Cli) -> Exit {
    let changes = cli.command.changes();
    let context = Context::new(cli.global, changes);
    if let Some(conflict) = context.output.conflict(changes) {
        return Failure::usage(conflict).report();
    }
    if cli.command.hears_signals() {
        return ended(cli.command.run(&context).await);
    }
    let writes = context.writes.clone();
    let interrupted = move |signal| Failure::Interrupted(signal, writes.describe(changes));
    let stuck = interrupted.clone();
    let signal = signal::first(move |signal| stuck(signal).report().code());
    let result = tokio::select! {
        biased;
        Ok(signal) = signal => {
            if signal == Signal::Interrupt && context.output.look().live {
                // Ends the line on which the terminal has printed `^C`.
                note("");
            }
            Err(interrupted(signal))
        }
        result = cli.command.run(&context) => result,
    };
    ended(result)
}

fn ended(result: Result<(), Failure>) -> Exit {
    match result {
        Ok(()) => Exit::Ok,
        Err(failure) => failure.report(),
    }
}
