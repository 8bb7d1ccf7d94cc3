//! The command line that is being completed, and its options.

use std::ffi::OsString;

use clap::{Args as _, Command, FromArgMatches as _};

use crate::options::GlobalOptions;

/// The options that determine how candidates are requested from the service.
const WHERE: [&str; 6] = [
    "--region",
    "--endpoint",
    "--profile",
    "--context",
    "--proxy",
    "--ca-file",
];

/// Returns the words that were typed so far, which the completion script passes after `--`.
fn words() -> Vec<String> {
    let all = std::env::args_os().skip(1).map(OsString::into_string);
    let words = all.map(|word| word.unwrap_or_else(|word| word.to_string_lossy().into_owned()));
    words.skip_while(|word| word != "--").skip(1).collect()
}

/// Returns the value of an option in the command line that is being completed: the last value that
/// is written as `--option value`, or else the last one written as `--option=value`. Returns `None`
/// if the option does not occur with a value.
pub(super) fn value_of(option: &str) -> Option<String> {
    value_in(&words(), option)
}

fn value_in(words: &[String], option: &str) -> Option<String> {
    let spaced = words.windows(2).rev().find_map(|pair| match pair {
        [name, value] if name == option && !value.is_empty() => Some(value.clone()),
        _ => None,
    });
    let joined = || {
        let mut values = words.iter().rev();
        values.find_map(|word| Some(word.strip_prefix(option)?.strip_prefix('=')?.to_owned()))
    };
    spaced.or_else(joined)
}

/// Parses the options in [`WHERE`] from the command line; returns `None` if they are invalid. In
/// the result, retries are turned off, and the output format is JSON, so that nothing is printed on
/// standard error.
pub(super) fn options() -> Option<GlobalOptions> {
    let words = words();
    let mut line = vec![
        "--output".to_owned(),
        "json".to_owned(),
        "--retries=0".to_owned(),
    ];
    for option in WHERE {
        if let Some(value) = value_in(&words, option).filter(|value| !value.is_empty()) {
            line.push(format!("{option}={value}"));
        }
    }
    let command = GlobalOptions::augment_args(Command::new("line").no_binary_name(true));
    let matches = command.try_get_matches_from(line).ok()?;
    GlobalOptions::from_arg_matches(&matches).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_counts_in_either_form() {
        let words = |line: &str| -> Vec<String> { line.split(' ').map(str::to_owned).collect() };
        let found = |line| value_in(&words(line), "--pool");
        assert_eq!(
            found("queues --pool a --pool b --queue").as_deref(),
            Some("b")
        );
        assert_eq!(found("queues --pool=a --name x").as_deref(), Some("a"));
        assert_eq!(found("queues --pools=a --name"), None);
    }
}
