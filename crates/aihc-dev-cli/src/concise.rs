//! Short help for the options that every command accepts.
//!
//! The help of a command shows one line for each of these options, and leaves out the output
//! options that do not apply to the command. `help options` shows all of them with their long
//! descriptions, which are also in the manual pages.

use clap::{Arg, Command};

use crate::options::HEADING;
use crate::output::OutputOptions;

/// The heading of the global options in the help of a command, which describes each in one line.
const SHORT_HEADING: &str = "Global options (`aihc-dev help options` says more)";

/// Commands that print no results.
const NO_RESULTS: [&[&str]; 13] = [
    &["ssh"],
    &["cp"],
    &["port-forward"],
    &["configure"],
    &["profiles", "use"],
    &["profiles", "remove"],
    &["context", "set"],
    &["context", "use"],
    &["context", "remove"],
    &["emulator"],
    &["completions"],
    &["man"],
    &["help"],
];

/// Commands whose result is a single item or a change rather than a list, so that the options that
/// select from a list do not apply to them.
const NO_LISTS: [&[&str]; 20] = [
    &["create"],
    &["clone"],
    &["update"],
    &["edit"],
    &["apply"],
    &["start"],
    &["stop"],
    &["restart"],
    &["delete"],
    &["timed-stop"],
    &["pack-image"],
    &["pack-status"],
    &["jobs", "stop"],
    &["ssh-command"],
    &["open"],
    &["session-token"],
    &["whoami"],
    &["context", "show"],
    &["check-contract"],
    &["version"],
];

/// Hides, in the help of each command, the output options that do not apply to that command. The
/// parser still accepts these options.
pub(crate) fn fitting(command: Command) -> Command {
    let options: Vec<_> = (command.get_arguments())
        .filter(|option| OutputOptions::IDS.contains(&option.get_id().as_str()))
        .cloned()
        .collect();
    let hidden = |command: Command, path: &[&str]| {
        let unfit = match path {
            _ if NO_RESULTS.contains(&path) => &OutputOptions::IDS[..],
            _ if NO_LISTS.contains(&path) => &OutputOptions::OF_LISTS[..],
            _ => &[],
        };
        let unfit = options
            .iter()
            .filter(|option| unfit.contains(&option.get_id().as_str()));
        // An option of the command replaces the global option that has the same id.
        command.args(unfit.map(|option| option.clone().hide(true)))
    };
    command.mut_subcommands(|below| {
        let name = below.get_name().to_owned();
        let below = below.mut_subcommands(|deeper| {
            let deepest = deeper.get_name().to_owned();
            hidden(deeper, &[&name, &deepest])
        });
        hidden(below, &[&name])
    })
}

/// Shortens the help of each global option to one line.
pub(crate) fn short(command: Command) -> Command {
    command.mut_args(|option| {
        let option = option.long_help(None);
        match option.get_help_heading() {
            Some(HEADING) => option.help_heading(SHORT_HEADING),
            _ => option,
        }
    })
}

/// Shows the full help of the global options.
pub(crate) fn long(command: Command) -> Command {
    command.mut_args(whole)
}

/// Changes an option so that even the short help shows its full help text.
pub(crate) fn whole(option: Arg) -> Arg {
    match option.get_long_help().cloned() {
        Some(help) => option
            .help(help)
            .long_help(None)
            .hide_possible_values(false),
        None => option,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    fn shown(command: &Command, path: &[&str]) -> Vec<String> {
        let below = path
            .iter()
            .try_fold(command, |command, name| command.find_subcommand(name));
        let options = below.unwrap().get_arguments();
        let options =
            options.filter(|option| OutputOptions::IDS.contains(&option.get_id().as_str()));
        let options = options.filter(|option| !option.is_hide_set());
        options.map(|option| option.get_id().to_string()).collect()
    }

    #[test]
    fn options_are_shown_where_they_count_and_commands_are_those_that_there_are() {
        let mut command = fitting(Cli::command());
        command.build();
        command.clone().debug_assert();
        assert_eq!(shown(&command, &["list"]), OutputOptions::IDS);
        assert_eq!(shown(&command, &["profiles"]), OutputOptions::IDS);
        for path in NO_RESULTS {
            assert!(shown(&command, path).is_empty(), "{path:?}");
        }
        for path in NO_LISTS {
            assert_eq!(
                shown(&command, path),
                ["output", "query", "no_headers"],
                "{path:?}"
            );
        }
    }

    #[test]
    fn options_that_are_not_shown_are_taken() {
        let line = ["aihc-dev", "profiles", "use", "a", "-o", "json"];
        let matches = fitting(Cli::command()).try_get_matches_from(line).unwrap();
        assert!(matches.contains_id("output"));
    }
}
