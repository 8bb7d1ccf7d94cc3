//! Checks that the signer computes the same canonical request and signature as the naive
//! implementation in `fuzz/src/naive.rs`, and that the verifier accepts the signed request. A
//! request that may contain a session token is not verified.

use crate::{head, naive};
use bce_auth::{Credentials, SignError, Signer, Verifier};
use time::OffsetDateTime;

const DATE: &str = "2015-04-27T08:23:49Z";

/// Runs the checks of the fuzz target `canonical` with one input.
pub fn run(data: &[u8]) {
    let Some(mut parts) = head(data) else { return };
    // The host of the target replaces a header; the description covers only the header.
    if parts.uri.authority().is_some() {
        return;
    }
    let now = OffsetDateTime::from_unix_timestamp(1_430_123_029).unwrap();
    let credentials = Credentials::new("ak", "sk").unwrap();
    let expected = naive::canonical_request(&parts, DATE);
    let signed = Signer::default().sign(&mut parts, &credentials, now);
    let Some((canonical, names)) = expected else {
        assert!(signed.is_err(), "a repeated header was signed");
        return;
    };
    // Such a header is signed like any other, but refused if it is not a host.
    if let Err(SignError::MalformedHost) = signed {
        let host = parts.headers["host"].as_bytes();
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.".contains(byte);
        assert!(!host.iter().all(is_plain), "a host was refused");
        return;
    }
    let signed = signed.unwrap();
    assert_eq!(signed.canonical_request(), canonical);
    assert_eq!(signed.signed_headers(), names);
    let prefix = format!("bce-auth-v1/ak/{DATE}/1800");
    let signature = naive::signature("sk", &prefix, &canonical);
    assert_eq!(
        signed.authorization(),
        format!("{prefix}/{names}/{signature}")
    );

    // A token in the request is one that these credentials do not have.
    let token = b"x-bce-security-token";
    let lower = data.to_ascii_lowercase();
    if lower.contains(&b'%') || lower.windows(token.len()).any(|part| part == token) {
        return;
    }
    let verified = Verifier::new()
        .allow_unsigned_host()
        .verify(&parts, now, |_| Some(credentials));
    if let Err(refused) = verified {
        panic!("refused, though it was signed: {refused:?}");
    }
}
