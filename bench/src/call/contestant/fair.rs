//! The code that a careful programmer would write around hyper-util just to list dev instances. It
//! makes up one of the clients that `cargo xtask bench call` compares.

use std::time::Duration;

use bce_auth::{Credentials, Signer};
use http::Request;
use http_body_util::{BodyExt as _, Limited};
use time::OffsetDateTime;

use super::Result;
use super::bare::{self, Http};
use super::model::List;

/// The time limit of the whole call.
const LIMIT: Duration = Duration::from_secs(30);
/// The maximum length of a response in bytes.
const LONGEST: usize = 16 << 20;

/// A client that lists dev instances with hyper-util. It signs the request, limits time and memory,
/// checks the status, and reads the response into types for which `Deserialize` is derived.
#[derive(Clone)]
pub(crate) struct Fair {
    http: Http,
    endpoint: String,
    signer: Signer,
    credentials: Credentials,
}

impl Fair {
    pub(super) fn new(endpoint: &str, credentials: Credentials) -> Self {
        Self {
            http: bare::http(),
            endpoint: endpoint.to_owned(),
            signer: Signer::default(),
            credentials,
        }
    }

    pub(super) async fn list(&self) -> Result<List> {
        tokio::time::timeout(LIMIT, self.exchange()).await?
    }

    async fn exchange(&self) -> Result<List> {
        let (mut head, body) = bare::request(&self.endpoint)?.into_parts();
        let now = OffsetDateTime::now_utc();
        self.signer.sign(&mut head, &self.credentials, now)?;
        let response = self.http.request(Request::from_parts(head, body)).await?;
        if !response.status().is_success() {
            return Err(format!("the response has status {}", response.status()).into());
        }
        let body = Limited::new(response.into_body(), LONGEST);
        let body = body.collect().await?.to_bytes();
        Ok(serde_json::from_str(std::str::from_utf8(&body)?)?)
    }
}
