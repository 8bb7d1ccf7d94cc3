//! Prints the requests of generated crates, one line of JSON for each.

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bce_http::Body;
use http::{Request, Response};
use serde_json::{Value, json};

/// A transport that records the last request, and returns an empty object.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Call>>);

/// The call that is being made, and its request as soon as that has been sent.
#[derive(Default)]
struct Call {
    names: [&'static str; 3],
    request: Option<Request<Body>>,
}

impl Recorder {
    /// Sets the name of the next call.
    pub fn begin(&self, product: &'static str, operation: &'static str, variant: &'static str) {
        *self.0.lock().unwrap() = Call {
            names: [product, operation, variant],
            request: None,
        };
    }

    /// Prints the request, or the reason why no request was sent.
    pub fn end<T, E: std::fmt::Display>(&self, answer: Result<T, E>) {
        let call = std::mem::take(&mut *self.0.lock().unwrap());
        let [product, operation, variant] = call.names;
        let mut line = json!({ "product": product, "operation": operation, "variant": variant });
        match (call.request, answer) {
            (Some(request), _) => line["sent"] = sent(request),
            (None, Err(error)) => line["refused"] = error.to_string().into(),
            (None, Ok(_)) => line["refused"] = "nothing was sent".into(),
        }
        println!("{line}");
    }
}

fn sent(request: Request<Body>) -> Value {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value.into())
    });
    json!({
        "method": head.method.as_str(),
        "path": head.uri.path(),
        "query": head.uri.query().unwrap_or_default(),
        "headers": Value::Object(headers.collect()),
        "body": body.as_bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
    })
}

impl tower_service::Service<Request<Body>> for Recorder {
    type Response = Response<&'static str>;
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.lock().unwrap().request = Some(request);
        let answer = Response::builder().header("x-bce-request-id", "r").body("{}");
        ready(Ok(answer.unwrap()))
    }
}
