//! Dry runs: requests that would change something are shown instead of sent.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use aihc_dev::Error;
use bce_http::layer::Transport;
use bce_http::rt::Operation;
use bce_http::{Body, Idempotency};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use serde::Serialize;
use serde_json::{Map, Value};
use tower::Service;

use crate::exit::Failure;
use crate::output::Output;
use crate::request::mask;

const REQUEST_ID: &str = "x-bce-request-id";

/// The body of the response that a dry run returns for a request that it does not send. The ids are
/// placeholders, since only the service can assign them.
const ANSWER: &[u8] = br#"{"devInstanceId":"dry-run","jobId":"dry-run"}"#;

/// The transport of a dry run: sends requests that only read, and records all others instead of
/// sending them.
#[derive(Clone)]
pub(crate) struct DryRun {
    transport: Transport,
    held: HeldRequests,
}

/// The requests that a dry run has recorded instead of sending them.
#[derive(Clone, Default)]
pub(crate) struct HeldRequests(Arc<Mutex<Vec<ShownRequest>>>);

/// A request as it would be sent, without its secrets.
#[derive(Clone, Serialize)]
struct ShownRequest {
    method: String,
    url: String,
    headers: Map<String, Value>,
    body: Value,
}

impl DryRun {
    pub(crate) fn new(transport: Transport) -> Self {
        Self {
            transport,
            held: HeldRequests::default(),
        }
    }

    pub(crate) fn held(&self) -> HeldRequests {
        self.held.clone()
    }
}

impl Service<Request<Body>> for DryRun {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.transport.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let operation = request.extensions().get::<&'static Operation>();
        if operation.is_some_and(|o| o.idempotency() == Idempotency::Safe) {
            return self.transport.call(request);
        }
        self.held.put(ShownRequest::new(&request));
        let answer = Response::new(Bytes::from_static(ANSWER));
        Box::pin(std::future::ready(Ok(answer)))
    }
}

impl HeldRequests {
    fn put(&self, shown: ShownRequest) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.push(shown);
    }

    /// Prints the requests that the dry run has recorded; prints nothing if there are none. In
    /// machine-readable output, one request is an object, and several are a list.
    pub(crate) fn print(&self, output: &Output) -> Result<(), Failure> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_empty() {
            return Ok(());
        }
        let text = |_: &_| {
            let texts: Vec<_> = held.iter().map(ShownRequest::text).collect();
            texts.join("\n")
        };
        Ok(output.one_or_more(&held, text)?)
    }
}

impl ShownRequest {
    fn new(request: &Request<Body>) -> Self {
        let body = request.body().as_bytes();
        let body = body.and_then(|bytes| serde_json::from_slice(bytes).ok());
        let mut body = body.unwrap_or_default();
        mask::secrets(&mut body);
        Self {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: headers(request.headers()),
            body,
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        for (name, value) in &self.headers {
            text += &format!("{name}: {}\n", value.as_str().unwrap_or_default());
        }
        if !self.body.is_null() {
            text += &format!("\n{:#}\n", self.body);
        }
        text
    }
}

/// Returns the headers by name, without the request id, which is different for every request. The
/// values of headers that authenticate, or that are not text, are replaced with `***`.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let shown = headers.iter().filter(|(name, _)| *name != REQUEST_ID);
    let shown = shown.map(|(name, value)| {
        let secret = value.is_sensitive() || *name == header::AUTHORIZATION;
        let value = match value.to_str() {
            Ok(text) if !secret => text,
            _ => "***",
        };
        (name.to_string(), Value::from(value))
    });
    shown.collect()
}
