//! `aihc-dev`: AIHC dev machines on the command line.
//!
//! | folder or file | holds |
//! |---|---|
//! | `command/` | one file for each command: its options, its examples, what it does |
//! | `options.rs`, `connect.rs` | what holds for every command, and the clients made from it |
//! | `output/` | results: tables, JSON, YAML |
//! | `request/` | what `create` and `update` send |
//! | `wait/` | how a wait shows itself |
//! | `failure.rs`, `hint.rs`, `exit.rs`, `interrupt.rs` | how a command ends |
//!
//! Results go to standard output, everything else to standard error.

mod batch;
mod command;
mod confirm;
mod connect;
mod dry_run;
mod exit;
mod failure;
mod hint;
mod interrupt;
mod logging;
mod options;
mod output;
mod request;
mod terminal;
mod wait;

use std::process::ExitCode;

use clap::Parser as _;

use crate::command::Command;
use crate::connect::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::Cli;
use crate::output::note;

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start(cli.global.log_level);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let exit = match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(run(cli));
            // A question on the terminal may still wait for its answer.
            runtime.shutdown_background();
            exit
        }
        Err(error) => Failure::from(error).report(),
    };
    exit.into()
}

async fn run(cli: Cli) -> Exit {
    let context = Context::new(cli.global);
    let runs_until_interrupted = matches!(cli.command, Command::Emulator(_));
    let changes = cli.command.changes();
    let result = tokio::select! {
        biased;
        () = interrupt::signal() => {
            if runs_until_interrupted {
                return Exit::Ok;
            }
            if context.output.look().live {
                // The terminal has shown ^C on the line.
                note("");
            }
            Err(Failure::Interrupted(context.writes.describe(changes)))
        }
        result = cli.command.run(&context) => result,
    };
    match result {
        Ok(()) => Exit::Ok,
        Err(failure) => failure.report(),
    }
}
