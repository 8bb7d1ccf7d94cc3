//! Records the changes that a command sends to the service. If the command is interrupted, a
//! message tells what is known about the outcome of these changes.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use aihc_dev::Error;
use bce_http::layer::AttemptService;
use bce_http::rt::Operation;
use bce_http::{Body, Idempotency};
use bytes::Bytes;
use http::{Request, Response};
use serde::Deserialize;
use tower::{Layer, Service};

use crate::language::tr;
use crate::terminal::one_line;

/// A layer of the clients that records the changes that this process sends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writes(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    writes: Vec<Write>,
    /// Descriptions of operations that are only half finished, such as a restart between the stop
    /// and the start; by the id of the instance.
    halves: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Write {
    operation: &'static str,
    /// The id of the instance or the job that the request changes, or the name if the request
    /// creates it; `None` if the request contains neither.
    id: Option<String>,
    outcome: WriteOutcome,
    /// Whether the outcome of at least one attempt is unknown, so that the change may have been
    /// made.
    ambiguous: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WriteOutcome {
    UnderWay,
    Accepted,
    NotApplied,
    Unknown,
}

impl Writes {
    /// Returns a line for each change that was sent, and for each operation that is half finished.
    /// If no change was sent although the command makes changes (`expected`), returns a line that
    /// says so.
    pub(crate) fn describe(&self, expected: bool) -> Vec<String> {
        let noted = self.lock();
        if noted.writes.is_empty() && expected {
            return vec![tr!("no change was sent")];
        }
        let writes = noted.writes.iter().map(Write::describe);
        writes.chain(noted.halves.values().cloned()).collect()
    }

    /// Records the state in which an instance is left if the command ends now; `None` removes the
    /// record.
    pub(crate) fn leave(&self, id: &str, half: Option<String>) {
        let halves = &mut self.lock().halves;
        match half {
            Some(half) => drop(halves.insert(id.to_owned(), half)),
            None => drop(halves.remove(id)),
        }
    }

    fn begin(&self, operation: &'static str, id: Option<String>) -> usize {
        let writes = &mut self.lock().writes;
        let same = |write: &Write| write.operation == operation && write.id == id;
        // An entry with the same operation and id is an earlier attempt of the same call.
        if let Some(at) = writes.iter().position(same) {
            if let Some(write) = writes.get_mut(at) {
                write.outcome = WriteOutcome::UnderWay;
            }
            return at;
        }
        writes.push(Write {
            operation,
            id,
            outcome: WriteOutcome::UnderWay,
            ambiguous: false,
        });
        writes.len() - 1
    }

    fn end(&self, at: usize, outcome: WriteOutcome) {
        if let Some(write) = self.lock().writes.get_mut(at) {
            write.outcome = outcome;
            write.ambiguous |= outcome == WriteOutcome::Unknown;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write {
    fn describe(&self) -> String {
        let what = match self.outcome {
            WriteOutcome::Accepted => tr!("accepted"),
            WriteOutcome::NotApplied if !self.ambiguous => tr!("not applied"),
            _ => tr!(
                "may have been applied; look with `aihc-dev show` or `list` before you try again"
            ),
        };
        match &self.id {
            Some(id) => format!("{} {}: {what}", self.operation, one_line(id)),
            None => format!("{}: {what}", self.operation),
        }
    }
}

impl<S> Layer<S> for Writes {
    type Service = Noting<S>;

    fn layer(&self, inner: S) -> Noting<S> {
        Noting {
            inner,
            writes: self.clone(),
        }
    }
}

/// A [`Service`] that records the outcome of each attempt to make a change.
#[derive(Clone, Debug)]
pub(crate) struct Noting<S> {
    inner: S,
    writes: Writes,
}

type NotingFuture = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send>>;

impl Service<Request<Body>> for Noting<AttemptService> {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = NotingFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> NotingFuture {
        let operation = request.extensions().get::<&'static Operation>().copied();
        let Some(operation) = operation.filter(|o| o.idempotency() != Idempotency::Safe) else {
            return self.inner.call(request);
        };
        let at = self.writes.begin(operation.name(), id_in(&request));
        let writes = self.writes.clone();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let result = answer.await;
            writes.end(at, outcome(&result));
            result
        })
    }
}

/// Returns what an attempt proves. A response is not decoded yet, so only the plain cases count: an
/// object without an error code in a success, and an error code in a refusal. Anything else may be
/// from a gateway.
fn outcome(result: &Result<Response<Bytes>, Error>) -> WriteOutcome {
    let response = match result {
        Ok(response) => response,
        Err(error) if !error.may_have_been_applied() => return WriteOutcome::NotApplied,
        Err(_) => return WriteOutcome::Unknown,
    };
    let status = response.status();
    let Ok(document) = serde_json::from_slice::<Answer>(response.body()) else {
        return WriteOutcome::Unknown;
    };
    let has_code = document.code.is_some_and(|code| !code.is_empty());
    match status.as_u16() {
        200..300 if !has_code => WriteOutcome::Accepted,
        // Who gave up waiting does not know what the service does.
        408 | 499 => WriteOutcome::Unknown,
        400..500 if has_code => WriteOutcome::NotApplied,
        _ => WriteOutcome::Unknown,
    }
}

/// The member of a response that an error has and a success has not.
#[derive(Deserialize)]
struct Answer {
    code: Option<String>,
}

/// Returns the id of the instance or the job in the query or the body. The body of a creation has
/// only a name, which is returned instead. Returns `None` if the request contains neither.
fn id_in(request: &Request<Body>) -> Option<String> {
    let mut pairs = request.uri().query()?.split('&');
    let Some(value) = pairs.find_map(|pair| pair.strip_prefix("devInstanceId=")) else {
        let body = serde_json::from_slice::<NamingBody>(request.body().as_bytes()?);
        let body = body.ok()?;
        return [body.job_id, body.dev_instance_id, body.id, body.name]
            .into_iter()
            .flatten()
            .next();
    };
    let decoded = bce_auth::encode::uri_decode(value);
    Some(String::from_utf8_lossy(&decoded).into_owned())
}

/// The members of a request body that identify the instance or the job to change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamingBody {
    job_id: Option<String>,
    dev_instance_id: Option<String>,
    id: Option<String>,
    name: Option<String>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aihc_dev::{Client, RetryPolicy};
    use bce_auth::Credentials;
    use tower::service_fn;

    use super::*;

    fn client<S, F>(writes: &Writes, service: S) -> Client
    where
        S: FnMut(Request<Body>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Response<Bytes>, Error>> + Send + 'static,
    {
        Client::builder()
            .credentials(Credentials::new("ak", "sk").unwrap())
            .attempt_layer(writes.clone())
            .build_with_transport(service_fn(service))
            .unwrap()
    }

    fn answer(status: u16, body: &'static str) -> Result<Response<Bytes>, Error> {
        let body = Bytes::from_static(body.as_bytes());
        Ok(Response::builder().status(status).body(body).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_was_cut_off_may_have_been_applied() {
        let writes = Writes::default();
        assert_eq!(writes.describe(true), ["no change was sent"]);
        let client = client(&writes, |_| std::future::pending());
        let call = client.stop_dev_instance("dv-1");
        let cut = tokio::time::timeout(Duration::from_secs(1), call.send()).await;
        assert!(cut.is_err());
        let [line] = &writes.describe(true)[..] else {
            panic!("one write")
        };
        assert!(
            line.starts_with("StopDevInstance dv-1: may have been"),
            "{line}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_in_the_pause_before_its_repeat_was_not_applied_unless_it_may_have_been() {
        const REFUSED: &str = r#"{"code":"TooManyRequests","message":"slow down"}"#;
        for (status, body, expected) in [
            (429, REFUSED, "not applied"),
            (
                429,
                r#"{"message":"from a gateway"}"#,
                "may have been applied",
            ),
            (429, "<html>", "may have been applied"),
            (200, REFUSED, "may have been applied"),
            (200, "<html>", "may have been applied"),
            (408, r#"{"code":"RequestTimeout"}"#, "may have been applied"),
            (500, r#"{"code":"InternalError"}"#, "may have been applied"),
        ] {
            let writes = Writes::default();
            let client = client(&writes, move |_| std::future::ready(answer(status, body)));
            let patient = RetryPolicy::exponential()
                .max_retries(9)
                .base(Duration::from_secs(600))
                .max_delay(Duration::from_secs(600));
            let call = client.stop_dev_instance("dv-1").with_retry(patient);
            let cut = tokio::time::timeout(Duration::from_millis(1), call.send()).await;
            assert!(cut.is_err(), "{status} {body}");
            let line = writes.describe(true).join("");
            assert!(line.contains(expected), "{status} {body}: {line}");
        }
    }

    #[tokio::test]
    async fn reads_are_not_noted_and_accepted_writes_are_told() {
        let writes = Writes::default();
        let client = client(&writes, |_| {
            std::future::ready(answer(200, r#"{"devInstanceId":"dv-1"}"#))
        });
        let _ = client.query_dev_instance_detail("dv-1").await;
        assert_eq!(writes.describe(false), Vec::<String>::new());
        client.start_dev_instance("dv/1").await.unwrap();
        assert_eq!(writes.describe(false), ["StartDevInstance dv/1: accepted"]);
    }
}
