//! Encodes the path and the query of a request in one of several equivalent ways.

use bce_auth::encode::uri_encode;
use fastrand::Rng;

use super::request::Request;

/// Characters that need not be encoded in the path, apart from its separators.
const IN_PATH: &[u8] = b"!$&'()*+,;=:@";
const IN_KEY: &[u8] = b"!$'()*+,;:@/?";
const IN_VALUE: &[u8] = b"!$'()*+,;:@/?=";

/// Returns the request target: the encoded path and query.
pub(super) fn target(request: &Request) -> String {
    let mut rng = Rng::with_seed(request.spelling);
    let mut speller = |raw: &[u8], legal: &[u8]| match request.spelling {
        0 => uri_encode(raw),
        _ => spell(&mut rng, raw, legal),
    };
    let mut target = String::new();
    for segment in &request.segments {
        target.push('/');
        target.push_str(&speller(segment, IN_PATH));
    }
    let mut separator = '?';
    for (key, value) in &request.query {
        target.push(separator);
        separator = '&';
        let key = speller(key, IN_KEY);
        target.push_str(&key);
        // A key without `=` has an empty value. If the key is empty as well, there would be no
        // pair.
        if !(value.is_empty() && !key.is_empty() && request.spelling % 2 == 1) {
            target.push('=');
        }
        target.push_str(&speller(value, IN_VALUE));
    }
    target
}

fn spell(rng: &mut Rng, raw: &[u8], legal: &[u8]) -> String {
    let mut out = String::new();
    for &byte in raw {
        let unreserved = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let plain = match (unreserved, legal.contains(&byte)) {
            (true, _) => rng.u32(0..20) > 0,
            (_, true) => rng.bool(),
            _ => false,
        };
        match plain {
            true => out.push(char::from(byte)),
            false if rng.bool() => out.push_str(&format!("%{byte:02X}")),
            false => out.push_str(&format!("%{byte:02x}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use bce_auth::encode::uri_decode;

    use super::*;

    #[test]
    fn every_spelling_means_the_same() {
        let mut rng = Rng::with_seed(3);
        let all: Vec<u8> = (0..=255).collect();
        for _ in 0..100 {
            let text = spell(&mut rng, &all, IN_VALUE);
            assert!(format!("/?a={text}").parse::<http::Uri>().is_ok(), "{text}");
            assert_eq!(uri_decode(text), all);
        }
    }
}
