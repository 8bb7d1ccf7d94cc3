//! A connector that uses a proxy if one is configured for the target.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, Write};
use tower_service::Service;

use super::error::{Problem, ProxyError};
use super::server::{Protocol, Server};
use super::stream::ProxyStream;
use super::{Proxy, socks, tunnel};
use crate::error::BoxError;

/// A connector that connects to a target, directly or through a [`Proxy`], using an inner connector
/// for TCP.
///
/// TLS is added around this connector, so data for an https target is already encrypted when it
/// reaches the proxy. If an HTTP proxy forwards a request to an http target, the request needs the
/// header that [`Proxy::authorization`] returns, if any.
///
/// The error is a [`ProxyError`] or the error of the inner connector; or an
/// [`Error`](crate::Error), if the environment variable with the address of the proxy contains no
/// usable address.
#[derive(Clone, Debug)]
pub struct ProxyConnector<C> {
    inner: C,
    proxy: Proxy,
}

impl<C> ProxyConnector<C> {
    /// Creates a connector that uses `inner`, which must make a TCP connection to the host and the
    /// port of a URI, whether its scheme is http or https.
    pub const fn new(inner: C, proxy: Proxy) -> Self {
        Self { inner, proxy }
    }
}

impl<C> Service<Uri> for ProxyConnector<C>
where
    C: Service<Uri>,
    C::Response: Read + Write + Unpin + Send + 'static,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = ProxyStream<C::Response>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        match self.proxy.server_for(&target) {
            Err(error) => Box::pin(std::future::ready(Err(error.into()))),
            Ok(None) => {
                let connecting = self.inner.call(target);
                Box::pin(async move {
                    let stream = connecting.await.map_err(Into::into)?;
                    Ok(ProxyStream::to_target(stream))
                })
            }
            Ok(Some(server)) => {
                let server = server.clone();
                let connecting = self.inner.call(server.uri());
                Box::pin(async move {
                    connect_through(&server, connecting, &target)
                        .await
                        .map_err(|problem| ProxyError::new(&server, problem).into())
                })
            }
        }
    }
}

async fn connect_through<F, T, E>(
    server: &Server,
    connecting: F,
    target: &Uri,
) -> Result<ProxyStream<T>, Problem>
where
    F: Future<Output = Result<T, E>>,
    T: Read + Write + Unpin + Send + 'static,
    E: Into<BoxError>,
{
    let stream = connecting
        .await
        .map_err(|error| Problem::Unreachable(error.into()))?;
    match server.protocol() {
        Protocol::Http if target.scheme() == Some(&Scheme::HTTP) => {
            Ok(ProxyStream::to_forwarder(stream))
        }
        Protocol::Http => {
            let stream = tunnel::open(stream, target, server.authorization()).await?;
            Ok(ProxyStream::to_target(stream))
        }
        Protocol::Socks5 => {
            let login = server.login().map(|login| &**login);
            let stream = socks::open(stream, target, login).await?;
            Ok(ProxyStream::to_target(stream))
        }
    }
}
