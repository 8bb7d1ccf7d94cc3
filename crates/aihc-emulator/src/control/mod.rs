//! The control interface, which offers the functions of a [`Handle`] as JSON over HTTP.
//!
//! It has its own port and requires no signatures: everyone who can reach it may use all functions.

mod document;
mod host;
mod reply;
mod request;
mod route;
mod settings;
mod workloads;

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, ORIGIN};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;

pub(crate) use self::host::Hosts;
use self::reply::Reply;
use crate::handle::Handle;
use crate::serve::{Body, Closed, Limits, Service, json, read, run_aside};

/// The maximum size of a snapshot, in bytes.
const SNAPSHOT_SIZE: usize = 1 << 30;

/// The service that handles the requests to the control port.
#[derive(Debug)]
pub(crate) struct Control {
    handle: Handle,
    hosts: Hosts,
}

impl Control {
    pub(crate) fn new(handle: Handle, hosts: Hosts) -> Self {
        Self { handle, hosts }
    }

    /// Returns the response if the request is refused before its body is read, and `None`
    /// otherwise.
    fn refusal(&self, parts: &Parts) -> Option<Reply> {
        let forbidden = |message| Some(Reply::error(StatusCode::FORBIDDEN, message));
        if parts.headers.contains_key(ORIGIN) {
            // A web page must not use a browser to reach a program on the same machine.
            forbidden("requests from web pages are refused")
        } else if !self.hosts.allow(&parts.headers) {
            forbidden("Host is neither this machine nor the address of the control interface")
        } else {
            None
        }
    }
}

/// Returns the limits of the control port. They apply to all requests, except that a snapshot may
/// have a larger body.
pub(crate) fn limits() -> Limits {
    Limits {
        body_time: Duration::from_secs(600),
        body_size: 64 << 20,
        ..Limits::default()
    }
}

/// Returns the limits for this request. If its body is a snapshot, it may be larger than the body
/// of other requests, because a snapshot may contain many instances.
fn limits_of(parts: &Parts) -> Limits {
    match parts.uri.path() {
        "/snapshot" => Limits {
            body_size: SNAPSHOT_SIZE,
            ..limits()
        },
        _ => limits(),
    }
}

impl Service for Control {
    async fn call(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
        let (parts, body) = request.into_parts();
        if let Some(refused) = self.refusal(&parts) {
            return Ok(unread(refused));
        }
        match read(body, &limits_of(&parts)).await {
            // Handling a request may take some time, and must not block connections.
            Ok(body) => {
                run_aside(move || {
                    let reply = route::answer(&self.handle, &parts, &body);
                    json(reply.status, reply.body.into())
                })
                .await
            }
            Err(error) => Ok(unread(Reply::error(error.status, &error.message))),
        }
    }
}

/// Converts the reply to a request whose body was not read completely. The connection is closed
/// after the response; otherwise, the rest of the body would be taken for the next request.
fn unread(reply: Reply) -> Response<Body> {
    let mut response = json(reply.status, reply.body.into());
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}
