//! A layer between a client and its transport that captures the requests, and records the secrets
//! of requests and responses.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bce_auth::Credentials;
use bce_http::layer::Transport;
use bce_http::{Body, Error};
use bytes::Bytes;
use http::{Request, Response};
use ring::hmac;
use tower::Service;

use crate::capture::Capture;

/// Captures requests, and records secrets: the keys with which requests are signed, and the tokens
/// and signatures in them. Clones share the records.
#[derive(Clone)]
pub(crate) struct Wire {
    capture: Capture,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// The secret keys that were recorded for each access key id. There can be more than one for an
    /// id, because a test may use a wrong secret key.
    keys: BTreeMap<String, BTreeSet<String>>,
    tokens: BTreeSet<String>,
    authorizations: BTreeSet<String>,
}

impl Wire {
    pub(crate) fn new(capture: &Capture) -> Self {
        Self {
            capture: capture.clone(),
            seen: Arc::default(),
        }
    }

    /// Records the secret key and the session token of credentials that clients will use.
    pub(crate) fn know(&self, credentials: &Credentials) {
        let mut seen = self.seen.lock().unwrap();
        let keys = seen.keys.entry(credentials.access_key_id().to_owned());
        let secret = credentials.secret_access_key().expose();
        keys.or_default().insert(secret.to_owned());
        let token = credentials.session_token();
        seen.tokens
            .extend(token.map(|token| token.expose().to_owned()));
    }

    pub(crate) fn around(&self, transport: Transport) -> Tapped {
        Tapped {
            transport,
            wire: self.clone(),
        }
    }

    /// Returns the number of different signatures that were recorded.
    pub(crate) fn signatures(&self) -> usize {
        self.seen.lock().unwrap().authorizations.len()
    }

    /// Returns the keys and the tokens, and the values that were derived from them for the requests
    /// so far.
    pub(crate) fn secrets(&self) -> Vec<(String, String)> {
        let seen = self.seen.lock().unwrap();
        let mut secrets = Vec::new();
        let mut add = |name: &str, secret: &str| secrets.push((name.to_owned(), secret.to_owned()));
        for secret in seen.keys.values().flatten() {
            add("a secret key", secret);
        }
        for token in &seen.tokens {
            add("a session token", token);
        }
        for authorization in &seen.authorizations {
            let (prefix, signature) = split(authorization);
            add("a signature", signature);
            let id = prefix.split('/').nth(1).unwrap();
            for secret in seen
                .keys
                .get(id)
                .expect("the key of every request is known")
            {
                add("a signing key", &signing_key(secret, prefix));
            }
        }
        secrets
    }

    /// Records the authorization of a request, which contains the signature.
    pub(crate) fn note_authorization(&self, authorization: &str) {
        let mut seen = self.seen.lock().unwrap();
        seen.authorizations.insert(authorization.to_owned());
    }

    pub(crate) fn note_request(&self, request: &Request<Body>) {
        self.capture.debug(request);
        let authorization = request.headers()["authorization"].to_str().unwrap();
        self.note_authorization(authorization);
    }

    /// Records credentials that STS has issued, if the response contains any.
    fn note_response(&self, response: &Response<Bytes>) {
        let Ok(body) = serde_json::from_slice::<serde_json::Value>(response.body()) else {
            return;
        };
        let [Some(id), Some(secret), Some(token)] =
            ["accessKeyId", "secretAccessKey", "sessionToken"].map(|name| body[name].as_str())
        else {
            return;
        };
        self.know(&Credentials::session(id, secret, token).unwrap());
    }
}

/// Splits an authorization into the prefix `version/id/time/seconds`, from which the signing key is
/// derived, and the signature.
pub(crate) fn split(authorization: &str) -> (&str, &str) {
    let (front, signature) = authorization.rsplit_once('/').unwrap();
    let (prefix, _signed_headers) = front.rsplit_once('/').unwrap();
    (prefix, signature)
}

/// Returns the key with which a request is signed, in hexadecimal digits. It is computed as the
/// documentation of the signing protocol says.
pub(crate) fn signing_key(secret: &str, prefix: &str) -> String {
    hex_digest(secret, prefix)
}

pub(crate) fn hex_digest(key: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let tag = hmac::sign(&key, text.as_bytes());
    tag.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// A transport whose traffic is recorded.
#[derive(Clone)]
pub(crate) struct Tapped {
    transport: Transport,
    wire: Wire,
}

impl Service<Request<Body>> for Tapped {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.transport.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.wire.note_request(&request);
        let wire = self.wire.clone();
        let response = self.transport.call(request);
        Box::pin(async move {
            let response = response.await?;
            wire.note_response(&response);
            Ok(response)
        })
    }
}
