//! The `emulator` command: runs a local emulator of the service.

mod demo;
mod variables;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use aihc_emulator::{Emulator as Server, Scenario, SnapshotError};
use clap::{Args, ValueHint};

use self::variables::LocalVariables;
use super::{agreement, child};
use crate::client::Context;
use crate::exit::{Failure, Signals};
use crate::language::tr;
use crate::output::note;

const ADDRESS: &str = "127.0.0.1:7070";
/// The default address of the emulator if it runs a command. The command learns the actual port
/// from an environment variable.
const ANY_PORT: &str = "127.0.0.1:0";

/// Run a local service with its own instances, to try things without an account.
#[derive(Args)]
#[command(after_help = "\
With a command: runs it with settings that lead to the service, and ends with its exit code; \
SIGTERM and SIGHUP are forwarded to it. Your own settings that lead to an account are removed. \
Without a command: prints the settings, or writes them to a file, and runs until Ctrl-C.

Examples:
  aihc-dev emulator --demo -- aihc-dev list
  aihc-dev emulator --demo -- bash       # every command typed there uses the local service
  aihc-dev emulator --save state.json -- aihc-dev list
  aihc-dev emulator --restore state.json --save state.json -- aihc-dev list
  aihc-dev emulator --settings local.sh  # in one terminal; the file appears when it runs
  (. ./local.sh && aihc-dev list)        # in another; without the file nothing is run

The program aihc-emulator is the same service with faults and an adjustable clock: see
its --control.")]
pub(crate) struct Emulator {
    /// Address to listen on; port 0 is a free one [default: 127.0.0.1:7070; with a command a free
    /// port].
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    listen: Option<String>,
    /// Factor by which instances go through their states faster than in reality.
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = number)]
    time_scale: f64,
    /// Begin with example data: a few instances of two owners, jobs and a service.
    #[arg(long, conflicts_with = "restore")]
    demo: bool,
    /// Things that go wrong, such as capacity=2,idle-stop=600; aihc-emulator --help has the names.
    #[arg(long, value_name = "LIST", value_parser = str::parse::<Scenario>)]
    scenario: Option<Scenario>,
    /// Begin with the contents of this file, which --save has written.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    restore: Option<PathBuf>,
    /// Write all contents to this file at the end, readable by its owner only.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    save: Option<PathBuf>,
    /// Write the settings to this file, for a shell, as soon as the service runs.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    settings: Option<PathBuf>,
    /// Command to run, with its arguments.
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| tr!("must be a number"))
}

/// Checks that the address consists of a host and a port.
fn address(text: &str) -> Result<String, String> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
            Ok(text.to_owned())
        }
        _ => Err(tr!(
            "must be HOST:PORT, such as {address}",
            address = ADDRESS
        )),
    }
}

impl Emulator {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let mut signals = Signals::new()?;
        let address = match self.command.is_empty() {
            true => ADDRESS,
            false => ANY_PORT,
        };
        if let Some(path) = &self.save {
            Server::try_save_path(path).map_err(wrong("--save", path))?;
        }
        let server = Server::builder()
            .listen(self.listen.as_deref().unwrap_or(address))
            .time_scale(self.time_scale)
            .scenario(self.scenario.clone().unwrap_or_default());
        let server = match self.demo {
            true => demo::prepared(server)?,
            false => server,
        };
        let server = server
            .start()
            .await
            .map_err(|error| Failure::usage(error.to_string()))?;
        let handle = server.handle();
        if let Some(path) = &self.restore {
            handle.load(path).map_err(wrong("--restore", path))?;
        }
        if self.demo {
            demo::fill(&server).await?;
        }
        let ended = self.beside(&server, context, &mut signals).await;
        if let Some(path) = &self.save {
            // The changes of a request that is served after this would not be saved.
            server.stop().await;
            if let Err(error) = handle.save(path) {
                let failure = Failure::unfit(format!("--save {}: {error}", path.display()));
                return agreement::ended(ended, failure.report());
            }
        }
        ended
    }

    /// Runs the user's command while the emulator is running, until the command ends. Without a
    /// command, prints the settings or writes them to a file, and waits for a signal.
    async fn beside(
        &self,
        server: &Server,
        context: &Context,
        signals: &mut Signals,
    ) -> Result<(), Failure> {
        let settings = LocalVariables::of(server);
        if let Some(path) = &self.settings {
            settings.write(path)?;
        }
        if let [program, arguments @ ..] = &self.command[..] {
            let mut command = Command::new(program);
            command.args(arguments);
            command.env_clear().envs(settings.environment());
            return child::run(command, signals).await;
        }
        match &self.settings {
            Some(path) => note(&tr!(
                "running; {path} has the settings; Ctrl-C ends it",
                path = path.display()
            )),
            None => {
                context.output.text(&settings.script())?;
                note(&tr!("running; Ctrl-C ends it"));
            }
        }
        signals.next().await;
        Ok(())
    }
}

/// Returns a function that converts an error about the file `path` to a failure that names
/// `option`.
fn wrong(option: &str, path: &Path) -> impl Fn(SnapshotError) -> Failure {
    move |error| Failure::usage(format!("{option} {}: {error}", path.display()))
}
