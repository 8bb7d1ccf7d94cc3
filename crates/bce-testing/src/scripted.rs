//! A service with prepared responses.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use crate::sync::lock;

/// One scripted response.
#[derive(Clone, Debug)]
pub enum Script {
    /// Responds at once, with this status and this body.
    Answer(u16, &'static str),
    /// Responds at once, with this status, these headers and this body.
    AnswerWith(u16, &'static [(&'static str, &'static str)], &'static str),
    /// Responds with this status and this body after a delay. For tests whose clock is paused.
    Late(Duration, u16, &'static str),
    /// Fails with an I/O error that has this message.
    Fail(&'static str),
    /// Never responds.
    Hang,
}

/// A service that responds according to its scripts, one after another, and stores the heads of the
/// requests that it receives. After the last script, it responds with status 500 and the body `no
/// script left`. Clones share the scripts and the requests.
pub struct Scripted<B> {
    shared: Arc<Mutex<Shared>>,
    body: PhantomData<fn(B)>,
}

struct Shared {
    scripts: VecDeque<Script>,
    requests: Vec<http::request::Parts>,
}

impl<B> Scripted<B> {
    /// Creates a service that responds according to these scripts.
    pub fn new(scripts: impl IntoIterator<Item = Script>) -> Self {
        let shared = Shared {
            scripts: scripts.into_iter().collect(),
            requests: Vec::new(),
        };
        Self {
            shared: Arc::new(Mutex::new(shared)),
            body: PhantomData,
        }
    }

    /// Returns the heads of the requests that have been received so far.
    pub fn requests(&self) -> Vec<http::request::Parts> {
        self.lock().requests.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

impl<B> Clone for Scripted<B> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            body: PhantomData,
        }
    }
}

impl<B> fmt::Debug for Scripted<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted")
            .field("left", &self.lock().scripts)
            .finish_non_exhaustive()
    }
}

impl<B: Send + 'static> Service<Request<B>> for Scripted<B> {
    type Response = Response<Bytes>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, std::io::Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut shared = self.lock();
        shared.requests.push(request.into_parts().0);
        let script = shared
            .scripts
            .pop_front()
            .unwrap_or(Script::Answer(500, "no script left"));
        Box::pin(play(script))
    }
}

async fn play(script: Script) -> Result<Response<Bytes>, std::io::Error> {
    let (status, headers, body) = match script {
        Script::Answer(status, body) => (status, &[][..], body),
        Script::AnswerWith(status, headers, body) => (status, headers, body),
        Script::Late(after, status, body) => {
            tokio::time::sleep(after).await;
            (status, &[][..], body)
        }
        Script::Fail(text) => return Err(std::io::Error::other(text)),
        Script::Hang => match std::future::pending::<Infallible>().await {},
    };
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = http::StatusCode::from_u16(status).map_err(std::io::Error::other)?;
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(*name, http::HeaderValue::from_static(value));
    }
    Ok(response)
}
