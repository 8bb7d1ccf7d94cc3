//! Translates clap's messages about errors in the command line.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{help, tr, translation};

/// Translates the message of an error from clap.
pub(super) fn text(error: &clap::Error) -> String {
    let mut text = tr!("error: {what}", what = what(error));
    text.push('\n');
    let tips = tips(error);
    if !tips.is_empty() {
        text.push('\n');
    }
    for tip in tips {
        text += &format!("  {}\n", tr!("tip: {tip}", tip = tip));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        text += &format!("\n{}\n", help::usage(&usage.to_string()).trim_end());
    }
    text += &format!("\n{}\n", tr!("For more information, try '--help'."));
    text
}

fn what(error: &clap::Error) -> String {
    let argument = one(error, ContextKind::InvalidArg);
    let value = one(error, ContextKind::InvalidValue);
    match error.kind() {
        // The argument is a word, not an option.
        ErrorKind::UnknownArgument if !argument.starts_with('-') => {
            tr!("surplus argument '{argument}'", argument = argument)
        }
        ErrorKind::UnknownArgument => {
            tr!(
                "unexpected argument '{argument}' found",
                argument = argument
            )
        }
        ErrorKind::InvalidSubcommand => {
            let command = one(error, ContextKind::InvalidSubcommand);
            tr!("unrecognized subcommand '{command}'", command = command)
        }
        ErrorKind::MissingSubcommand => {
            let command = one(error, ContextKind::InvalidSubcommand);
            let what = tr!(
                "'{command}' requires a subcommand but one was not provided",
                command = command
            );
            let known = many(error, ContextKind::ValidSubcommand).join(", ");
            what + &format!("\n  {}", tr!("[subcommands: {known}]", known = known))
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = many(error, ContextKind::InvalidArg);
            tr!("the following required arguments were not provided:") + &lines(&missing)
        }
        ErrorKind::ArgumentConflict => conflict(error, &argument),
        ErrorKind::NoEquals => tr!(
            "equal sign is needed when assigning values to '{argument}'",
            argument = argument
        ),
        ErrorKind::InvalidValue => {
            let what = match value.is_empty() {
                true => tr!(
                    "a value is required for '{argument}' but none was supplied",
                    argument = argument
                ),
                false => invalid(&argument, &value),
            };
            match many(error, ContextKind::ValidValue) {
                known if known.is_empty() => what,
                known => {
                    what + &format!(
                        "\n  {}{}]",
                        clap_word("[possible values: "),
                        known.join(", ")
                    )
                }
            }
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(|why| known_reason(&why.to_string()));
            let what = invalid(&argument, &value);
            match why {
                Some(why) => tr!("{what}: {why}", what = what, why = why),
                None => what,
            }
        }
        ErrorKind::TooManyValues => tr!(
            "unexpected value '{value}' for '{argument}' found; no more were expected",
            value = value,
            argument = argument
        ),
        ErrorKind::TooFewValues => tr!(
            "{wanted} values required by '{argument}'; only {found} were provided",
            wanted = one(error, ContextKind::MinValues),
            argument = argument,
            found = one(error, ContextKind::ActualNumValues)
        ),
        ErrorKind::WrongNumberOfValues => tr!(
            "{wanted} values required for '{argument}' but {found} were provided",
            wanted = one(error, ContextKind::ExpectedNumValues),
            argument = argument,
            found = one(error, ContextKind::ActualNumValues)
        ),
        ErrorKind::InvalidUtf8 => tr!("invalid UTF-8 was detected in one or more arguments"),
        // Errors that our own code creates.
        _ => plain(error),
    }
}

fn conflict(error: &clap::Error, argument: &str) -> String {
    let others = many(error, ContextKind::PriorArg);
    if others == [argument] {
        return tr!(
            "the argument '{argument}' cannot be used multiple times",
            argument = argument
        );
    }
    let what = match one(error, ContextKind::InvalidSubcommand) {
        command if !command.is_empty() && argument.is_empty() => tr!(
            "the subcommand '{command}' cannot be used with:",
            command = command
        ),
        _ => tr!(
            "the argument '{argument}' cannot be used with:",
            argument = argument
        ),
    };
    what + &lines(&others)
}

fn invalid(argument: &str, value: &str) -> String {
    tr!(
        "invalid value '{value}' for '{argument}'",
        value = value,
        argument = argument
    )
}

/// Translates the reason why a value is invalid, if it comes from clap or the standard library.
/// Returns other reasons unchanged.
fn known_reason(why: &str) -> String {
    match why {
        "invalid digit found in string" => tr!("must be a whole number"),
        "cannot parse integer from empty string" => tr!("it is empty"),
        "number too large to fit in target type" => tr!("it is too large"),
        "invalid float literal" => tr!("it is not a number"),
        _ => match why.split_once(" is not in ") {
            Some((value, range)) => {
                tr!("{value} is not in {range}", value = value, range = range)
            }
            None => why.to_owned(),
        },
    }
}

/// Returns the suggestions in an error.
fn tips(error: &clap::Error) -> Vec<String> {
    let mut tips = Vec::new();
    let similar = [
        (
            ContextKind::SuggestedSubcommand,
            tr!("a similar subcommand exists"),
        ),
        (ContextKind::SuggestedArg, tr!("a similar argument exists")),
        (ContextKind::SuggestedValue, tr!("a similar value exists")),
    ];
    for (kind, what) in similar {
        let names = many(error, kind);
        if !names.is_empty() {
            let names: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
            tips.push(tr!(
                "{what}: {names}",
                what = what,
                names = names.join(", ")
            ));
        }
    }
    if let Some(ContextValue::StyledStrs(others)) = error.get(ContextKind::Suggested) {
        tips.extend(others.iter().map(|tip| known_tip(&tip.to_string())));
    }
    tips
}

/// Translates a suggestion of clap.
fn known_tip(tip: &str) -> String {
    let pass = tip
        .strip_prefix("to pass '")
        .and_then(|rest| rest.split_once("' as a value, use '"));
    if let Some((value, with)) = pass {
        let with = with.trim_end_matches('\'');
        return tr!(
            "to pass '{value}' as a value, use '{with}'",
            value = value,
            with = with
        );
    }
    let exists = tip
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix("' exists"));
    match exists {
        Some(name) => tr!("'{name}' exists", name = name),
        None => tip.to_owned(),
    }
}

/// Returns the message of an error that our own code has created, without what clap adds to it.
fn plain(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    text.split("\n\n").next().unwrap_or_default().to_owned()
}

fn one(error: &clap::Error, kind: ContextKind) -> String {
    many(error, kind).into_iter().next().unwrap_or_default()
}

fn many(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::Number(number)) => vec![number.to_string()],
        _ => Vec::new(),
    }
}

fn lines(items: &[String]) -> String {
    items.iter().map(|item| format!("\n  {item}")).collect()
}

fn clap_word(word: &'static str) -> &'static str {
    translation(word).unwrap_or(word)
}
