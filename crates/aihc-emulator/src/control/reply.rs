//! Responses of the control interface.

use http::StatusCode;
use serde::Serialize;
use serde_json::json;

/// An HTTP status and a JSON body.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: String,
}

impl Reply {
    /// Creates a successful response without data.
    pub(super) fn done() -> Self {
        Self::text("{}".into())
    }

    /// Creates a successful response whose body is this serialized JSON.
    pub(super) fn text(body: String) -> Self {
        Self {
            status: StatusCode::OK,
            body,
        }
    }

    pub(super) fn of(value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            Ok(body) => Self::text(body),
            Err(error) => Self::error(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    pub(super) fn error(status: StatusCode, message: &str) -> Self {
        Self {
            status,
            body: json!({"error": message}).to_string(),
        }
    }

    pub(super) fn bad(error: &impl ToString) -> Self {
        Self::error(StatusCode::BAD_REQUEST, &error.to_string())
    }

    /// Creates a successful response if `found` is true, and otherwise a 404 response whose message
    /// says that there is no such `what`, for example no such job.
    pub(super) fn found(found: bool, what: &str) -> Self {
        if found {
            return Self::done();
        }
        Self::error(StatusCode::NOT_FOUND, &format!("there is no such {what}"))
    }
}
