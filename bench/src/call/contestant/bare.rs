//! The client of hyper-util without anything around it. It is one of the clients that
//! `cargo xtask bench call` compares.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{PAGE_SIZE, Result};

pub(super) type Http = Client<HttpConnector, Empty<Bytes>>;

/// A client that lists dev instances with hyper-util alone.
#[derive(Clone)]
pub(crate) struct Bare {
    http: Http,
    endpoint: String,
}

impl Bare {
    pub(super) fn new(endpoint: &str) -> Self {
        Self {
            http: http(),
            endpoint: endpoint.to_owned(),
        }
    }

    pub(super) async fn bytes(&self) -> Result<Bytes> {
        let response = self.http.request(request(&self.endpoint)?).await?;
        Ok(response.into_body().collect().await?.to_bytes())
    }
}

/// Returns a client of hyper-util that has the same connection and pool settings as our client.
pub(super) fn http() -> Http {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(Duration::from_secs(5)));
    tcp.set_keepalive(Some(Duration::from_secs(10)));
    tcp.set_keepalive_interval(Some(Duration::from_secs(5)));
    tcp.set_keepalive_retries(Some(2));
    #[cfg(target_os = "linux")]
    tcp.set_tcp_user_timeout(Some(Duration::from_secs(20)));
    Client::builder(TokioExecutor::new())
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_timer(TokioTimer::new())
        .build(tcp)
}

/// Returns the URL of the request that lists dev instances.
pub(super) fn url(endpoint: &str) -> String {
    format!("{endpoint}/?action=DescribeDevInstances&pageNumber=1&pageSize={PAGE_SIZE}")
}

/// Returns a request like the one with which our client lists dev instances, but without the
/// signature and the request id.
pub(super) fn request(endpoint: &str) -> Result<Request<Empty<Bytes>>> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = Uri::try_from(url(endpoint))?;
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, HeaderValue::from_static("bench/0.1.0 (linux)"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("version", HeaderValue::from_static("v2"));
    Ok(request)
}
