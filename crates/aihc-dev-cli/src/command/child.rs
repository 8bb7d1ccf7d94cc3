//! Runs other programs, as child processes or in place of this process.

use std::io;
use std::process::{Command, ExitStatus};

use tokio::process::Child;

use crate::exit::{Exit, Failure, Signal, Signals};
use crate::language::tr;
use crate::output::note;

/// The exit code with which shells report that a command was not found.
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

/// Runs a command until it ends. On Unix, forwards signals other than Ctrl-C to it. If its exit
/// code is not 0, returns a failure with that exit code.
pub(super) async fn run(command: Command, signals: &mut Signals) -> Result<(), Failure> {
    let program = command.get_program().to_owned();
    let mut child = tokio::process::Command::from(command)
        .spawn()
        .map_err(|error| not_run(&program, &error))?;
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

/// On Unix, replaces this process with the command, which thereby gets the terminal and the
/// signals, and determines the exit code; returns only if the command cannot be run. On other
/// systems, runs the command as a child process, and returns when it has ended.
#[cfg(unix)]
pub(super) async fn become_it(mut command: Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;

    let error = command.exec();
    Err(not_run(command.get_program(), &error))
}

#[cfg(not(unix))]
pub(super) async fn become_it(command: Command) -> Result<(), Failure> {
    // The console sends Ctrl-C to the command as well.
    run(command, &mut Signals::new()?).await
}

/// Tells the user why a program cannot be run, and returns a failure with the exit code that shells
/// use for this.
fn not_run(program: &std::ffi::OsStr, error: &io::Error) -> Failure {
    let program = program.to_string_lossy();
    note(&tr!(
        "aihc-dev: cannot run {program}: {error}",
        program = program,
        error = error
    ));
    Failure::Told(Exit::As(match error.kind() {
        io::ErrorKind::NotFound => {
            if ["ssh", "scp"].contains(&&*program) {
                note(&tr!(
                    "  hint: it is part of OpenSSH; install that, and add its folder to PATH"
                ));
            }
            NOT_FOUND
        }
        _ => NOT_RUN,
    }))
}

/// Forwards a signal to the child. Ctrl-C is not forwarded, because the terminal sends it to the
/// child as well. Other signals may have been sent to this process alone, for example by `kill`.
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
        // The child may already have ended.
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
    // On Windows, an exit code may be larger than a byte.
    u8::try_from(code).unwrap_or(1)
}
