//! The question before something is lost.

use std::io::{self, BufRead as _, Write as _};

use crate::exit::Failure;
use crate::terminal;

/// Refuses to go on when nobody can be asked and nobody has agreed beforehand.
pub(crate) fn must_be_possible(agreed: bool, what: &str) -> Result<(), Failure> {
    if agreed || terminal::can_ask() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "nobody can be asked whether to {what}: this is no terminal. --yes agrees beforehand; \
         nothing was sent"
    )))
}

/// Asks on the terminal; only an explicit yes is one.
pub(crate) async fn ask(question: String) -> Result<bool, Failure> {
    // Standard input cannot be waited for together with Ctrl-C in any other way.
    let answer = tokio::task::spawn_blocking(move || -> io::Result<String> {
        // Not locked while somebody thinks: Ctrl-C has something to say there.
        write!(io::stderr(), "{question} [y/N] ")?;
        io::stderr().flush()?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(line)
    });
    let line = answer.await.map_err(io::Error::other)??;
    Ok(is_yes(&line))
}

fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_explicit_yes_is_one() {
        assert!(is_yes("y\n") && is_yes(" YES \n"));
        for no in ["", "\n", "n\n", "yep\n", "j\n"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
