//! What the targets share.

pub mod naive;

use http::request::Parts;

/// A request head from text: a line of method, a line of target, then a line for each header. None
/// when it is not one that can be made.
pub fn head(data: &[u8]) -> Option<Parts> {
    let mut lines = data.split(|&byte| byte == b'\n');
    let mut request = http::Request::builder()
        .method(lines.next()?)
        .uri(lines.next()?);
    for line in lines {
        let colon = line.iter().position(|&byte| byte == b':')?;
        request = request.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    Some(request.body(()).ok()?.into_parts().0)
}
