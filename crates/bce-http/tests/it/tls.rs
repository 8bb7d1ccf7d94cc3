//! Whom a client trusts, and what it says when it does not.

use bce_http::connect::{Proxy, TlsRoots};
use bce_http::{Body, Endpoint, Error, ErrorKind, Transport, TransportConfig};
use bce_testing::{RawServer, TestAuthority, TestIdentity, TlsFront};
use bytes::Bytes;
use http::{Request, Response};
use rustls::crypto::CryptoProvider;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tower::ServiceExt;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn transport(endpoint: &str, roots: TlsRoots) -> Result<Transport, Error> {
    let endpoint: Endpoint = endpoint.parse()?;
    let mut config = TransportConfig::default();
    config.proxy = Proxy::none();
    config.tls_roots = roots;
    Transport::new(&endpoint, config)
}

fn trusting(authority: &TestAuthority) -> TlsRoots {
    TlsRoots::none().extra_root_pem(authority.pem())
}

/// Calls a server that shows this certificate; the number is that of the requests it got.
async fn call(identity: TestIdentity, roots: TlsRoots) -> (Result<Response<Bytes>, Error>, usize) {
    let server = RawServer::start(OK.to_vec()).await.unwrap();
    let upstream = server.url().trim_start_matches("http://").parse().unwrap();
    let front = TlsFront::start(identity, upstream).await.unwrap();
    let url = format!("https://{}", front.address());
    let request = Request::get(&url).body(Body::empty()).unwrap();
    let result = transport(&url, roots).unwrap().oneshot(request).await;
    (result, server.requests().len())
}

#[tokio::test]
async fn an_extra_root_is_trusted_and_no_provider_becomes_the_process_default() {
    let authority = TestAuthority::new().unwrap();
    for roots in [
        trusting(&authority),
        TlsRoots::none()
            .extra_root_pem(TestAuthority::new().unwrap().pem())
            .extra_root_pem(authority.pem()),
    ] {
        let (result, requests) = call(authority.issue("127.0.0.1").unwrap(), roots).await;
        assert_eq!(result.unwrap().into_body(), "{}");
        assert_eq!(requests, 1);
    }
    assert!(CryptoProvider::get_default().is_none());
}

#[tokio::test]
async fn an_extra_root_adds_to_those_of_the_platform() {
    let authority = TestAuthority::new().unwrap();
    let roots = TlsRoots::platform().extra_root_pem(authority.pem());
    let (result, _) = call(authority.issue("127.0.0.1").unwrap(), roots).await;
    assert_eq!(result.unwrap().into_body(), "{}");
}

#[tokio::test]
async fn a_bad_certificate_is_a_failure_to_connect_that_says_why() {
    let authority = TestAuthority::new().unwrap();
    let stranger = TestAuthority::new().unwrap();
    for (identity, reason) in [
        (
            stranger.issue("127.0.0.1"),
            "the certificate is not trusted: unknown issuer",
        ),
        (
            authority.issue_expired("127.0.0.1"),
            "the certificate has expired",
        ),
        (
            authority.issue("other.test"),
            "the certificate is for another name: ",
        ),
    ] {
        let (result, requests) = call(identity.unwrap(), trusting(&authority)).await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(!error.may_have_been_applied());
        let text = error.to_string();
        assert!(text.starts_with("cannot connect to 127.0.0.1:"), "{text}");
        assert!(text.contains(reason), "{text}");
        assert_eq!(requests, 0, "{reason}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_a_failure_to_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        // Open until the client gives up: a reset could overtake the answer.
        stream
    };
    let roots = trusting(&TestAuthority::new().unwrap());
    let request = Request::get(&url).body(Body::empty()).unwrap();
    let call = transport(&url, roots).unwrap().oneshot(request);
    let (result, _stream) = tokio::join!(call, server);
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("TLS failed: "), "{error}");
}

#[test]
fn without_roots_only_plain_http_can_be_used() {
    let error = transport("https://zoo.test", TlsRoots::none()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().contains("no root certificates"),
        "{error}"
    );
    assert!(transport("http://zoo.test", TlsRoots::none()).is_ok());
}

#[test]
fn a_pem_without_a_certificate_is_refused_when_the_transport_is_built() {
    let roots = TlsRoots::platform().extra_root_pem("not a certificate");
    let error = transport("https://zoo.test", roots).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().contains("holds no certificate"),
        "{error}"
    );
}
