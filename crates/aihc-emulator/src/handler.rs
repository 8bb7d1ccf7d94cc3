//! One request's way: read the body, answer, write.

use std::convert::Infallible;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

use crate::app::App;
use crate::error::ApiError;
use crate::{random, response};

/// The largest body that is taken.
const BODY_LIMIT: usize = 1024 * 1024;
/// How much of a larger body is thrown away before the connection is given up. A sender that is
/// interrupted may never read the answer.
const DISCARD_LIMIT: usize = 32 * BODY_LIMIT;
/// How long a body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Answers one request. Every failure is an answer, so there is no error.
pub(crate) async fn handle(
    app: &App,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let request_id = random::request_id();
    let (parts, body) = request.into_parts();
    let body = read(body).await;
    let body = body
        .as_ref()
        .map(|bytes| bytes.as_ref())
        .map_err(ApiError::clone);
    let result = app.answer(&parts, body, &request_id);
    if let Err(ApiError { code, message, .. }) = &result {
        tracing::debug!(%request_id, code, message, "request refused");
    }
    Ok(response::build(result, &request_id, app.now()))
}

/// Reads the whole body before anything is decided: an answer to a request that is still being
/// sent may never be read.
async fn read(body: Incoming) -> Result<Bytes, ApiError> {
    match tokio::time::timeout(BODY_TIMEOUT, collect(body)).await {
        Ok(read) => read,
        Err(_) => Err(ApiError::body_timeout("the body did not arrive in time")),
    }
}

async fn collect(mut body: Incoming) -> Result<Bytes, ApiError> {
    let mut kept = BytesMut::new();
    let mut total = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame
            .map_err(|error| ApiError::invalid_http_request(format!("unreadable body: {error}")))?;
        let data = frame.into_data().unwrap_or_default();
        total += data.len();
        if total <= BODY_LIMIT {
            kept.extend_from_slice(&data);
        } else if total > DISCARD_LIMIT {
            break;
        }
    }
    if total > BODY_LIMIT {
        let message = format!("the body is larger than {BODY_LIMIT} bytes");
        return Err(ApiError::body_too_large(message));
    }
    Ok(kept.freeze())
}
