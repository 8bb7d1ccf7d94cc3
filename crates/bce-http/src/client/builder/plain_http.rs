//! The check that a service's secrets are not sent over plain http.

use http::Uri;

use super::ClientBuilder;
use crate::client::ServiceClient;
use crate::connect::Proxy;
use crate::endpoint::Endpoint;
use crate::error::Error;

impl<C: ServiceClient> ClientBuilder<C> {
    /// Refuses an endpoint whose connections would let others read the secrets in responses, unless
    /// plain http was allowed. `proxy` has the proxy rules of the transport; `None` if they are
    /// unknown.
    pub(super) fn check_secrecy(
        &self,
        endpoint: &Endpoint,
        proxy: Option<&Proxy>,
    ) -> Result<(), Error> {
        // With https, TLS is end to end: even a proxy only sees a tunnel.
        if !C::SERVICE.requires_https || self.plain_http || endpoint.is_https() {
            return Ok(());
        }
        if !endpoint.is_loopback() {
            return Err(Error::config(format!(
                "responses of {endpoint} carry secrets that anyone on the network could read: use \
                 https://, or call allow_plain_http()"
            )));
        }
        let Some(proxy) = proxy else {
            return Ok(());
        };
        let target = endpoint.to_string().parse::<Uri>();
        let target = target.map_err(|cause| Error::config("the endpoint").with_cause(cause))?;
        match proxy.server_for(&target)? {
            Some(server) if !server.is_loopback() => Err(Error::config(format!(
                "responses of {endpoint} carry secrets that anyone between the proxy {server} and \
                 this machine could read: use no proxy, use https://, or call allow_plain_http()"
            ))),
            _ => Ok(()),
        }
    }
}
