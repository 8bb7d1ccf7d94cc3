//! The TLS configuration.

use std::sync::Arc;

use hyper_rustls::ConfigBuilderExt;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::endpoint::Endpoint;
use crate::error::Error;

/// TLS with the platform's root certificates. The provider is named, never the process default:
/// a program may hold two providers, and then there is no default.
pub(super) fn client_config(endpoint: &Endpoint) -> Result<ClientConfig, Error> {
    let unusable = |cause| Error::config("TLS cannot be set up").with_cause(cause);
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    if endpoint.is_https() {
        let verified = builder.try_with_platform_verifier().map_err(unusable)?;
        return Ok(verified.with_no_client_auth());
    }
    // Plain http needs no roots, so a machine without any can still use it.
    Ok(builder
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}
