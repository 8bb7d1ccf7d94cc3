//! Connecting: the address, the proxy, certificate verification and the time limit.
//!
//! Each part is a connector around another one (a [`Service`](tower_service::Service) from a URI to
//! a stream), so any HTTP client can use a single part. For example, the client of `hyper-util`
//! with one time limit for name resolution, TCP and proxy together:
//!
//! ```
//! use bce_http::connect::{ConnectTimeout, Proxy, ProxyConnector};
//! use hyper_util::client::legacy::{Client, connect::HttpConnector};
//! use hyper_util::rt::TokioExecutor;
//! use std::time::Duration;
//! use tower::Layer;
//!
//! # fn main() -> Result<(), bce_http::Error> {
//! let mut tcp = HttpConnector::new();
//! tcp.enforce_http(false);
//! let proxied = ProxyConnector::new(tcp, Proxy::url("127.0.0.1:8080")?);
//! let connector = ConnectTimeout::new(Duration::from_secs(2)).layer(proxied);
//! let client: Client<_, String> = Client::builder(TokioExecutor::new()).build(connector);
//! # drop(client);
//! # Ok(())
//! # }
//! ```
//!
//! [`Transport`](crate::layer::Transport) combines the parts, outermost first: connect timeout,
//! TLS, proxy, TCP. If one of them fails, no part of the request was sent. The time limit for
//! connecting is divided among the addresses of a host name, which a [`Resolver`] finds.

mod proxy;
mod resolver;
mod timeout;
mod tls;

pub use self::proxy::{Proxy, ProxyConnector, ProxyError, ProxyStream};
pub(crate) use self::resolver::ResolverService;
pub use self::resolver::{Resolver, UnknownHostError};
pub use self::timeout::{
    ConnectTimeout, ConnectTimeoutError, ConnectTimeoutFuture, ConnectTimeoutService,
};
pub use self::tls::TlsRoots;
pub(crate) use self::tls::{TlsFailure, client_config};
