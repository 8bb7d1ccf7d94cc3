//! The language of user-facing texts: help, hints and questions. Machine-readable output, codes,
//! errors of libraries and logs are always in English.
//!
//! | file | contents |
//! |---|---|
//! | `choice.rs` | the choice by option, variables and profile |
//! | `catalogue.rs`, `zh_CN.po` | the Chinese texts, a gettext catalogue whose keys are the English ones |
//! | `prose.rs` | texts of several paragraphs, in which commands are not translated |
//! | `text.rs` | texts that machine-readable output contains as well |
//! | `tree.rs` | the command line with its help in the chosen language |
//! | `help.rs`, `fold.rs` | the help as it is shown: clap's own words, and wrapped lines |
//! | `usage_error.rs` | errors in the command line |
//! | `complete.rs`, `sources.rs` | the tests that find texts without a translation |

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

/// Chooses the language of help and messages. Must be called before the command line is parsed,
/// since errors in the command line are translated. Returns a message for the user if a variable or
/// a configuration file sets an unknown language.
pub(crate) fn choose() -> Option<String> {
    let (language, note) = choice::of_process();
    // No text has been translated before this.
    let _ = CHOSEN.set(language);
    note
}

/// Returns the chosen language.
pub(crate) fn current() -> Language {
    CHOSEN.get().copied().unwrap_or_default()
}

/// Returns a text in the language of the user, with its named values filled in.
///
/// ```ignore
/// note(&tr!("{count} of {total} instances stopped", count = done, total = ids.len()));
/// ```
///
/// Values are always named, since a translation may contain them in another order.
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

/// Returns a text of several paragraphs in the language of the user. Each paragraph is translated
/// separately; commands and names are not translated.
macro_rules! paragraphs {
    ($text:literal) => {
        $crate::language::of_paragraphs($text)
    };
}

pub(crate) use paragraphs;

/// Implements the macro [`paragraphs!`].
pub(crate) fn of_paragraphs(english: &str) -> String {
    match current() {
        Language::English => english.to_owned(),
        Language::Chinese => help::folded(&prose::translated(english, translation)),
    }
}

/// Returns the translation of an English text; `None` if the language is English or if there is no
/// translation.
pub(crate) fn translation(english: &str) -> Option<&'static str> {
    match current() {
        Language::English => None,
        Language::Chinese => catalogue::chinese().get(english),
    }
}

/// Replaces the names in braces with their values.
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
