//! The command line with its help in the chosen language.

use clap::builder::{PossibleValue, PossibleValuesParser, StyledStr};
use clap::{Arg, Command};

use super::{Language, catalogue, current, prose, translation};

/// Translates the help of a command line to the chosen language. The result is only for display:
/// some of its arguments no longer parse values into types.
pub(crate) fn in_language(mut command: Command) -> Command {
    if current() == Language::English {
        return command;
    }
    // The options that clap adds do not exist before this.
    command.build();
    translated(command, &translation)
}

/// Translates the help of a command line to Chinese, whatever language is chosen.
pub(crate) fn in_chinese(mut command: Command) -> Command {
    command.build();
    translated(command, &|english| catalogue::chinese().get(english))
}

/// A function that returns the translation of a text; `None` if there is none.
type Translate<'a> = &'a dyn Fn(&str) -> Option<&'static str>;

/// Translates all texts in the help of a command line.
pub(super) fn translated(mut command: Command, translate: Translate<'_>) -> Command {
    let text = |text: &StyledStr| prose::translated(&text.to_string(), translate);
    if let Some(about) = command.get_about().map(text) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(text) {
        command = command.long_about(about);
    }
    if let Some(help) = command.get_before_help().map(text) {
        command = command.before_help(help);
    }
    if let Some(help) = command.get_before_long_help().map(text) {
        command = command.before_long_help(help);
    }
    if let Some(help) = command.get_after_help().map(text) {
        command = command.after_help(help);
    }
    if let Some(help) = command.get_after_long_help().map(text) {
        command = command.after_long_help(help);
    }
    command
        // Lines are wrapped later by `fold`, which can break Chinese.
        .term_width(0)
        .mut_args(|argument| translated_argument(argument, translate))
        .mut_subcommands(|command| translated(command, translate))
}

fn translated_argument(mut argument: Arg, translate: Translate<'_>) -> Arg {
    let text = |text: &StyledStr| prose::translated(&text.to_string(), translate);
    if let Some(help) = argument.get_help().map(text) {
        argument = argument.help(help);
    }
    if let Some(help) = argument.get_long_help().map(text) {
        argument = argument.long_help(help);
    }
    if let Some(heading) = argument.get_help_heading().and_then(translate) {
        argument = argument.help_heading(heading);
    }
    let values = argument.get_possible_values();
    if argument.get_action().takes_values() && values.iter().any(|it| it.get_help().is_some()) {
        let values = values.into_iter().map(|it| translated_value(it, translate));
        let values = values.collect::<Vec<_>>();
        argument = argument.value_parser(PossibleValuesParser::new(values));
    }
    argument
}

fn translated_value(value: PossibleValue, translate: Translate<'_>) -> PossibleValue {
    match value.get_help() {
        Some(help) => {
            let help = prose::translated(&help.to_string(), translate);
            value.help(help)
        }
        None => value,
    }
}

/// Returns all texts in the help of a command line, as [`translated`] looks them up.
#[cfg(test)]
pub(super) fn texts(command: &Command) -> Vec<String> {
    let found = std::cell::RefCell::new(Vec::new());
    let collect = |text: &str| {
        found.borrow_mut().push(text.to_owned());
        None
    };
    let mut command = command.clone();
    command.build();
    let _ = translated(command, &collect);
    found.into_inner()
}

/// Returns the texts at the end of each command's help, without splitting them into paragraphs.
#[cfg(test)]
pub(super) fn whole_texts(command: &Command) -> Vec<String> {
    let own = [command.get_after_help(), command.get_after_long_help()];
    let own = own.into_iter().flatten().map(ToString::to_string);
    let below = command.get_subcommands().flat_map(whole_texts);
    own.chain(below).collect()
}
