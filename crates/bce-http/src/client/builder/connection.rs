//! Settings of a client's connections. With a custom transport, they have no effect.

use std::time::Duration;

use super::ClientBuilder;
use crate::client::ServiceClient;
use crate::connect::{Proxy, Resolver, TlsRoots};

impl<C: ServiceClient> ClientBuilder<C> {
    /// Sets the time limit for making a connection: TCP, proxy and TLS together.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.connect_timeout(Duration::from_secs(2));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.transport.connect_timeout = timeout;
        self
    }

    /// Sets how connections are proxied: as configured in the environment (default), through one
    /// proxy, or not at all.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::Proxy;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.proxy(Proxy::none());
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.transport.proxy = proxy;
        self
    }

    /// Sets the resolver for the host names of the endpoint and of a proxy.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::Resolver;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.resolver(Resolver::system());
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn resolver(mut self, resolver: Resolver) -> Self {
        self.transport.resolver = resolver;
        self
    }

    /// Sets the root certificates that server certificates are verified against.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::TlsRoots;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.tls_roots(TlsRoots::platform());
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn tls_roots(mut self, roots: TlsRoots) -> Self {
        self.transport.tls_roots = roots;
        self
    }

    /// Sets the maximum number of idle connections per host that are kept for reuse.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.pool_max_idle_per_host(8);
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn pool_max_idle_per_host(mut self, max: usize) -> Self {
        self.transport.pool_max_idle_per_host = max;
        self
    }

    /// Sets the time without traffic after which the operating system probes a connection; `None`
    /// means never.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.tcp_keepalive(Some(Duration::from_secs(30)));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn tcp_keepalive(mut self, after: Option<Duration>) -> Self {
        self.transport.tcp_keepalive = after;
        self
    }

    /// Sets how long sent bytes may stay unacknowledged by the peer's TCP before the connection
    /// counts as lost; `None` leaves it to the operating system. Has an effect only on Linux and
    /// related systems.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.tcp_user_timeout(Some(Duration::from_secs(60)));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn tcp_user_timeout(mut self, limit: Option<Duration>) -> Self {
        self.transport.tcp_user_timeout = limit;
        self
    }

    /// Sets how long an idle connection is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.pool_idle_timeout(Duration::from_secs(10));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.transport.pool_idle_timeout = timeout;
        self
    }

    /// Sets the maximum size of a response body, in bytes. A larger body is an error.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.max_response_bytes(1 << 20);
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.transport.max_response_bytes = bytes;
        self
    }
}
