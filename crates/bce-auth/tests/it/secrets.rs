//! Tests that nothing that a program may print shows a secret.

use std::fmt::Debug;

use crate::common::{NOW, TOKEN, URL, get, plain, session, signed, verify};
use bce_auth::{
    ChainProvider, Clock, CredentialsError, CredentialsErrorKind, EnvironmentProvider, FnProvider,
    ProvideCredentials, Secret, Signer, SigningOptions, SystemClock, Verifier,
};

#[test]
fn no_debug_output_holds_a_secret_a_token_or_a_signature() {
    let mut parts = get(URL);
    let signer = Signer::default();
    let signature = signer.sign(&mut parts, &session(), NOW).unwrap();
    let verified = verify(&parts, &session()).unwrap();
    assert_eq!(verified.security_token(), Some(TOKEN));

    let credentials = session();
    let environment = EnvironmentProvider::new();
    let held = session();
    let closure = FnProvider::new(move || std::future::ready(Ok(held.clone())));
    let chain = ChainProvider::standard()
        .then(closure.clone())
        .then(session());
    let values: [&dyn Debug; 13] = [
        &Secret::new("hidden-sk"),
        &credentials,
        &(&credentials as &dyn ProvideCredentials),
        &environment,
        &closure,
        &chain,
        // After signing, when the signer has stored a key.
        &signer,
        &SigningOptions::default(),
        &signature,
        &Verifier::new(),
        &verified,
        &parts.headers,
        &SystemClock,
    ];
    for value in values {
        for text in [format!("{value:?}"), format!("{value:#?}")] {
            assert!(!text.contains("hidden"), "{text}");
            assert!(!text.contains(signature.signature()), "{text}");
        }
    }
    assert!(format!("{verified:?}").contains("visible-ak"));
}

#[test]
fn no_refusal_shows_what_was_refused() {
    let parts = signed(URL, &[], &plain());
    let signature = parts.headers["authorization"].to_str().unwrap().to_owned();
    let refused = verify(&parts, &session()).unwrap_err();
    for text in [refused.to_string(), format!("{refused:?}")] {
        assert!(
            !text.contains("hidden") && !text.contains(&signature),
            "{text}"
        );
    }
}

#[test]
fn every_error_is_one_line_that_says_something() {
    let error = CredentialsError::new(CredentialsErrorKind::NotFound, "no credentials");
    assert_eq!(error.to_string(), "no credentials");
    let text = verify(&get(URL), &session()).unwrap_err().to_string();
    assert_eq!(text, "the request has no authorization");
}

#[test]
fn what_a_client_keeps_can_be_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    shared(&Signer::default());
    shared(&Verifier::new());
    shared(&session());
    let clock: std::sync::Arc<dyn Clock> = std::sync::Arc::new(SystemClock);
    shared(&clock);
}
