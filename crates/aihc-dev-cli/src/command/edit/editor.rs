//! Runs the user's text editor.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::exit::{Failure, Signal, Signals};
use crate::language::{text, tr};

/// The editor that is used if neither `VISUAL` nor `EDITOR` names one.
const DEFAULT: &str = if cfg!(windows) { "notepad" } else { "vi" };
/// How long an editor may take to end after a signal.
const GRACE: Duration = Duration::from_secs(3);

/// Returns the command in the environment variable `VISUAL` or `EDITOR`, or else the default
/// editor.
pub(super) fn name() -> OsString {
    let variables = ["VISUAL", "EDITOR"];
    let mut named = variables.iter().filter_map(std::env::var_os);
    named
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| DEFAULT.into())
}

/// Opens a file in the editor, and waits until the editor ends. Fails if it ends unsuccessfully. On
/// a signal other than Ctrl-C, ends the editor and fails; the editor itself handles Ctrl-C.
pub(super) async fn open(path: &Path, signals: &mut Signals) -> Result<(), Failure> {
    let editor = name();
    let shown = editor.to_string_lossy().into_owned();
    let child = command(&editor, path).kill_on_drop(true).spawn();
    let mut child = child.map_err(|error| {
        Failure::usage(text!(
            "cannot run the editor {editor}: {error}; set EDITOR to use another one; nothing was sent",
            editor = shown,
            error = error
        ))
    })?;
    let status = loop {
        tokio::select! {
            // If a Ctrl-C and the end of the editor are noticed at the same time, the Ctrl-C is
            // handled first: it was meant for the editor.
            biased;
            signal = signals.next() => match signal {
                // A terminal sends Ctrl-C to the editor as well, which decides what it means.
                Signal::Interrupt => {}
                other => {
                    end(&mut child, other).await;
                    return Err(Failure::Interrupted(other, vec![tr!("nothing was sent")]));
                }
            },
            status = child.wait() => break status?,
        }
    };
    if was_interrupted(status) {
        return Err(Failure::Interrupted(
            Signal::Interrupt,
            vec![tr!("nothing was sent")],
        ));
    }
    match status.success() {
        true => Ok(()),
        false => Err(Failure::unfit(text!(
            "the editor {editor} ended with {status}; nothing was sent",
            editor = shown,
            status = status
        ))),
    }
}

/// Builds the command that opens `path`. If `editor` contains characters that a shell interprets, a
/// shell runs it, as in git: it may be a command line with arguments, quotes, and paths with
/// spaces.
#[cfg(unix)]
fn command(editor: &OsString, path: &Path) -> Command {
    use std::os::unix::ffi::OsStrExt as _;

    const FOR_A_SHELL: &[u8] = b"|&;<>()$`\\\"' \t\n*?[#~=%";
    let is_plain = |byte: &u8| !FOR_A_SHELL.contains(byte);
    if editor.as_bytes().iter().all(is_plain) {
        let mut command = Command::new(editor);
        command.arg(path);
        return command;
    }
    let mut script = editor.clone();
    script.push(" \"$@\"");
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).arg(editor).arg(path);
    command
}

/// Builds the command that opens `path`. `editor` is the path of a program, or a program with
/// arguments.
#[cfg(not(unix))]
fn command(editor: &OsString, path: &Path) -> Command {
    let text = editor.to_string_lossy().into_owned();
    let mut command = match text.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some((program, rest)) => {
            let mut command = Command::new(program);
            command.args(rest.split_whitespace());
            command
        }
        None if Path::new(editor).exists() => Command::new(editor),
        None => {
            let mut words = text.split_whitespace();
            let mut command = Command::new(words.next().unwrap_or(DEFAULT));
            command.args(words);
            command
        }
    };
    command.arg(path);
    command
}

/// Sends the editor a signal that it can handle, so that it can restore the terminal, and waits for
/// it to end, but no longer than [`GRACE`].
#[cfg(unix)]
async fn end(child: &mut Child, signal: Signal) {
    use rustix::process::{Pid, Signal as Number, kill_process};

    let number = match signal {
        Signal::HangUp => Number::HUP,
        _ => Number::TERM,
    };
    let pid = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(pid) = pid.and_then(Pid::from_raw) {
        // The editor may already have ended.
        let _ = kill_process(pid, number);
    }
    let _ = tokio::time::timeout(GRACE, child.wait()).await;
}

#[cfg(not(unix))]
async fn end(child: &mut Child, _: Signal) {
    let _ = tokio::time::timeout(GRACE, child.kill()).await;
}

/// Returns whether Ctrl-C ended the editor, or the shell that runs it.
fn was_interrupted(status: ExitStatus) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;

        if status.signal() == Some(2) {
            return true;
        }
    }
    status.code() == Some(130)
}
