//! SOCKS5, with host names resolved by the proxy.

use std::future::ready;
use std::io;

use bce_auth::Secret;
use http::Uri;
use http::uri::{Authority, Scheme};
use hyper_util::client::legacy::connect::proxy::SocksV5;
use tower::service_fn;
use tower_service::Service as _;

use super::error::Problem;

/// How long user, password and host name may be together; hyper-util's buffer ends there.
const MAX_NAMES: usize = 249;

/// What hyper-util says when a proxy refuses the login, or what its rules do not allow. Its type has
/// no name, so its words must do; all others may pass.
const REFUSALS: [&str; 4] = [
    "server does not support user/pass authentication",
    "server implements authentication incorrectly",
    "credentials not accepted",
    "connection not allowed",
];

/// Asks for a connection to the target over a stream to the proxy.
pub(super) async fn open<T>(
    stream: T,
    target: Uri,
    login: Option<&(String, Secret)>,
) -> Result<T, Problem>
where
    T: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let target = with_port(target).ok_or_else(|| Problem::Socks("no target host".to_owned()))?;
    let login_length = login.map_or(0, |(user, password)| user.len() + password.expose().len());
    if login_length + target.host().map_or(0, str::len) > MAX_NAMES {
        let text = format!("user, password and host are longer than {MAX_NAMES} bytes together");
        return Err(Problem::SocksRefused(text));
    }
    // The connection is there already: its errors would lose their text in those of SocksV5.
    let mut stream = Some(stream);
    let connected = service_fn(move |_: Uri| {
        ready(
            stream
                .take()
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected)),
        )
    });
    let mut socks = SocksV5::new(Uri::default(), connected);
    if let Some((user, password)) = login {
        socks = socks.with_auth(user.clone(), password.expose().to_owned());
    }
    socks.call(target).await.map_err(|error| {
        let text = error.to_string();
        let text = text.strip_prefix("SOCKS error: ").unwrap_or(&text);
        if REFUSALS.contains(&text) {
            Problem::SocksRefused(text.to_owned())
        } else {
            Problem::Socks(text.to_owned())
        }
    })
}

/// Writes the port of the scheme out: hyper-util takes 443 for every URI without one.
fn with_port(target: Uri) -> Option<Uri> {
    if target.port().is_some() {
        return Some(target);
    }
    let port = if target.scheme() == Some(&Scheme::HTTP) {
        80
    } else {
        443
    };
    let authority: Authority = format!("{}:{port}", target.host()?).parse().ok()?;
    let mut parts = target.into_parts();
    parts.authority = Some(authority);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_that_of_the_scheme_unless_written_out() {
        for (target, expected) in [
            ("http://a/", "http://a:80/"),
            ("https://a/", "https://a:443/"),
            ("http://[::1]/", "http://[::1]:80/"),
            ("http://a:8080/", "http://a:8080/"),
        ] {
            let uri = with_port(Uri::from_static(target));
            assert_eq!(uri.map(|uri| uri.to_string()).as_deref(), Some(expected));
        }
    }
}
