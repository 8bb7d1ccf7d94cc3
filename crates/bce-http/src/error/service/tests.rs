use super::*;
const REQUEST_ID: &str = "x-bce-request-id";

fn read(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> ServiceError {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let answer = Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: &headers,
        body: &Bytes::from_static(body.as_bytes()),
        envelope: &Envelope::DEFAULT,
    };
    answer.read(answer.names(), &Secrets::default())
}

fn success(body: &'static str) -> Option<String> {
    inside(body, &Envelope::DEFAULT)
}

fn inside(body: &'static str, envelope: &Envelope) -> Option<String> {
    let answer = Answer {
        status: StatusCode::OK,
        headers: &HeaderMap::new(),
        body: &Bytes::from_static(body.as_bytes()),
        envelope,
    };
    answer.error(None, &Secrets::default())?.code
}

#[test]
fn a_number_without_a_request_id_proves_nothing_in_whatever_form() {
    for code in [
        "403", "-1", "4.03e2", "403.0", "\"403\"", "\"-403\"", "\"40-3\"",
    ] {
        let body = format!(r#"{{"code":{code},"message":"blocked"}}"#);
        let error = |headers: &[_]| read(403, headers, body.clone().leak());
        assert_eq!(error(&[]).proof(), Proof::Nothing, "{code}");
        let headers = [("x-bce-request-id", "r")];
        assert_eq!(error(&headers).proof(), Proof::Refused, "{code}");
    }
}

#[test]
fn the_body_wins_over_headers_and_headers_over_the_status() {
    let headers = [
        ("x-bce-error-code", "FromHeader"),
        ("x-bce-request-id", "header-id"),
    ];
    let error = read(
        403,
        &headers,
        r#"{"code":"FromBody","requestId":"body-id"}"#,
    );
    assert_eq!(
        (error.code(), error.request_id()),
        (Some("FromBody"), Some("body-id"))
    );
    let error = read(403, &headers, "");
    assert_eq!(
        (error.code(), error.request_id()),
        (Some("FromHeader"), Some("header-id"))
    );
}

#[test]
fn a_code_that_nobody_named_is_derived_apart() {
    for (status, derived) in [
        (403, "AccessDenied"),
        (429, "TooManyRequests"),
        (502, "BadGateway"),
        (599, "Http599"),
    ] {
        let error = read(status, &[], "");
        assert_eq!((error.code(), &*error.derived_code()), (None, derived));
    }
    let named = read(403, &[], r#"{"code":"Busy"}"#);
    assert_eq!(named.derived_code(), "Busy");
}

#[test]
fn what_a_code_inside_a_success_means_is_up_to_the_service() {
    let named = Envelope {
        success_codes: &["OK", "200"],
        ..Envelope::DEFAULT
    };
    assert_eq!(inside(r#"{"success":true,"code":"OK"}"#, &named), None);
    assert_eq!(inside(r#"{"code":200}"#, &named), None);
    assert_eq!(
        inside(r#"{"code":"Busy"}"#, &named).as_deref(),
        Some("Busy")
    );
    let data = Envelope {
        errors_in_success: false,
        ..Envelope::DEFAULT
    };
    assert_eq!(inside(r#"{"code":"Busy"}"#, &data), None);
    let some = Envelope {
        error_codes: &["Busy"],
        ..data
    };
    assert_eq!(inside(r#"{"code":"Busy"}"#, &some).as_deref(), Some("Busy"));
    assert_eq!(inside(r#"{"code":"A7"}"#, &some), None);
}

#[test]
fn a_number_is_a_code_of_the_service_if_the_service_names_the_request() {
    let proof = |headers: &[_], body| read(404, headers, body).proof();
    assert_eq!(proof(&[], r#"{"code":404}"#), Proof::Nothing);
    assert_eq!(
        proof(&[], r#"{"code":404,"requestId":"r"}"#),
        Proof::Refused
    );
    assert_eq!(
        proof(&[(REQUEST_ID, "r")], r#"{"code":404}"#),
        Proof::Refused
    );
}

#[test]
fn one_bad_text_leaves_the_rest_of_a_document() {
    let error = read(
        403,
        &[],
        r#"{"code":"Other","code":"Forbidden","message":"no \ud83d","requestId":"r"}"#,
    );
    assert_eq!(error.to_string(), "403 Forbidden: no \u{fffd}");
    assert_eq!(error.request_id(), Some("r"));
    let inside = Answer {
        status: StatusCode::OK,
        headers: &HeaderMap::new(),
        body: &Bytes::from_static(b"{\"code\":\"Forbidden\",\"message\":\"\xff\"}"),
        envelope: &Envelope::DEFAULT,
    };
    let inside = inside.error(None, &Secrets::default());
    assert_eq!(inside.unwrap().message(), "\u{fffd}");
}

#[test]
fn numeric_codes_and_names_in_any_case_are_read() {
    let own = r#"{"code":404,"requestId":"r"}"#;
    assert_eq!(read(404, &[], own).code(), Some("404"));
    // The code of a gateway is not one of the service.
    let blocked = read(403, &[], r#"{"code":403,"message":"blocked"}"#);
    assert_eq!(
        (blocked.code(), blocked.to_string().as_str()),
        (
            None,
            "403 Forbidden: the response is from a gateway, not from the service (no content type, 32 \
             bytes): blocked"
        )
    );
    assert_eq!(
        read(403, &[], r#"{"Code":"AccessDenied","Message":"m"}"#).message(),
        "m"
    );
}

#[test]
fn a_success_is_an_error_only_with_a_non_empty_top_level_code() {
    assert_eq!(
        success(r#"{"code":"InvalidParameter"}"#).as_deref(),
        Some("InvalidParameter")
    );
    assert_eq!(success(r#"{"code":50001}"#).as_deref(), Some("50001"));
    assert_eq!(success(r#"{"CODE":"Busy"}"#).as_deref(), Some("Busy"));
    assert_eq!(success(r#"{"\u0063ode":"Busy"}"#).as_deref(), Some("Busy"));
    assert_eq!(success(r#"{"code":""}"#), None);
    assert_eq!(success(r#"{"code":null}"#), None);
    assert_eq!(success(r#"{"code":0,"message":"ok"}"#), None);
    assert_eq!(success(r#"{"statusCode":5,"inner":{"code":"X"}}"#), None);
    assert_eq!(success("not json \"code\""), None);
}

#[test]
fn foreign_text_cannot_break_the_line() {
    let error = read(400, &[], r#"{"code":"A\nB","message":"x\r\ny"}"#);
    assert_eq!(error.to_string(), "400 A B: x  y");
}

#[test]
fn a_signature_that_a_service_quotes_is_hidden() {
    let body =
        r#"{"code":"SignatureDoesNotMatch","message":"got 'bce-auth-v1/ak/t/1/h/5f4d' here"}"#;
    assert_eq!(read(403, &[], body).message(), "got 'bce-auth-v1/*** here");
}

#[test]
fn codes_are_told_apart_and_the_page_of_a_gateway_has_none() {
    assert!(read(403, &[], r#"{"code":"NotFound"}"#).is_not_found());
    assert!(read(404, &[("x-bce-error-code", "NotFound")], "").is_not_found());
    let page = read(404, &[], "<html>no such page</html>");
    assert!(page.code().is_none() && !page.is_not_found());
    assert!(read(403, &[], r#"{"code":"Forbidden"}"#).is_forbidden());
    assert!(!read(403, &[], "").is_forbidden());
    assert!(!read(403, &[], r#"{"code":"NotFound"}"#).is_forbidden());
    assert!(read(429, &[], "").is_throttled());
    assert!(read(200, &[], r#"{"code":"TooManyRequests"}"#).is_throttled());
    assert!(!read(503, &[], "").is_throttled());
}

#[test]
fn a_304_is_no_redirect_and_a_port_that_wants_tls_is_named() {
    let there = ("location", "https://elsewhere.example/");
    for (status, headers, body, expected) in [
        (
            302,
            vec![there],
            "",
            "302 Found: the response is a redirect, ",
        ),
        (
            304,
            vec![],
            "",
            "304 Not Modified: a cache responded that nothing ",
        ),
        (
            304,
            vec![there],
            "",
            "304 Not Modified: a cache responded that nothing ",
        ),
        (
            400,
            vec![("server", "nginx")],
            "<center>The plain HTTP request was sent to HTTPS port</center>",
            "400 Bad Request: the server accepts only https on this port",
        ),
        (
            400,
            vec![("content-encoding", "gzip"), ("content-type", "text/html")],
            "zzz",
            "400 Bad Request: the response is from a gateway, not from the service (text/html, \
             gzip-encoded, 3 bytes)",
        ),
    ] {
        let text = read(status, &headers, body).to_string();
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
fn a_page_without_document_is_described_but_not_quoted() {
    let kind = ("content-type", "text/html");
    let page = "<html>secret</html>";
    for (headers, expected) in [
        (
            vec![kind, ("server", "nginx")],
            "502 Bad Gateway: the response is from nginx, not from the service (text/html, 19 \
             bytes)",
        ),
        (
            vec![kind],
            "502 Bad Gateway: the response is from a gateway, not from the service (text/html, 19 \
             bytes)",
        ),
        (
            vec![kind, (REQUEST_ID, "r")],
            "502 Bad Gateway: the response has no error document (text/html, 19 bytes)",
        ),
    ] {
        let error = read(502, &headers, page);
        assert_eq!(error.to_string(), expected);
        assert_eq!(&error.body()[..6], b"<html>");
    }
}
