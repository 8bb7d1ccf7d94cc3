//! The language of what people read: help, hints and questions. Documents, codes, errors of libraries
//! and logs stay English.
//!
//! | file | holds |
//! |---|---|
//! | `choice.rs` | which language, by option, variables and profile |
//! | `catalogue.rs`, `zh_CN.po` | the Chinese texts, a gettext catalogue whose keys are the English ones |
//! | `prose.rs` | texts of several paragraphs, in which commands stay as they are |
//! | `text.rs` | texts that documents hold, too |
//! | `tree.rs` | the command line with its help in the chosen language |
//! | `help.rs`, `fold.rs` | help as it is shown: the words that clap adds, and lines that fit |
//! | `usage_error.rs` | what is wrong with a command line |
//! | `complete.rs`, `sources.rs` | the tests that find what has no translation |

mod catalogue;
mod choice;
#[cfg(test)]
mod complete;
mod fold;
mod help;
mod prose;
#[cfg(test)]
mod sources;
mod text;
mod tree;
mod usage_error;

use std::sync::OnceLock;

pub(crate) use self::choice::{Language, named, names};
pub(crate) use self::help::{chinese_manual, rendered, shown};
pub(crate) use self::text::{Text, text};
pub(crate) use self::tree::{in_chinese, in_language};

static CHOSEN: OnceLock<Language> = OnceLock::new();

/// Chooses the language, once: before the command line is read, since its help and its errors are texts,
/// too. Gives what has to be said about the choice.
pub(crate) fn choose() -> Option<String> {
    let (language, note) = choice::of_process();
    // Nobody has asked for a text before.
    let _ = CHOSEN.set(language);
    note
}

/// The language that was chosen.
pub(crate) fn current() -> Language {
    CHOSEN.get().copied().unwrap_or_default()
}

/// A text for people, in their language, with its named values filled in.
///
/// ```ignore
/// note(&tr!("{count} of {total} instances stopped", count = done, total = ids.len()));
/// ```
///
/// Values are always named: a translation may put them in another order.
macro_rules! tr {
    ($text:literal $(, $name:ident = $value:expr)* $(,)?) => {
        match $crate::language::translation($text) {
            None => format!($text $(, $name = $value)*),
            Some(translated) => $crate::language::fill(
                translated,
                &[$((stringify!($name), ($value).to_string())),*],
            ),
        }
    };
}

pub(crate) use tr;

/// As [`tr!`], of a text of several paragraphs, each of which is a text of its own; commands and names stay.
macro_rules! paragraphs {
    ($text:literal) => {
        $crate::language::of_paragraphs($text)
    };
}

pub(crate) use paragraphs;

/// For [`paragraphs!`].
pub(crate) fn of_paragraphs(english: &str) -> String {
    match current() {
        Language::English => english.to_owned(),
        Language::Chinese => help::folded(&prose::translated(english, translation)),
    }
}

/// The translation of an English text, if people want another language and there is one.
pub(crate) fn translation(english: &str) -> Option<&'static str> {
    match current() {
        Language::English => None,
        Language::Chinese => catalogue::chinese().get(english),
    }
}

/// Puts values where a text names them in braces.
pub(crate) fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => {
                filled.push('{');
                filled.push_str(name);
                filled.push('}');
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_where_their_names_are_and_are_not_filled_themselves() {
        let values = [("a", "{b}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(fill("{b}, {a}: {c}, {", &values), "2, {b}: {c}, {");
        assert_eq!(tr!("{a} of {b}", a = 1, b = "two"), "1 of two");
    }
}
