//! Help as it is shown in another language than English: with the words that clap adds, and in lines
//! that fit.

use std::borrow::Cow;
use std::ffi::OsString;

use clap::Command;
use clap::error::ErrorKind;

use super::{Language, catalogue, current, fold, in_language, tr, translation, usage_error};

/// The widest help, as in English.
const WIDEST: usize = 100;

/// Words of clap that begin something in brackets.
const IN_BRACKETS: [&str; 7] = [
    "[default: ",
    "[possible values: ",
    "[env: ",
    "[alias: ",
    "[aliases: ",
    "[short alias: ",
    "[short aliases: ",
];

/// Lines of clap above others.
const HEADINGS: [&str; 4] = ["Commands:", "Arguments:", "Options:", "Possible values:"];

/// Places of clap in the line that shows how a command is used.
const PLACES: [&str; 4] = ["[OPTIONS]", "<COMMAND>", "[COMMAND]", "[SUBCOMMAND]"];

/// Headings of pages of the manual, as texts have them.
const OF_MANUAL: [&str; 7] = [
    "Name",
    "Synopsis",
    "Description",
    "Options",
    "Subcommands",
    "Notes",
    "See also",
];

/// A page of the manual, written of the Chinese command line, with the words around its texts.
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

/// What clap has to say in place of a command line that was read, if it is not to be said as clap does.
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
            // The same once more, up to the help that was asked for.
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

/// Help that clap has written of a translated command line, with clap's own words translated.
fn finished(help: &str, width: usize) -> String {
    let lines: Vec<_> = help.split_inclusive('\n').map(clap_words).collect();
    fold::help(&lines, width)
}

/// The help of a command line in the chosen language.
pub(crate) fn rendered(command: Command) -> String {
    let help = in_language(command).render_help().to_string();
    match current() {
        Language::English => help,
        Language::Chinese => finished(&help, width()),
    }
}

/// The text in lines that fit.
pub(super) fn folded(text: &str) -> String {
    let width = width();
    let lines = text.split_inclusive('\n');
    lines.map(|line| fold::line(line, width)).collect()
}

/// The line with the words of clap's that are in it.
fn clap_words(line: &str) -> Cow<'_, str> {
    let bare = fold::without_escapes(line);
    let bare = bare.trim();
    if bare.starts_with("Usage:") {
        return usage(line).into();
    }
    if let Some(heading) = HEADINGS.into_iter().find(|heading| *heading == bare) {
        return replaced(line, heading).into();
    }
    // One of ours.
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

/// A line that shows how a command is used.
pub(super) fn usage(line: &str) -> String {
    let mut line = replaced(line, "Usage:");
    for place in PLACES {
        line = replaced(&line, place);
    }
    // A full-width colon has its own space.
    line.replace("： ", "：")
        .replace("：\u{1b}[0m ", "：\u{1b}[0m")
}

fn replaced(line: &str, word: &str) -> String {
    line.replace(word, translation(word).unwrap_or(word))
}

/// How wide help may be.
fn width() -> usize {
    let look = crate::terminal::Look::of_process();
    look.width.map_or(WIDEST, usize::from).min(WIDEST)
}

/// The words of clap that are looked up here.
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
