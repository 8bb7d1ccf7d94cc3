//! Asks for confirmation before an operation, such as a deletion.

use crate::exit::{Exit, Failure};
use crate::language::{self, Language, text};
use crate::output::note;
use crate::terminal::{self, question};

/// Fails if confirmation is required but the user cannot be asked. `agreed` means that the user has
/// agreed beforehand; `what` names the operation in the text of the error.
pub(crate) fn must_be_possible(agreed: bool, what: &str) -> Result<(), Failure> {
    if agreed || terminal::can_ask() {
        return Ok(());
    }
    Err(Failure::usage(text!(
        "cannot ask for confirmation to {what}: not a terminal; pass --yes; nothing was sent",
        what = what
    )))
}

/// Asks for confirmation on the terminal. If the user does not agree, prints `not_done` and fails.
pub(crate) async fn agree(question: String, not_done: &str) -> Result<(), Failure> {
    if ask(question).await? {
        return Ok(());
    }
    note(not_done);
    Err(Failure::Told(Exit::Declined))
}

/// Asks a question on the terminal. Returns `true` only for an explicit yes; the end of the input
/// counts as no.
pub(crate) async fn ask(question: String) -> Result<bool, Failure> {
    let Some(line) = question::line(format!("{question} [y/N] ")).await? else {
        // Ends the line of the question.
        note("");
        return Ok(false);
    };
    Ok(is_yes(&line, language::current()))
}

fn is_yes(line: &str, language: Language) -> bool {
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => true,
        // An input method for Chinese may produce a full-width letter.
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
