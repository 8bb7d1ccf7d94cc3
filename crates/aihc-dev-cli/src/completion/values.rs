//! The arguments whose candidates come from the service.

use std::ffi::OsStr;

use clap::{Arg, Command};
use clap_complete::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use super::remote;

/// Adds completion with values from the service to the arguments for instances, services, jobs,
/// pools and queues.
pub(super) fn with_values(command: Command) -> Command {
    within(command, false)
}

fn within(command: Command, about_jobs: bool) -> Command {
    let about_jobs = about_jobs || command.get_name() == "jobs";
    command
        .mut_args(|arg| match completer(&arg, about_jobs) {
            Some(complete) => arg.add(ArgValueCompleter::new(complete)),
            None => arg,
        })
        .mut_subcommands(|command| within(command, about_jobs))
}

type Complete = fn(&OsStr) -> Vec<CompletionCandidate>;

fn completer(arg: &Arg, about_jobs: bool) -> Option<Complete> {
    if arg.get::<ArgValueCandidates>().is_some() {
        return None;
    }
    match arg.get_long() {
        Some("pool") => return Some(|typed| of_text(typed, remote::pools)),
        Some("queue") => return Some(|typed| of_text(typed, remote::queues)),
        Some(_) => return None,
        None => {}
    }
    let names = arg.get_value_names().filter(|_| arg.is_positional())?;
    match names.first()?.as_str() {
        "ID|NAME" => Some(|typed| of_text(typed, remote::instances)),
        "SERVICE" => Some(|typed| of_text(typed, remote::services)),
        "JOB" if about_jobs => Some(|typed| of_text(typed, remote::jobs)),
        _ => None,
    }
}

fn of_text(typed: &OsStr, find: fn(&str) -> Vec<CompletionCandidate>) -> Vec<CompletionCandidate> {
    typed.to_str().map(find).unwrap_or_default()
}
