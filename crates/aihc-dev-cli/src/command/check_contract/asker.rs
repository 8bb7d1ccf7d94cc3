//! Makes the calls of `check-contract` and records their responses, which are compared with the API
//! description.

use aihc_dev::{Error, ErrorKind};
use serde_json::Value;

use crate::contract::Recorder;
use crate::exit::{Exit, Failure};

/// At most this many items of a list are read in detail.
pub(super) const MOST: usize = 3;
/// The number of items to request per page. It is small, so that most lists have several pages.
pub(super) const PAGE: i64 = 2;
/// An id that does not exist.
pub(super) const NOBODY: &str = "check-contract-no-such-id";
/// The error code that is expected for an id that does not exist.
pub(super) const NOT_FOUND: &str = "NotFound";

/// Makes the calls of `check-contract`, whose responses are recorded.
pub(super) struct Asker {
    pub(super) recorder: Recorder,
}

impl Asker {
    /// Makes a call, and returns the response; `None` if there was no successful response.
    ///
    /// # Errors
    ///
    /// If no further call is likely to succeed: if credentials are missing or not accepted, or if
    /// the service has not responded to this call nor to any earlier one.
    pub(super) async fn ask<T>(
        &self,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<Option<Value>, Failure> {
        self.recorder.begin(None);
        let result = call.await;
        let last = self.recorder.take_last();
        if let Err(error) = result {
            self.failed(error, last.as_ref().map(|(operation, _)| *operation))?;
        }
        Ok(last.and_then(|(_, answer)| answer))
    }

    /// Makes a call that the service should refuse with the error code `code`. An unexpected
    /// response is recorded, and is not an error of this method.
    pub(super) async fn refused<T>(
        &self,
        code: &'static str,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<(), Failure> {
        self.recorder.begin(Some(code));
        let result = call.await;
        let last = self.recorder.take_last();
        match result {
            Err(error) if error.kind() != ErrorKind::Service => {
                self.failed(error, last.map(|(operation, _)| operation))
            }
            _ => Ok(()),
        }
    }

    /// Requests the first two pages of a list, and returns the items on both. If the second page
    /// begins with the same item as the first, records that, and returns only the items on the
    /// first.
    pub(super) async fn pages<T, C>(
        &self,
        items: &str,
        page: impl Fn(i64) -> C,
    ) -> Result<Vec<Value>, Failure>
    where
        C: IntoFuture<Output = Result<T, Error>>,
    {
        let Some(first) = self.ask(page(1)).await? else {
            return Ok(vec![]);
        };
        let mut found = list(&first, items);
        self.recorder.begin(None);
        let result = page(2).into_future().await;
        let Some((operation, second)) = self.recorder.take_last() else {
            return Ok(found);
        };
        if let Err(error) = result {
            self.failed(error, Some(operation))?;
        }
        let second = second.map(|it| list(&it, items)).unwrap_or_default();
        match (found.first(), second.first()) {
            (Some(one), Some(other)) if one == other => {
                self.recorder.with(|it| it.same_page(operation, items));
            }
            _ => found.extend(second),
        }
        Ok(found)
    }

    /// Handles the error of a call. Returns the error if no further call is likely to succeed.
    /// Otherwise, records that there was no response, or that the response could not be read.
    /// Records nothing if no request was sent (`operation` is `None`), or if the service refused
    /// the call, because the refusal has already been recorded.
    fn failed(&self, error: Error, operation: Option<&'static str>) -> Result<(), Failure> {
        let kind = error.kind();
        let failure = Failure::from(error);
        let is_hopeless = match failure.exit() {
            Exit::Credentials => true,
            Exit::Unreachable | Exit::TimedOut => !self.recorder.has_heard(),
            _ => false,
        };
        if is_hopeless {
            return Err(failure);
        }
        let Some(operation) = operation else {
            return Ok(());
        };
        self.recorder.with(|ledger| match kind {
            ErrorKind::Service => {}
            ErrorKind::Decode => ledger.unreadable(operation),
            ErrorKind::Timeout => ledger.no_response(operation, "timed out"),
            _ => ledger.no_response(operation, "the connection failed"),
        });
        Ok(())
    }
}

fn list(answer: &Value, items: &str) -> Vec<Value> {
    let found = answer.get(items).and_then(Value::as_array);
    found.cloned().unwrap_or_default()
}

/// Returns at most [`MOST`] distinct, non-empty values of a string member in these objects. The
/// member may have any of these names.
pub(super) fn ids(objects: &[Value], names: &[&str]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for object in objects {
        let id = text(object, names);
        if !id.is_empty() && !ids.contains(&id) && ids.len() < MOST {
            ids.push(id);
        }
    }
    ids
}

/// Returns the value of the first of these members that is a string; an empty string if there is
/// none.
pub(super) fn text(object: &Value, names: &[&str]) -> String {
    let found = names.iter().find_map(|name| object.get(*name)?.as_str());
    found.unwrap_or_default().to_owned()
}
