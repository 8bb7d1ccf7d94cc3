//! The definition and the parsing of the command line.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use crate::command::Command;
use crate::completion;
use crate::concise;
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

/// AIHC dev instances: list, create, change, start, stop, delete, watch and pack them; also their
/// pools, queues and datasets, training jobs and inference services.
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

/// Returns the definition of the whole command line.
pub(crate) fn command() -> clap::Command {
    concise::fitting(Cli::command())
}

/// Returns the definition of the command line from which the manual pages are generated, with the
/// full help text of every global option.
pub(crate) fn manual() -> clap::Command {
    concise::long(command())
}

/// Returns the command line as the help shows it: in the language of the user, with its commands in
/// groups.
pub(crate) fn tree() -> clap::Command {
    groups::grouped(in_language(concise::short(command())))
}

/// Parses the command line of the process.
///
/// # Errors
///
/// If the command line is invalid, or if help or the version was requested, as in clap.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    let command = match language::current() {
        Language::English => groups::grouped(concise::short(command())),
        // The help is translated only if it is requested.
        Language::Chinese => command(),
    };
    let matches = command
        .try_get_matches()
        .map_err(|error| with_tip(with_member(error)))?;
    Cli::from_arg_matches(&matches)
}

/// Commands of other tools, each with the commands of this tool that do the same.
const ELSEWHERE: [(&str, &[&str]); 4] = [
    ("login", &["ssh"]),
    ("log", &["events", "jobs logs"]),
    ("logs", &["events", "jobs logs"]),
    ("instances", &["list"]),
];

/// Adds a suggestion to an error about an unknown command, if the command is one of another tool.
/// clap itself suggests only commands whose spelling is similar.
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

/// Adds a suggestion to an error about an option of `create` that was passed to `update`: the
/// equivalent assignment, such as `--set resources.cpus=8`. Returns any other error unchanged.
fn with_member(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else {
        return error;
    };
    let is_update = usage.to_string().contains(&format!("{NAME} update "));
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let typed = std::env::args().skip_while(|word| !word.starts_with(option.as_str()));
    if let Some(tip) = member_of(option, typed).filter(|_| is_update) {
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.remove(ContextKind::SuggestedArg);
        error.insert(ContextKind::Suggested, tip);
    }
    error
}

/// Returns the assignment, such as `--set resources.cpus=8`, that is equivalent to an option of
/// `create`; `None` if there is none. `typed` is the command line from that option on.
fn member_of(option: &str, mut typed: impl Iterator<Item = String>) -> Option<String> {
    let member = match option {
        "--cpus" => "resources.cpus",
        "--memory" => "resources.memory",
        "--accelerator" => "resources.acceleratorType",
        "--accelerators" => "resources.acceleratorCount",
        "--disk" => "volumnConfs.0.cds.capacity",
        "--env" => "envs.NAME",
        _ => return None,
    };
    let first = typed.next().unwrap_or_default();
    let value = first.split_once('=').map(|(_, value)| value.to_owned());
    let value = value.or_else(|| typed.next());
    // Only a number is repeated: other values may be secret.
    let is_number = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let value = value
        .filter(is_number)
        .unwrap_or_else(|| "VALUE".to_owned());
    Some(format!("--set {member}={value}"))
}

/// If a shell has requested completions, prints them and exits.
pub(crate) fn answer_shell() {
    completion::answer(|| in_language(concise::short(command())));
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

    #[test]
    fn options_of_create_lead_to_members_and_only_numbers_are_repeated() {
        let tip = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            let option = words[0].split('=').next().unwrap().to_owned();
            member_of(&option, words.into_iter())
        };
        let set = |text: &str| Some(text.to_owned());
        assert_eq!(tip(&["--cpus", "8"]), set("--set resources.cpus=8"));
        assert_eq!(tip(&["--memory=16"]), set("--set resources.memory=16"));
        assert_eq!(tip(&["--env", "A=hunter2"]), set("--set envs.NAME=VALUE"));
        assert_eq!(
            tip(&["--disk"]),
            set("--set volumnConfs.0.cds.capacity=VALUE")
        );
        assert_eq!(tip(&["--name", "x"]), None);
    }
}
