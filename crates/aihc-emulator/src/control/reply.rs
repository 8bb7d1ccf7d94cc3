//! What the control interface answers.

use http::StatusCode;
use serde::Serialize;
use serde_json::json;

/// Status and JSON.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: String,
}

impl Reply {
    /// Done, and nothing to tell.
    pub(super) fn done() -> Self {
        Self::text("{}".into())
    }

    /// Done, with JSON that is written already.
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

    /// Done if it was there.
    pub(super) fn found(found: bool, what: &str) -> Self {
        if found {
            return Self::done();
        }
        Self::error(StatusCode::NOT_FOUND, &format!("there is no such {what}"))
    }
}
