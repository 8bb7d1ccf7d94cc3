//! Alters a signed request in one place at a time, and determines the reason for which the verifier
//! should refuse the result.

use bce_auth::{Signature, VerifyError};
use http::request::Parts;
use http::{HeaderValue, Method};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{DATE, Prepared, TOKEN, explain, header_value, target};

const AUTHORIZATION: &str = "authorization";

/// A request that is not the same as the one that was signed.
pub(super) struct Altered {
    pub(super) what: String,
    pub(super) parts: Parts,
    /// The only access key id that the server knows.
    pub(super) known_id: String,
    pub(super) refusal: Refusal,
}

/// The reason for which the verifier should refuse an altered request.
pub(super) enum Refusal {
    SignatureMismatch,
    UnknownAccessKey,
    HeaderMissing(String),
    Token,
}

impl Refusal {
    pub(super) fn is(&self, error: &VerifyError) -> bool {
        match self {
            Self::SignatureMismatch => *error == VerifyError::SignatureMismatch,
            Self::UnknownAccessKey => *error == VerifyError::UnknownAccessKey,
            Self::HeaderMissing(missing) => {
                matches!(error, VerifyError::HeaderMissing { name } if name == missing)
            }
            Self::Token => [VerifyError::TokenMissing, VerifyError::TokenMismatch].contains(error),
        }
    }
}

/// Returns copies of a signed request in which one part of the authorization is altered: the access
/// key id (to an unknown one, or to a known one with the same secret), the timestamp, the expiry or
/// the signature.
pub(super) fn of_authorization(prepared: &Prepared, parts: &Parts) -> Result<Vec<Altered>, String> {
    let case = &prepared.case;
    let id = &case.access_key_id;
    let other_id = format!("{id}x");

    // The time is a second later, or a second earlier at the end of the representable range.
    let later = prepared.at.checked_add(Duration::SECOND);
    let later = later.filter(|later| later.year() <= 9999);
    let later = later.unwrap_or_else(|| prepared.at.saturating_sub(Duration::SECOND));
    let later = later
        .format(&Rfc3339)
        .map_err(explain("no other time stamp"))?;

    // The request must not have expired either: zero seconds after its timestamp, it has not.
    let expire = case.expire_seconds.checked_add(1).unwrap_or(0).to_string();

    let text = authorization(parts)?;
    let (_, signature) = text
        .rsplit_once('/')
        .ok_or("the authorization has no parts")?;
    let (rest, last) = signature.split_at(signature.len().saturating_sub(1));
    let signature = format!("{rest}{}", if last == "0" { "1" } else { "0" });

    let changes = [
        (
            "unknown access key id",
            1,
            &other_id,
            id,
            Refusal::UnknownAccessKey,
        ),
        (
            "another's access key id",
            1,
            &other_id,
            &other_id,
            Refusal::SignatureMismatch,
        ),
        (
            "another time stamp",
            2,
            &later,
            id,
            Refusal::SignatureMismatch,
        ),
        ("another expiry", 3, &expire, id, Refusal::SignatureMismatch),
        (
            "another signature",
            5,
            &signature,
            id,
            Refusal::SignatureMismatch,
        ),
    ];
    let altered = changes
        .into_iter()
        .map(|(what, field, value, known_id, refusal)| {
            Ok(Altered {
                what: what.to_owned(),
                parts: with_field(parts, field, value)?,
                known_id: known_id.clone(),
                refusal,
            })
        });
    altered.collect()
}

/// Returns copies of a signed request in which one part is altered: the method, the path, the query
/// or a header.
pub(super) fn of_request(
    prepared: &Prepared,
    parts: &Parts,
    signature: &Signature,
) -> Result<Vec<Altered>, String> {
    let case = &prepared.case;
    let is_session = case.session_token.is_some();
    let mut all = Vec::new();
    let mut add = |what: String, refusal, change: &dyn Fn(&mut Parts)| {
        let mut parts = parts.clone();
        change(&mut parts);
        all.push(Altered {
            what,
            parts,
            known_id: case.access_key_id.clone(),
            refusal,
        });
    };

    let method = if parts.method == Method::PUT {
        Method::POST
    } else {
        Method::PUT
    };
    add(
        "another method".to_owned(),
        Refusal::SignatureMismatch,
        &|parts| {
            parts.method = method.clone();
        },
    );
    let path = parts.uri.path();
    let uri = target(&format!("{path}x"), &case.query)?;
    add(
        "another path".to_owned(),
        Refusal::SignatureMismatch,
        &|parts| {
            parts.uri = uri.clone();
        },
    );

    for (index, (key, value)) in case.query.iter().enumerate() {
        // The authorization itself is not signed.
        if key.eq_ignore_ascii_case(AUTHORIZATION) {
            continue;
        }
        let is_token = is_session && key == TOKEN && !value.is_empty();
        for (what, pair) in [
            ("key", (format!("{key}x"), value.clone())),
            ("value", (key.clone(), format!("{value}x"))),
        ] {
            let mut query = case.query.clone();
            query.splice(index..=index, [pair]);
            let uri = target(path, &query)?;
            let refusal = if is_token {
                Refusal::Token
            } else {
                Refusal::SignatureMismatch
            };
            add(
                format!("another query {what} for {key:?}"),
                refusal,
                &|parts| {
                    parts.uri = uri.clone();
                },
            );
        }
    }

    for name in signature
        .signed_headers()
        .split(';')
        .filter(|name| !name.is_empty())
    {
        let missing = Refusal::HeaderMissing(name.to_owned());
        add(format!("header {name} removed"), missing, &|parts| {
            parts.headers.remove(name);
        });
        let is_token = is_session && name == TOKEN;
        let refusal = if is_token {
            Refusal::Token
        } else {
            Refusal::SignatureMismatch
        };
        let value = other_value(name, parts.headers.get(name))?;
        add(
            format!("another value for header {name}"),
            refusal,
            &|parts| {
                if let Some(current) = parts.headers.get_mut(name) {
                    current.clone_from(&value);
                }
            },
        );
    }
    Ok(all)
}

/// Returns a value for a header that differs from `value`. A date is replaced with another date, so
/// that the request is not refused as malformed.
fn other_value(name: &str, value: Option<&HeaderValue>) -> Result<HeaderValue, String> {
    let value = value.map(HeaderValue::as_bytes).unwrap_or_default();
    if name == DATE
        && let Ok(text) = std::str::from_utf8(value)
        && let Ok(date) = OffsetDateTime::parse(text.trim(), &Rfc3339)
        && let Ok(other) = date.saturating_sub(Duration::SECOND).format(&Rfc3339)
    {
        return header_value(&other);
    }
    let other = [value.trim_ascii(), b"x"].concat();
    HeaderValue::from_bytes(&other).map_err(explain("an altered header cannot be sent"))
}

fn authorization(parts: &Parts) -> Result<&str, String> {
    let value = parts.headers.get(AUTHORIZATION);
    let value = value.ok_or("the signed request has no authorization")?;
    value
        .to_str()
        .map_err(explain("the authorization is not text"))
}

/// Returns the request with another value for one part of its authorization.
fn with_field(parts: &Parts, field: usize, value: &str) -> Result<Parts, String> {
    let mut fields: Vec<_> = authorization(parts)?.split('/').collect();
    *fields
        .get_mut(field)
        .ok_or("the authorization has too few parts")? = value;
    let value = header_value(&fields.join("/"))?;
    let mut parts = parts.clone();
    parts.headers.insert(AUTHORIZATION, value);
    Ok(parts)
}
