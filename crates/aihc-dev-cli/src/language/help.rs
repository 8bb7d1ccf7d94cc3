//! Help in languages other than English: translates clap's own words, and wraps the lines.

use std::borrow::Cow;
use std::ffi::OsString;

use clap::Command;
use clap::error::ErrorKind;

use super::{Language, catalogue, current, fold, in_language, tr, translation, usage_error};

/// The maximum width of help, which is the same as in English.
const WIDEST: usize = 100;

/// The beginnings of the notes in brackets that clap adds to help texts.
const IN_BRACKETS: [&str; 7] = [
    "[default: ",
    "[possible values: ",
    "[env: ",
    "[alias: ",
    "[aliases: ",
    "[short alias: ",
    "[short aliases: ",
];

/// The headings that clap writes.
const HEADINGS: [&str; 4] = ["Commands:", "Arguments:", "Options:", "Possible values:"];

/// The placeholders that clap writes in usage lines.
const PLACES: [&str; 4] = ["[OPTIONS]", "<COMMAND>", "[COMMAND]", "[SUBCOMMAND]"];

/// The headings of manual pages.
const OF_MANUAL: [&str; 7] = [
    "Name",
    "Synopsis",
    "Description",
    "Options",
    "Subcommands",
    "Notes",
    "See also",
];

/// Translates the words that `clap_mangen` adds to a manual page of the Chinese command line.
pub(crate) fn chinese_manual(page: &str) -> String {
    let chinese = |english| catalogue::chinese().get(english);
    let translated = |line: &str| {
        let heading = line.trim_end().strip_prefix(".SH ");
        let heading = heading.map(|heading| heading.trim_matches('"'));
        let known = |known: &&&str| heading.is_some_and(|it| it.eq_ignore_ascii_case(known));
        if let Some(heading) = OF_MANUAL
            .iter()
            .find(known)
            .and_then(|known| chinese(known))
        {
            return format!(".SH {heading}\n");
        }
        let mut line = line.to_owned();
        for word in IN_BRACKETS.into_iter().chain(HEADINGS).chain(PLACES) {
            if let Some(chinese) = chinese(word) {
                line = line.replace(word, chinese);
            }
        }
        line
    };
    page.split_inclusive('\n').map(translated).collect()
}

/// If parsing ended with help or with an error, returns the text to print instead of clap's own.
/// Returns `None` if the language is English, or if the version was requested.
pub(crate) fn shown(
    error: &clap::Error,
    command: impl FnOnce() -> Command,
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Option<String> {
    if current() == Language::English {
        return None;
    }
    match error.kind() {
        ErrorKind::DisplayVersion => None,
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Parses again, with the translated command line, to obtain the requested help.
            let help = command().try_get_matches_from(arguments).err()?;
            let help = help.render();
            let coloured = crate::terminal::Look::of_process().colour && !error.use_stderr();
            let text = match coloured {
                true => help.ansi().to_string(),
                false => help.to_string(),
            };
            Some(finished(&text, width()))
        }
        _ => Some(usage_error::text(error)),
    }
}

/// Translates the words that clap adds to already translated help, and wraps the lines to `width`.
fn finished(help: &str, width: usize) -> String {
    let lines: Vec<_> = help.split_inclusive('\n').map(clap_words).collect();
    fold::help(&lines, width)
}

/// Returns the help of a command in the chosen language.
pub(crate) fn rendered(command: Command) -> String {
    let help = in_language(command).render_help().to_string();
    match current() {
        Language::English => help,
        Language::Chinese => finished(&help, width()),
    }
}

/// Wraps the lines of a text.
pub(super) fn folded(text: &str) -> String {
    let width = width();
    let lines = text.split_inclusive('\n');
    lines.map(|line| fold::line(line, width)).collect()
}

/// Translates the words of clap in a line of help.
fn clap_words(line: &str) -> Cow<'_, str> {
    let bare = fold::without_escapes(line);
    let bare = bare.trim();
    if bare.starts_with("Usage:") {
        return usage(line).into();
    }
    if let Some(heading) = HEADINGS.into_iter().find(|heading| *heading == bare) {
        return replaced(line, heading).into();
    }
    // A heading that is not one of clap's.
    if let Some(heading) = bare.strip_suffix(':')
        && !line.starts_with(' ')
        && !heading.is_ascii()
    {
        return line
            .replace(bare, &tr!("{heading}:", heading = heading))
            .into();
    }
    let mut line = Cow::from(line);
    for word in IN_BRACKETS {
        if line.contains(word) {
            line = replaced(&line, word).into();
        }
    }
    line
}

/// Translates a usage line.
pub(super) fn usage(line: &str) -> String {
    let mut line = replaced(line, "Usage:");
    for place in PLACES {
        line = replaced(&line, place);
    }
    // A full-width colon is not followed by a space.
    line.replace("： ", "：")
        .replace("：\u{1b}[0m ", "：\u{1b}[0m")
}

fn replaced(line: &str, word: &str) -> String {
    line.replace(word, translation(word).unwrap_or(word))
}

/// Returns the maximum width of help on this terminal.
fn width() -> usize {
    let look = crate::terminal::Look::of_process();
    look.width.map_or(WIDEST, usize::from).min(WIDEST)
}

/// Returns the words of clap that are looked up in the catalogue.
#[cfg(test)]
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    let usage = ["Usage:"].into_iter();
    (usage.chain(IN_BRACKETS).chain(HEADINGS))
        .chain(PLACES)
        .chain(OF_MANUAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_english_clap_speaks_for_itself() {
        let error = Command::new("x").error(ErrorKind::InvalidValue, "wrong");
        assert_eq!(shown(&error, || Command::new("x"), ["x"]), None);
    }
}
