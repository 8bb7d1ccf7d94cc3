//! Calls one operation for several instances, and reports a result for each.

use std::cell::RefCell;

use aihc_dev::Pace;
use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;

use super::names::{self, Resolved};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::Text;
use crate::output::{Cell, Column, Table, Tone};

/// The maximum number of simultaneous calls.
const AT_ONCE: usize = 8;

/// The outcome of an operation for one of several instances.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InstanceOutcome {
    /// Empty if an instance was to be created, and its id is not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    /// The name of the instance, if the user gave a name, as an argument or in a file; `None`
    /// otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// A word for the outcome. For `apply`, it is `created`, `changed` or `unchanged`. For other
    /// commands, it is the state that was reached, or `accepted` if no state was waited for. After
    /// an error, it is `unknown` if the exit code is [`Exit::Unknown`], and `failed` otherwise, for
    /// example if the request was accepted but the state was not reached in time.
    result: Text,
    /// The result in human-readable output, if it is not the same as `result`.
    #[serde(skip)]
    shown: Option<Text>,
    /// The time at which the timer of `timed-stop` will stop the instance; `Some(None)`, written as
    /// `null`, if the timer was cancelled. `None` after an error, and for all other commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    stops_at: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem>,
}

/// The result of a successful operation.
#[derive(Debug)]
pub(crate) struct Done {
    /// The id of the instance, if the operation has created it.
    id: Option<String>,
    result: Text,
    shown: Option<Text>,
    stops_at: Option<Option<String>>,
}

impl Done {
    /// Returns the result of setting or cancelling the timer that stops an instance. `shown` is the
    /// human-readable text; `stops_at` is the time of the stop for machine-readable output, or
    /// `None` if the timer was cancelled.
    pub(crate) fn timed(shown: Text, stops_at: Option<String>) -> Self {
        Self {
            shown: Some(shown),
            stops_at: Some(stops_at),
            ..Text::from("accepted").into()
        }
    }

    pub(crate) fn of(id: String, result: impl Into<Text>) -> Self {
        Self {
            id: Some(id),
            ..result.into().into()
        }
    }
}

impl From<String> for Done {
    fn from(result: String) -> Self {
        Text::from(result).into()
    }
}

impl From<Text> for Done {
    fn from(result: Text) -> Self {
        Self {
            id: None,
            result,
            shown: None,
            stops_at: None,
        }
    }
}

/// A failure in machine-readable output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// The ids of the requests that the service may or may not have carried out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sent_request_ids: Vec<String>,
    attempts: u32,
    may_have_been_applied: bool,
    exit_code: u8,
}

impl InstanceOutcome {
    fn label(&self) -> String {
        let one = Resolved {
            id: self.id.clone(),
            name: self.name.clone(),
        };
        one.label()
    }

    /// Returns the result for human-readable output.
    fn told(&self) -> &Text {
        self.shown.as_ref().unwrap_or(&self.result)
    }
}

impl Problem {
    fn new(failure: &Failure) -> Self {
        let call = failure.call();
        let code = call.and_then(|error| error.code());
        Self {
            message: failure.text().english().to_owned(),
            code: code.map(str::to_owned),
            request_id: call.and_then(|e| e.request_id()).map(str::to_owned),
            sent_request_ids: call.map_or_else(Vec::new, |error| {
                error.sent_request_ids().map(str::to_owned).collect()
            }),
            attempts: call.map_or(0, aihc_dev::Error::attempts),
            may_have_been_applied: call.is_some_and(|error| error.may_have_been_applied()),
            exit_code: failure.exit().code(),
        }
    }
}

/// Returns a [`Pace`] that all calls of one command share, so that all of them slow down if the
/// service is overloaded. Returns `None` for a single call, which does not need a shared pace.
pub(crate) fn pace<T>(ids: &[T]) -> Option<Pace> {
    (ids.len() > 1).then(Pace::new)
}

/// Runs a call for each id, up to [`AT_ONCE`] of them at the same time, and returns the results in
/// the order of the ids.
pub(crate) async fn some_at_a_time<T, F: Future>(
    ids: Vec<T>,
    mut call: impl FnMut(T) -> F,
) -> Vec<F::Output> {
    let calls = ids.into_iter().enumerate().map(|(n, id)| {
        let call = call(id);
        async move { (n, call.await) }
    });
    // `buffered` would make later calls wait behind a slow one.
    let mut results: Vec<_> = stream::iter(calls)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    results.sort_by_key(|(n, _)| *n);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Calls `act` for each distinct id, several at the same time, and reports the results. `act`
/// returns a word for the result, such as `running` or `accepted`. If one call fails, the others
/// are made nevertheless.
pub(crate) async fn each<F, W>(
    context: &Context,
    ids: Vec<impl Into<Resolved>>,
    act: impl Fn(String) -> F,
) -> Result<(), Failure>
where
    F: Future<Output = Result<W, Failure>>,
    W: Into<Text>,
{
    let ids = names::unique(ids.into_iter().map(Into::into).collect());
    let act = &act;
    each_done(context, ids, |one| async move {
        let reached: Text = act(one.id).await?.into();
        Ok(reached.into())
    })
    .await
}

/// Calls `act` for each argument, several at the same time, and reports the results. Unlike
/// [`each`], it also accepts calls that create the instance and return its id, and does not remove
/// repeated ids.
pub(crate) async fn each_done<F>(
    context: &Context,
    ids: Vec<Resolved>,
    act: impl Fn(Resolved) -> F,
) -> Result<(), Failure>
where
    F: Future<Output = Result<Done, Failure>>,
{
    let worst = RefCell::new((Exit::Ok, None));
    let outcomes = some_at_a_time(ids, |id| {
        let done = act(id.clone());
        let worst = &worst;
        async move {
            let outcome = outcome(id, done.await, worst);
            if context.output.is_streaming() {
                // Nobody reads the output any more, but the calls that have begun are still
                // completed.
                if let Err(error) = context.output.entry(&outcome) {
                    worst.borrow_mut().1.get_or_insert(error);
                }
            }
            outcome
        }
    })
    .await;
    let (exit, unwritten) = worst.into_inner();
    let written = match unwritten {
        Some(error) => Err(error),
        None if context.output.is_streaming() => Ok(()),
        None if context.output.is_for_pipes() => {
            // The next command in a pipe must not receive an instance whose operation failed.
            let done: Vec<_> = outcomes.iter().filter(|it| it.error.is_none()).collect();
            (context.output).list(&done, |_| table(&outcomes))
        }
        None => context.output.list(&outcomes, |_| table(&outcomes)),
    };
    match (written, exit) {
        (Err(cause), exit) if context.changes => {
            // The failures have already been reported.
            let done = outcomes.iter().filter(|outcome| outcome.error.is_none());
            let done = done.map(|o| format!("{}: {}", o.label(), o.told()));
            let done = done.collect();
            let lost = Failure::Unwritten { done, cause };
            Err(Failure::Told(lost.report().max(exit)))
        }
        (written, Exit::Ok) => Ok(written?),
        (_, exit) => Err(Failure::Told(exit)),
    }
}

fn outcome(
    one: Resolved,
    result: Result<Done, Failure>,
    worst: &RefCell<(Exit, Option<std::io::Error>)>,
) -> InstanceOutcome {
    match result {
        Ok(done) => InstanceOutcome {
            id: done.id.unwrap_or(one.id),
            name: one.name,
            result: done.result,
            shown: done.shown,
            stops_at: done.stops_at,
            error: None,
        },
        Err(failure) => {
            let problem = Problem::new(&failure);
            let exit = failure.report_of(&one);
            let mut worst = worst.borrow_mut();
            worst.0 = worst.0.max(exit);
            InstanceOutcome {
                id: one.id,
                name: one.name,
                result: match exit {
                    Exit::Unknown => "unknown",
                    _ => "failed",
                }
                .into(),
                shown: None,
                stops_at: None,
                error: Some(problem),
            }
        }
    }
}

fn table(outcomes: &[InstanceOutcome]) -> Table {
    const MEMBERS: &[&str] = &["error.code", "error.message", "error.exitCode", "stopsAt"];
    let id = Column::new("ID", "id");
    let name = Column::new("NAME", "name").folds();
    let result = Column::new("RESULT", "result").folds();
    let is_named = outcomes.iter().any(|outcome| outcome.name.is_some());
    // CSV has the same columns in any case.
    let name = match is_named {
        true => name,
        false => name.wide(),
    };
    let mut table = Table::of([id, name, result], MEMBERS);
    for outcome in outcomes {
        let tone = match outcome.error {
            Some(_) => Tone::Bad,
            None => Tone::Plain,
        };
        let name = outcome.name.as_deref().unwrap_or_default();
        let (id, result) = (
            Cell::from(&outcome.id),
            Cell::new(outcome.told().to_string(), tone),
        );
        table.row([id, name.into(), result]);
    }
    table
}

/// Returns the ids without repetitions, in their original order.
pub(crate) fn unique(ids: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter()
        .filter(|id| seen.insert(id.clone()))
        .collect()
}
