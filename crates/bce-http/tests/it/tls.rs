//! The servers that a client trusts, and the errors for other servers.

use bce_http::connect::{Proxy, TlsRoots};
use bce_http::layer::{Transport, TransportConfig};
use bce_http::{Body, Endpoint, Error, ErrorKind};
use bce_testing::{RawServer, TestAuthority, TestIdentity, TlsFront};
use bytes::Bytes;
use http::{Request, Response};
use rustls::crypto::CryptoProvider;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
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

/// Calls a server that presents this certificate. Returns the result, and the number of requests to
/// the server.
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
            "the certificate is not trusted: unknown issuer; trust its authority: ",
        ),
        (
            authority.issue_expired("127.0.0.1"),
            "the certificate has expired: it ended on 2020-12-31, and here it is 2",
        ),
        (
            authority.issue_early("127.0.0.1"),
            "the certificate is not valid yet: it begins on 4000-01-01, and here it is 2",
        ),
        (
            authority.issue("other.test"),
            "the certificate is for another name: it has other.test, and not 127.0.0.1; check",
        ),
        (
            authority.issue_authority("127.0.0.1"),
            "the server presents the certificate of an authority (CA:TRUE) as its own; have another",
        ),
        (
            authority.issue_for_client("127.0.0.1"),
            "the certificate is for clients only (its extended key usage); have another",
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
        // Kept open until the client gives up, because a reset could overtake the response.
        stream
    };
    let roots = trusting(&TestAuthority::new().unwrap());
    let request = Request::get(&url).body(Body::empty()).unwrap();
    let call = transport(&url, roots).unwrap().oneshot(request);
    let (result, _stream) = tokio::join!(call, server);
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let text = error.to_string();
    assert!(text.contains(": the server does not speak TLS; "), "{text}");
}

/// Returns the error for a TLS server that responds to the client's hello with these bytes, which
/// may be none, and closes the connection.
async fn greeted(answer: &[u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 4096];
        assert!(stream.read(&mut hello).await.unwrap() > 0);
        stream.write_all(answer).await.unwrap();
        stream.shutdown().await.unwrap();
        stream
    };
    let roots = trusting(&TestAuthority::new().unwrap());
    let request = Request::get(&url).body(Body::empty()).unwrap();
    let call = transport(&url, roots).unwrap().oneshot(request);
    let (result, _stream) = tokio::join!(call, server);
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    error.to_string()
}

#[tokio::test]
async fn a_server_that_breaks_the_handshake_off_is_told_in_words() {
    for (alert, expected) in [
        (40, "the server refuses the TLS handshake: usually "),
        (42, "the server asks for a client certificate, "),
        (70, "the server speaks neither TLS 1.2 nor TLS 1.3; "),
        (
            80,
            "the server failed during the TLS handshake; try again later, ",
        ),
        (112, "the server there does not know a host of this name; "),
        (116, "the server asks for a client certificate, "),
        (255, "the server refuses the TLS handshake (alert 255); "),
    ] {
        let text = greeted(&[21, 3, 3, 0, 2, 2, alert]).await;
        let (_, reason) = text.split_once(": ").unwrap();
        assert!(reason.starts_with(expected), "{text}");
    }
    for (answer, expected) in [
        (
            &b""[..],
            "the connection was closed during the TLS handshake; check",
        ),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n",
            "the server does not speak TLS; check",
        ),
        (
            b"\x16\x03\x03",
            "the connection was closed during the TLS handshake; check",
        ),
    ] {
        let text = greeted(answer).await;
        assert!(text.contains(expected), "{text}");
    }
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
        error.to_string().contains("contains no certificate"),
        "{error}"
    );
}
