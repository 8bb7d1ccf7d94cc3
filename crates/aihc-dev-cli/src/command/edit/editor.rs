//! The user's editor.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::exit::{Failure, Signal, Signals};
use crate::language::{text, tr};

/// The editor if no variable names one.
const DEFAULT: &str = if cfg!(windows) { "notepad" } else { "vi" };
/// How long an editor may take to end.
const GRACE: Duration = Duration::from_secs(3);

/// Returns the editor that VISUAL or EDITOR names.
pub(super) fn name() -> OsString {
    let variables = ["VISUAL", "EDITOR"];
    let mut named = variables.iter().filter_map(std::env::var_os);
    named
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| DEFAULT.into())
}

/// Opens a file and waits until the editor ends. A signal to this process ends both.
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
            // A Ctrl-C from before the end of the editor was for it, also if both are noticed at once.
            biased;
            signal = signals.next() => match signal {
                // A terminal also sends it to the editor, which may handle it.
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

/// Builds the command through a shell, as git does, since the variable may contain arguments,
/// quotes and paths with spaces.
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

/// Builds the command from a path, or a program with arguments.
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

/// Ends the editor gently, so that it can restore the terminal.
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

/// Returns whether Ctrl-C ended the editor or the shell around it.
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
