//! Root certificates on systems that verify certificates themselves.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

use crate::error::Error;

/// Returns a verifier that trusts the system's roots and the `extra` ones.
pub(super) fn verifier(
    extra: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    match Verifier::new_with_extra_roots(extra, provider) {
        Ok(verifier) => Ok(Arc::new(verifier)),
        Err(_) => Err(Error::config(
            "the system's certificate verifier is not available; see TlsRoots for other roots",
        )),
    }
}
