//! A command that runs beside the service.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::ExitStatus;

use tokio::process::{Child, Command};

use super::variables::LocalVariables;
use crate::exit::{Exit, Failure, Signal, Signals};
use crate::output::note;

/// As shells have it.
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

/// Runs a command to its end, and ends as it does.
pub(super) async fn run(
    program: &OsStr,
    arguments: &[OsString],
    variables: &LocalVariables,
    signals: &mut Signals,
) -> Result<(), Failure> {
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(variables.environment())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            let program = program.to_string_lossy();
            note(&format!("aihc-dev: cannot run {program}: {error}"));
            return Err(Failure::Told(Exit::As(match error.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                _ => NOT_RUN,
            })));
        }
    };
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            signal = signals.next() => pass_on(signal, &child),
        }
    };
    match code(status) {
        0 => Ok(()),
        code => Err(Failure::Told(Exit::As(code))),
    }
}

/// A terminal sends Ctrl-C to the command itself; all else goes to this process alone.
#[cfg(unix)]
fn pass_on(signal: Signal, child: &Child) {
    use rustix::process::{Pid, Signal as Number, kill_process};

    let number = match signal {
        Signal::Interrupt => return,
        Signal::HangUp => Number::HUP,
        Signal::Terminate => Number::TERM,
    };
    let pid = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(pid) = pid.and_then(Pid::from_raw) {
        // It may have ended by itself.
        let _ = kill_process(pid, number);
    }
}

#[cfg(not(unix))]
fn pass_on(_: Signal, _: &Child) {}

fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;

        if let Some(signal) = status.signal() {
            return u8::try_from(signal).map_or(u8::MAX, |number| number.saturating_add(128));
        }
    }
    let code = status.code().unwrap_or(1);
    // More than a byte is there on Windows alone.
    u8::try_from(code).unwrap_or(1)
}
