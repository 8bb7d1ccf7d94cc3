//! Asks for the user's consent to an operation on instances, such as a deletion or a restart.

use aihc_dev::Client;

use super::{Resolved, confirm, names, show};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::output::note;
use crate::terminal::one_line;

/// A question for the user, and the message that is printed if the answer is negative.
pub(super) struct Question {
    /// Returns the text of the question; the argument is the number of instances concerned.
    pub(super) ask: fn(usize) -> String,
    pub(super) declined: String,
}

/// Resolves the instances that the user named, and asks for confirmation. If `yes` is set, returns
/// all of them without asking. Otherwise, shows the instances that can be read, reports the errors
/// of the others, and asks about those that were shown. Returns these, and the exit code for the
/// others. Fails if a name cannot be resolved, if none of the instances can be read, or if the user
/// does not agree.
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

/// Returns the result of a command for several instances: the worse of `done` and `left_out`.
/// `done` is the result for the instances that were processed; `left_out` is the exit code for
/// those that were left out.
pub(super) fn ended(done: Result<(), Failure>, left_out: Exit) -> Result<(), Failure> {
    match done {
        Ok(()) => Failure::unless_ok(left_out),
        Err(failure) => Err(Failure::Told(failure.report().max(left_out))),
    }
}
