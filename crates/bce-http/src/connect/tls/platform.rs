//! Root certificates on Windows, Android and Apple systems, where the operating system itself
//! verifies certificates.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

use crate::error::Error;

/// Returns a verifier that trusts the roots of the operating system and the certificates in
/// `extra`.
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
