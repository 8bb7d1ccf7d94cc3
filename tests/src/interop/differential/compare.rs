//! Compares our authorization of a request with that of the Python SDK.

use bce_auth::{SignError, Signature, Verifier};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::disputed::{Class, Settled, is_signed, settle};
use super::request::{ORIGINS, Request};
use super::sign;

/// The result of comparing one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// A difference between our authorization and that of the SDK that none of the rules in the
    /// module `disputed` explains; `None` if there is none.
    pub(super) difference: Option<String>,
    pub(super) classes: Vec<Class>,
    /// Whether the SDK signs the request differently than we do if it gets the request unchanged.
    /// This is only determined for requests on which we and the SDK are known to disagree.
    pub(super) differs_unsettled: bool,
    /// Whether the request was also passed to our verifier.
    pub(super) verified: bool,
}

/// A request and the result of our signer for it. The SDK still has to sign the request.
#[derive(Debug)]
pub(super) struct Pending {
    request: Request,
    settled: Settled,
    ours: Result<(Parts, Signature), SignError>,
}

impl Pending {
    pub(super) fn new(request: Request) -> Result<Self, String> {
        Ok(Self {
            settled: settle(&request),
            ours: sign::ours(&request)?,
            request,
        })
    }

    /// Returns the requests that the SDK has to sign; none if our signer refuses the request:
    ///
    /// 1. the [`Settled`] request with the list of header names in it,
    /// 2. the settled request with the list of header names in our authorization,
    /// 3. the unchanged request, if it is one on which we and the SDK are known to disagree.
    pub(super) fn questions(&self) -> Vec<Value> {
        let Ok((_, signature)) = &self.ours else {
            return Vec::new();
        };
        let Settled {
            request,
            by_segment,
            classes,
        } = &self.settled;
        let printed: Vec<String> = names(signature).map(str::to_owned).collect();
        let given = request.headers_to_sign.as_deref();
        let mut questions = vec![
            sign::for_sdk(request, *by_segment, given),
            sign::for_sdk(request, *by_segment, Some(&printed)),
        ];
        if !classes.is_empty() {
            let given = self.request.headers_to_sign.as_deref();
            questions.push(sign::for_sdk(&self.request, false, given));
        }
        questions
    }

    /// Compares our authorization with those that the SDK has returned for
    /// [`questions`](Self::questions).
    pub(super) fn compare(&self, answers: &[String]) -> Result<Comparison, String> {
        let mut classes = self.settled.classes.clone();
        let (parts, signature) = match &self.ours {
            Ok(signed) => signed,
            Err(SignError::RepeatedHeader { name }) if self.must_be_refused(name) => {
                classes.push(Class::RepeatedHeader);
                return Ok(Comparison {
                    classes,
                    ..Comparison::default()
                });
            }
            Err(SignError::NothingSigned) if self.signs_nothing() => {
                classes.push(Class::NothingSigned);
                return Ok(Comparison {
                    classes,
                    ..Comparison::default()
                });
            }
            Err(SignError::MalformedHost) if !self.has_plain_host() => {
                classes.push(Class::MalformedHost);
                return Ok(Comparison {
                    classes,
                    ..Comparison::default()
                });
            }
            Err(error) => {
                let difference = Some(format!("we refuse to sign it: {error}"));
                return Ok(Comparison {
                    difference,
                    classes,
                    ..Comparison::default()
                });
            }
        };
        let [theirs, with_our_names, unsettled @ ..] = answers else {
            return Err("the SDK did not answer every question".to_owned());
        };
        let mut difference = difference(signature, theirs, with_our_names);
        let verified = difference.is_none() && classes.is_empty() && self.is_verifiable();
        if verified {
            // The SDK represents the default set by an empty list.
            let default = self.request.headers_to_sign.is_none();
            let theirs = default.then_some(theirs.as_str());
            difference = self
                .verify(parts, [Some(signature.authorization()), theirs])
                .err();
        }
        Ok(Comparison {
            difference,
            classes,
            differs_unsettled: unsettled
                .iter()
                .any(|theirs| tail(theirs) != tail(signature.authorization())),
            verified,
        })
    }

    /// Returns whether our signer must refuse the request, because the header with this name occurs
    /// more than once and is signed.
    fn must_be_refused(&self, name: &str) -> bool {
        let names = self.request.headers.iter().map(|(name, _)| name);
        let occurrences = names.filter(|given| given.eq_ignore_ascii_case(name));
        let names = self.settled.request.headers_to_sign.as_deref();
        occurrences.count() > 1 && is_signed(names, name)
    }

    /// Returns whether every `Host` header consists of letters, digits, hyphens and dots.
    fn has_plain_host(&self) -> bool {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.".contains(byte);
        let headers = self.request.headers.iter();
        headers
            .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
            .all(|(_, value)| value.iter().all(is_plain))
    }

    /// Returns whether our signer must refuse the request, because the caller has listed names, but
    /// no header would be signed: neither one of the listed ones, nor one that is always signed.
    fn signs_nothing(&self) -> bool {
        let Request {
            headers,
            headers_to_sign,
            origin,
            keep_date,
            token,
            ..
        } = &self.settled.request;
        let token_in_query = self.request.has_key("x-bce-security-token");
        // The caller's `Host` is kept, even if it is blank.
        let host = origin.is_some() && !self.request.has_header("host");
        let added = host || !keep_date || (token.is_some() && !token_in_query);
        let names = headers_to_sign.as_deref();
        names.is_some()
            && !added
            && !headers.iter().any(|(name, value)| {
                !value.trim_ascii().is_empty() && is_signed(names, &name.to_ascii_lowercase())
            })
    }

    /// Returns whether a server would verify the request: its date is that of the signature, its
    /// token is that of the credentials, and if the caller has set a host, it is that of the URI,
    /// or one of [`ORIGINS`] if the URI has none.
    fn is_verifiable(&self) -> bool {
        let Request {
            keep_date,
            headers,
            origin,
            ..
        } = &self.request;
        let token = "x-bce-security-token";
        let mut hosts = headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("host"));
        !keep_date
            && !self.request.has_header(token)
            && !self.request.has_key(token)
            && hosts.all(|(_, value)| match origin {
                Some((_, host)) => host.as_bytes() == value,
                None => ORIGINS.iter().any(|(_, host)| host.as_bytes() == value),
            })
    }

    /// Passes the request to our verifier with each of these authorizations; `None` is skipped.
    /// Fails if the verifier refuses one of them.
    fn verify(&self, parts: &Parts, authorizations: [Option<&str>; 2]) -> Result<(), String> {
        let known = sign::credentials(&self.request)?;
        let now = whole_second(self.request.at);
        let verifier = Verifier::new().allow_unsigned_host();
        for authorization in authorizations.into_iter().flatten() {
            let mut parts = parts.clone();
            let value = HeaderValue::from_str(authorization).map_err(|error| error.to_string())?;
            parts.headers.insert(AUTHORIZATION, value);
            let find = |id: &str| (id == known.access_key_id()).then(|| known.clone());
            verifier
                .verify(&parts, now, find)
                .map_err(|error| format!("our verifier refuses {authorization}: {error}"))?;
        }
        Ok(())
    }
}

fn names(signature: &Signature) -> impl Iterator<Item = &str> {
    let names = signature.signed_headers().split(';');
    names.filter(|name| !name.is_empty())
}

fn whole_second(at: OffsetDateTime) -> OffsetDateTime {
    at - Duration::nanoseconds(i64::from(at.nanosecond()))
}

/// Returns the signature, which is the last part of an authorization.
fn tail(authorization: &str) -> &str {
    authorization.rsplit('/').next().unwrap_or_default()
}

/// Returns the parts of an authorization that precede the list of signed headers.
fn front(authorization: &str) -> Vec<&str> {
    authorization.split('/').take(4).collect()
}

fn difference(ours: &Signature, theirs: &str, with_our_names: &str) -> Option<String> {
    // The SDK keeps whatever order it is given, so it would not show a wrong one.
    let in_order = names(ours).is_sorted_by(|a, b| a < b);
    let same = in_order
        && ours.authorization() == with_our_names
        && ours.signature() == tail(theirs)
        && front(ours.authorization()) == front(theirs);
    if same {
        return None;
    }
    Some(format!(
        "we make             {}\n  the SDK             {theirs}\n  with our names      {with_our_names}\n  our canonical request is {:?}",
        ours.authorization(),
        ours.canonical_request()
    ))
}
