//! TLS: the choice of trusted certificates.

mod failure;
#[cfg_attr(
    all(unix, not(target_os = "android"), not(target_vendor = "apple")),
    path = "files.rs"
)]
#[cfg_attr(
    not(all(unix, not(target_os = "android"), not(target_vendor = "apple"))),
    path = "platform.rs"
)]
mod system;

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

pub(crate) use self::failure::TlsFailure;
use crate::error::Error;

/// The root certificates that a server's certificate chain must lead to.
///
/// ```no_run
/// use bce_http::connect::TlsRoots;
///
/// let roots = TlsRoots::platform().extra_root_pem(std::fs::read("company-ca.pem")?);
/// # drop(roots);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct TlsRoots {
    base: Base,
    extra: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Debug)]
enum Base {
    Platform,
    #[cfg(feature = "webpki-roots")]
    Bundled,
    None,
}

impl TlsRoots {
    /// Returns the default choice: the roots that the operating system trusts.
    ///
    /// On Windows, Android and Apple systems, the operating system itself verifies certificates. On
    /// other systems, such as Linux, the roots are read from files when the client is built, and
    /// two environment variables can override their location:
    ///
    /// | variable | value |
    /// |---|---|
    /// | `SSL_CERT_FILE` | a file with any number of certificates in PEM form |
    /// | `SSL_CERT_DIR` | folders, separated by `:`, that contain such files with any names |
    ///
    /// If at least one of them is set and not empty, the certificates in these places replace all
    /// roots of the system. If both are set, both are read. A place that cannot be read, or that
    /// contains no usable certificate, causes a warning when the client is built; if there is no
    /// root at all, building the client fails. With an `http://` endpoint, no roots are read.
    /// Certificates added by [`extra_root_pem`](Self::extra_root_pem) are always trusted.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::TlsRoots;
    ///
    /// let roots = TlsRoots::platform();
    /// # let _ = roots;
    /// ```
    pub const fn platform() -> Self {
        Self::new(Base::Platform)
    }

    /// Returns Mozilla's roots, which are compiled into the program, for systems without roots.
    #[cfg(feature = "webpki-roots")]
    pub const fn bundled() -> Self {
        Self::new(Base::Bundled)
    }

    /// Returns an empty set of roots, to which [`extra_root_pem`](Self::extra_root_pem) adds.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::TlsRoots;
    ///
    /// let roots = TlsRoots::none().extra_root_pem("-----BEGIN CERTIFICATE-----");
    /// # let _ = roots;
    /// ```
    pub const fn none() -> Self {
        Self::new(Base::None)
    }

    /// Also trusts the certificates of a PEM file, such as those of a company's certificate
    /// authority. May be called several times; the contents are checked when the client is built.
    pub fn extra_root_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra.push(pem.into());
        self
    }

    const fn new(base: Base) -> Self {
        Self {
            base,
            extra: Vec::new(),
        }
    }
}

impl Default for TlsRoots {
    fn default() -> Self {
        Self::platform()
    }
}

impl fmt::Debug for TlsRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsRoots")
            .field("base", &self.base)
            .field("extra", &self.extra.len())
            .finish()
    }
}

/// Returns the TLS configuration for these roots. `roots` is `None` for plain http, which must also
/// work on a machine without any roots.
pub(crate) fn client_config(roots: Option<&TlsRoots>) -> Result<ClientConfig, Error> {
    // The provider is named explicitly, and the default of the process is not used: a program may
    // contain two providers, and then there is no default.
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::config("TLS cannot be set up"))?;
    let Some(roots) = roots else {
        return Ok(builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth());
    };
    let verifier = verifier(roots, provider)?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

fn verifier(
    roots: &TlsRoots,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let extra = read_pem(&roots.extra)?;
    match roots.base {
        Base::Platform => system::verifier(extra, provider),
        #[cfg(feature = "webpki-roots")]
        Base::Bundled => {
            let bundled = webpki_roots::TLS_SERVER_ROOTS.to_vec();
            store_verifier(RootCertStore { roots: bundled }, extra, provider)
        }
        Base::None => store_verifier(RootCertStore::empty(), extra, provider),
    }
}

fn store_verifier(
    mut store: RootCertStore,
    extra: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    for certificate in extra {
        store.add(certificate).map_err(|_| unusable_pem())?;
    }
    if store.is_empty() {
        return Err(Error::config(
            "no root certificates: none were added, and those of the system are not used",
        ));
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
        .build()
        .map_err(|_| Error::config("the root certificates cannot be used"))?;
    Ok(verifier)
}

fn read_pem(files: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut certificates = Vec::new();
    for file in files {
        let before = certificates.len();
        for certificate in CertificateDer::pem_slice_iter(file) {
            certificates.push(certificate.map_err(|_| unusable_pem())?);
        }
        if certificates.len() == before {
            return Err(Error::config("the extra root PEM contains no certificate"));
        }
    }
    // Checked here, because creating the platform's verifier with a bad certificate would fail, and
    // this would be reported as if the verifier were not available.
    for certificate in &certificates {
        let mut store = RootCertStore::empty();
        store.add(certificate.clone()).map_err(|_| unusable_pem())?;
    }
    Ok(certificates)
}

// The cause is left out: its message is about encodings, and meant for Rust programmers.
fn unusable_pem() -> Error {
    Error::config("the extra root PEM contains something that is not a certificate")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(roots: &TlsRoots) -> String {
        client_config(Some(roots)).unwrap_err().to_string()
    }

    #[test]
    fn without_any_root_the_error_says_so() {
        let text = refusal(&TlsRoots::none());
        assert!(text.starts_with("no root certificates"), "{text}");
        assert!(client_config(None).is_ok());
    }

    #[test]
    fn a_pem_without_a_certificate_is_refused() {
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for pem in ["", "hello", key] {
            let text = refusal(&TlsRoots::platform().extra_root_pem(pem));
            assert_eq!(text, "the extra root PEM contains no certificate");
        }
    }

    #[test]
    fn a_pem_with_a_broken_certificate_is_refused() {
        for body in ["AAAA", "!!!!"] {
            let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
            let text = refusal(&TlsRoots::none().extra_root_pem(pem));
            assert!(text.contains("not a certificate"), "{text}");
        }
    }

    #[cfg(feature = "webpki-roots")]
    #[test]
    fn the_bundled_roots_need_nothing_from_the_system() {
        assert!(client_config(Some(&TlsRoots::bundled())).is_ok());
    }
}
