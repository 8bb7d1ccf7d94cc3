//! A fake service in memory that returns prepared responses.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use aihc::{Body, Client, Credentials, Error, ErrorKind};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use tower_service::Service as TowerService;

/// A fake service that returns prepared responses in order, repeating the last one, and records the
/// requests.
#[derive(Clone, Default)]
pub(crate) struct Service(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    answers: VecDeque<Response<Bytes>>,
    sent: Vec<Sent>,
}

/// A request as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) query: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
}

impl Service {
    pub(crate) fn answering<'a>(bodies: impl IntoIterator<Item = &'a str>) -> Self {
        let service = Self::default();
        for body in bodies {
            service.then(200, body);
        }
        service
    }

    /// Adds a prepared response.
    pub(crate) fn then(&self, status: u16, body: &str) {
        let mut answer = Response::new(Bytes::copy_from_slice(body.as_bytes()));
        *answer.status_mut() = status.try_into().unwrap();
        self.0.lock().unwrap().answers.push_back(answer);
    }

    pub(crate) fn client(&self) -> Client {
        Client::builder()
            .credentials(Credentials::new("test-access-key", "test-secret-key").unwrap())
            .build_with_transport(self.clone())
            .unwrap()
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap().sent.clone()
    }

    /// Returns the request that was received. Panics unless there is exactly one.
    pub(crate) fn only(&self) -> Sent {
        let sent = self.sent();
        assert_eq!(sent.len(), 1);
        sent[0].clone()
    }
}

impl TowerService<Request<Body>> for Service {
    type Response = Response<Bytes>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Bytes>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut shared = self.0.lock().unwrap();
        let (head, body) = request.into_parts();
        let body = body.as_bytes().cloned().unwrap_or_default();
        shared.sent.push(Sent {
            method: head.method.to_string(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body: match body.is_empty() {
                true => Value::Null,
                false => serde_json::from_slice(&body).unwrap(),
            },
        });
        let answer = match shared.answers.len() {
            1 => shared.answers.front().cloned(),
            _ => shared.answers.pop_front(),
        };
        ready(Ok(answer.unwrap()))
    }
}

/// Returns a client whose calls all receive this response.
pub(crate) fn answering(body: &str) -> Client {
    Service::answering([body]).client()
}

/// Asserts that a call was refused before anything was sent, because of this member.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(
    result: Result<T, Error>,
    member: &str,
    service: &Service,
) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.member()),
        (ErrorKind::InvalidInput, Some(member))
    );
    assert!(service.sent().is_empty());
}
