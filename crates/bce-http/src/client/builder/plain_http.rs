//! Whether what a service hands out could be read on the way.

use http::Uri;

use super::ClientBuilder;
use crate::client::ServiceClient;
use crate::connect::Proxy;
use crate::endpoint::Endpoint;
use crate::error::Error;

impl<C: ServiceClient> ClientBuilder<C> {
    /// Refuses a way to a service that hands out secrets on which others read them, unless that was
    /// allowed. `proxy`: the rules of the transport, if they are known.
    pub(super) fn check_secrecy(
        &self,
        endpoint: &Endpoint,
        proxy: Option<&Proxy>,
    ) -> Result<(), Error> {
        // TLS is end to end: through a proxy, too, there is a tunnel.
        if !C::SERVICE.requires_https || self.plain_http || endpoint.is_https() {
            return Ok(());
        }
        if !endpoint.is_loopback() {
            return Err(Error::config(format!(
                "{endpoint} would send secrets readable for everybody on the way: write https://, \
                 or call allow_plain_http()"
            )));
        }
        let Some(proxy) = proxy else {
            return Ok(());
        };
        let target = endpoint.to_string().parse::<Uri>();
        let target = target.map_err(|cause| Error::config("the endpoint").with_cause(cause))?;
        match proxy.server_for(&target)? {
            Some(server) if !server.is_loopback() => Err(Error::config(format!(
                "the proxy {server} would get secrets of {endpoint}, readable for everybody on the \
                 way: use no proxy for it, write https://, or call allow_plain_http()"
            ))),
            _ => Ok(()),
        }
    }
}
