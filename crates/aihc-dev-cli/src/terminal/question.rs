//! Questions on the terminal.

use std::io::{self, BufRead as _, Read as _, Write as _};

use super::printable;

/// Nobody types more, nor pastes a longer token.
const LONGEST: u64 = 64 * 1024;

/// Asks on standard error, and reads a line without what stands around it. `None` if the input has ended.
pub(crate) async fn ask(question: String) -> io::Result<Option<String>> {
    line(format!("{question}: ")).await
}

/// As [`ask`], with a prompt that says how to answer.
pub(crate) async fn line(prompt: String) -> io::Result<Option<String>> {
    // Standard input cannot be waited for together with Ctrl-C in any other way.
    let answer = tokio::task::spawn_blocking(move || -> io::Result<Option<String>> {
        // Not locked while somebody thinks: Ctrl-C has something to say there.
        write!(io::stderr(), "{}", printable(&prompt))?;
        io::stderr().flush()?;
        let mut line = String::new();
        let read = io::stdin().lock().take(LONGEST).read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    });
    answer.await.map_err(io::Error::other)?
}

/// As [`ask`], without showing what is typed.
#[cfg(unix)]
pub(crate) async fn ask_hidden(question: String) -> io::Result<Option<String>> {
    // Dropped with the question, whatever ends it: a terminal without its echo is of no use.
    let _hidden = Hidden::new()?;
    ask(question).await
}

/// As [`ask`], without showing what is typed.
#[cfg(not(unix))]
pub(crate) async fn ask_hidden(question: String) -> io::Result<Option<String>> {
    let answer =
        tokio::task::spawn_blocking(move || rpassword::prompt_password(format!("{question}: ")));
    let line = answer.await.map_err(io::Error::other)??;
    Ok(Some(line.trim().to_owned()))
}

/// A terminal that does not show what is typed.
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
        // The end of the line shows that it was taken.
        hidden.local_modes.insert(LocalModes::ECHONL);
        // What was typed before the question has been shown.
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};

        // The terminal may be gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}
