//! A client that lists dev instances with reqwest. It is one of the clients that
//! `cargo xtask bench call` compares.

use std::sync::Arc;
use std::time::Duration;

use bce_auth::{Credentials, Signer};
use http::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::Client;
use reqwest::redirect::Policy;
use time::OffsetDateTime;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::Result;
use super::bare;
use super::model::List;

/// The time limit of the whole call.
const LIMIT: Duration = Duration::from_secs(30);

/// A client that lists dev instances with reqwest. It signs the request that reqwest has built;
/// everything else is done by reqwest.
#[derive(Clone)]
pub(crate) struct OnReqwest {
    http: Client,
    endpoint: String,
    signer: Signer,
    credentials: Credentials,
}

impl OnReqwest {
    pub(super) fn new(endpoint: &str, credentials: Credentials) -> Result<Self> {
        // TLS is set up as in our client. It has no roots, because the server of the benchmark does
        // not use TLS.
        let tls = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            .timeout(LIMIT)
            .redirect(Policy::none())
            .no_proxy();
        Ok(Self {
            http: http.build()?,
            endpoint: endpoint.to_owned(),
            signer: Signer::default(),
            credentials,
        })
    }

    pub(super) async fn list(&self) -> Result<List> {
        let request = self.http.get(bare::url(&self.endpoint));
        let request = request
            .header(USER_AGENT, "bench/0.1.0 (linux)")
            .header(CONTENT_TYPE, "application/json")
            .header("version", "v2");
        let mut request = request.build()?;
        self.sign(&mut request)?;
        let response = self.http.execute(request).await?;
        Ok(response.error_for_status()?.json().await?)
    }

    fn sign(&self, request: &mut reqwest::Request) -> Result<()> {
        let (mut head, ()) = http::Request::new(()).into_parts();
        head.method.clone_from(request.method());
        head.uri = request.url().as_str().parse()?;
        std::mem::swap(&mut head.headers, request.headers_mut());
        let now = OffsetDateTime::now_utc();
        self.signer.sign(&mut head, &self.credentials, now)?;
        std::mem::swap(&mut head.headers, request.headers_mut());
        Ok(())
    }
}
