//! Deciding whether a 2xx response comes from the service.

use std::fmt;

use http::HeaderMap;
use http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};

use crate::codec::{self, Failed, Members, Scalar, Value, Word};
use crate::headers::carries_id;
use crate::service::Envelope;

/// The reason why a response with a success status is not accepted as the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    Empty,
    /// The body is compressed although that was not requested.
    Encoded,
    /// The body is HTML or XML.
    Page,
    NoObject,
    NoId,
    NoMember,
    Cut,
    /// The body is only a part of the content.
    Part,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty, and carries no request id",
            Self::Encoded => {
                "it is compressed, which was not requested: configure the gateway or the proxy in \
                 between to leave responses unchanged"
            }
            Self::Page => {
                "it is a web page instead of the API's JSON, perhaps from a network or a proxy \
                 that requires a login in a browser; check the endpoint and the proxy"
            }
            Self::NoObject => "it is not a JSON object",
            Self::NoId => "it carries no request id, so it may not come from the service",
            Self::Cut => "it is incomplete",
            Self::Part => {
                "it is only a part of the content, which was not requested, or which the operation \
                 does not accept"
            }
            Self::NoMember => {
                "it carries no request id and no documented member, so it may not come from the \
                 service"
            }
        })
    }
}

/// Checks whether a response with a success status comes from the service. The response must have a
/// request id, one of the documented `members` or one of the success codes, unless the service
/// sends no ids and has no success codes. If `members` is not `None`, a body that is not empty must
/// also begin like a JSON object, and must not end too early because the connection ended.
pub(crate) fn recognise(
    headers: &HeaderMap,
    body: &[u8],
    envelope: &Envelope,
    members: Option<&[&str]>,
) -> Result<(), NoAnswer> {
    // If the service has success codes, one of them serves as well as an id.
    let nameless = !envelope.sends_request_id && envelope.success_codes.is_empty();
    let identified = carries_id(headers) || nameless;
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = text.trim_ascii_start();
    if text.is_empty() {
        return if identified {
            Ok(())
        } else {
            Err(NoAnswer::Empty)
        };
    }
    match members {
        None if identified => Ok(()),
        Some(_) if !text.starts_with(b"{") => Err(no_object(headers, text)),
        Some(_) if is_cut(headers, text) => Err(NoAnswer::Cut),
        Some(_) if identified => Ok(()),
        _ if has_member(text, envelope, members.unwrap_or_default()) => Ok(()),
        None if !text.starts_with(b"{") => match no_object(headers, text) {
            NoAnswer::NoObject => Err(NoAnswer::NoId),
            other => Err(other),
        },
        None => Err(NoAnswer::NoId),
        Some(_) => Err(NoAnswer::NoMember),
    }
}

/// Checks whether a response with a success status comes from the service, if its body may be bytes
/// of any kind. The response must have a request id in its headers, unless the service sends no
/// ids. In that case, any body is accepted, except for an HTML page in response to an operation
/// that does more than read (`reads` is `false`).
pub(crate) fn recognise_content(
    headers: &HeaderMap,
    body: &[u8],
    envelope: &Envelope,
    reads: bool,
) -> Result<(), NoAnswer> {
    if carries_id(headers) {
        return Ok(());
    }
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let is_page = is_page(headers, text.trim_ascii_start());
    match envelope.sends_request_id {
        false if reads || !is_page => Ok(()),
        _ if is_page => Err(NoAnswer::Page),
        _ if body.is_empty() => Err(NoAnswer::Empty),
        _ => Err(NoAnswer::NoId),
    }
}

/// Returns whether the body is an HTML page, judging by its content type or its first bytes.
fn is_page(headers: &HeaderMap, text: &[u8]) -> bool {
    let starts_with = |bytes: &[u8], name: &[u8]| {
        let start = bytes.get(..name.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes());
    kind.is_some_and(|kind| starts_with(kind.trim_ascii_start(), b"text/html"))
        || starts_with(text, b"<!doctype html")
        || starts_with(text, b"<html")
}

/// Returns the reason for not accepting a body that is not a JSON object.
fn no_object(headers: &HeaderMap, text: &[u8]) -> NoAnswer {
    if text.starts_with(b"<") {
        NoAnswer::Page
    } else if is_encoded(headers, text) {
        NoAnswer::Encoded
    } else {
        NoAnswer::NoObject
    }
}

/// Returns whether a body is compressed although that was not requested, judging by its headers or
/// by its first bytes, which may be those of gzip.
fn is_encoded(headers: &HeaderMap, body: &[u8]) -> bool {
    let encoding = headers.get(CONTENT_ENCODING).map(|name| name.as_bytes());
    let named = encoding.is_some_and(|name| !name.eq_ignore_ascii_case(b"identity"));
    named || body.starts_with(b"\x1f\x8b")
}

/// Returns whether an object is incomplete because the connection ended. The transport itself
/// notices this if the response has a `content-length` or `transfer-encoding` header, so only other
/// responses are checked.
fn is_cut(headers: &HeaderMap, object: &[u8]) -> bool {
    if headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING) {
        return false;
    }
    // An object that ends after an inner object may still be incomplete. But if nothing was
    // announced, most transports have read to the end, and it is not worth reading the body twice.
    if object.trim_ascii_end().ends_with(b"}") && !headers.contains_key(CONNECTION) {
        return false;
    }
    let read = codec::scan_json(object);
    read.is_err_and(|error| error.is_eof())
}

/// Returns whether an object has a request id, one of these members with a value other than null,
/// or a `code` that the service documents as a success. Stops reading once one of them is found.
fn has_member(object: &[u8], envelope: &Envelope, members: &[&str]) -> bool {
    // Returns whether one of them was found, and whether the document was read to its end.
    let search = |text: &[u8]| {
        let mut search = Search {
            envelope,
            members,
            found: false,
        };
        // Reading also stops at an error. Members before the error count; those after it do not.
        let read = codec::scan_members(text, &mut search);
        (search.found, read.is_ok())
    };
    // A single invalid string does not mean that the response comes from another server.
    let mended = || codec::repaired(object).is_some_and(|text| search(text.as_bytes()).0);
    match search(object) {
        (true, _) => true,
        (false, read) => !read && mended(),
    }
}

struct Search<'a> {
    envelope: &'a Envelope,
    members: &'a [&'a str],
    found: bool,
}

impl Members for Search<'_> {
    fn member(&mut self, name: &str, mut value: Value<'_>) -> Result<(), Failed> {
        self.found = if name.eq_ignore_ascii_case("requestId") {
            let id = Word::read(value.again())?.into_text();
            id.is_some_and(|id| !id.is_empty())
        } else if name.eq_ignore_ascii_case("code") {
            let successes = self.envelope.success_codes;
            let code = Word::read(value.again())?.into_text();
            code.is_some_and(|code| successes.contains(&&*code))
        } else if self.members.contains(&name) {
            // Only whether the value is null matters here; the value itself is parsed elsewhere.
            return value.scalar("null", |scalar| {
                self.found = scalar != Scalar::Null;
                !self.found
            });
        } else {
            false
        };
        match self.found {
            // An error is the only way to stop reading.
            true => Err(value.refuse("found")),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVELOPE: Envelope = Envelope::DEFAULT;
    const MEMBERS: Option<&[&str]> = Some(&["devInstanceId", "totalCount"]);

    fn without_id(body: &str, members: Option<&[&str]>) -> Result<(), NoAnswer> {
        recognise(&HeaderMap::new(), body.as_bytes(), &ENVELOPE, members)
    }

    fn with_id(name: &'static str, body: &str) -> Result<(), NoAnswer> {
        let headers = [(name.parse().unwrap(), "r".parse().unwrap())];
        recognise(
            &headers.into_iter().collect(),
            body.as_bytes(),
            &ENVELOPE,
            MEMBERS,
        )
    }

    #[test]
    fn a_request_id_or_a_documented_member_makes_an_answer() {
        for body in [
            r#"{"requestId":"r"}"#,
            r#"{"RequestID":"r"}"#,
            r#"{"requestId":7}"#,
            r#"{"devInstanceId":"dv-1"}"#,
            r#"{"a":{"b":[1]},"totalCount":0}"#,
            r#"{"devInstanceId":{},"x":1}"#,
            r#"{"devInstanceId":false}"#,
            r#"{"devInstanceId":-1.5}"#,
            "\u{feff} {\"requestId\":\"r\"}",
            r#"{"a":"\ud800","requestId":"\ud800"}"#,
        ] {
            assert_eq!(without_id(body, MEMBERS), Ok(()), "{body}");
        }
    }

    #[test]
    fn anything_else_is_somebody_else_s() {
        for body in [
            "{}",
            r#"{"error":"blocked by policy"}"#,
            r#"{"success":false}"#,
            r#"{"success":true}"#,
            r#"{"message":"ok"}"#,
            r#"{"code":0,"message":"ok"}"#,
            r#"{"code":"OK"}"#,
            r#"{"devInstanceId":null,"requestId":null}"#,
            r#"{"requestId":""}"#,
            r#"{"inner":{"requestId":"r"}}"#,
            r#"{"requestId":r}"#,
        ] {
            assert_eq!(without_id(body, MEMBERS), Err(NoAnswer::NoMember), "{body}");
        }
        for (body, expected) in [
            ("[]", NoAnswer::NoObject),
            ("null", NoAnswer::NoObject),
            ("\"requestId\"", NoAnswer::NoObject),
            ("7", NoAnswer::NoObject),
            ("<html>", NoAnswer::Page),
            ("\n<!DOCTYPE html>", NoAnswer::Page),
            ("<?xml version=\"1.0\"?>", NoAnswer::Page),
        ] {
            assert_eq!(without_id(body, MEMBERS), Err(expected), "{body}");
            assert_eq!(with_id("x-bce-request-id", body), Err(expected));
        }
        for body in ["", " \n"] {
            assert_eq!(without_id(body, MEMBERS), Err(NoAnswer::Empty));
        }
    }

    #[test]
    fn what_breaks_off_where_the_connection_ended_is_no_answer() {
        let cut = r#"{"requestId":"r","devInst"#;
        assert_eq!(without_id(cut, MEMBERS), Err(NoAnswer::Cut));
        assert_eq!(with_id("x-bce-request-id", cut), Err(NoAnswer::Cut));
        // A response with the announced length comes from the service, although it is broken.
        assert_eq!(with_id("content-length", cut), Ok(()));
        assert_eq!(with_id("transfer-encoding", cut), Ok(()));
        assert_eq!(
            without_id(r#"{"requestId":"r","a":"\ud800"}"#, MEMBERS),
            Ok(())
        );
    }

    #[test]
    fn an_id_in_a_header_makes_an_answer_of_any_object_and_of_nothing() {
        for name in ["x-bce-request-id", "x-bce-debug-id"] {
            for body in ["", "{}", r#"{"success":true}"#] {
                assert_eq!(with_id(name, body), Ok(()), "{name} {body}");
            }
        }
        assert_eq!(with_id("x-request-id", "{}"), Err(NoAnswer::NoMember));
        assert_eq!(without_id("<html>", None), Err(NoAnswer::Page));
        assert_eq!(without_id("[]", None), Err(NoAnswer::NoId));
        assert_eq!(without_id(r#"{"requestId":"r"}"#, None), Ok(()));
    }

    #[test]
    fn what_is_compressed_is_told_from_what_is_no_json() {
        let read = |encoding: &'static str, body: &[u8]| {
            let headers = [(CONTENT_ENCODING, encoding.parse().unwrap())];
            recognise(&headers.into_iter().collect(), body, &ENVELOPE, MEMBERS)
        };
        for (encoding, body, expected) in [
            ("gzip", &b"\x1f\x8b\x08"[..], Err(NoAnswer::Encoded)),
            ("br", b"\x0b\x02", Err(NoAnswer::Encoded)),
            ("identity", b"\x1f\x8b\x08", Err(NoAnswer::Encoded)),
            ("identity", b"\x0b\x02", Err(NoAnswer::NoObject)),
            // Announced as compressed, but not compressed.
            ("gzip", b"{\"requestId\":\"r\"}", Ok(())),
            ("gzip", b"<html>", Err(NoAnswer::Page)),
        ] {
            assert_eq!(read(encoding, body), expected, "{encoding} {body:?}");
        }
    }

    #[test]
    fn the_service_says_whether_it_sends_ids_and_which_codes_are_successes() {
        let own = Envelope {
            sends_request_id: false,
            ..ENVELOPE
        };
        let read = |envelope: &Envelope, body: &str| {
            recognise(&HeaderMap::new(), body.as_bytes(), envelope, MEMBERS)
        };
        assert_eq!(read(&own, "{}"), Ok(()));
        assert_eq!(read(&own, ""), Ok(()));
        assert_eq!(read(&own, "[]"), Err(NoAnswer::NoObject));
        for sends_request_id in [true, false] {
            let own = Envelope {
                success_codes: &["OK"],
                sends_request_id,
                ..ENVELOPE
            };
            assert_eq!(read(&own, r#"{"success":false}"#), Err(NoAnswer::NoMember));
            assert_eq!(read(&own, r#"{"code":"OK"}"#), Ok(()));
        }
        let own = Envelope {
            success_codes: &["OK", "200"],
            ..ENVELOPE
        };
        assert_eq!(read(&own, r#"{"success":true,"code":"OK"}"#), Ok(()));
        assert_eq!(read(&own, r#"{"code":200}"#), Ok(()));
        assert_eq!(read(&own, r#"{"code":"Fine"}"#), Err(NoAnswer::NoMember));
    }
}
