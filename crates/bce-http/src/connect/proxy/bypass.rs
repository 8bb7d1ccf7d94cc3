//! The list of targets that are reached without a proxy.

use std::net::IpAddr;

use http::Uri;
use http::uri::{Authority, Scheme};
use ipnet::IpNet;

/// The entries of `NO_PROXY`. An entry that cannot be parsed matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bypass(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    host: Host,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Any,
    /// A host name. It stands for the name itself and for every name below it.
    Domain(String),
    /// A host name. It stands for every name below it, but not for the name itself.
    Below(String),
    Address(IpAddr),
    Network(IpNet),
}

/// The target of a connection.
pub(super) struct Target {
    /// The host in lower case, without a final dot.
    name: String,
    address: Option<IpAddr>,
    port: u16,
}

impl Target {
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let host = without_brackets(uri.host()?);
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let https = uri.scheme() == Some(&Scheme::HTTPS);
        Some(Self {
            address: name.parse().ok(),
            name,
            port: uri.port_u16().unwrap_or(if https { 443 } else { 80 }),
        })
    }

    pub(super) fn is_loopback(&self) -> bool {
        self.name == "localhost" || self.address.is_some_and(|address| address.is_loopback())
    }
}

impl Bypass {
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        Self(entries.filter_map(Entry::parse).collect())
    }

    pub(super) fn matches(&self, target: &Target) -> bool {
        self.0.iter().any(|entry| entry.matches(target))
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        let whole = |host| Some(Self { host, port: None });
        if text == "*" {
            return whole(Host::Any);
        }
        if let Ok(network) = text.parse() {
            return whole(Host::Network(network));
        }
        // An address is tried before a port, because an IPv6 address without brackets is full of
        // colons.
        if let Ok(address) = text.parse() {
            return whole(Host::Address(address));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (text, None),
        };
        let host = match without_brackets(host).parse() {
            Ok(address) => Host::Address(address),
            Err(_) => parse_name(host)?,
        };
        Some(Self { host, port })
    }

    fn matches(&self, target: &Target) -> bool {
        if self.port.is_some_and(|port| port != target.port) {
            return false;
        }
        match (&self.host, target.address) {
            (Host::Any, _) => true,
            (Host::Address(address), Some(target)) => *address == target,
            (Host::Network(network), Some(target)) => network.contains(&target),
            (Host::Domain(name), None) => target.name == *name || is_below(&target.name, name),
            (Host::Below(name), None) => is_below(&target.name, name),
            _ => false,
        }
    }
}

fn parse_name(text: &str) -> Option<Host> {
    let text = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let (host, name) = match text.strip_prefix("*.") {
        Some(name) => (Host::Below(name.to_owned()), name),
        None => {
            let name = text.strip_prefix('.').unwrap_or(&text);
            (Host::Domain(name.to_owned()), name)
        }
    };
    name.parse::<Authority>().is_ok().then_some(host)
}

/// Returns whether a name ends with `.` and `domain`, and has a label before them.
fn is_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain)
        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(list: &str, target: &str) -> bool {
        let target = Target::of(&target.parse().unwrap()).unwrap();
        Bypass::parse(list).matches(&target)
    }

    #[test]
    fn names_match_in_whole_labels() {
        for list in [
            "corp", ".corp", "CORP", "x, corp", "x corp", " ,corp, ", "corp.",
        ] {
            assert!(matches(list, "http://corp"), "{list}");
            assert!(matches(list, "https://a.b.Corp."), "{list}");
            assert!(!matches(list, "http://notcorp"), "{list}");
            assert!(!matches(list, "http://corp.com"), "{list}");
        }
        assert!(matches("*.corp", "http://a.corp"));
        assert!(matches("*.corp", "http://a.b.corp:1"));
        assert!(!matches("*.corp", "http://corp"));
        assert!(!matches("*.corp", "http://notcorp"));
        assert!(!matches("*corp", "http://a.corp"));
    }

    #[test]
    fn a_star_matches_everything_and_nothing_matches_nothing() {
        for target in ["http://a", "https://192.0.2.1:7", "http://[2001:db8::1]"] {
            assert!(matches("*", target), "{target}");
            assert!(!matches("", target), "{target}");
            assert!(!matches(", ,", target), "{target}");
        }
    }

    #[test]
    fn addresses_and_networks_match_addresses() {
        for (list, inside, outside) in [
            ("192.0.2.1", "http://192.0.2.1:9", "http://192.0.2.2"),
            ("192.0.2.0/24", "http://192.0.2.77", "http://192.0.3.1"),
            (
                "2001:db8::1",
                "http://[2001:DB8::1]:9",
                "http://[2001:db8::2]",
            ),
            (
                "[2001:db8::1]",
                "http://[2001:db8:0::1]",
                "http://[2001:db8::2]",
            ),
            (
                "2001:db8::/32",
                "http://[2001:db8:9::]",
                "http://[2001:db9::]",
            ),
            ("0.0.0.0/0", "http://192.0.2.1", "http://[2001:db8::1]"),
        ] {
            assert!(matches(list, inside), "{list}");
            assert!(!matches(list, outside), "{list}");
        }
        assert!(!matches("2.1", "http://192.0.2.1"), "not a domain");
    }

    #[test]
    fn a_port_narrows_an_entry_and_schemes_have_ports() {
        for host in ["a.corp", "192.0.2.1", "[2001:db8::1]"] {
            let list = format!("{host}:8443");
            assert!(matches(&list, &format!("https://{host}:8443")), "{host}");
            assert!(!matches(&list, &format!("https://{host}:8444")), "{host}");
            assert!(!matches(&list, &format!("https://{host}")), "{host}");
        }
        assert!(matches("a:443", "https://a"));
        assert!(matches("a:80", "http://a"));
        assert!(matches("*.corp:443", "https://a.corp"));
        assert!(!matches("a:443", "http://a"));
    }

    #[test]
    fn an_entry_that_cannot_be_read_matches_nothing() {
        for list in [
            "192.0.2.0/33",
            "a:x",
            "a:99999",
            "http://a",
            ".",
            "*.",
            "[::1",
            "a/8",
        ] {
            for target in ["http://a", "http://192.0.2.1", "http://[::1]"] {
                assert!(!matches(list, target), "{list} {target}");
            }
        }
    }
}
