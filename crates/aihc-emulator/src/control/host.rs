//! The host names with which requests to the control interface may address it.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::HOST;
use http::uri::Authority;

/// The hosts that the `Host` header of a request may name. This protects against DNS rebinding: a
/// web page can make a browser send requests to a local address under a host name of the page's
/// choice, but the `Host` header then contains that name, and the request is refused.
#[derive(Debug)]
pub(crate) struct Hosts {
    /// The host name or IP address that was configured for the control interface.
    name: String,
    address: IpAddr,
}

impl Hosts {
    /// Creates the set of hosts that requests to the control interface may name. `bound` is the
    /// address on which the interface listens, and `asked` is the one that was configured.
    pub(crate) fn new(asked: &str, bound: SocketAddr) -> Self {
        let name = asked.rsplit_once(':').map_or(asked, |(name, _)| name);
        Self {
            name: name.to_owned(),
            address: bound.ip(),
        }
    }

    /// Returns whether a request has a `Host` header, and every such header names this interface.
    pub(super) fn allow(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(HOST).iter().peekable();
        hosts.peek().is_some()
            && hosts.all(|host| host.to_str().is_ok_and(|host| self.allows(host)))
    }

    fn allows(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        let host = authority.host().trim_matches(['[', ']']);
        match host.parse::<IpAddr>() {
            // An interface that listens on all addresses may be called by any address, but not by
            // any host name.
            Ok(ip) => ip.is_loopback() || ip == self.address || self.address.is_unspecified(),
            Err(_) => {
                host.eq_ignore_ascii_case("localhost") || host.eq_ignore_ascii_case(&self.name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_the_own_address_are_allowed_and_other_names_are_not() {
        let hosts = Hosts::new("127.0.0.1:0", "127.0.0.1:7071".parse().unwrap());
        for host in [
            "127.0.0.1:7071",
            "127.0.0.1",
            "localhost:9",
            "LOCALHOST",
            "[::1]:7071",
        ] {
            assert!(hosts.allows(host), "{host}");
        }
        let others = [
            "evil.example",
            "localhost.evil.example:7071",
            "10.0.0.7",
            "",
            "x y",
        ];
        for host in others {
            assert!(!hosts.allows(host), "{host}");
        }
        let named = Hosts::new("box.lan:7071", "10.0.0.7:7071".parse().unwrap());
        assert!(named.allows("box.lan:7071") && named.allows("10.0.0.7:7071"));
        assert!(!named.allows("10.0.0.8:7071") && !named.allows("evil.example"));
        let everywhere = Hosts::new("0.0.0.0:7071", "0.0.0.0:7071".parse().unwrap());
        assert!(everywhere.allows("10.0.0.8:7071") && !everywhere.allows("evil.example"));
    }

    #[test]
    fn a_request_names_one_host_at_least_and_only_allowed_ones() {
        let hosts = Hosts::new("127.0.0.1:0", "127.0.0.1:7071".parse().unwrap());
        let headers = |names: &[&'static str]| {
            let pairs = names
                .iter()
                .map(|name| (HOST, http::HeaderValue::from_static(name)));
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(name, value);
            }
            headers
        };
        assert!(hosts.allow(&headers(&["127.0.0.1"])));
        assert!(!hosts.allow(&headers(&[])));
        assert!(!hosts.allow(&headers(&["127.0.0.1", "evil.example"])));
    }
}
