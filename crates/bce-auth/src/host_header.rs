//! The header `Host`, as the signer and the verifier parse it.

use http::uri::Authority;

/// The error for a `Host` value that is not a host with an optional port, for example because it
/// contains user information.
#[derive(Debug)]
pub(crate) struct MalformedHost;

/// Returns the host and the port of a value; `None` if the value is empty and therefore names no
/// host.
pub(crate) fn authority(value: &[u8]) -> Result<Option<Authority>, MalformedHost> {
    let text = value.trim_ascii();
    if text.is_empty() {
        return Ok(None);
    }
    let authority = Authority::try_from(text).map_err(|_| MalformedHost)?;
    match is_host_and_port(&authority) {
        true => Ok(Some(authority)),
        false => Err(MalformedHost),
    }
}

fn is_host_and_port(authority: &Authority) -> bool {
    let host = authority.host();
    let behind = authority.as_str().strip_prefix(host);
    let is_port = behind.is_some_and(|behind| match behind.strip_prefix(':') {
        Some(port) => port.is_empty() || authority.port_u16().is_some(),
        None => behind.is_empty(),
    });
    !host.is_empty() && is_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_stands_alone_or_with_a_port() {
        for value in [
            "good.example",
            " good.example:80\t",
            "good.example:",
            "[::1]",
            "[::1]:7070",
        ] {
            let host = authority(value.as_bytes()).unwrap().unwrap();
            assert_eq!(host.as_str(), value.trim());
        }
        for empty in ["", " "] {
            assert_eq!(authority(empty.as_bytes()).unwrap(), None);
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for value in [
            "user@good.example",
            "user:pw@good.example",
            "good.example:x",
            "good.example:65536",
            "good.example/path",
            "http://good.example",
            "good.example, evil.example",
            "a b",
            ":80",
        ] {
            assert!(authority(value.as_bytes()).is_err(), "{value}");
        }
        assert!(authority(b"\xff").is_err());
    }
}
