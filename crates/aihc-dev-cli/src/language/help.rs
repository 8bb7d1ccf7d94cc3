//! Help in languages other than English: clap's own words are translated, and lines are wrapped.

use std::borrow::Cow;
use std::ffi::OsString;

use clap::Command;
use clap::error::ErrorKind;

use super::{Language, catalogue, current, fold, in_language, tr, translation, usage_error};

/// The greatest width of help, as in English.
const WIDEST: usize = 100;

/// Words of clap that begin a note in brackets.
const IN_BRACKETS: [&str; 7] = [
    "[default: ",
    "[possible values: ",
    "[env: ",
    "[alias: ",
    "[aliases: ",
    "[short alias: ",
    "[short aliases: ",
];

/// Headings of clap.
const HEADINGS: [&str; 4] = ["Commands:", "Arguments:", "Options:", "Possible values:"];

/// Placeholders of clap in a usage line.
const PLACES: [&str; 4] = ["[OPTIONS]", "<COMMAND>", "[COMMAND]", "[SUBCOMMAND]"];

/// Headings of manual pages.
const OF_MANUAL: [&str; 7] = [
    "Name",
    "Synopsis",
    "Description",
    "Options",
    "Subcommands",
    "Notes",
    "See also",
];

/// Returns a manual page of the Chinese command line, with the surrounding words translated.
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

/// Returns the text to show instead of clap's own, if clap does not run the command line.
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
            // Parses again with the translated command line, to get the requested help.
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

/// Translates clap's own words in help for a translated command line, and wraps its lines.
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

/// Returns the text with its lines wrapped.
pub(super) fn folded(text: &str) -> String {
    let width = width();
    let lines = text.split_inclusive('\n');
    lines.map(|line| fold::line(line, width)).collect()
}

/// Returns the line with clap's words translated.
fn clap_words(line: &str) -> Cow<'_, str> {
    let bare = fold::without_escapes(line);
    let bare = bare.trim();
    if bare.starts_with("Usage:") {
        return usage(line).into();
    }
    if let Some(heading) = HEADINGS.into_iter().find(|heading| *heading == bare) {
        return replaced(line, heading).into();
    }
    // A heading of our own.
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
    // A full-width colon includes its space.
    line.replace("： ", "：")
        .replace("：\u{1b}[0m ", "：\u{1b}[0m")
}

fn replaced(line: &str, word: &str) -> String {
    line.replace(word, translation(word).unwrap_or(word))
}

/// Returns the greatest width of help.
fn width() -> usize {
    let look = crate::terminal::Look::of_process();
    look.width.map_or(WIDEST, usize::from).min(WIDEST)
}

/// Returns the words of clap that are looked up here.
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
