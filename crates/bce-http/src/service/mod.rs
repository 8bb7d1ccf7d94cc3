//! Descriptions of a service and of its operations, for the tower layers and for generated code.

mod envelope;
mod operation;

pub use self::envelope::Envelope;
pub(crate) use self::operation::Content;
pub use self::operation::{Idempotency, Operation};
use crate::endpoint::{Endpoint, Shown};
use crate::error::Error;

/// A service of the cloud: its hosts, and what all requests to it have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServiceInfo {
    /// The short name, such as `aihc`.
    pub code: &'static str,
    /// The full name.
    pub title: &'static str,
    /// The host with `{region}` in place of the region, such as `aihc.{region}.baidubce.com`. If it
    /// does not contain `{region}`, the host is the same for all regions; if it is empty, only the
    /// regions in `hosts` are available.
    pub endpoint_template: &'static str,
    /// Regions whose hosts differ from the template, and these hosts.
    pub hosts: &'static [(&'static str, &'static str)],
    /// The region that is used by default; empty if the host does not depend on the region.
    pub default_region: &'static str,
    /// The environment variable that overrides the endpoint in `from_env`.
    pub endpoint_env: &'static str,
    /// Whether responses carry secrets. If so, plain http must be allowed explicitly with
    /// [`ClientBuilder::allow_plain_http`](crate::ClientBuilder::allow_plain_http).
    pub requires_https: bool,
    /// The headers of every request, such as `version: v2`, except where an operation omits or
    /// replaces them.
    pub headers: &'static [(&'static str, &'static str)],
    /// The content type of every request that does not set another one.
    pub content_type: &'static str,
    /// The conventions that the responses follow.
    pub envelope: Envelope,
    /// The name of the client crate, for the User-Agent header.
    pub crate_name: &'static str,
    /// The version of the client crate, for the User-Agent header.
    pub crate_version: &'static str,
}

impl ServiceInfo {
    /// Returns the endpoint of the service in a region.
    ///
    /// # Errors
    ///
    /// If the service is not available in the region, or if the region contains anything but
    /// lower-case letters, digits and hyphens: [`ErrorKind::Config`](crate::ErrorKind::Config).
    pub(crate) fn endpoint(&self, region: &str) -> Result<Endpoint, Error> {
        let host = self.hosts.iter().find(|(code, _)| *code == region);
        match host {
            Some((_, host)) => host.parse(),
            None if self.endpoint_template.is_empty() => {
                let regions: Vec<&str> = self.hosts.iter().map(|(code, _)| *code).collect();
                let (code, regions) = (self.code, regions.join(", "));
                Err(Error::config(format!(
                    "{code} is available in the regions {regions}, but not in {}",
                    Shown(region)
                )))
            }
            None => Endpoint::for_region(self.endpoint_template, region),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: ServiceInfo = ServiceInfo {
        code: "zoo",
        title: "Zoo",
        endpoint_template: "zoo.{region}.baidubce.com",
        hosts: &[("gz", "south-zoo.baidubce.com")],
        default_region: "bj",
        endpoint_env: "ZOO_ENDPOINT",
        requires_https: false,
        headers: &[],
        content_type: "application/json",
        envelope: Envelope::DEFAULT,
        crate_name: "bce-zoo",
        crate_version: "1.0.0",
    };

    #[test]
    fn a_host_of_its_own_goes_before_the_template() {
        let endpoint = |region| SERVICE.endpoint(region).unwrap().to_string();
        assert_eq!(endpoint("gz"), "https://south-zoo.baidubce.com");
        assert_eq!(endpoint("bj"), "https://zoo.bj.baidubce.com");
    }

    #[test]
    fn without_a_template_other_regions_are_refused() {
        let service = ServiceInfo {
            endpoint_template: "",
            ..SERVICE
        };
        assert!(service.endpoint("gz").is_ok());
        let error = service.endpoint("bj").unwrap_err();
        let expected = "zoo is available in the regions gz, but not in \"bj\"";
        assert!(error.to_string().contains(expected), "{error}");
        let error = service.endpoint("user:hunter2@host").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
