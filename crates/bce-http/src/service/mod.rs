//! Descriptions of a service and of its operations, for all layers and for generated code.

mod envelope;
mod operation;

pub use self::envelope::Envelope;
pub(crate) use self::operation::Content;
pub use self::operation::{Idempotency, Operation};

/// A service of the cloud: where it is and what every request to it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServiceInfo {
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
    /// Whether responses carry secrets. Plain http must then be allowed explicitly, with
    /// [`ClientBuilder::allow_plain_http`](crate::ClientBuilder::allow_plain_http).
    pub requires_https: bool,
    /// Headers of every request, such as `version: v2`.
    pub headers: &'static [(&'static str, &'static str)],
    /// The content type of every request.
    pub content_type: &'static str,
    /// What its answers mean.
    pub envelope: Envelope,
    /// The client crate, for the User-Agent header.
    pub crate_name: &'static str,
    /// The version of the client crate, for the User-Agent header.
    pub crate_version: &'static str,
}
