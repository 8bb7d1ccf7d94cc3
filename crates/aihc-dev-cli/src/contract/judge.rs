//! Compares a whole response with the API description: its status, headers, code and body.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::compare;
use super::found::{Found, Kind, Values};
use super::shape::{Code, Operation};
use super::words::shown;

/// The header with the request id, which every response of the service should have.
const REQUEST_ID: &str = "x-bce-request-id";
/// The members of an error document.
const OF_ERRORS: [&str; 3] = ["code", "message", "requestId"];
/// The codes with which callers without permission are refused.
const NOT_ALLOWED: [&str; 2] = ["AccessDenied", "OptInRequired"];

/// The result of comparing a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The response was compared with the API description of the operation.
    Compared,
    /// The request was expected to fail, and the response is an error.
    Refused,
    NotAllowed,
    /// The response cannot be compared, for this reason.
    Failed(String),
}

/// The parts of a response that are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Response<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// Compares a response with the API description, and records the differences. `expected` is the
/// error code that the request should get; `None` if it should succeed.
pub(super) fn judge(
    operation: &Operation,
    codes: &[Code],
    response: Response<'_>,
    expected: Option<&str>,
    (found, values): (&mut Found, &mut Values),
) -> Verdict {
    let status = response.status;
    let Ok(body) = serde_json::from_slice::<Value>(response.body) else {
        return match status.is_success() {
            true => {
                found.add(Kind::NotJson, "", format!("status {status} without JSON"));
                Verdict::Failed("no JSON".to_owned())
            }
            // Such a response comes from a gateway.
            false => Verdict::Failed(format!("status {} without JSON", status.as_u16())),
        };
    };
    values.note(&body);
    if !response.headers.contains_key(REQUEST_ID) {
        let what = "is missing; every response has it";
        found.add(Kind::NoRequestId, &format!("header {REQUEST_ID}"), what);
    }
    let code = match body.get("code") {
        Some(Value::String(code)) if !code.is_empty() => Some(code.clone()),
        Some(Value::Number(code)) => {
            found.add(
                Kind::AcceptedType,
                "code",
                "string is described; integer came",
            );
            Some(code.to_string())
        }
        _ => None,
    };
    match code {
        Some(code) => {
            let is_read = ["Describe", "Get"]
                .iter()
                .any(|it| operation.name.starts_with(it));
            let refused = Refused {
                code: &code,
                status,
                expected,
                is_read,
            };
            refused.judge(codes, &body, found)
        }
        None if status.is_success() => {
            if let Some(expected) = expected {
                let what = format!("a successful response came where `{expected}` is described");
                found.add(Kind::NoError, "", what);
            }
            compare::answer(operation, &body, found);
            Verdict::Compared
        }
        None => {
            found.add(
                Kind::NoCode,
                "code",
                format!("is missing at status {}", status.as_u16()),
            );
            match status {
                StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Verdict::NotAllowed,
                _ => Verdict::Failed(format!("status {} without a code", status.as_u16())),
            }
        }
    }
}

/// A response that is an error.
struct Refused<'a> {
    code: &'a str,
    status: StatusCode,
    expected: Option<&'a str>,
    is_read: bool,
}

impl Refused<'_> {
    fn judge(&self, codes: &[Code], body: &Value, found: &mut Found) -> Verdict {
        of_error(body, found);
        let told = format!("{} with status {}", shown(self.code), self.status.as_u16());
        let is_expected = self.expected == Some(self.code);
        let known = codes.iter().find(|it| it.code == self.code);
        let Some(known) = known else {
            return self.unknown(&told, found);
        };
        of_status(known, self.status, found);
        // For an operation that makes a change, the code means that the state forbids it.
        let forbids = self.is_read && self.code == "Forbidden";
        match self.expected {
            _ if is_expected => Verdict::Refused,
            _ if forbids || NOT_ALLOWED.contains(&self.code) => Verdict::NotAllowed,
            Some(expected) => {
                let what = format!("{told} came where `{expected}` is described");
                found.add(Kind::CodeVariant, "code", what);
                Verdict::Refused
            }
            None => Verdict::Failed(told),
        }
    }

    /// Records an error code that the API description does not list, and returns the verdict on the
    /// response. `told` describes the code and the status.
    fn unknown(&self, told: &str, found: &mut Found) -> Verdict {
        let what = format!("{told} is not described");
        match self.expected {
            Some(expected) => {
                let what = format!("{what}; `{expected}` is");
                found.add(Kind::UnknownCode, "code", what);
                Verdict::Refused
            }
            // An account without access may get codes that are not in the API description.
            None if self.status == StatusCode::FORBIDDEN => {
                found.add(Kind::CodeVariant, "code", what);
                Verdict::NotAllowed
            }
            None => {
                found.add(Kind::UnknownCode, "code", what);
                Verdict::Failed(told.to_owned())
            }
        }
    }
}

/// Records the HTTP status of an error response, unless it is the usual one for the error code. A
/// successful status, or one that the API description lists for the code, is recorded as a variant;
/// any other status is recorded as a difference.
fn of_status(known: &Code, status: StatusCode, found: &mut Found) {
    let code = known.code;
    let number = status.as_u16();
    let usual = known.statuses.first().copied().unwrap_or(number);
    if number == usual {
        return;
    }
    // According to the sources, a response with a code is an error even if its status is a success.
    let kind = match known.statuses.contains(&number) || status.is_success() {
        true => Kind::StatusVariant,
        false => Kind::OtherStatus,
    };
    let what = format!("`{code}` came with status {number}; {usual} is described");
    found.add(kind, "status", what);
}

/// Records the members of an error document that are not described, and those other than `code`
/// whose type differs from the described one.
fn of_error(body: &Value, found: &mut Found) {
    for (name, value) in body.as_object().into_iter().flatten() {
        let is_known = OF_ERRORS.contains(&name.as_str());
        if !is_known && super::words::is_common(name) {
            let what = format!("{} in an error", super::class::of(value));
            found.add_named(Kind::UnknownMember, "", Some(name), what);
        } else if !is_known {
            found.add(
                Kind::UnknownMember,
                "",
                "a member of an error whose name may reveal something and is not shown",
            );
        } else if !value.is_string() && !value.is_null() && name != "code" {
            let what = format!("string is described; {} came", super::class::of(value));
            found.add(Kind::OtherType, name, what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::{Member, Shape, Type};
    use super::*;

    static SHAPE: Shape = Shape {
        inside: &[],
        members: &[Member::new("id", Type::Text)],
    };
    static OPERATION: Operation = Operation::new("GetBox", &SHAPE);
    static CODES: &[Code] = &[
        Code::new("NotFound", &[403]),
        Code::new("AccessDenied", &[403]),
        Code::new("SignatureDoesNotMatch", &[400, 401]),
        Code::new("InternalError", &[500]),
    ];

    fn judged(status: u16, body: &str, expected: Option<&str>) -> (Verdict, Vec<String>) {
        judged_with(true, status, body, expected)
    }

    fn judged_with(
        with_id: bool,
        status: u16,
        body: &str,
        expected: Option<&str>,
    ) -> (Verdict, Vec<String>) {
        let mut headers = HeaderMap::new();
        if with_id {
            headers.insert(REQUEST_ID, "r-1".parse().unwrap());
        }
        let response = Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers: &headers,
            body: body.as_bytes(),
        };
        let (mut found, mut values) = (Found::default(), Values::default());
        let into = (&mut found, &mut values);
        let verdict = judge(&OPERATION, CODES, response, expected, into);
        let line = |it: &super::super::found::Finding| format!("{:?} {}", it.kind, it.what);
        (verdict, found.findings.keys().map(line).collect())
    }

    #[test]
    fn an_answer_and_an_error_as_described_have_no_findings() {
        assert_eq!(
            judged(200, r#"{"id":"1"}"#, None),
            (Verdict::Compared, vec![])
        );
        let error = r#"{"code":"NotFound","message":"张三","requestId":"r"}"#;
        assert_eq!(
            judged(403, error, Some("NotFound")),
            (Verdict::Refused, vec![])
        );
        let denied = r#"{"code":"AccessDenied","message":"m"}"#;
        assert_eq!(judged(403, denied, None), (Verdict::NotAllowed, vec![]));
        assert_eq!(
            judged(403, denied, Some("NotFound")),
            (Verdict::NotAllowed, vec![])
        );
        let failed = r#"{"code":"InternalError"}"#;
        let verdict = Verdict::Failed("`InternalError` with status 500".to_owned());
        assert_eq!(judged(500, failed, None), (verdict, vec![]));
        let gateway = Verdict::Failed("status 502 without JSON".to_owned());
        assert_eq!(judged_with(false, 502, "<html>", None), (gateway, vec![]));
    }

    #[test]
    fn what_differs_is_named() {
        for (status, body, expected, found) in [
            (200, "<html>", None, "NotJson status 200 OK without JSON"),
            (
                404,
                r#"{"code":"NotFound"}"#,
                Some("NotFound"),
                "OtherStatus `NotFound` came with status 404; 403 is described",
            ),
            (
                404,
                r#"{"code":"ResourceNotFoundException"}"#,
                Some("NotFound"),
                "UnknownCode `ResourceNotFoundException` with status 404 is not described; `NotFound` is",
            ),
            (
                400,
                r#"{"code":"zhangsan"}"#,
                None,
                "UnknownCode a text of 8 characters (small letters), not shown with status 400 is not described",
            ),
            (
                401,
                r#"{"code":"SignatureDoesNotMatch"}"#,
                Some("SignatureDoesNotMatch"),
                "StatusVariant `SignatureDoesNotMatch` came with status 401; 400 is described",
            ),
            (
                200,
                r#"{"code":"NotFound"}"#,
                Some("NotFound"),
                "StatusVariant `NotFound` came with status 200; 403 is described",
            ),
            (
                500,
                r#"{"code":"InternalError"}"#,
                Some("NotFound"),
                "CodeVariant `InternalError` with status 500 came where `NotFound` is described",
            ),
            (
                200,
                r#"{"id":"1"}"#,
                Some("NotFound"),
                "NoError a successful response came where `NotFound` is described",
            ),
            (500, "{}", None, "NoCode is missing at status 500"),
            (
                403,
                r#"{"code":"AccountOverdue"}"#,
                None,
                "CodeVariant `AccountOverdue` with status 403 is not described",
            ),
        ] {
            let (_, findings) = judged(status, body, expected);
            assert_eq!(findings, [found], "{body}");
        }
        let (_, findings) = judged_with(false, 200, "{}", None);
        assert_eq!(findings, ["NoRequestId is missing; every response has it"]);
    }
}
