//! One request's way: read the body, answer, let go wrong what is to go wrong.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use super::body::Body;
use super::limits::Limits;
use super::response;
use super::server::{Closed, Service};
use crate::app::{App, Named};
use crate::error::ApiError;
use crate::fault::{Close, Fault};
use crate::journal::Noted;

/// How many times the largest body is thrown away before the connection is given up. A sender that
/// is interrupted may never read the answer.
const DISCARDED: usize = 32;

impl Service for App {
    async fn call(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
        let (parts, body) = request.into_parts();
        let named = Named::by(&parts);
        let (fault_id, fault) = self.pick_fault(named.operation()).unzip();
        let fault = fault.unwrap_or_default();
        let mut answer = Answer {
            app: &self,
            parts: &parts,
            named,
            fault_id,
            request_id: self.new_request_id(),
        };
        if fault.close == Some(Close::BeforeReading) {
            return answer.close(&[], None, fault.delay).await;
        }
        let body = read(body, self.limits()).await;
        let bytes = body.as_ref().map(Bytes::as_ref).unwrap_or_default();
        let run = || {
            let body = body.as_ref().map(Bytes::as_ref).map_err(ApiError::clone);
            self.answer(&answer.named, &parts, body, &answer.request_id)
        };
        let result = fault.lets_run().then(run);
        if fault.close == Some(Close::AfterReading) {
            return answer.close(bytes, result.as_ref(), fault.delay).await;
        }
        answer.send(bytes, result, fault).await
    }
}

/// A request on its way to an answer.
struct Answer<'a> {
    app: &'a App,
    parts: &'a Parts,
    named: Named,
    fault_id: Option<u64>,
    request_id: String,
}

impl Answer<'_> {
    async fn send(
        &mut self,
        body: &[u8],
        result: Option<Result<Value, ApiError>>,
        fault: Fault,
    ) -> Result<Response<Body>, Closed> {
        if let Some(Err(ApiError { code, message, .. })) = &result {
            tracing::debug!(request_id = %self.request_id, code, message, "request refused");
        }
        let now = self.app.now().wall;
        let refused = result.as_ref().and_then(|result| result.as_ref().err());
        let code = refused.map(|error| error.code);
        let delay = fault.delay;
        let response = response::build(result, &fault, &self.request_id, now);
        self.note(body, response.status().as_u16(), code);
        pause(delay).await;
        Ok(response)
    }

    async fn close(
        &mut self,
        body: &[u8],
        result: Option<&Result<Value, ApiError>>,
        delay: Duration,
    ) -> Result<Response<Body>, Closed> {
        let refused = result.and_then(|result| result.as_ref().err());
        self.note(body, 0, refused.map(|error| error.code));
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

async fn pause(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// Reads the whole body before anything is decided: an answer to a request that is still being
/// sent may never be read.
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
