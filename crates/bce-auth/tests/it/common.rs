//! Requests, credentials and a verifier that several test modules use.

use bce_auth::{Credentials, Signer, Verified, Verifier, VerifyError};
use http::request::Parts;
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-08-20 0:00 UTC);
pub(crate) const URL: &str =
    "https://aihc.bj.baidubce.com/?action=DescribeDevInstances&pageSize=10";
pub(crate) const TOKEN: &str = "hidden-token/with+chars==";

pub(crate) fn plain() -> Credentials {
    Credentials::new("visible-ak", "hidden-sk").unwrap()
}

pub(crate) fn session() -> Credentials {
    Credentials::session("visible-ak", "hidden-sk", TOKEN).unwrap()
}

pub(crate) fn get(uri: &str) -> Parts {
    with_headers(uri, &[])
}

pub(crate) fn with_headers(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut builder = http::Request::get(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(()).unwrap().into_parts().0
}

pub(crate) fn signed(uri: &str, headers: &[(&str, &str)], credentials: &Credentials) -> Parts {
    let mut parts = with_headers(uri, headers);
    Signer::default()
        .sign(&mut parts, credentials, NOW)
        .unwrap();
    parts
}

/// Verifies like a server that knows these credentials and no others.
pub(crate) fn verify(parts: &Parts, known: &Credentials) -> Result<Verified, VerifyError> {
    Verifier::new().verify(parts, NOW, |id| {
        (id == known.access_key_id()).then(|| known.clone())
    })
}
