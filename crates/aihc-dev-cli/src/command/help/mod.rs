//! The `help` command: shows the help of a command, or explains a topic.

mod topic;

use std::io::{self, Write as _};

use clap::Args;
use clap::error::ErrorKind;
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use self::topic::Topic;
use crate::cli;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{self, text, tr};
use crate::output::unwritten;
use crate::request::similar;
use crate::terminal::stdout_reader;

/// Show the help of a command, or explain a topic.
#[derive(Args)]
#[command(after_help = "\
Topics: environment, exit-codes, output, credentials, names, options.

Examples:
  aihc-dev help
  aihc-dev help create
  aihc-dev help jobs stop
  aihc-dev help exit-codes")]
pub(crate) struct Help {
    /// Command, with a subcommand if it has any; or topic.
    #[arg(value_name = "COMMAND|TOPIC", add = ArgValueCandidates::new(words))]
    words: Vec<String>,
}

impl Help {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        if let [word] = &self.words[..]
            && let Some(topic) = Topic::named(word)
        {
            return Ok(context.output.text(&topic.text())?);
        }
        let mut command = &cli::tree();
        for (depth, word) in self.words.iter().enumerate() {
            command = match command.find_subcommand(word) {
                Some(below) => below,
                None => return Err(unknown(command, depth, word)),
            };
        }
        // The output is the same as for the command with `--help`.
        let typed = [cli::NAME].into_iter().map(str::to_owned);
        let typed = typed.chain(self.words.iter().cloned());
        let typed: Vec<_> = typed.chain(["--help".to_owned()]).collect();
        match cli::tree().try_get_matches_from(&typed) {
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {
                if let Some(text) = language::shown(&error, cli::tree, &typed) {
                    return Ok(context.output.text(&text)?);
                }
                let shown = stdout_reader::must_be_writable()
                    .and_then(|()| error.print())
                    .and_then(|()| io::stdout().flush());
                Ok(shown.map_err(unwritten)?)
            }
            _ => Err(Failure::usage(text!("there is no help on that"))),
        }
    }
}

/// Returns the failure for a word that is neither a command nor a topic. It suggests a similar word
/// if there is one.
fn unknown(command: &clap::Command, depth: usize, word: &str) -> Failure {
    let mut known: Vec<_> = (command.get_subcommands())
        .flat_map(|below| std::iter::once(below.get_name()).chain(below.get_visible_aliases()))
        .collect();
    if depth == 0 {
        known.extend(Topic::ALL.map(Topic::name));
    }
    Failure::usage(match similar(word, known.into_iter()) {
        Some(meant) => tr!(
            "there is no command or topic {word}; similar: {meant}",
            word = format!("`{word}`"),
            meant = format!("`{meant}`")
        ),
        None => tr!(
            "there is no command or topic {word}; `aihc-dev help` lists them",
            word = format!("`{word}`")
        ),
    })
}

/// Returns the commands and the topics as candidates for completion.
fn words() -> Vec<CompletionCandidate> {
    let tree = cli::tree();
    let commands = tree.get_subcommands().map(|command| {
        CompletionCandidate::new(command.get_name()).help(command.get_about().cloned())
    });
    let topics = Topic::ALL.map(|topic| CompletionCandidate::new(topic.name()));
    commands.chain(topics).collect()
}
