//! Tests that every user-facing string is translated.
//!
//! `UPDATE_CATALOGUE=1 cargo test -p aihc-dev-cli language` adds missing strings to the catalogue,
//! for a translator, and removes those that are no longer needed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use polib::catalog::Catalog as Messages;
use polib::message::Message;

use super::sources::{self, Sources};
use super::{catalogue, help, tree};
use crate::cli::Cli;
use crate::concise;

/// Strings, each with the place where it occurs.
type Needed = Vec<(String, String)>;

/// Strings in the sources that need no translation of their own: they are not shown to users, are
/// always shown in English, or are translated elsewhere. Each item consists of the file or folder
/// that contains the string, and the beginning of the string.
const NOT_FOR_PEOPLE: [(&str, &str); 31] = [
    // Translated with the rest of the help.
    ("concise.rs", "Global options ("),
    // Labels of `show`, and the unified diff format.
    ("command/whoami.rs", "Access key id"),
    ("output/difference.rs", "*** (another value)"),
    ("output/difference.rs", "--- {name}"),
    ("contract/", ""),
    ("command/check_contract/asker.rs", "timed out"),
    ("command/check_contract/mod.rs", "packing an image"),
    ("command/check_contract/mod.rs", "the check did not"),
    ("manual.rs", ".el "),
    // The report of check-contract, which is always in English.
    ("command/check_contract/asker.rs", "the connection failed"),
    ("command/check_contract/life.rs", "the instance "),
    ("command/check_contract/life.rs", "running again"),
    ("command/check_contract/life.rs", "in time"),
    ("command/check_contract/life.rs", "at all"),
    // Endings that are removed from errors.
    ("client/mod.rs", ", or call allow_plain_http()"),
    ("request/file/json.rs", " at line "),
    // The wording of the SDK's errors, which are always in English.
    ("exit/hint.rs", " to be running"),
    ("exit/report.rs", "waiting for "),
    // The wording of the service.
    ("command/emulator/demo.rs", "Back-off pulling image"),
    // Names that appear in machine-readable output.
    ("command/doctor/checks.rs", "signed read"),
    ("command/doctor/mod.rs", "signed read"),
    // Descriptions of what the parser expects, which no error shows.
    ("config/document.rs", "an object"),
    ("config/document.rs", "a duplicate member"),
    ("output/document.rs", "an object"),
    ("request/file/json.rs", "an object"),
    // A command that has ended, and whose failure has been reported.
    ("exit/failure.rs", "exit code {}"),
    // Labels of `show`, like the headings of lists.
    ("command/session_token.rs", "Access key id"),
    ("command/session_token.rs", "Secret access key"),
    // Printed when no language has been chosen yet.
    ("language/choice.rs", "BCE_LANGUAGE names"),
    ("language/choice.rs", "the language of the profile"),
    // Wordings by which errors of clap are recognised.
    ("language/usage_error.rs", ""),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Returns all strings that users may see, without repetitions, each with the place of its first
/// occurrence. Placeholders of capital letters are omitted, since they are not translated.
fn needed(sources: &Sources) -> Needed {
    let mut needed = Needed::new();
    let mut add = |text: &str, place: &str| {
        let is_new = needed.iter().all(|(known, _)| known != text);
        let names = |c: char| c.is_ascii_uppercase() || "_, ".contains(c);
        if is_new && !text.chars().all(names) {
            needed.push((text.to_owned(), place.to_owned()));
        }
    };
    for command in [
        concise::long(Cli::command()),
        concise::short(Cli::command()),
    ] {
        for text in tree::texts(&command) {
            add(&text, "help");
        }
    }
    for word in help::words() {
        add(word, "clap");
    }
    for text in &sources.translated {
        add(&text.text, &text.file);
    }
    needed
}

fn messages() -> Messages {
    polib::po_file::parse_from_reader(catalogue::CHINESE.as_bytes()).unwrap()
}

fn update(needed: &Needed) {
    let old = messages();
    let mut new = Messages::new(old.metadata.clone());
    for (text, place) in needed {
        let known = old.find_message(None, text, None);
        let known = known.and_then(|it| it.msgstr().ok()).unwrap_or_default();
        let mut message = Message::build_singular();
        message.with_source(place.clone()).with_msgid(text.clone());
        new.append_or_update(message.with_msgstr(known.to_owned()).done());
    }
    polib::po_file::write_to_file(&new, &folder().join("language/zh_CN.po")).unwrap();
}

#[test]
fn every_text_has_a_translation_and_every_translation_a_text() {
    let needed = needed(&Sources::of(&folder()));
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        return update(&needed);
    }
    let catalogue = catalogue::chinese();
    let missing: Vec<_> = needed
        .iter()
        .filter(|(text, _)| catalogue.get(text).is_none_or(str::is_empty))
        .collect();
    assert!(missing.is_empty(), "not translated: {missing:#?}");
    let messages = messages();
    let unneeded: Vec<_> = messages
        .messages()
        .map(|message| message.msgid())
        .filter(|text| needed.iter().all(|(known, _)| known != text))
        .collect();
    assert!(unneeded.is_empty(), "no longer needed: {unneeded:#?}");
}

#[test]
fn translations_have_the_values_of_their_texts() {
    for text in Sources::of(&folder()).translated {
        let names = placeholders(&text.text);
        assert_eq!(
            names,
            sorted(text.values.clone()),
            "values of {:?}",
            text.text
        );
        if let Some(translation) = catalogue::chinese().get(&text.text) {
            assert_eq!(placeholders(translation), names, "{translation}");
        }
    }
}

/// Returns the names in braces, in alphabetical order.
fn placeholders(text: &str) -> Vec<String> {
    let names = text.split('{').skip(1);
    let names = names.filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()));
    sorted(names.collect())
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    names
}

/// Tests that a translation contains as many options, commands and variables as the English text.
#[test]
fn translations_name_the_same_options_and_commands() {
    for message in messages().messages() {
        let translation = message.msgstr().unwrap_or_default();
        let text = message.msgid();
        if translation.is_empty() {
            continue;
        }
        for mark in ["--", "`", "BCE_", "AIHC_"] {
            let count = |text: &str| text.matches(mark).count();
            assert_eq!(count(text), count(translation), "{mark} in {translation}");
        }
        assert_eq!(
            text.starts_with(' '),
            translation.starts_with(' '),
            "{text:?}"
        );
    }
}

/// Tests that translations have full-width punctuation, and a space next to Latin letters and
/// digits.
#[test]
fn translations_keep_to_the_typography_of_chinese() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for message in messages().messages() {
        let text = message.msgstr().unwrap_or_default();
        for (before, after) in text.chars().zip(text.chars().skip(1)) {
            let wrong = (is_chinese(before) && matches!(after, ',' | ';' | ':' | '?' | '!' | '('))
                || (is_chinese(before) && after.is_ascii_alphanumeric())
                || (before.is_ascii_alphanumeric() && is_chinese(after));
            assert!(!wrong, "{before}{after} in {text}");
        }
    }
}

#[test]
fn no_sentence_for_people_bypasses_translation() {
    let sources = Sources::of(&folder());
    let help: Vec<_> = tree::whole_texts(&Cli::command());
    let mut found = BTreeMap::<&str, Vec<&str>>::new();
    for literal in &sources.plain {
        let known = |(file, beginning): &(&str, &str)| {
            (literal.file.ends_with(file) || literal.file.starts_with(file))
                && literal.text.starts_with(beginning)
        };
        let is_help = || help.iter().any(|text| text.contains(literal.text.trim()));
        if sources::is_sentence(&literal.text) && !NOT_FOR_PEOPLE.iter().any(known) && !is_help() {
            found.entry(&literal.file).or_default().push(&literal.text);
        }
    }
    assert!(found.is_empty(), "without tr!: {found:#?}");
}
