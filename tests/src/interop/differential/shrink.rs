//! Simplifies a request as long as we and the SDK still sign it differently.

use time::macros::datetime;

use super::request::Request;

/// Simplifies the request step by step, as long as `differs` is true for the simpler request.
/// Returns the simplest request that was found.
pub(super) fn shrink(
    mut request: Request,
    mut differs: impl FnMut(&Request) -> Result<bool, String>,
) -> Result<Request, String> {
    'simpler: loop {
        for candidate in candidates(&request) {
            if differs(&candidate)? {
                request = candidate;
                continue 'simpler;
            }
        }
        return Ok(request);
    }
}

/// Returns simpler requests. In each of them, one part is shorter or has a default value, so that
/// [`shrink`] comes to an end.
fn candidates(request: &Request) -> Vec<Request> {
    let mut candidates = Vec::new();
    let mut add = |smaller: bool, change: &dyn Fn(&mut Request)| {
        if smaller {
            let mut candidate = request.clone();
            change(&mut candidate);
            candidates.push(candidate);
        }
    };
    for at in 0..request.headers.len() {
        add(true, &|r| drop(r.headers.remove(at)));
    }
    for at in 0..request.query.len() {
        add(true, &|r| drop(r.query.remove(at)));
    }
    for at in 1..request.segments.len() {
        add(true, &|r| drop(r.segments.remove(at)));
    }
    for at in 0..request.headers_to_sign.as_ref().map_or(0, Vec::len) {
        add(true, &|r| {
            drop(r.headers_to_sign.as_mut().map(|names| names.remove(at)))
        });
    }
    add(request.headers_to_sign.is_some(), &|r| {
        r.headers_to_sign = None
    });
    add(request.token.is_some(), &|r| r.token = None);
    add(request.origin.is_some(), &|r| r.origin = None);
    add(request.keep_date, &|r| r.keep_date = false);
    add(request.spelling != 0, &|r| r.spelling = 0);
    add(request.method != "GET", &|r| r.method = "GET".to_owned());
    add(request.expire_seconds != 1800, &|r| r.expire_seconds = 1800);
    let plain = datetime!(2026-08-20 0:00 UTC);
    add(request.at != plain, &|r| r.at = plain);
    add(request.access_key_id != "ak", &|r| {
        r.access_key_id = "ak".to_owned()
    });
    add(request.secret_access_key != "sk", &|r| {
        r.secret_access_key = "sk".to_owned()
    });

    let mut cut = |length: usize, bytes: &dyn Fn(&mut Request) -> Option<&mut Vec<u8>>| {
        let halves = [0..length / 2, length / 2..length];
        let ends = [0..length.min(1), length.saturating_sub(1)..length];
        for range in halves.into_iter().chain(ends) {
            let mut candidate = request.clone();
            if let Some(bytes) = bytes(&mut candidate).filter(|_| !range.is_empty()) {
                bytes.drain(range);
                candidates.push(candidate);
            }
        }
    };
    for (at, segment) in request.segments.iter().enumerate() {
        cut(segment.len(), &|r| r.segments.get_mut(at));
    }
    for (at, (key, value)) in request.query.iter().enumerate() {
        cut(key.len(), &|r| r.query.get_mut(at).map(|pair| &mut pair.0));
        cut(value.len(), &|r| {
            r.query.get_mut(at).map(|pair| &mut pair.1)
        });
    }
    for (at, (_, value)) in request.headers.iter().enumerate() {
        cut(value.len(), &|r| {
            r.headers.get_mut(at).map(|pair| &mut pair.1)
        });
    }
    candidates
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;

    #[test]
    fn what_is_left_is_what_makes_the_difference() {
        let mut rng = Rng::with_seed(1);
        let mut request = Request::random(&mut rng);
        request.query.push((b"key".to_vec(), b"one * two".to_vec()));
        let small = shrink(request, |request| {
            Ok(request.query.iter().any(|(_, value)| value.contains(&b'*')))
        });
        let small = small.unwrap();
        assert_eq!(small.query, [(vec![], b"*".to_vec())]);
        assert!(small.headers.is_empty() && small.token.is_none());
        assert_eq!(small.segments, [b""]);
    }

    #[test]
    fn an_error_ends_the_search() {
        let request = Request::random(&mut Rng::with_seed(1));
        assert!(shrink(request, |_| Err("gone".to_owned())).is_err());
    }
}
