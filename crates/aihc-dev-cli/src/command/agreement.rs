//! The instances that somebody agrees to lose something of.

use aihc_dev::Client;

use super::{Resolved, confirm, names, show};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::output::note;
use crate::terminal::one_line;

/// The question, and what is said when the answer is no.
pub(super) struct Question {
    /// Of a number of instances.
    pub(super) ask: fn(usize) -> String,
    pub(super) declined: String,
}

/// Gives the instances that were typed. Unless `yes` agrees beforehand, shows those that exist and asks;
/// the others are told, and the exit code is theirs.
pub(super) async fn agreed(
    context: &Context,
    client: &Client,
    typed: Vec<String>,
    yes: bool,
    question: Question,
) -> Result<(Vec<Resolved>, Exit), Failure> {
    let ids = names::resolve(context, client, typed).await?;
    if yes {
        return Ok((ids, Exit::Ok));
    }
    let mut found = Vec::new();
    let mut exit = Exit::Ok;
    for (one, result) in show::describe(client, ids).await {
        match result {
            Ok(detail) => {
                note(&format!("{}  {}", one_line(&one.id), detail.summary()));
                found.push(one);
            }
            Err(error) => exit = exit.max(Failure::Call(error).report_of(&one)),
        }
    }
    if found.is_empty() && exit != Exit::Ok {
        return Err(Failure::Told(exit));
    }
    if !found.is_empty() {
        confirm::agree((question.ask)(found.len()), &question.declined).await?;
    }
    Ok((found, exit))
}

/// The end of a command that has left some out: the worse of both.
pub(super) fn ended(done: Result<(), Failure>, left_out: Exit) -> Result<(), Failure> {
    match done {
        Ok(()) => Failure::unless_ok(left_out),
        Err(failure) => Err(Failure::Told(failure.report().max(left_out))),
    }
}
