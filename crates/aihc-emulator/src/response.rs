//! Answers as bytes.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use crate::error::ApiError;

/// Builds the answer to one request. `now` is the emulator's clock, so that a client that corrects
/// its own by the `Date` header corrects it to that one.
pub(crate) fn build(
    result: Result<Value, ApiError>,
    request_id: &str,
    now: OffsetDateTime,
) -> Response<Full<Bytes>> {
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=utf-8"),
    );
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-bce-request-id", id);
    }
    if let Ok(date) = HeaderValue::try_from(http_date(now)) {
        headers.insert(DATE, date);
    }
    let (status, body) = match result {
        Ok(body) => (StatusCode::OK, body),
        Err(ApiError {
            status,
            code,
            message,
        }) => {
            let unread = [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::REQUEST_TIMEOUT];
            if unread.contains(&status) {
                // The rest of the body would be taken for the next request.
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            (
                status,
                json!({"code": code, "message": message, "requestId": request_id}),
            )
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The form of RFC 9110, for example `Thu, 20 Aug 2026 00:00:00 GMT`.
fn http_date(at: OffsetDateTime) -> String {
    let form = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    at.to_offset(UtcOffset::UTC)
        .format(form)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn dates_have_the_form_of_http() {
        let at = datetime!(2026-08-20 08:00:09.5 +8);
        assert_eq!(http_date(at), "Thu, 20 Aug 2026 00:00:09 GMT");
    }

    #[test]
    fn errors_carry_code_message_and_request_id() {
        let error = ApiError::not_found("no such instance");
        let response = build(Err(error), "id-1", datetime!(2026-08-20 00:00 UTC));
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(response.headers()["x-bce-request-id"], "id-1");
        assert!(!response.headers().contains_key(CONNECTION));
    }
}
