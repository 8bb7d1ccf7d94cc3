//! The same thing for several instances, with a result for each.

use std::cell::RefCell;

use aihc_dev::Pace;
use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;

use super::names::{self, Resolved};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::Text;
use crate::output::{Cell, Column, Table, Tone};

/// Calls that are under way at the same time.
const AT_ONCE: usize = 8;

/// What came of one instance.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InstanceOutcome {
    id: String,
    /// What was typed, if it was a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `accepted`, the state that was waited for, `unknown` when it may have been done, or `failed`.
    result: Text,
    /// What people are told in its place.
    #[serde(skip)]
    shown: Option<Text>,
    /// When a timer stops it; null when none does. Of timed stops alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    stops_at: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem>,
}

/// What was reached.
#[derive(Debug)]
pub(crate) struct Done {
    /// Of an instance that was made.
    id: Option<String>,
    result: Text,
    shown: Option<Text>,
    stops_at: Option<Option<String>>,
}

impl Done {
    /// Of a timer that was set, or taken off: what people are told, and the time for programs.
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

/// A failure for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// Of those requests of which nobody knows what became.
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

    /// The result for people.
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

/// What the calls of one command slow down by together when the service asks for it. One alone has
/// nobody to do so with.
pub(crate) fn pace<T>(ids: &[T]) -> Option<Pace> {
    (ids.len() > 1).then(Pace::new)
}

/// Runs a call for each id, some at a time, and gives the results in the order of the ids.
pub(crate) async fn some_at_a_time<T, F: Future>(
    ids: Vec<T>,
    mut call: impl FnMut(T) -> F,
) -> Vec<F::Output> {
    let calls = ids.into_iter().enumerate().map(|(n, id)| {
        let call = call(id);
        async move { (n, call.await) }
    });
    // Not `buffered`: there a slow call holds back all that come after the next few.
    let mut results: Vec<_> = stream::iter(calls)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    results.sort_by_key(|(n, _)| *n);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Does `act` for each id, some at a time, and tells the results. `act` gives the word for what was
/// reached. One failure stops none of the others.
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

/// As [`each`], where instances get their ids only then.
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
                // Nobody reads any more; what has begun still has to be brought to its end.
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
            // What did not come about is no argument for the next command.
            let done: Vec<_> = outcomes.iter().filter(|it| it.error.is_none()).collect();
            (context.output).list(&done, |_| table(&outcomes))
        }
        None => context.output.list(&outcomes, |_| table(&outcomes)),
    };
    match (written, exit) {
        (Err(cause), exit) if context.changes => {
            // Those that failed have been told already.
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
    const MEMBERS: &[&str] = &["name", "error.code", "error.message", "error.exitCode"];
    let id = Column::new("ID", "id");
    let name = Column::new("NAME", "name").folds();
    let result = Column::new("RESULT", "result").folds();
    let is_named = outcomes.iter().any(|outcome| outcome.name.is_some());
    let mut table = match is_named {
        true => Table::of([id, name, result], MEMBERS),
        false => Table::of([id, result], MEMBERS),
    };
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
        match is_named {
            true => table.row([id, name.into(), result]),
            false => table.row([id, result]),
        };
    }
    table
}

/// Each id once, in order.
pub(crate) fn unique(ids: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter()
        .filter(|id| seen.insert(id.clone()))
        .collect()
}
