//! Host names with several addresses, and connections that are not made in time.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use bce_auth::Credentials;
use bce_http::connect::{Proxy, Resolver, TlsRoots};
use bce_http::rt::Call;
use bce_http::{ClientBuilder, ErrorKind, RetryPolicy};
use bce_testing::{DeafPort, FakeProxy, ProxyMode, RawServer, TestAuthority};

use crate::common::{Animal, FEED, Zoo};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{\"name\":\"ape\"}";
const LIMIT: Duration = Duration::from_millis(600);
/// A time limit that does not pass during a test.
const NEVER: Duration = Duration::from_secs(3600);

fn builder(endpoint: &str) -> ClientBuilder<Zoo> {
    ClientBuilder::new()
        .endpoint(endpoint)
        .credentials(Credentials::new("ak", "sk").unwrap())
        .proxy(Proxy::none())
}

/// Returns a resolver that resolves every name to these addresses. Their ports are used if the URI
/// has no port.
fn resolver(addresses: &[SocketAddr]) -> Resolver {
    let addresses = addresses.to_vec();
    Resolver::lookup(move |_| {
        let addresses = addresses.clone();
        async move { Ok(addresses) }
    })
}

#[tokio::test]
async fn an_address_that_does_not_answer_leaves_the_others_their_share_of_the_limit() {
    let deaf = DeafPort::take().await.unwrap();
    let server = RawServer::start(OK.to_vec()).await.unwrap();
    let good: SocketAddr = server.url().trim_start_matches("http://").parse().unwrap();
    for addresses in [
        &[deaf.address(), good][..],
        &[deaf.address(), deaf.address(), good],
        &[good, deaf.address()],
    ] {
        let client = builder("http://zoo.test")
            .resolver(resolver(addresses))
            .connect_timeout(LIMIT)
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let found: Animal = Call::new(&client.0, &FEED).send().await.unwrap();
        assert_eq!(found.name, "ape");
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn without_an_address_that_answers_the_limit_ends_the_attempt() {
    let deaf = DeafPort::take().await.unwrap();
    for addresses in [&[deaf.address()][..], &[deaf.address(), deaf.address()]] {
        let client = builder("http://zoo.test")
            .resolver(resolver(addresses))
            .connect_timeout(LIMIT)
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let error = Call::new(&client.0, &FEED).send::<Animal>().await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(
            error
                .to_string()
                .contains("cannot connect to zoo.test: no connection within 600ms"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_name_that_is_not_resolved_in_time_is_what_the_error_tells() {
    let stalled =
        || Resolver::lookup(|_| std::future::pending::<std::io::Result<[SocketAddr; 0]>>());
    let failure = |proxy: Proxy, resolver: Resolver| async move {
        let client = builder("http://zoo.test")
            .proxy(proxy)
            .resolver(resolver)
            .connect_timeout(LIMIT / 3)
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let error = Call::new(&client.0, &FEED).send::<Animal>().await;
        error.unwrap_err().to_string()
    };
    let advice = "no connection within 200ms, as the name was not resolved; check the DNS servers";
    let error = failure(Proxy::none(), stalled()).await;
    assert!(error.contains(&format!("zoo.test: {advice}")), "{error}");
    let proxy = Proxy::url("http://proxy.test:3128").unwrap();
    let error = failure(proxy, stalled()).await;
    let expected = format!("zoo.test through proxy proxy.test:3128: {advice}");
    assert!(error.contains(&expected), "{error}");
    // The name was resolved, and the address does not respond.
    let deaf = DeafPort::take().await.unwrap();
    let error = failure(Proxy::none(), resolver(&[deaf.address()])).await;
    assert!(error.contains("within 200ms (1 attempt"), "{error}");
}

#[tokio::test]
async fn a_call_that_ends_while_it_connects_was_not_made() {
    let deaf = DeafPort::take().await.unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let tls = format!("https://{}", silent.local_addr().unwrap());
    let hung = FakeProxy::start(ProxyMode::Hang).await.unwrap();
    let authority = TestAuthority::new().unwrap();
    let tcp = format!("http://{}", deaf.address());
    let name = "http://zoo.test".to_owned();
    for (stall, endpoint, proxy) in [
        ("name", name, Proxy::none()),
        ("tcp", tcp, Proxy::none()),
        ("tls", tls, Proxy::none()),
        ("connect", "https://zoo.test".to_owned(), {
            Proxy::url(format!("http://{}", hung.address())).unwrap()
        }),
        ("socks", "http://zoo.test".to_owned(), {
            Proxy::url(format!("socks5://{}", hung.address())).unwrap()
        }),
    ] {
        let stalled = || {
            let roots = TlsRoots::none().extra_root_pem(authority.pem());
            builder(&endpoint)
                .proxy(proxy.clone())
                .tls_roots(roots)
                .connect_timeout(NEVER)
                .resolver(Resolver::lookup(|_| {
                    std::future::pending::<std::io::Result<[SocketAddr; 0]>>()
                }))
        };
        for (limit, client) in [
            ("call", stalled().total_timeout(LIMIT / 3)),
            (
                "attempt",
                stalled()
                    .attempt_timeout(LIMIT / 3)
                    .retry(RetryPolicy::none()),
            ),
        ] {
            let started = Instant::now();
            let client = client.build().unwrap();
            let error = Call::new(&client.0, &FEED).send::<Animal>().await;
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Timeout, "{stall} {limit}: {error}");
            assert!(!error.may_have_been_applied(), "{stall} {limit}: {error}");
            assert_eq!(error.attempts(), 1, "{stall} {limit}: {error}");
            let stage = "within 200ms; the latest request was still waiting for a connection";
            assert!(
                error.to_string().contains(stage),
                "{stall} {limit}: {error}"
            );
            assert!(started.elapsed() < Duration::from_secs(5));
        }
    }
}
