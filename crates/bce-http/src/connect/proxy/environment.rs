//! Proxies configured in the environment.

use std::ffi::OsString;
use std::fmt;

use http::Uri;
use http::uri::Scheme;

use super::bypass::{Bypass, Target};
use super::server::Server;
use crate::error::Error;

/// The proxy settings that were read from the environment.
pub(super) struct Environment {
    http: Setting,
    https: Setting,
    bypass: Bypass,
}

/// The setting in a proxy variable: a proxy, no proxy, or a description of what is wrong with the
/// value of the variable.
type Setting = Result<Option<Server>, String>;

impl Environment {
    pub(super) fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = lookup(name)?;
                (!value.to_string_lossy().trim().is_empty()).then_some((*name, value))
            })
        };
        let setting = |names: &[&'static str]| match first(names) {
            None => Ok(None),
            // A value that is not text must not mean that there is no proxy.
            Some((name, value)) => (value.to_str().ok_or("is not UTF-8 text"))
                .and_then(|value| Server::parse(value.trim()))
                .map(Some)
                .map_err(|rule| format!("the proxy address in {name} {rule}")),
        };
        let http: &[_] = if first(&["REQUEST_METHOD"]).is_some() {
            &["http_proxy", "all_proxy", "ALL_PROXY"]
        } else {
            &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        };
        let bypass = first(&["no_proxy", "NO_PROXY"]);
        Self {
            http: setting(http),
            https: setting(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            // Only the entries that are not text match nothing.
            bypass: Bypass::parse(&bypass.unwrap_or_default().1.to_string_lossy()),
        }
    }

    pub(super) fn server_for(&self, target: &Uri) -> Result<Option<&Server>, Error> {
        let setting = if target.scheme() == Some(&Scheme::HTTPS) {
            &self.https
        } else {
            &self.http
        };
        if matches!(setting, Ok(None)) {
            return Ok(None);
        }
        let Some(target) = Target::of(target) else {
            return Ok(None);
        };
        if target.is_loopback() || self.bypass.matches(&target) {
            return Ok(None);
        }
        match setting {
            Ok(server) => Ok(server.as_ref()),
            Err(problem) => Err(Error::config(problem.clone())),
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("http", &self.http)
            .field("https", &self.https)
            .field("bypass", &self.bypass)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::read(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(value.into())
        })
    }

    fn chosen(variables: &[(&str, &str)], target: &'static str) -> Option<String> {
        environment(variables)
            .server_for(&Uri::from_static(target))
            .unwrap()
            .map(ToString::to_string)
    }

    #[test]
    fn the_scheme_of_the_target_decides_and_all_proxy_is_last() {
        let both = [
            ("HTTPS_PROXY", "s:1"),
            ("HTTP_PROXY", "h:1"),
            ("ALL_PROXY", "a:1"),
        ];
        assert_eq!(chosen(&both, "https://x").as_deref(), Some("s:1"));
        assert_eq!(chosen(&both, "http://x").as_deref(), Some("h:1"));
        let all = [("ALL_PROXY", "a:1"), ("HTTP_PROXY", "h:1")];
        assert_eq!(chosen(&all, "https://x").as_deref(), Some("a:1"));
        assert_eq!(chosen(&[("HTTP_PROXY", "h:1")], "https://x"), None);
        assert_eq!(chosen(&[], "https://x"), None);
    }

    #[test]
    fn lower_case_wins_and_empty_is_unset() {
        let two = [("HTTPS_PROXY", "upper:1"), ("https_proxy", "lower:1")];
        assert_eq!(chosen(&two, "https://x").as_deref(), Some("lower:1"));
        let empty = [("HTTPS_PROXY", "upper:1"), ("https_proxy", " ")];
        assert_eq!(chosen(&empty, "https://x").as_deref(), Some("upper:1"));
        let no = [("ALL_PROXY", "a:1"), ("NO_PROXY", "x"), ("no_proxy", "y")];
        assert_eq!(chosen(&no, "https://x").as_deref(), Some("a:1"));
        assert_eq!(chosen(&no, "https://y"), None);
    }

    #[test]
    fn in_a_cgi_program_the_upper_case_http_proxy_is_a_header() {
        let cgi = [
            ("REQUEST_METHOD", "GET"),
            ("HTTP_PROXY", "evil:1"),
            ("HTTPS_PROXY", "s:1"),
        ];
        assert_eq!(chosen(&cgi, "http://x"), None);
        assert_eq!(chosen(&cgi, "https://x").as_deref(), Some("s:1"));
        let lower = [("REQUEST_METHOD", "GET"), ("http_proxy", "h:1")];
        assert_eq!(chosen(&lower, "http://x").as_deref(), Some("h:1"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_text_is_an_error_and_not_no_proxy() {
        use std::os::unix::ffi::OsStringExt as _;

        let latin_1 = |name: &str| match name {
            "HTTPS_PROXY" => Some(OsString::from_vec(b"http://u:p\xe9ss@proxy:3128".into())),
            "ALL_PROXY" => Some("a:1".into()),
            "NO_PROXY" => Some(OsString::from_vec(b"inside.corp,caf\xe9".into())),
            _ => None,
        };
        let environment = Environment::read(latin_1);
        let server_for = |target| environment.server_for(&Uri::from_static(target));
        let error = server_for("https://outside.corp").unwrap_err().to_string();
        let expected = "the proxy address in HTTPS_PROXY is not UTF-8 text";
        assert!(error.contains(expected), "{error}");
        assert!(server_for("https://inside.corp").unwrap().is_none());
        assert!(server_for("http://outside.corp").unwrap().is_some());
    }

    #[test]
    fn loopback_is_never_proxied() {
        for target in [
            "http://localhost:7070",
            "http://LocalHost.",
            "https://127.0.0.1",
            "https://127.9.9.9:1",
            "http://[::1]:1",
        ] {
            assert_eq!(chosen(&[("ALL_PROXY", "a:1")], target), None, "{target}");
        }
        for target in ["http://localhost.corp", "http://128.0.0.1", "http://[::2]"] {
            assert!(
                chosen(&[("ALL_PROXY", "a:1")], target).is_some(),
                "{target}"
            );
        }
    }

    #[test]
    fn a_wrong_variable_is_an_error_only_for_targets_that_need_it() {
        let wrong = environment(&[
            ("HTTPS_PROXY", "https://u:hunter2@proxy"),
            ("NO_PROXY", "inside.corp"),
        ]);
        let error = |target| wrong.server_for(&Uri::from_static(target));
        let text = error("https://outside.corp").unwrap_err().to_string();
        assert!(text.contains("HTTPS_PROXY"), "{text}");
        assert!(!format!("{text} {wrong:?}").contains("hunter2"));
        assert!(error("https://inside.corp").unwrap().is_none());
        assert!(error("http://outside.corp").unwrap().is_none());
    }
}
