//! Requests through proxies over real sockets: what a proxy sees, and what its failures look
//! like.

use bce_auth::Credentials;
use bce_http::connect::{Proxy, TlsRoots};
use bce_http::layer::Sign;
use bce_http::{Body, Endpoint, Error, ErrorKind, Transport, TransportConfig};
use bce_testing::{
    ClosedPort, FakeProxy, LogCapture, ProxyMode, RawServer, TestAuthority, TlsFront,
};
use bytes::Bytes;
use http::{Request, Response};
use std::net::SocketAddr;
use tower::{Layer, ServiceExt};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
/// `user:p@ss`, as the proxy gets it.
const LOGIN: &str = "Basic dXNlcjpwQHNz";

async fn server() -> (RawServer, SocketAddr) {
    let server = RawServer::start(OK.to_vec()).await.unwrap();
    let address = server.url().trim_start_matches("http://").parse().unwrap();
    (server, address)
}

fn through(scheme: &str, proxy: &FakeProxy) -> Proxy {
    Proxy::url(format!("{scheme}://user:p%40ss@{}", proxy.address())).unwrap()
}

fn transport(url: &str, proxy: Proxy, roots: TlsRoots) -> Result<Transport, Error> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let host = rest.split('/').next().unwrap();
    let endpoint: Endpoint = format!("{scheme}://{host}").parse()?;
    let mut config = TransportConfig::default();
    config.proxy = proxy;
    config.tls_roots = roots;
    Transport::new(&endpoint, config)
}

/// Sends a signed request with a session token.
async fn send(transport: Transport, url: &str) -> Result<Response<Bytes>, Error> {
    let credentials = Credentials::session("ak", "sk", "session-token").unwrap();
    let request = Request::post(url).body(Body::from("body-text")).unwrap();
    Sign::new(credentials)
        .layer(transport)
        .oneshot(request)
        .await
}

async fn fail(url: &str, proxy: Proxy) -> String {
    let authority = TestAuthority::new().unwrap();
    let roots = TlsRoots::none().extra_root_pem(authority.pem());
    let error = send(transport(url, proxy, roots).unwrap(), url)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(!error.may_have_been_applied());
    let text = format!("{error} {error:?}");
    assert!(!text.contains("p@ss") && !text.contains("p%40ss"), "{text}");
    error.to_string()
}

#[tokio::test]
async fn a_proxy_of_an_https_target_sees_the_host_and_nothing_of_the_request() {
    let (server, address) = server().await;
    let authority = TestAuthority::new().unwrap();
    let front = TlsFront::start(authority.issue("zoo.test").unwrap(), address)
        .await
        .unwrap();
    for (scheme, expected) in [
        (
            "http",
            format!(
                "CONNECT zoo.test:443 HTTP/1.1\r\nHost: zoo.test:443\r\n\
                 Proxy-Authorization: {LOGIN}\r\n\r\n"
            ),
        ),
        ("socks5", "SOCKS5 user:p@ss zoo.test:443".to_owned()),
        ("socks5h", "SOCKS5 user:p@ss zoo.test:443".to_owned()),
    ] {
        let proxy = FakeProxy::start(ProxyMode::Serve(front.address()))
            .await
            .unwrap();
        let roots = TlsRoots::none().extra_root_pem(authority.pem());
        let url = "https://zoo.test/path?query";
        let transport = transport(url, through(scheme, &proxy), roots).unwrap();
        assert_eq!(send(transport, url).await.unwrap().into_body(), "{}");
        assert_eq!(proxy.requests(), [expected]);
        let received = proxy.received().to_lowercase();
        for secret in ["bce-auth", "session-token", "body-text", "/path"] {
            assert!(!received.contains(secret), "{secret}");
        }
    }
    for request in server.requests() {
        let head = request.head.to_lowercase();
        assert!(head.starts_with("post /path?query http/1.1\r\n"), "{head}");
        assert!(head.contains("authorization: bce-auth-v1/"), "{head}");
        assert!(!head.contains("proxy-"), "{head}");
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_request_to_an_http_target_is_forwarded_with_the_login_each_time() {
    let (server, address) = server().await;
    let proxy = FakeProxy::start(ProxyMode::Serve(address)).await.unwrap();
    let url = "http://zoo.test:7070/path?a=%2F&b";
    let transport = transport(url, through("http", &proxy), TlsRoots::default()).unwrap();
    for _ in 0..2 {
        assert_eq!(send(transport.clone(), url).await.unwrap().status(), 200);
    }
    assert_eq!(proxy.requests().len(), 2);
    for head in proxy.requests() {
        assert!(
            head.starts_with(&format!("POST {url} HTTP/1.1\r\n")),
            "{head}"
        );
        assert!(head.contains("\r\nhost: zoo.test:7070\r\n"), "{head}");
        assert_eq!(head.matches(LOGIN).count(), 1, "{head}");
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn an_http_target_through_socks_is_reached_directly() {
    let (server, address) = server().await;
    let proxy = FakeProxy::start(ProxyMode::Serve(address)).await.unwrap();
    for (url, target, login) in [
        ("http://zoo.test/path", "zoo.test:80", "user:p@ss"),
        ("http://192.0.2.1:81/path", "192.0.2.1:81", "-"),
    ] {
        let socks = if login == "-" {
            Proxy::url(format!("socks5://{}", proxy.address())).unwrap()
        } else {
            through("socks5", &proxy)
        };
        let transport = transport(url, socks, TlsRoots::default()).unwrap();
        assert_eq!(send(transport, url).await.unwrap().status(), 200);
        let asked = proxy.requests().pop().unwrap();
        assert_eq!(asked, format!("SOCKS5 {login} {target}"));
    }
    for request in server.requests() {
        assert!(
            request.head.starts_with("POST /path HTTP/1.1\r\n"),
            "{}",
            request.head
        );
        assert!(!request.head.contains(LOGIN));
    }
}

#[tokio::test]
async fn what_a_proxy_answers_is_in_the_error() {
    for (mode, expected) in [
        (
            ProxyMode::Answer("HTTP/1.1 407 Who are you\r\ncontent-length: 9\r\n\r\nforbidden"),
            "proxy PROXY answered 407 Proxy Authentication Required",
        ),
        (
            ProxyMode::Answer("HTTP/1.0 502 x\r\n\r\n"),
            "proxy PROXY answered 502 Bad Gateway",
        ),
        (
            ProxyMode::Answer("HTTP/1.1 302 x\r\nlocation: http://login/\r\n\r\n"),
            "proxy PROXY answered 302 Found",
        ),
        (
            ProxyMode::Answer("SSH-2.0-x\r\n\r\n"),
            "proxy PROXY answered with something that is not HTTP",
        ),
        (
            ProxyMode::Answer("HTTP/1.1 200 OK\r\n\r\nhello"),
            "proxy PROXY answered with something that is not HTTP",
        ),
        (
            ProxyMode::Answer("HTTP/1.1 200"),
            "proxy PROXY closed the connection",
        ),
        (ProxyMode::Close, "proxy PROXY closed the connection"),
    ] {
        let proxy = FakeProxy::start(mode).await.unwrap();
        let expected = expected.replace("PROXY", &proxy.address().to_string());
        assert_eq!(
            fail("https://zoo.test", through("http", &proxy)).await,
            format!("cannot connect to zoo.test: {expected}")
        );
        assert_eq!(proxy.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(64 << 10));
    let proxy = FakeProxy::start(ProxyMode::Answer(long.leak()))
        .await
        .unwrap();
    let text = fail("https://zoo.test", through("http", &proxy)).await;
    assert!(text.contains("not HTTP"), "{text}");
}

#[tokio::test]
async fn a_forwarding_proxy_that_wants_another_login_has_sent_nothing_on() {
    for answer in [
        "HTTP/1.1 407 x\r\ncontent-length: 0\r\n\r\n",
        // Also when its page breaks off.
        "HTTP/1.1 407 x\r\ncontent-length: 900\r\n\r\n<html>",
    ] {
        let proxy = FakeProxy::start(ProxyMode::Answer(answer)).await.unwrap();
        assert_eq!(
            fail("http://zoo.test:81", through("http", &proxy)).await,
            format!(
                "cannot connect to zoo.test:81: proxy {} answered 407 Proxy Authentication Required",
                proxy.address()
            )
        );
    }
}

#[tokio::test]
async fn a_407_of_the_service_itself_stays_an_answer() {
    let answer = b"HTTP/1.1 407 x\r\ncontent-length: 0\r\n\r\n";
    let server = RawServer::start(answer.to_vec()).await.unwrap();
    let transport = transport(&server.url(), Proxy::none(), TlsRoots::default()).unwrap();
    assert_eq!(send(transport, &server.url()).await.unwrap().status(), 407);
}

#[tokio::test]
async fn a_socks_proxy_that_refuses_is_named() {
    let proxy = FakeProxy::start(ProxyMode::RefuseSocks(5)).await.unwrap();
    let text = fail("https://zoo.test", through("socks5", &proxy)).await;
    let address = proxy.address();
    let start =
        format!("cannot connect to zoo.test: no connection through SOCKS proxy {address}: ");
    assert!(text.starts_with(&start), "{text}");
    assert!(text.to_lowercase().contains("refused"), "{text}");
}

#[tokio::test]
async fn a_socks_login_is_sent_whole_or_not_at_all() {
    let (_server, upstream) = server().await;
    let proxy = FakeProxy::start(ProxyMode::Serve(upstream)).await.unwrap();
    // "zoo.test" and the user have 9 bytes.
    for (length, expected) in [(240, 1), (241, 0)] {
        let password = "p".repeat(length);
        let socks = Proxy::url(format!("socks5://u:{password}@{}", proxy.address())).unwrap();
        let transport = transport("http://zoo.test", socks, TlsRoots::default()).unwrap();
        let result = send(transport, "http://zoo.test").await;
        assert_eq!(result.is_ok(), expected == 1, "{result:?}");
        let asked = format!("SOCKS5 u:{password} zoo.test:80");
        let found = proxy.requests().iter().filter(|it| **it == asked).count();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_dead_proxy_is_named() {
    let port = ClosedPort::take().unwrap();
    let address = port.address();
    for (scheme, target) in [
        ("http", "https://zoo.test"),
        ("http", "http://zoo.test"),
        ("socks5", "https://zoo.test"),
    ] {
        let proxy = Proxy::url(format!("{scheme}://user:p%40ss@{address}")).unwrap();
        let text = fail(target, proxy).await;
        let start = format!("cannot connect to zoo.test: cannot connect to proxy {address}: ");
        assert!(text.starts_with(&start), "{text}");
        assert!(text.to_lowercase().contains("refused"), "{text}");
    }
}

#[tokio::test]
async fn the_environment_names_the_proxy_and_the_exceptions() {
    let (server, address) = server().await;
    let proxy = FakeProxy::start(ProxyMode::Serve(address)).await.unwrap();
    let environment = |no_proxy: &'static str| {
        let http_proxy = proxy.address().to_string();
        Proxy::from_lookup(move |name| match name {
            "HTTP_PROXY" => Some(http_proxy.clone().into()),
            "NO_PROXY" => Some(no_proxy.into()),
            _ => None,
        })
    };
    let url = "http://zoo.test/";
    let proxied = transport(url, environment("other.test,*.corp"), TlsRoots::default()).unwrap();
    assert_eq!(send(proxied, url).await.unwrap().status(), 200);
    assert_eq!(proxy.requests().len(), 1);
    // Loopback is an exception by itself.
    let direct = transport(&server.url(), environment(""), TlsRoots::default()).unwrap();
    assert_eq!(send(direct, &server.url()).await.unwrap().status(), 200);
    assert_eq!((proxy.requests().len(), server.requests().len()), (1, 2));
    // Written out, the proxy holds for loopback too.
    let proxied = transport(&server.url(), through("http", &proxy), TlsRoots::default()).unwrap();
    assert_eq!(send(proxied, &server.url()).await.unwrap().status(), 200);
    assert_eq!(proxy.requests().len(), 2);
}

#[test]
fn a_wrong_variable_is_named_when_the_transport_is_built() {
    let environment = |name: &str| match name {
        "https_proxy" => Some("https://user:p%40ss@proxy".into()),
        _ => None,
    };
    let build = |url| transport(url, Proxy::from_lookup(environment), TlsRoots::default());
    let error = build("https://zoo.test").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("https_proxy"), "{error}");
    assert!(
        !format!("{error} {error:?}").contains("p%40ss"),
        "{error:?}"
    );
    assert!(build("http://zoo.test").is_ok());
}

#[tokio::test]
async fn the_login_is_in_no_trace_and_no_debug_output() {
    let (_server, address) = server().await;
    let serving = FakeProxy::start(ProxyMode::Serve(address)).await.unwrap();
    let refusing = FakeProxy::start(ProxyMode::Answer("HTTP/1.1 407 x\r\n\r\n"))
        .await
        .unwrap();
    let logs = LogCapture::start();
    let mut text = String::new();
    for (proxy, url) in [
        (through("http", &serving), "http://zoo.test"),
        (through("socks5", &serving), "http://zoo.test"),
        (through("http", &refusing), "https://zoo.test"),
    ] {
        let authority = TestAuthority::new().unwrap();
        let mut config = TransportConfig::default();
        config.proxy = proxy.clone();
        let roots = TlsRoots::none().extra_root_pem(authority.pem());
        let transport = transport(url, proxy.clone(), roots).unwrap();
        text += &format!("{proxy:?} {config:?} {transport:?}");
        text += &format!(
            "{:?}",
            send(transport, url).await.map(|reply| reply.status())
        );
    }
    assert!(logs.text().contains("connect"), "nothing was captured");
    text += &logs.text();
    for secret in ["p@ss", "p%40ss", LOGIN, "dXNlcjpwQHNz", "session-token"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
