//! The control interface: what a [`Handle`] does, as JSON over HTTP.
//!
//! It has a port of its own and no signatures: whoever reaches it may do everything.

mod document;
mod reply;
mod request;
mod route;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use http::header::ORIGIN;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;

use self::reply::Reply;
use crate::handle::Handle;
use crate::serve::{Body, Closed, Limits, Service, json, read};

/// Answers the requests of the control port.
#[derive(Debug)]
pub(crate) struct Control {
    handle: Handle,
    limits: Limits,
}

impl Control {
    pub(crate) fn new(handle: Handle) -> Self {
        Self {
            handle,
            limits: limits(),
        }
    }
}

/// The limits of the control port. Snapshots of many machines are large.
pub(crate) fn limits() -> Limits {
    Limits {
        body_time: Duration::from_secs(600),
        body_size: 1 << 30,
        ..Limits::default()
    }
}

impl Service for Control {
    async fn call(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
        let (parts, body) = request.into_parts();
        let reply = match read(body, &self.limits).await {
            // A page in somebody's browser must not reach a program on the same machine.
            Ok(_) if parts.headers.contains_key(ORIGIN) => {
                Reply::error(StatusCode::FORBIDDEN, "requests of web pages are refused")
            }
            Ok(body) => route::answer(&self.handle, &parts, &body),
            Err(error) => Reply::error(error.status, &error.message),
        };
        Ok(json(reply.status, reply.body.into()))
    }
}
