//! Checks that endpoints, addresses of proxies and lists of hosts without a proxy are parsed or
//! refused without a panic, and that a parsed endpoint is printed so that it parses to the same
//! value.

use std::ffi::OsString;

use bce_http::Endpoint;
use bce_http::connect::Proxy;

/// Runs the checks of the fuzz target `endpoint` with one input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (address, exceptions) = text.split_once('\n').unwrap_or((text, ""));
    match address.parse::<Endpoint>() {
        Ok(endpoint) => {
            assert_eq!(endpoint.to_string().parse::<Endpoint>().unwrap(), endpoint);
            assert!(!endpoint.authority().as_str().contains('@'));
        }
        Err(error) => drop((error.to_string(), format!("{error:?}"))),
    }
    if let Ok(endpoint) = Endpoint::for_region("aihc.{region}.baidubce.com", address) {
        assert!(endpoint.authority().as_str().ends_with(".baidubce.com"));
    }
    match Proxy::url(address) {
        Ok(proxy) => drop(format!("{proxy:?}")),
        Err(error) => drop((error.to_string(), format!("{error:?}"))),
    }
    let proxy = Proxy::from_lookup(|name| match name {
        "HTTP_PROXY" | "http_proxy" | "https_proxy" => Some(OsString::from(address)),
        "NO_PROXY" | "no_proxy" => Some(OsString::from(exceptions)),
        _ => None,
    });
    for target in [
        "http://a.corp:80/",
        "http://10.1.2.3/",
        "http://[2001:db8::7]:443/",
    ] {
        let _ = proxy.authorization(&target.parse().unwrap());
    }
}
