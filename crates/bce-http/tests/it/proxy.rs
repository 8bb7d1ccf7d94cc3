//! Requests through proxies over real sockets: what a proxy receives, and the errors for its
//! failures.

use bce_auth::Credentials;
use bce_http::connect::{Proxy, TlsRoots};
use bce_http::layer::{Decode, Sign};
use bce_http::layer::{Transport, TransportConfig};
use bce_http::{Body, Endpoint, Error, ErrorKind};
use bce_testing::{
    ClosedPort, FakeProxy, LogCapture, ProxyMode, RawServer, TestAuthority, TlsFront,
};
use bytes::Bytes;
use http::{Request, Response};
use std::net::SocketAddr;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
/// The `proxy-authorization` header for the user `user` with the password `p@ss`.
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
async fn what_a_proxy_answers_is_in_the_error_with_what_to_do_about_it() {
    for (mode, expected) in [
        (
            ProxyMode::Answer("HTTP/1.1 407 Who are you\r\ncontent-length: 9\r\n\r\nforbidden"),
            "proxy @ responded with 407 Proxy Authentication Required: it refuses the login; check \
             the user and the password in its address",
        ),
        (
            ProxyMode::Answer("HTTP/1.1 403 x\r\n\r\n<html>"),
            "proxy @ responded with 403 Forbidden: it does not allow connections to this host and \
             port; ask its administrator, or exclude the host with NO_PROXY",
        ),
        (
            ProxyMode::Answer("HTTP/1.0 502 x\r\n\r\n"),
            "proxy @ responded with 502 Bad Gateway: it could not reach the host",
        ),
        (
            ProxyMode::Answer("HTTP/1.1 302 x\r\nlocation: http://login/\r\n\r\n"),
            "proxy @ responded with 302 Found: it redirects, perhaps to a page for logging in with \
             a browser",
        ),
        (
            ProxyMode::Answer("HTTP/1.1 405 x\r\n\r\n"),
            "proxy @ responded with 405 Method Not Allowed: it does not open tunnels; is it an HTTP \
             proxy?",
        ),
        (
            ProxyMode::Answer("SSH-2.0-x\r\n\r\n"),
            "proxy @ responded with something other than HTTP; check its address and its port",
        ),
        (
            ProxyMode::Answer("<html>who are you</html>"),
            "proxy @ responded with something other than HTTP; check its address and its port",
        ),
        (
            ProxyMode::Answer("\u{5}\u{0}"),
            "proxy @ speaks SOCKS; use socks5:// instead of http://",
        ),
        (
            ProxyMode::Answer("HTTP/1.1 200 OK\r\n\r\nhello"),
            "proxy @ responded with a page instead of opening a tunnel; it may require a login in \
             a browser, or it may not be a proxy",
        ),
        (
            ProxyMode::Answer("HTTP/1.1 200"),
            "proxy @ closed the connection without responding",
        ),
        (
            ProxyMode::Close,
            "proxy @ closed the connection without responding",
        ),
    ] {
        let proxy = FakeProxy::start(mode).await.unwrap();
        let expected = expected.replace('@', &proxy.address().to_string());
        assert_eq!(
            fail("https://zoo.test", through("http", &proxy)).await,
            format!("cannot connect to zoo.test: {expected}")
        );
        assert_eq!(proxy.requests().len(), 1);
    }
    let wants_login = ProxyMode::Answer("HTTP/1.1 407 x\r\n\r\n");
    let proxy = FakeProxy::start(wants_login).await.unwrap();
    let bare = Proxy::url(proxy.address().to_string()).unwrap();
    let text = fail("https://zoo.test", bare).await;
    assert!(
        text.ends_with("it requires a login; add user:password@ before its host"),
        "{text}"
    );
}

#[tokio::test]
async fn what_speaks_another_protocol_than_http_is_told_while_it_waits() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::url(listener.local_addr().unwrap().to_string()).unwrap();
    let greeting = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await.unwrap();
        // The connection stays open, as if the server were waiting.
        stream
    };
    let (text, _stream) = tokio::join!(fail("https://zoo.test", proxy), greeting);
    assert!(
        text.contains("something other than HTTP; check its address"),
        "{text}"
    );
}

#[tokio::test]
async fn a_tunnel_that_leads_to_no_tls_names_host_and_proxy() {
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mode = ProxyMode::Serve(plain.local_addr().unwrap());
    let proxy = FakeProxy::start(mode).await.unwrap();
    let nginx = async {
        let (mut stream, _) = plain.accept().await.unwrap();
        let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        stream
    };
    let call = fail("https://zoo.test", through("http", &proxy));
    let (text, _stream) = tokio::join!(call, nginx);
    let start = format!(
        "cannot connect to zoo.test through proxy {}: ",
        proxy.address()
    );
    assert!(
        text.starts_with(&start) && text.contains("does not speak TLS"),
        "{text}"
    );
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(64 << 10));
    let proxy = FakeProxy::start(ProxyMode::Answer(long.leak()))
        .await
        .unwrap();
    let text = fail("https://zoo.test", through("http", &proxy)).await;
    assert!(text.contains("something other than HTTP"), "{text}");
}

#[tokio::test]
async fn a_forwarding_proxy_that_wants_another_login_has_sent_nothing_on() {
    for answer in [
        "HTTP/1.1 407 x\r\ncontent-length: 0\r\n\r\n",
        // Even if its page is incomplete.
        "HTTP/1.1 407 x\r\ncontent-length: 900\r\n\r\n<html>",
    ] {
        let proxy = FakeProxy::start(ProxyMode::Answer(answer)).await.unwrap();
        assert_eq!(
            fail("http://zoo.test:81", through("http", &proxy)).await,
            format!(
                "cannot connect to zoo.test:81: proxy {} responded with 407 Proxy Authentication \
                 Required: it refuses the login; check the user and the password in its address",
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
    for (length, expected) in [(255, 1), (256, 0)] {
        let password = "p".repeat(length);
        let socks = Proxy::url(format!("socks5://u:{password}@{}", proxy.address())).unwrap();
        let transport = transport("http://zoo.test", socks, TlsRoots::default()).unwrap();
        let result = send(transport, "http://zoo.test").await;
        assert_eq!(result.is_ok(), expected == 1, "{result:?}");
        let asked = format!("SOCKS5 u:{password} zoo.test:80");
        let found = proxy.requests().iter().filter(|it| **it == asked).count();
        assert_eq!(found, expected);
        if let Err(error) = result {
            let text = error.to_string();
            assert!(
                text.contains("the password of the proxy is longer"),
                "{text}"
            );
            assert!(!text.contains("ppp"), "{text}");
        }
    }
}

#[tokio::test]
async fn proxies_that_were_taken_for_the_other_kind_are_told() {
    let http = FakeProxy::start(ProxyMode::Answer("HTTP/1.1 400 Bad Request\r\n\r\n"));
    let http = http.await.unwrap();
    // Squid responds to unreadable data as soon as there is a line.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socks = format!("socks5://{}", listener.local_addr().unwrap());
    let squid = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        stream
    };
    let call = fail("https://zoo.test", Proxy::url(&socks).unwrap());
    let (text, _stream) = tokio::join!(call, squid);
    assert!(text.contains("it speaks HTTP; use http://"), "{text}");
    let text = fail("https://zoo.test", through("http", &http)).await;
    assert!(
        text.contains("responded with 400 Bad Request: it does not open tunnels"),
        "{text}"
    );
}

#[tokio::test]
async fn a_forwarding_proxy_that_fails_is_named_and_not_the_target() {
    for (mode, expected) in [
        // If the proxy closes it before reading the request, it may also be reset.
        (ProxyMode::Close, "proxy PROXY "),
        (
            ProxyMode::Answer("SSH-2.0-x\r\n\r\n"),
            "proxy PROXY does not speak HTTP but SSH; check the port",
        ),
        (
            ProxyMode::Answer("hello\r\n\r\n"),
            "proxy PROXY responded with something other than HTTP",
        ),
    ] {
        let proxy = FakeProxy::start(mode).await.unwrap();
        let url = "http://zoo.test";
        let transport = transport(url, through("http", &proxy), TlsRoots::default()).unwrap();
        let error = send(transport, url).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        let expected = expected.replace("PROXY", &proxy.address().to_string());
        assert!(!error.to_string().contains("zoo.test"), "{error}");
        assert!(error.to_string().contains(&expected), "{error}");
    }
}

#[tokio::test]
async fn a_page_that_came_through_a_forwarding_proxy_names_it() {
    for (answer, start) in [
        (
            "HTTP/1.1 502 x\r\nserver: squid/5.7\r\ncontent-length: 6\r\n\r\n<html>",
            "502 Bad Gateway: the response is from squid/5.7, not from the service ",
        ),
        (
            "HTTP/1.1 504 x\r\ncontent-length: 0\r\n\r\n",
            "504 Gateway Timeout: the response is from a gateway, not from the service ",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
            "the response cannot be read: it is a web page instead of the API's JSON, ",
        ),
    ] {
        let proxy = FakeProxy::start(ProxyMode::Answer(answer)).await.unwrap();
        let url = "http://zoo.test";
        let transport = transport(url, through("http", &proxy), TlsRoots::default()).unwrap();
        let request = Request::get(url).body(Body::empty()).unwrap();
        let error = Decode::new()
            .layer(transport)
            .oneshot(request)
            .await
            .unwrap_err();
        let text = error.to_string();
        let end = format!(
            "; the request went through proxy {}, which may have sent the response",
            proxy.address()
        );
        assert!(text.starts_with(start) && text.ends_with(&end), "{text}");
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
    // Loopback is an exception by default.
    let direct = transport(&server.url(), environment(""), TlsRoots::default()).unwrap();
    assert_eq!(send(direct, &server.url()).await.unwrap().status(), 200);
    assert_eq!((proxy.requests().len(), server.requests().len()), (1, 2));
    // An explicit proxy also applies to loopback.
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
