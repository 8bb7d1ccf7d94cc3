//! Conversion of results to HTTP responses.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, DATE, RETRY_AFTER, SERVER};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::body::Body;
use crate::date::http_date;
use crate::error::ApiError;
use crate::fault::{Fault, code_of, gateway_answer};

/// Builds the response to a request. `result` is the result of the operation, if it was called.
/// `now` is the time for the `Date` header. It is that of the clock for signatures, so that a
/// client can correct its own clock by this header.
pub(crate) fn build(
    result: Option<Result<Value, ApiError>>,
    fault: &Fault,
    request_id: &str,
    now: OffsetDateTime,
) -> Response<Body> {
    let mut headers = HeaderMap::new();
    let (status, body) = if let Some(answer) = gateway_answer(fault) {
        for (name, value) in [(CONTENT_TYPE, answer.content_type), (SERVER, answer.server)] {
            if let Some(value) = value {
                set(&mut headers, name, value);
            }
        }
        (answer.status, answer.body)
    } else {
        own(result, fault, request_id, &mut headers)
    };
    let skew = Duration::seconds(fault.date_skew);
    let date = now.checked_add(skew).unwrap_or(now);
    set(&mut headers, DATE, &http_date(date));
    if let Some(seconds) = fault.retry_after {
        set(&mut headers, RETRY_AFTER, &seconds.to_string());
    }
    let mut body = Body::new(Bytes::from(body));
    if let Some(bytes) = fault.cut_body {
        body = body.cut(bytes);
    }
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Returns the status and the body of the response that the service sends, by itself or because of
/// a fault, and adds the headers of that response to `headers`. Responses of gateways are built
/// elsewhere.
fn own(
    result: Option<Result<Value, ApiError>>,
    fault: &Fault,
    request_id: &str,
    headers: &mut HeaderMap,
) -> (StatusCode, String) {
    let kind = match fault.body {
        Some(_) => "text/html",
        None => "application/json;charset=utf-8",
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    for name in ["x-bce-request-id", "x-bce-debug-id"] {
        set(headers, HeaderName::from_static(name), request_id);
    }
    if fault.replaces_answer() {
        let members = result.and_then(Result::ok);
        faulty(fault, members, request_id)
    } else {
        regular(result, request_id, headers)
    }
}

/// Returns the status and the body of the response for the result of the operation; if `result` is
/// `None`, the body is an empty object. Adds `Connection: close` to `headers` if the body of the
/// request was too large or did not arrive in time.
fn regular(
    result: Option<Result<Value, ApiError>>,
    request_id: &str,
    headers: &mut HeaderMap,
) -> (StatusCode, String) {
    match result.unwrap_or_else(|| Ok(json!({}))) {
        Ok(body) => (StatusCode::OK, body.to_string()),
        Err(error) => {
            let unread = [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::REQUEST_TIMEOUT];
            if unread.contains(&error.status) {
                // The unread rest of the body would be taken for the next request.
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            let body = json!({
                "code": error.code, "message": error.message, "requestId": request_id,
            });
            (error.status, body.to_string())
        }
    }
}

/// Returns the status and the body of the response that a fault makes the service send. If the
/// status is a success, the operation was carried out, and the fault sets no body, the body
/// contains the members of the operation's response.
fn faulty(fault: &Fault, members: Option<Value>, request_id: &str) -> (StatusCode, String) {
    let (status, code) = code_of(fault.status, fault.code.as_deref());
    if let Some(text) = &fault.body {
        return (status, text.clone());
    }
    let plain_success = status.is_success() && fault.code.is_none();
    let mut body = members
        .filter(|_| status.is_success())
        .unwrap_or_else(|| json!({}));
    if let Some(body) = body.as_object_mut() {
        body.insert("requestId".into(), json!(request_id));
        if !plain_success {
            let message = fault
                .message
                .as_deref()
                .unwrap_or("this fault was injected");
            body.insert("code".into(), json!(code));
            body.insert("message".into(), json!(message));
        }
    }
    (status, body.to_string())
}

/// Creates a response with a JSON body.
pub(crate) fn json(status: StatusCode, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json;charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-08-20 00:00 UTC);

    fn answer(fault: &Fault, result: Option<Result<Value, ApiError>>) -> (u16, Value) {
        let response = build(result, fault, "id-1", NOW);
        let status = response.status().as_u16();
        let body = serde_json::from_slice(&response.into_body().into_bytes());
        (status, body.unwrap_or_default())
    }

    #[test]
    fn errors_carry_code_message_and_request_id() {
        let error = ApiError::not_found("no such instance");
        let response = build(Some(Err(error)), &Fault::new(), "id-1", NOW);
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(response.headers()["x-bce-request-id"], "id-1");
        assert!(!response.headers().contains_key(CONNECTION));
    }

    #[test]
    fn a_fault_replaces_the_answer() {
        let fault = Fault::throttle(3).message("slowly");
        let response = build(None, &fault, "id-1", NOW);
        assert_eq!(response.headers()[RETRY_AFTER], "3");
        let expected = json!({"code": "TooManyRequests", "message": "slowly", "requestId": "id-1"});
        assert_eq!(answer(&fault, None), (429, expected));
    }

    #[test]
    fn a_business_error_stands_beside_the_members_of_what_was_done() {
        let fault = Fault::business_error("Busy").message("later").execute();
        let done = Some(Ok(json!({"devInstanceId": "dv-1"})));
        let expected = json!({
            "devInstanceId": "dv-1", "code": "Busy", "message": "later", "requestId": "id-1",
        });
        assert_eq!(answer(&fault, done), (200, expected));
    }

    #[test]
    fn an_error_status_hides_what_was_done() {
        let fault = Fault::new().status(500).execute();
        let (status, body) = answer(&fault, Some(Ok(json!({"devInstanceId": "dv-1"}))));
        assert_eq!((status, &body["code"]), (500, &json!("InternalError")));
        assert_eq!(body.get("devInstanceId"), None);
    }

    #[test]
    fn text_takes_the_place_of_json() {
        let fault = Fault::new().status(502).body("<html>");
        let response = build(None, &fault, "id-1", NOW);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html");
        assert_eq!(response.into_body().into_bytes(), "<html>");
    }

    #[test]
    fn a_gateway_knows_nothing_of_the_service() {
        let done = || Some(Ok(json!({"devInstanceId": "dv-1"})));
        let fault = Fault::gateway(503).retry_after(3).execute();
        let response = build(done(), &fault, "id-1", NOW);
        let mut names: Vec<_> = response.headers().keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-type", "date", "retry-after", "server"]);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let page = response.into_body().into_bytes();
        assert!(page.starts_with(b"<html>") && !page.windows(4).any(|four| four == b"dv-1"));
        let foreign = Fault::gateway(200).json(r#"{"success":false}"#).execute();
        assert_eq!(answer(&foreign, done()), (200, json!({"success": false})));
        let empty = build(done(), &Fault::gateway(204).empty().server(""), "id-1", NOW);
        let names: Vec<_> = empty.headers().keys().collect();
        assert_eq!(names, [DATE]);
    }

    #[test]
    fn the_date_can_be_wrong() {
        let response = build(None, &Fault::new().date_skew(-3600), "id-1", NOW);
        assert_eq!(response.headers()[DATE], "Wed, 19 Aug 2026 23:00:00 GMT");
        let extreme = build(None, &Fault::new().date_skew(i64::MAX), "id-1", NOW);
        assert_eq!(extreme.headers()[DATE], "Thu, 20 Aug 2026 00:00:00 GMT");
    }
}
