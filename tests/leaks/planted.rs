//! Tests that the search for secrets works: secrets of each kind are put into the output on
//! purpose, in each place and each form, and the search must find them.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use bce_auth::encode::uri_encode;
use bce_auth::{Clock, Credentials, Signer, SystemClock};
use http::Request;
use proofs::secrets::Search;

use crate::capture::Capture;
use crate::wire::{hex_digest, signing_key, split};
use crate::{SECRET_KEY, known_secrets, search};

/// Returns the names and the values of the secrets that are put into the output: constants of the
/// test, and those that result from signing one request, such as the signature.
fn secrets() -> Vec<(String, String)> {
    let token = "token/6ba7b8109dad11d1+80b400c04fd430c8=".to_owned();
    let credentials = Credentials::session("id", SECRET_KEY, token.clone()).unwrap();
    let request = Request::get("https://aihc.example/").body(()).unwrap();
    let (mut head, ()) = request.into_parts();
    let signed = Signer::default().sign(&mut head, &credentials, SystemClock.now());
    let signed = signed.unwrap();
    let (prefix, signature) = split(signed.authorization());
    let key = signing_key(SECRET_KEY, prefix);
    // This shows that the key is the one with which the request was signed.
    assert_eq!(hex_digest(&key, signed.canonical_request()), signature);
    let more = [
        ("a session token", token),
        ("a signing key", key),
        ("a signature", signature.to_owned()),
    ];
    let more = more
        .map(|(name, secret)| (name.to_owned(), secret))
        .to_vec();
    [known_secrets(), more].concat()
}

struct Careless<'a>(&'a str);

impl fmt::Debug for Careless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Careless").field("secret", &self.0).finish()
    }
}

/// Runs some code, and returns a line for each secret that `search` finds in the output of the
/// code.
fn found_after(search: &Search, act: impl FnOnce(&Capture)) -> String {
    let capture = Capture::start();
    act(&capture);
    let found = search.of(&capture.shown());
    found.into_iter().collect::<Vec<_>>().join("\n")
}

#[test]
fn every_planted_secret_is_found_in_every_place() {
    let secrets = secrets();
    let search = search(&secrets);
    assert_eq!(secrets.len(), 9);
    for (name, secret) in &secrets {
        let secret = secret.as_str();
        let found = |place: &str, act: &dyn Fn(&Capture)| {
            let found = found_after(&search, act);
            let hit = found
                .lines()
                .any(|line| line.starts_with(name) && line.contains(place));
            assert!(hit, "{name} in {place}: {found}");
        };
        found("a trace", &|_| tracing::trace!(secret, "an event"));
        found("a trace", &|_| tracing::trace!("in the text: {secret}"));
        found("a trace", &|_| {
            drop(tracing::trace_span!("span", secret).entered())
        });
        found("a trace", &|_| {
            let span = tracing::trace_span!("span", later = tracing::field::Empty);
            span.record("later", secret);
        });
        found("a trace", &|_| log::trace!("of a dependency: {secret}"));
        found("Careless", &|capture| capture.debug(&Careless(secret)));
        found("Bytes", &|capture| {
            capture.debug(&bytes::Bytes::copy_from_slice(secret.as_bytes()))
        });
        found("Error", &|capture| {
            capture.error(std::io::Error::other(secret))
        });
        found("a panic", &|capture| {
            capture.panic(|| panic!("with {secret}"))
        });
        found("a panic", &|capture| {
            capture.unwrap(Careless(secret));
        });
    }
}

#[test]
fn every_form_is_found() {
    let secrets = secrets();
    let search = search(&secrets);
    for (name, secret) in &secrets {
        let bytes = secret.as_bytes();
        let json = serde_json::to_string(secret).unwrap();
        let framed = |before: &str| [before.as_bytes(), bytes, b" and more"].concat();
        for (form, text) in [
            ("escaped", format!("{secret:?}")),
            ("escaped", json.clone()),
            ("percent-encoded", uri_encode(secret)),
            ("percent-encoded", uri_encode(secret).to_lowercase()),
            ("list of bytes", format!("{bytes:?}")),
            ("list of bytes", format!("{bytes:#?}")),
            ("list of bytes", format!("{:?}", json.as_bytes())),
            ("hex", bytes.iter().map(|b| format!("{b:02x}")).collect()),
            ("base64", STANDARD.encode(bytes)),
            ("base64", STANDARD.encode(framed("a"))),
            ("base64", STANDARD.encode(framed("ab"))),
            ("base64", URL_SAFE.encode(framed("abc"))),
            ("base64", STANDARD.encode(&json)),
            ("part", secret[..24].to_owned()),
        ] {
            let found = found_after(&search, |capture| capture.text("there", &text));
            let expected = format!("{name} ({form}) in there");
            assert!(
                found.lines().any(|line| line == expected),
                "{expected}: {found}"
            );
        }
    }
}

#[test]
fn what_is_no_secret_is_not_found() {
    let found = found_after(&search(&secrets()), |capture| {
        tracing::info!("bce-auth-v1/id/2026-08-20T00:00:00Z/1800/host/***");
        capture.debug(&Credentials::new("id", SECRET_KEY).unwrap());
        capture.text("there", "sk+9f86d081 is too little");
    });
    assert_eq!(found, "");
}
