//! What the stack knows about a service.

use crate::Client;

/// A service of the cloud: where it is and what every request to it carries.
#[derive(Debug)]
pub struct Service {
    /// Short name, such as `aihc`.
    pub code: &'static str,
    /// Full name.
    pub title: &'static str,
    /// Host with `{region}` in the place of the region, such as `aihc.{region}.baidubce.com`.
    pub endpoint_template: &'static str,
    /// The region that is used when none is given; empty when the host names no region.
    pub default_region: &'static str,
    /// The environment variable that overrides the endpoint in `from_env`.
    pub endpoint_env: &'static str,
    /// Whether answers hold secrets. Then plain http takes more than an `http://` in the endpoint:
    /// see [`ClientBuilder::allow_plain_http`](crate::ClientBuilder::allow_plain_http).
    pub hands_out_secrets: bool,
    /// Headers of every request, such as `version: v2`.
    pub headers: &'static [(&'static str, &'static str)],
    /// The content type of every request.
    pub content_type: &'static str,
    /// The client crate, for the User-Agent header.
    pub crate_name: &'static str,
    /// The version of the client crate, for the User-Agent header.
    pub crate_version: &'static str,
}

/// The client type of a service crate, as [`ClientBuilder`](crate::ClientBuilder) builds it.
pub trait ServiceClient: Sized {
    /// The service.
    const SERVICE: &'static Service;

    /// Wraps the request stack.
    fn from_http(client: Client) -> Self;
}
