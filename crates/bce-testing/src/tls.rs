//! Test certificates, and a TLS server in front of a server without TLS.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

type BoxError = Box<dyn Error + Send + Sync>;

/// Issues certificates for tests.
#[derive(Debug)]
pub struct TestAuthority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// The certificate and the key of a server.
#[derive(Debug)]
pub struct TestIdentity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    pem: String,
}

impl TestIdentity {
    /// Returns the certificate and the key as one PEM string, for servers that read both from the
    /// same file.
    pub fn pem(&self) -> &str {
        &self.pem
    }
}

impl TestAuthority {
    /// Creates a new authority. Nobody trusts it yet.
    ///
    /// # Errors
    ///
    /// If no key can be generated.
    pub fn new() -> Result<Self, BoxError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        // Authorities with the same name would differ only in their signatures.
        let name = format!("Test authority {:x?}", key.public_key_raw().get(1..5));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Ok(Self {
            certificate: params.self_signed(&key)?,
            issuer: Issuer::new(params, key),
        })
    }

    /// Returns the certificate of the authority in PEM form.
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Issues a certificate for a host name or an address.
    ///
    /// # Errors
    ///
    /// If `name` is neither a host name nor an address.
    pub fn issue(&self, name: &str) -> Result<TestIdentity, BoxError> {
        self.sign(&CertificateParams::new([name.to_owned()])?)
    }

    /// Issues a certificate that expired at the end of 2020.
    ///
    /// # Errors
    ///
    /// If `name` is neither a host name nor an address.
    pub fn issue_expired(&self, name: &str) -> Result<TestIdentity, BoxError> {
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 12, 31);
        self.sign(&params)
    }

    /// Issues a certificate that becomes valid in the year 4000.
    ///
    /// # Errors
    ///
    /// If `name` is neither a host name nor an address.
    pub fn issue_early(&self, name: &str) -> Result<TestIdentity, BoxError> {
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.not_before = date_time_ymd(4000, 1, 1);
        params.not_after = date_time_ymd(4000, 12, 31);
        self.sign(&params)
    }

    /// Issues a certificate that is marked as that of an authority, for a server that misuses it.
    ///
    /// # Errors
    ///
    /// If `name` is neither a host name nor an address.
    pub fn issue_authority(&self, name: &str) -> Result<TestIdentity, BoxError> {
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        self.sign(&params)
    }

    /// Issues a certificate for a client.
    ///
    /// # Errors
    ///
    /// If `name` is neither a host name nor an address.
    pub fn issue_for_client(&self, name: &str) -> Result<TestIdentity, BoxError> {
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(&params)
    }

    fn sign(&self, params: &CertificateParams) -> Result<TestIdentity, BoxError> {
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(TestIdentity {
            certificate: certificate.der().clone(),
            key: PrivateKeyDer::try_from(key.serialize_der())?,
            pem: certificate.pem() + &key.serialize_pem(),
        })
    }
}

/// A TLS server on loopback that forwards to a server without TLS. Dropping this value ends the TLS
/// server and all of its connections.
#[derive(Debug)]
pub struct TlsFront {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl TlsFront {
    /// Starts accepting TLS connections and forwarding their contents to `upstream`.
    ///
    /// # Errors
    ///
    /// If the identity cannot be used, or if no loopback port is available.
    pub async fn start(identity: TestIdentity, upstream: SocketAddr) -> Result<Self, BoxError> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![identity.certificate], identity.key)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let task = tokio::spawn(async move {
            // Dropping the task also drops this set, which ends the connections.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                // Errors are ignored, because some tests make clients abort.
                connections.spawn(async move {
                    let _ = serve(acceptor, stream, upstream).await;
                });
            }
        });
        Ok(Self { address, task })
    }

    /// Returns the address, `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, upstream: SocketAddr) -> io::Result<()> {
    let mut secure = acceptor.accept(stream).await?;
    let mut plain = TcpStream::connect(upstream).await?;
    tokio::io::copy_bidirectional(&mut secure, &mut plain).await?;
    Ok(())
}
