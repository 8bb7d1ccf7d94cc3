//! A layer that compares responses with the API description when they arrive.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bce_http::layer::AttemptService;
use bce_http::rt::Operation;
use bce_http::{Body, Error};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use tower::{Layer, Service};

use super::judge::{self, Verdict};
use super::ledger::Ledger;

/// A layer that compares every response of a client with the API description, and collects the
/// findings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Debug, Default)]
struct Recorded {
    ledger: Ledger,
    /// The error code that requests should get; `None` if they should succeed.
    expected: Option<&'static str>,
    /// The operation of the last request; and the body of the response, if the response was
    /// successful and has been compared. `None` if no request has been sent since the last call of
    /// `begin` or `take_last`.
    last: Option<(&'static str, Option<Value>)>,
    /// Whether any response has arrived.
    heard: bool,
}

impl Recorder {
    /// Announces a call that should get this error code; `None` if it should succeed.
    pub(crate) fn begin(&self, expected: Option<&'static str>) {
        let mut recorded = self.lock();
        recorded.expected = expected;
        recorded.last = None;
    }

    /// Returns the operation of the last request; and the body of the response, if the response was
    /// successful and has been compared. Returns `None` if no request has been sent since the last
    /// call of [`begin`](Self::begin), or if this function has already been called since then.
    pub(crate) fn take_last(&self) -> Option<(&'static str, Option<Value>)> {
        self.lock().last.take()
    }

    /// Returns whether any response has arrived.
    pub(crate) fn has_heard(&self) -> bool {
        self.lock().heard
    }

    /// Calls `look` with the findings, and returns its result.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Ledger) -> T) -> T {
        look(&mut self.lock().ledger)
    }

    fn sent(&self, operation: &'static str) {
        self.lock().last = Some((operation, None));
    }

    fn answered(&self, operation: &'static str, response: &Response<Bytes>) {
        let recorded = &mut *self.lock();
        recorded.heard = true;
        let seen = judge::Response {
            status: response.status(),
            headers: response.headers(),
            body: response.body(),
        };
        let expected = recorded.expected;
        let verdict = recorded.ledger.compare(operation, seen, expected);
        let is_answer = verdict == Some(Verdict::Compared);
        let answer = is_answer.then(|| serde_json::from_slice(response.body()).ok());
        recorded.last = Some((operation, answer.flatten()));
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Layer<S> for Recorder {
    type Service = Recording<S>;

    fn layer(&self, inner: S) -> Recording<S> {
        Recording {
            inner,
            recorder: self.clone(),
        }
    }
}

/// A service whose responses are compared with the API description.
#[derive(Clone, Debug)]
pub(crate) struct Recording<S> {
    inner: S,
    recorder: Recorder,
}

impl Service<Request<Body>> for Recording<AttemptService> {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let operation = request.extensions().get::<&'static Operation>();
        let operation = operation.map(|operation| operation.name());
        let recorder = self.recorder.clone();
        if let Some(operation) = operation {
            recorder.sent(operation);
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let result = answer.await;
            if let (Ok(response), Some(operation)) = (&result, operation) {
                recorder.answered(operation, response);
            }
            result
        })
    }
}
