//! The time limit for making a connection, wherever it stalls.

use std::convert::Infallible;
use std::net::TcpListener;
use std::time::Duration;

use bce_http::connect::{ConnectTimeout, ConnectTimeoutError, Proxy};
use bce_http::layer::{Transport, TransportConfig};
use bce_http::{Body, Endpoint, Error, ErrorKind};
use bce_testing::{FakeProxy, ProxyMode};
use http::{Request, Uri};
use tokio::time::Instant;
use tower::{BoxError, Layer, ServiceExt, service_fn};

const SHORT: Duration = Duration::from_millis(100);

fn transport(endpoint: &str, limit: Duration, proxy: Proxy) -> Transport {
    let mut config = TransportConfig::default();
    config.connect_timeout = limit;
    config.proxy = proxy;
    let endpoint: Endpoint = endpoint.parse().unwrap();
    Transport::new(&endpoint, config).unwrap()
}

async fn send(transport: &Transport, url: &str) -> Error {
    let request = Request::post(url).body(Body::from("{}")).unwrap();
    transport.clone().oneshot(request).await.unwrap_err()
}

/// Starts a server that accepts connections and never sends anything.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test(start_paused = true)]
async fn a_connector_that_stalls_is_ended_after_five_seconds_by_default() {
    let stalled = service_fn(|_: Uri| std::future::pending::<Result<(), Infallible>>());
    let start = Instant::now();
    let error = ConnectTimeout::default()
        .layer(stalled)
        .oneshot(Uri::from_static("http://a"))
        .await
        .unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(5));
    assert_eq!(error.to_string(), "no connection within 5s");
    let error = error.downcast::<ConnectTimeoutError>().unwrap();
    assert_eq!(error.limit(), Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn the_result_of_the_connector_passes_unchanged() {
    let connector = service_fn(|uri: Uri| async move {
        tokio::time::sleep(SHORT / 2).await;
        uri.port_u16().ok_or_else(|| BoxError::from("no port"))
    });
    let limited = ConnectTimeout::new(SHORT).layer(connector);
    let target = Uri::from_static("http://a:7");
    assert_eq!(limited.clone().oneshot(target).await.unwrap(), 7);
    let error = limited.oneshot(Uri::from_static("http://a")).await;
    assert_eq!(error.unwrap_err().to_string(), "no port");
}

#[tokio::test]
async fn a_tls_handshake_that_stalls_is_a_failure_to_connect() {
    let (_listener, url) = silent();
    let error = send(&transport(&url, SHORT, Proxy::none()), &url).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.may_have_been_applied());
    let host = url.trim_start_matches("https://");
    assert_eq!(
        error.to_string(),
        format!("cannot connect to {host}: no connection within 100ms")
    );
}

#[tokio::test]
async fn a_proxy_that_hangs_is_named() {
    let hung = FakeProxy::start(ProxyMode::Hang).await.unwrap();
    let address = hung.address();
    for scheme in ["http", "socks5"] {
        let proxy = Proxy::url(format!("{scheme}://user:hunter2@{address}")).unwrap();
        let error = send(&transport("zoo.test", SHORT, proxy), "https://zoo.test").await;
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert_eq!(
            error.to_string(),
            format!(
                "cannot connect to zoo.test through proxy {address}: no connection within 100ms"
            )
        );
    }
}

#[tokio::test]
async fn the_limit_of_one_transport_does_not_end_the_other() {
    let (_listener, url) = silent();
    let short = transport(&url, SHORT, Proxy::none());
    let long = transport(&url, Duration::from_secs(3600), Proxy::none());
    tokio::select! {
        error = send(&short, &url) => assert_eq!(error.kind(), ErrorKind::Connect),
        error = send(&long, &url) => panic!("{error}"),
    }
}
