//! The question before something is lost.

use std::io::{self, BufRead as _, Read as _, Write as _};

use crate::exit::{Exit, Failure};
use crate::language::{self, Language, text};
use crate::output::note;
use crate::terminal::{self, printable};

/// Refuses to go on when nobody can be asked and nobody has agreed beforehand.
pub(crate) fn must_be_possible(agreed: bool, what: &str) -> Result<(), Failure> {
    if agreed || terminal::can_ask() {
        return Ok(());
    }
    Err(Failure::usage(text!(
        "cannot ask for confirmation to {what}: not a terminal; pass --yes; nothing was sent",
        what = what
    )))
}

/// Asks on the terminal; without a yes it says what was not done, and fails.
pub(crate) async fn agree(question: String, not_done: &str) -> Result<(), Failure> {
    if ask(question).await? {
        return Ok(());
    }
    note(not_done);
    Err(Failure::Told(Exit::Declined))
}

/// Asks on the terminal; only an explicit yes is one. The end of the input is none.
pub(crate) async fn ask(question: String) -> Result<bool, Failure> {
    // Standard input cannot be waited for together with Ctrl-C in any other way.
    let answer = tokio::task::spawn_blocking(move || -> io::Result<String> {
        // Not locked while somebody thinks: Ctrl-C has something to say there.
        write!(io::stderr(), "{} [y/N] ", printable(&question))?;
        io::stderr().flush()?;
        let mut line = String::new();
        // More than a line is no answer.
        let mut stdin = io::stdin().lock().take(1024);
        if stdin.read_line(&mut line)? == 0 {
            // The cursor stands behind the question.
            writeln!(io::stderr())?;
        }
        Ok(line)
    });
    let line = answer.await.map_err(io::Error::other)??;
    Ok(is_yes(&line, language::current()))
}

fn is_yes(line: &str, language: Language) -> bool {
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => true,
        // With an input method that is switched on, the letter is a full-width one.
        "是" | "是的" | "ｙ" => language == Language::Chinese,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_explicit_yes_is_one() {
        for language in [Language::English, Language::Chinese] {
            assert!(is_yes("y\n", language) && is_yes(" YES \n", language));
            for no in ["", "\n", "n\n", "yep\n", "j\n", "否\n", "不是\n"] {
                assert!(!is_yes(no, language), "{no:?}");
            }
        }
        assert!(is_yes("是\n", Language::Chinese) && is_yes(" 是的 \n", Language::Chinese));
        assert!(!is_yes("是\n", Language::English));
    }
}
