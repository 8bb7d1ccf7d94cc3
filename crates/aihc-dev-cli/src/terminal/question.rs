//! Asks questions on the terminal.

use std::io::{self, BufRead as _, Read as _, Write as _};

use super::printable;

/// The maximum length of an answer in bytes, which is more than anybody types or pastes.
const LONGEST: u64 = 64 * 1024;

/// Asks a question on standard error, and returns the line that is typed, without white space
/// around it. Returns `None` at the end of the input.
pub(crate) async fn ask(question: String) -> io::Result<Option<String>> {
    line(format!("{question}: ")).await
}

/// Prints a prompt on standard error, and returns the line that is typed, without white space
/// around it. Returns `None` at the end of the input.
pub(crate) async fn line(prompt: String) -> io::Result<Option<String>> {
    // Only a read on another thread can be awaited together with Ctrl-C.
    let answer = tokio::task::spawn_blocking(move || -> io::Result<Option<String>> {
        // Standard error is not locked while the user thinks, because the handler of Ctrl-C writes
        // to it.
        write!(io::stderr(), "{}", printable(&prompt))?;
        io::stderr().flush()?;
        let mut line = String::new();
        let read = io::stdin().lock().take(LONGEST).read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    });
    answer.await.map_err(io::Error::other)?
}

/// Asks a question on standard error, and returns the line that is typed, which the terminal does
/// not echo. Returns `None` at the end of the input.
#[cfg(unix)]
pub(crate) async fn ask_hidden(question: String) -> io::Result<Option<String>> {
    // Restores the echo when it is dropped.
    let _hidden = Hidden::new()?;
    ask(question).await
}

/// Asks a question on the terminal, and returns the line that is typed, which is not echoed.
#[cfg(not(unix))]
pub(crate) async fn ask_hidden(question: String) -> io::Result<Option<String>> {
    let answer =
        tokio::task::spawn_blocking(move || rpassword::prompt_password(format!("{question}: ")));
    let line = answer.await.map_err(io::Error::other)??;
    Ok(Some(line.trim().to_owned()))
}

/// Turns off the echo of a terminal until this value is dropped.
#[cfg(unix)]
struct Hidden {
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Hidden {
    fn new() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        // The end of the line is echoed, which shows that the input was accepted.
        hidden.local_modes.insert(LocalModes::ECHONL);
        // Discards what was typed before the question was printed.
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};

        // This fails if the terminal was closed.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}
