//! Permanent and transient failures to connect.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bce_auth::Credentials;
use bce_http::connect::{Proxy, Resolver, TlsRoots};
use bce_http::rt::Call;
use bce_http::{ClientBuilder, Error, ErrorKind, RetryPolicy};
use bce_testing::{FakeProxy, ProxyMode, RawServer, TestAuthority, TestIdentity, TlsFront};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::common::{Animal, FEED, Zoo};

/// The number of attempts of a call that fails every time with a transient error: all attempts that
/// its policy allows.
const ALL: u32 = 4;

fn builder(endpoint: &str) -> ClientBuilder<Zoo> {
    ClientBuilder::new()
        .endpoint(endpoint)
        .credentials(Credentials::new("ak", "sk").unwrap())
        .proxy(Proxy::none())
        .tls_roots(TlsRoots::none().extra_root_pem(TestAuthority::new().unwrap().pem()))
        .retry(
            RetryPolicy::exponential()
                .max_retries(ALL - 1)
                .base(Duration::from_millis(1))
                .max_delay(Duration::from_millis(1)),
        )
}

/// Makes a call that cannot connect, and checks the number of its attempts. Returns its error.
async fn fails(builder: ClientBuilder<Zoo>, attempts: u32) -> Error {
    let client = builder.build().unwrap().0;
    let error = Call::new(&client, &FEED).send::<Animal>().await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert_eq!(error.attempts(), attempts, "{error}");
    assert_eq!(error.is_retryable(), attempts == ALL, "{error}");
    assert!(!error.may_have_been_applied(), "{error}");
    error
}

#[tokio::test]
async fn a_proxy_that_turns_the_login_or_the_target_away_is_asked_once() {
    const ANSWERS: [(&str, u32); 6] = [
        ("HTTP/1.1 407 x\r\ncontent-length: 0\r\n\r\n", 1),
        ("HTTP/1.1 401 x\r\ncontent-length: 0\r\n\r\n", 1),
        ("HTTP/1.1 403 x\r\ncontent-length: 0\r\n\r\n", 1),
        ("HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n", ALL),
        ("HTTP/1.1 503 x\r\ncontent-length: 0\r\n\r\n", ALL),
        ("SSH-2.0-x\r\n\r\n", ALL),
    ];
    for (answer, attempts) in ANSWERS {
        let proxy = FakeProxy::start(ProxyMode::Answer(answer)).await.unwrap();
        let through = Proxy::url(format!("http://user:wrong@{}", proxy.address())).unwrap();
        fails(builder("https://zoo.test").proxy(through), attempts).await;
        assert_eq!(proxy.requests().len(), attempts as usize, "{answer}");
    }
}

#[tokio::test]
async fn a_forwarding_proxy_that_wants_another_login_is_asked_once() {
    let answer = "HTTP/1.1 407 x\r\ncontent-length: 0\r\n\r\n";
    let proxy = FakeProxy::start(ProxyMode::Answer(answer)).await.unwrap();
    let through = Proxy::url(format!("http://user:wrong@{}", proxy.address())).unwrap();
    let error = fails(builder("http://zoo.test").proxy(through), 1).await;
    assert!(error.to_string().contains("responded with 407"), "{error}");
    assert_eq!(proxy.requests().len(), 1);
}

#[tokio::test]
async fn a_socks_proxy_that_turns_the_login_or_the_target_away_is_asked_once() {
    for (mode, login, attempts, text) in [
        (
            ProxyMode::RefuseLogin,
            "user:wrong@",
            1,
            "it refuses the login",
        ),
        (ProxyMode::RefuseLogin, "", 1, "it requires a login"),
        (ProxyMode::RefuseSocks(2), "", 1, "its rules do not allow"),
        (ProxyMode::RefuseSocks(1), "", ALL, "it failed"),
        (
            ProxyMode::RefuseSocks(4),
            "",
            ALL,
            "cannot be reached from it",
        ),
        (ProxyMode::RefuseSocks(5), "", ALL, "the host refused"),
        (ProxyMode::Close, "", ALL, "closed the connection"),
    ] {
        let proxy = FakeProxy::start(mode).await.unwrap();
        let through = Proxy::url(format!("socks5://{login}{}", proxy.address())).unwrap();
        let error = fails(builder("https://zoo.test").proxy(through), attempts).await;
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(proxy.requests().len(), attempts as usize, "{mode:?}");
    }
}

/// Makes a call to a server that presents this certificate.
async fn shown(authority: &TestAuthority, identity: TestIdentity, attempts: u32) -> Error {
    let upstream = RawServer::start(Vec::new()).await.unwrap();
    let address = upstream.url().trim_start_matches("http://").parse();
    let front = TlsFront::start(identity, address.unwrap()).await.unwrap();
    let roots = TlsRoots::none().extra_root_pem(authority.pem());
    let endpoint = format!("https://{}", front.address());
    let error = fails(builder(&endpoint).tls_roots(roots), attempts).await;
    assert!(upstream.requests().is_empty());
    error
}

#[tokio::test]
async fn a_certificate_is_refused_once() {
    let authority = TestAuthority::new().unwrap();
    let stranger = TestAuthority::new().unwrap();
    for identity in [
        stranger.issue("127.0.0.1"),
        authority.issue_expired("127.0.0.1"),
        authority.issue("other.test"),
    ] {
        let error = shown(&authority, identity.unwrap(), 1).await;
        assert!(error.to_string().contains("the certificate "), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_may_be_starting() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let server = async {
        // Kept open until the client gives up, because a reset could overtake the response.
        let mut streams = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            streams.push(stream);
        }
    };
    let error = tokio::select! {
        error = fails(builder(&endpoint), ALL) => error,
        () = server => unreachable!(),
    };
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_looked_up_once() {
    for (kind, attempts) in [
        (io::ErrorKind::NotFound, 1),
        (io::ErrorKind::TimedOut, ALL),
        (io::ErrorKind::Other, ALL),
    ] {
        let lookups = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&lookups);
        let resolver = Resolver::lookup(move |name| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move { Err::<[_; 0], _>(io::Error::new(kind, format!("{name} says no"))) }
        });
        let direct = builder("https://zoo.test").resolver(resolver.clone());
        let error = fails(direct, attempts).await;
        assert!(error.to_string().contains("zoo.test says no"), "{error}");
        let through = Proxy::url("http://proxy.test:3128").unwrap();
        let proxied = builder("https://zoo.test")
            .resolver(resolver)
            .proxy(through);
        let error = fails(proxied, attempts).await;
        assert!(
            error
                .to_string()
                .contains("cannot connect to proxy proxy.test:3128: proxy.test says no"),
            "{error}"
        );
        assert_eq!(lookups.load(Ordering::Relaxed), 2 * attempts as usize);
    }
}

#[tokio::test]
async fn the_resolver_of_the_system_denies_a_name_once() {
    // An empty label, which is refused without asking a server.
    let through = Proxy::url("http://a..b:3128").unwrap();
    let error = fails(builder("https://zoo.test").proxy(through), 1).await;
    assert!(error.to_string().contains("lookup"), "{error}");
}
