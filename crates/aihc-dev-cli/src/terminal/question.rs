//! Questions on the terminal.

use std::io::{self, BufRead as _, Read as _, Write as _};

use super::printable;

/// More than anybody types or pastes.
const LONGEST: u64 = 64 * 1024;

/// Asks on standard error, and reads a trimmed line. Returns `None` at the end of the input.
pub(crate) async fn ask(question: String) -> io::Result<Option<String>> {
    line(format!("{question}: ")).await
}

/// Like [`ask`], with a prompt that tells how to answer.
pub(crate) async fn line(prompt: String) -> io::Result<Option<String>> {
    // Standard input can be awaited together with Ctrl-C only on another thread.
    let answer = tokio::task::spawn_blocking(move || -> io::Result<Option<String>> {
        // Not locked while the user thinks, since the handler of Ctrl-C writes to it.
        write!(io::stderr(), "{}", printable(&prompt))?;
        io::stderr().flush()?;
        let mut line = String::new();
        let read = io::stdin().lock().take(LONGEST).read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    });
    answer.await.map_err(io::Error::other)?
}

/// Like [`ask`], without echo.
#[cfg(unix)]
pub(crate) async fn ask_hidden(question: String) -> io::Result<Option<String>> {
    // Restores the echo however the question ends.
    let _hidden = Hidden::new()?;
    ask(question).await
}

/// Like [`ask`], without echo.
#[cfg(not(unix))]
pub(crate) async fn ask_hidden(question: String) -> io::Result<Option<String>> {
    let answer =
        tokio::task::spawn_blocking(move || rpassword::prompt_password(format!("{question}: ")));
    let line = answer.await.map_err(io::Error::other)??;
    Ok(Some(line.trim().to_owned()))
}

/// A terminal without echo, until it is dropped.
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
        // The echoed line end shows that the input was taken.
        hidden.local_modes.insert(LocalModes::ECHONL);
        // Discards input that was typed before the question was shown.
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};

        // The terminal may be closed.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}
