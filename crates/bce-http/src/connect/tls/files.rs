//! Root certificates on systems that keep them in files.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::{CertificateResult, Error, ErrorKind, load_certs_from_paths};

use super::store_verifier;
use crate::error;

const FILE: &str = "SSL_CERT_FILE";
const FOLDERS: &str = "SSL_CERT_DIR";

const ADD_ROOTS: &str = "add your own as PEM (tls_roots, or --ca-file of the tool)";

/// Returns a verifier that trusts the certificates in `extra`, and the roots of the system or those
/// that environment variables name in their place. Logs a warning for each unusable file or folder
/// that an environment variable names.
pub(super) fn verifier(
    extra: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, error::Error> {
    SystemRoots::load(|name| std::env::var_os(name)).verifier(extra, provider)
}

/// The certificates that were found, and what is wrong with the files and folders that environment
/// variables name.
#[derive(Debug, Default)]
struct SystemRoots {
    certificates: HashSet<CertificateDer<'static>>,
    /// One description for each unusable file or folder.
    problems: Vec<String>,
}

impl SystemRoots {
    /// Reads the files and folders that environment variables name; if they name none, reads the
    /// places where systems usually keep certificates. An empty variable counts as unset.
    fn load(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let filled = |name| variable(name).filter(|value| !value.is_empty());
        let file = filled(FILE).map(PathBuf::from);
        let folders = filled(FOLDERS).unwrap_or_default();
        let folders: Vec<PathBuf> = std::env::split_paths(&folders)
            .filter(|path| !path.as_os_str().is_empty())
            .collect();
        let mut roots = Self::default();
        if let Some(path) = &file {
            roots.add_named(FILE, path, load_certs_from_paths(Some(path), None));
        }
        for path in &folders {
            roots.add_named(FOLDERS, path, load_certs_from_paths(None, Some(path)));
        }
        if file.is_none() && folders.is_empty() {
            roots.add_usual();
        }
        roots
    }

    fn verifier(
        self,
        extra: Vec<CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, error::Error> {
        for problem in &self.problems {
            tracing::warn!("some root certificates could not be loaded: {problem}");
        }
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(self.certificates);
        if !store.is_empty() || !extra.is_empty() {
            return store_verifier(store, extra, provider);
        }
        Err(error::Error::config(if self.problems.is_empty() {
            format!(
                "no root certificates: install those of the system (ca-certificates), or \
                 {ADD_ROOTS}"
            )
        } else {
            let problems = self.problems.join("; ");
            format!("no root certificates: {problems}; correct or unset that, or {ADD_ROOTS}")
        }))
    }

    fn add_named(&mut self, variable: &str, path: &Path, found: CertificateResult) {
        let usable = |certificate: &CertificateDer<'static>| {
            RootCertStore::empty().add(certificate.clone()).is_ok()
        };
        let problem = if let Some(error) = found.errors.first() {
            Some(of_error(error, path))
        } else if found.certs.is_empty() {
            Some("contains no certificate in PEM form".to_owned())
        } else if !found.certs.iter().any(usable) {
            Some("contains no certificate that can be used as a root".to_owned())
        } else {
            None
        };
        let problem = problem.map(|problem| format!("{variable} names {path:?}, which {problem}"));
        self.problems.extend(problem);
        self.certificates.extend(found.certs);
    }

    /// Adds the certificates in the places where systems usually keep them. Errors are ignored,
    /// because the caller cannot do anything about them.
    fn add_usual(&mut self) {
        let places = openssl_probe::probe();
        let file = places.cert_file.as_deref();
        self.certificates
            .extend(load_certs_from_paths(file, None).certs);
        for folder in &places.cert_dir {
            let found = load_certs_from_paths(None, Some(folder));
            self.certificates.extend(found.certs);
        }
    }
}

/// Explains why a file or a folder could not be read completely. If `place` is a folder, the error
/// may be about a file in it.
fn of_error(error: &Error, place: &Path) -> String {
    match &error.kind {
        ErrorKind::Io { inner, path } if path == place => format!("cannot be read: {inner}"),
        ErrorKind::Io { inner, path } => {
            format!("cannot be read completely: {inner} at {path:?}")
        }
        ErrorKind::Pem(_) => "contains a broken certificate".to_owned(),
        _ => "cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicU32, Ordering};

    use bce_testing::{LogCapture, TestAuthority};
    use rustls::crypto::ring;

    use super::*;

    /// A new folder, which is removed when the value is dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("bce-http-roots-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, text).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn pem() -> String {
        TestAuthority::new().unwrap().pem()
    }

    fn load(file: Option<&Path>, folders: Option<&Path>) -> (usize, Vec<String>) {
        let roots = SystemRoots::load(|name| match name {
            FILE => file.map(Into::into),
            FOLDERS => folders.map(Into::into),
            _ => None,
        });
        (roots.certificates.len(), roots.problems)
    }

    #[test]
    fn the_variables_take_the_place_of_the_system_and_add_to_each_other() {
        let folder = Folder::new();
        let file = folder.write("bundle.pem", &(pem() + &pem()));
        assert_eq!(load(Some(&file), None), (2, Vec::new()));
        let other = Folder::new();
        other.write("one.pem", &pem());
        assert_eq!(load(None, Some(&other.0)), (1, Vec::new()));
        assert_eq!(load(Some(&file), Some(&other.0)), (3, Vec::new()));
        // The same certificate is not counted twice.
        assert_eq!(load(Some(&file), Some(&folder.0)), (2, Vec::new()));
        let both = std::env::join_paths([&folder.0, &other.0]).unwrap();
        assert_eq!(load(None, Some(Path::new(&both))), (3, Vec::new()));
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let system = SystemRoots::load(|_| None).certificates;
        for (file, folders) in [("", ""), ("", ":")] {
            let empty = SystemRoots::load(|name| {
                let value = if name == FILE { file } else { folders };
                Some(value.into())
            });
            assert_eq!(empty.certificates, system);
            assert_eq!(empty.problems, Vec::<String>::new());
        }
    }

    #[test]
    fn a_place_that_gives_nothing_is_named_with_its_variable_and_the_reason() {
        let folder = Folder::new();
        let broken = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
        let useless = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let missing = folder.0.join("missing.pem");
        let text = folder.write("text.pem", "hello");
        let broken = folder.write("broken.pem", broken);
        let useless = folder.write("useless.pem", useless);
        for (path, reason) in [
            (&missing, "cannot be read: No such file or directory"),
            (&text, "contains no certificate in PEM form"),
            (&broken, "contains a broken certificate"),
            (
                &useless,
                "contains no certificate that can be used as a root",
            ),
        ] {
            let (_, problems) = load(Some(path), None);
            let expected = format!("SSL_CERT_FILE names {path:?}, which {reason}");
            assert_eq!(problems.len(), 1);
            assert!(problems[0].starts_with(&expected), "{problems:?}");
        }
        let empty = Folder::new();
        for (path, reason) in [
            (&missing, "cannot be read: No such file or directory"),
            (&empty.0, "contains no certificate in PEM form"),
            (&folder.0, "contains a broken certificate"),
        ] {
            let (_, problems) = load(None, Some(path));
            let expected = format!("SSL_CERT_DIR names {path:?}, which {reason}");
            assert!(problems[0].starts_with(&expected), "{problems:?}");
        }
    }

    #[test]
    fn one_good_place_is_enough_and_the_bad_one_is_named() {
        let folder = Folder::new();
        folder.write("good.pem", &pem());
        let missing = folder.0.join("missing.pem");
        let (certificates, problems) = load(Some(&missing), Some(&folder.0));
        assert_eq!((certificates, problems.len()), (1, 1));
    }

    #[test]
    fn a_useless_place_gives_a_warning_and_only_a_lack_of_roots_is_an_error() {
        let missing = |name: &str| (name == FILE).then(|| "/no/such.pem".into());
        let verifier = |extra: Vec<CertificateDer<'static>>| {
            let provider = Arc::new(ring::default_provider());
            SystemRoots::load(missing).verifier(extra, provider)
        };
        let logs = LogCapture::start();
        let error = verifier(Vec::new()).unwrap_err();
        assert_eq!(error.kind(), error::ErrorKind::Config);
        let text = error.to_string();
        assert!(
            text.starts_with(
                "no root certificates: SSL_CERT_FILE names \"/no/such.pem\", which cannot be read: "
            ),
            "{text}"
        );
        assert!(
            text.contains("; correct or unset that, or add your own"),
            "{text}"
        );
        let warning = "WARN bce_http::connect::tls::system: some root certificates could not be loaded: SSL_CERT_FILE names";
        assert_eq!(logs.text().matches(warning).count(), 1, "{}", logs.text());
        let own = super::super::read_pem(&[pem().into_bytes()]).unwrap();
        assert!(verifier(own).is_ok());
        assert_eq!(logs.text().matches(warning).count(), 2);
    }
}
