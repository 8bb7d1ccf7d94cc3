//! Handling of requests: reads the body, calls the operation, and applies faults.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::body::{Body, Closed};
use super::limits::Limits;
use super::response;
use super::server::Service;
use crate::app::{App, Named};
use crate::error::ApiError;
use crate::fault::{Close, Fault};
use crate::journal::Noted;
use crate::operation::Output;
use crate::state::CHUNK;

/// A body that is too large is read up to this multiple of the maximum size, and discarded, before
/// the connection is closed. If reading stopped earlier, a client that is still sending might never
/// read the response.
const DISCARDED: usize = 32;

impl Service for App {
    async fn call(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
        let (parts, body) = request.into_parts();
        let named = Named::by(&parts, self.settings.profile);
        let (fault_id, fault) = self.pick_fault(named.operation()).unzip();
        let fault = fault.unwrap_or_default();
        let mut exchange = Exchange {
            app: &self,
            parts: &parts,
            named,
            fault_id,
            request_id: self.new_request_id(),
        };
        if fault.close == Some(Close::BeforeReading) {
            return exchange.close(&[], None, fault.delay).await;
        }
        let body = read(body, self.limits()).await;
        let bytes = body.as_ref().map(Bytes::as_ref).unwrap_or_default();
        let run = || {
            let body = body.as_ref().map(Bytes::as_ref).map_err(ApiError::clone);
            self.answer(&exchange.named, &parts, body)
        };
        let result = fault.lets_run().then(run);
        if fault.close == Some(Close::AfterReading) {
            let code = refused(result.as_ref());
            drop(result);
            return exchange.close(bytes, code, fault.delay).await;
        }
        exchange.send(bytes, result, fault).await
    }
}

/// A request that is being handled.
struct Exchange<'a> {
    app: &'a Arc<App>,
    parts: &'a Parts,
    named: Named,
    fault_id: Option<u64>,
    request_id: String,
}

impl Exchange<'_> {
    async fn send(
        &mut self,
        body: &[u8],
        result: Option<Result<Output, ApiError>>,
        fault: Fault,
    ) -> Result<Response<Body>, Closed> {
        if let Some(Err(ApiError { code, message, .. })) = &result {
            tracing::debug!(request_id = %self.request_id, code, message, "request refused");
        }
        let code = refused(result.as_ref());
        let delay = fault.delay;
        let response = self.build(result, fault).await?;
        self.note(body, response.status().as_u16(), code);
        pause(delay).await;
        Ok(response)
    }

    /// Serializes the response. A long one is serialized on another thread, where it blocks no
    /// other request.
    async fn build(
        &self,
        result: Option<Result<Output, ApiError>>,
        fault: Fault,
    ) -> Result<Response<Body>, Closed> {
        let now = self.app.now().wall;
        let answer = result.as_ref().and_then(|result| result.as_ref().ok());
        let is_long = answer.is_some_and(|answer| answer.instances() > CHUNK);
        let (app, rule) = (Arc::clone(self.app), self.named.rule());
        let id = self.request_id.clone();
        let build = move || {
            let written =
                result.map(|result| result.map(|answer| app.write_down(answer, rule, &id)));
            let mut response = response::build(written, &fault, &id, now);
            app.settings.quirks.change_headers(response.headers_mut());
            response
        };
        if is_long {
            return run_aside(build).await;
        }
        Ok(build())
    }

    async fn close(
        &mut self,
        body: &[u8],
        code: Option<&'static str>,
        delay: Duration,
    ) -> Result<Response<Body>, Closed> {
        self.note(body, 0, code);
        pause(delay).await;
        Err(Closed)
    }

    fn note(&self, body: &[u8], status: u16, code: Option<&'static str>) {
        self.app.journal().note(Noted {
            parts: self.parts,
            body,
            rule: self.named.rule(),
            received_at: self.app.now().wall,
            status,
            code,
            request_id: &self.request_id,
            fault: self.fault_id,
        });
    }
}

/// Returns the code with which the operation was refused; `None` if it was accepted or not called.
fn refused(result: Option<&Result<Output, ApiError>>) -> Option<&'static str> {
    let error = result.and_then(|result| result.as_ref().err());
    error.map(|error| error.code)
}

/// Runs long work on a thread that serves no connections.
pub(crate) async fn run_aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Closed> {
    // This fails only if the work panics or the runtime ends.
    tokio::task::spawn_blocking(work).await.map_err(|_| Closed)
}

async fn pause(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// Reads the body to its end, unless that takes too long or the body is far too large. This
/// precedes the handling of the request, because a client may never read a response that arrives
/// while it is still sending.
pub(crate) async fn read(body: Incoming, limits: &Limits) -> Result<Bytes, ApiError> {
    match tokio::time::timeout(limits.body_time, collect(body, limits.body_size)).await {
        Ok(read) => read,
        Err(_) => Err(ApiError::body_timeout("the body did not arrive in time")),
    }
}

async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, ApiError> {
    let mut kept = BytesMut::new();
    let mut total: usize = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame
            .map_err(|error| ApiError::invalid_http_request(format!("unreadable body: {error}")))?;
        let data = frame.into_data().unwrap_or_default();
        total = total.saturating_add(data.len());
        if total <= limit {
            kept.extend_from_slice(&data);
        } else if total > limit.saturating_mul(DISCARDED) {
            break;
        }
    }
    if total > limit {
        let message = format!("the body is larger than {limit} bytes");
        return Err(ApiError::body_too_large(message));
    }
    Ok(kept.freeze())
}
