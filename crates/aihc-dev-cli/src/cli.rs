//! The command line as a whole.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use crate::command::Command;
use crate::completion;
use crate::groups;
use crate::language::{self, Language, in_language};
use crate::options::GlobalOptions;

/// The name of the program.
pub(crate) const NAME: &str = "aihc-dev";

const AFTER_HELP: &str = "\
Examples:
  aihc-dev pools
  aihc-dev queues
  aihc-dev list --mine
  aihc-dev create --file instance.yaml --wait
  aihc-dev stop --mine --yes
  aihc-dev doctor";

/// AIHC dev instances: list, create, change, start, stop, delete, watch and pack them; with the pools,
/// queues, datasets, jobs and services beside them.
#[derive(Parser)]
#[command(name = "aihc-dev", version, max_term_width = 100, after_help = AFTER_HELP)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
}

/// The command line as it is shown: in the language of the reader, with its commands in groups.
pub(crate) fn tree() -> clap::Command {
    groups::grouped(in_language(Cli::command()))
}

/// What the process was called with.
///
/// # Errors
///
/// Help and version that were asked for are errors, as clap has it.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    let command = match language::current() {
        Language::English => groups::grouped(Cli::command()),
        // Its help is made of the translated command line, and only when it is asked for.
        Language::Chinese => Cli::command(),
    };
    let matches = command.try_get_matches().map_err(with_tip)?;
    Cli::from_arg_matches(&matches)
}

/// What other tools call a command, and the commands here that do it.
const ELSEWHERE: [(&str, &[&str]); 4] = [
    ("login", &["ssh"]),
    ("log", &["events", "jobs logs"]),
    ("logs", &["events", "jobs logs"]),
    ("instances", &["list"]),
];

/// The error, with the command that may be meant where letters alone do not tell.
fn with_tip(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand)
        && error.kind() == ErrorKind::InvalidSubcommand
        && let Some((_, meant)) = ELSEWHERE.iter().find(|(name, _)| name == typed)
    {
        let meant = meant.iter().map(|&command| command.to_owned()).collect();
        error.insert(
            ContextKind::SuggestedSubcommand,
            ContextValue::Strings(meant),
        );
    }
    error
}

/// Answers a shell that completes a command line, and ends, if one asks.
pub(crate) fn answer_shell() {
    completion::answer(|| in_language(Cli::command()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_other_tools_lead_to_those_here() {
        let told = |typed: &str| {
            let error = Cli::command().try_get_matches_from([NAME, typed]);
            with_tip(error.unwrap_err()).to_string()
        };
        assert!(told("login").contains("'ssh'") && !told("login").contains("clone"));
        assert!(told("logs").contains("'events', 'jobs logs'"));
        assert!(told("instances").contains("'list'"));
        assert!(told("stp").contains("'stop'"));
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
