//! Compares the signatures of our clients byte by byte with those of an SDK for the same requests.

use bce_auth::Secret;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ours::Sent;
use super::sdk::Sdk;
use super::signer::SdkSigner;
use super::table::{Kind, Table, Verdict};

const THROUGH: &str = "our request, signed again";

/// The error code for an instance or a job that does not exist. Many of the calls are about such
/// ids. A service that reports this code has accepted the signature.
const NOT_FOUND: &str = "NotFound";

/// Adds a verdict to the table for every operation and both kinds of credentials: whether the SDK
/// signs our request in the same way as we have.
pub(super) fn check(
    sdk: &Sdk,
    operations: &[String],
    sent: &[Sent],
    table: &mut Table,
) -> Result<(), String> {
    let mut signer = SdkSigner::start(sdk)?;
    for kind in Kind::BOTH {
        for operation in operations {
            let same = |sent: &&Sent| sent.operation == operation && sent.kind == kind;
            let verdict = match sent.iter().find(same) {
                None => Verdict::Failed("was not sent".to_owned()),
                Some(sent) => match signed_again(&mut signer, sent)? {
                    Ok(()) => Verdict::Passed("equal"),
                    Err(why) => Verdict::Failed(why),
                },
            };
            table.put(sdk.name(), operation, THROUGH, kind, verdict);
        }
    }
    Ok(())
}

/// Lets the SDK sign a request of ours again, and compares the authorizations. The outer error is
/// about the SDK, and the inner error is about our request.
fn signed_again(signer: &mut SdkSigner, sent: &Sent) -> Result<Result<(), String>, String> {
    if let Some(code) = sent.refusal.as_deref().filter(|code| *code != NOT_FOUND) {
        return Ok(Err(format!("the emulator answers {code}")));
    }
    if sent.heads.is_empty() {
        return Ok(Err("no request was seen".to_owned()));
    }
    for head in &sent.heads {
        let request = match Request::parse(head) {
            Ok(request) => request,
            Err(problem) => return Ok(Err(problem)),
        };
        if request.has_token() != (sent.kind == Kind::Token) {
            return Ok(Err(
                "the session token is missing, or is not wanted".to_owned()
            ));
        }
        let theirs = signer.sign(&[request.for_sdk(sent)])?.concat();
        if theirs != request.authorization {
            let ours = &request.authorization;
            return Ok(Err(format!("we sent {ours}, the SDK makes {theirs}")));
        }
    }
    Ok(Ok(()))
}

const REQUEST_ID: &str = "x-bce-request-id";

/// The head of a request, which is parsed without any code of our crates.
struct Request<'a> {
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    authorization: &'a str,
    access_key_id: &'a str,
    timestamp: i64,
    expire_seconds: i64,
    signed_headers: Vec<&'a str>,
}

impl<'a> Request<'a> {
    fn parse(head: &'a str) -> Result<Self, String> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or("").split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err("the request line is too short".to_owned());
        };
        let mut headers = Vec::new();
        let mut authorization = None;
        for line in lines {
            let (name, value) = line.split_once(':').ok_or("a header line has no colon")?;
            match name.eq_ignore_ascii_case("authorization") {
                true => authorization = Some(value.trim()),
                false => headers.push((name, value.trim())),
            }
        }
        let authorization = authorization.ok_or("there is no authorization")?;
        let fields: Vec<&str> = authorization.split('/').collect();
        let ["bce-auth-v1", access_key_id, timestamp, expire, names, _] = fields[..] else {
            return Err(format!("{authorization:?} is not of bce-auth-v1"));
        };
        let timestamp = OffsetDateTime::parse(timestamp, &Rfc3339)
            .map_err(|error| format!("the time stamp {timestamp:?}: {error}"))?;
        let expire_seconds = expire
            .parse()
            .map_err(|error| format!("the expiry {expire:?}: {error}"))?;
        let signed_headers: Vec<&str> = names.split(';').collect();
        // Headers that are added after signing. They are removed because these SDKs sign every
        // header of this kind.
        headers.retain(|(name, _)| {
            !name.eq_ignore_ascii_case(REQUEST_ID) || signed_headers.contains(&REQUEST_ID)
        });
        Ok(Self {
            method,
            target,
            headers,
            authorization,
            access_key_id,
            timestamp: timestamp.unix_timestamp(),
            expire_seconds,
            signed_headers,
        })
    }

    fn has_token(&self) -> bool {
        let mut names = self.headers.iter().map(|(name, _)| name);
        names.any(|name| name.eq_ignore_ascii_case("x-bce-security-token"))
    }

    fn for_sdk(&self, sent: &Sent) -> Value {
        let secret: &Secret = sent.credentials.secret_access_key();
        json!({
            "access_key_id": self.access_key_id,
            "secret_access_key": secret.expose(),
            "method": self.method,
            "target": self.target,
            "headers": self.headers,
            "timestamp": self.timestamp,
            "expire_seconds": self.expire_seconds,
            "headers_to_sign": self.signed_headers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_taken_apart() {
        let head = "POST /p?a=b%20c HTTP/1.1\r\nhost: h:1\r\nauthorization: \
                    bce-auth-v1/ak/1970-01-01T00:01:00Z/30/host;x-bce-date/00\r\nversion: v2";
        let request = Request::parse(head).unwrap();
        assert_eq!((request.method, request.target), ("POST", "/p?a=b%20c"));
        assert_eq!(request.headers, [("host", "h:1"), ("version", "v2")]);
        assert_eq!((request.timestamp, request.expire_seconds), (60, 30));
        assert_eq!(request.signed_headers, ["host", "x-bce-date"]);
        assert!(!request.has_token());
        let with_id = format!("{head}\r\nx-bce-request-id: r");
        assert_eq!(Request::parse(&with_id).unwrap().headers, request.headers);
        let signed = with_id.replace("host;", "host;x-bce-request-id;");
        assert_eq!(Request::parse(&signed).unwrap().headers.len(), 3);
    }

    #[test]
    fn a_head_without_a_whole_authorization_is_refused() {
        for head in [
            "GET / HTTP/1.1\r\nhost: h",
            "GET / HTTP/1.1\r\nauthorization: bce-auth-v1/ak/1970-01-01T00:01:00Z/30/host",
            "GET / HTTP/1.1\r\nauthorization: bce-auth-v1/ak/yesterday/30/host/00",
        ] {
            assert!(Request::parse(head).is_err(), "{head}");
        }
    }
}
