//! `CONNECT`: a tunnel through an HTTP proxy.

use http::{HeaderValue, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::error::Problem;

/// A proxy's response is refused if its head does not end within about this many bytes, because a
/// head that never ends would otherwise be read forever.
const MAX_HEAD: usize = 16 << 10;

/// Asks the proxy for a tunnel to the target. The implementation of hyper-util is not used, because
/// its error does not contain the status.
pub(super) async fn open<T>(
    stream: T,
    target: &Uri,
    authorization: Option<&HeaderValue>,
) -> Result<T, Problem>
where
    T: hyper::rt::Read + hyper::rt::Write + Unpin,
{
    let mut stream = TokioIo::new(stream);
    let request = connect_request(target, authorization);
    stream.write_all(&request).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    let head = loop {
        if let Some(end) = memchr::memmem::find(&answer, b"\r\n\r\n") {
            break end;
        }
        if answer.len() >= MAX_HEAD {
            return Err(Problem::NotHttp);
        }
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(Problem::Closed);
        }
        // Checked after each read, because a server of another protocol may be waiting for more
        // than this client sends.
        if !may_be_http(&answer) {
            return Err(match answer.first() {
                // The version of SOCKS5, and the first byte of a SOCKS4 reply.
                Some(5 | 0) => Problem::NotHttpButSocks,
                _ => Problem::NotHttp,
            });
        }
    };
    match status(&answer) {
        // In TLS the client speaks first, so bytes after the head cannot come from the target.
        Some(status) if status.is_success() && answer.len() > head + 4 => Err(Problem::NoTunnel),
        Some(status) if status.is_success() => Ok(stream.into_inner()),
        Some(status) => Err(Problem::Answered(status)),
        None => Err(Problem::NotHttp),
    }
}

fn may_be_http(answer: &[u8]) -> bool {
    const START: &[u8] = b"HTTP/1.";
    let length = answer.len().min(START.len());
    answer.get(..length) == START.get(..length)
}

fn connect_request(target: &Uri, authorization: Option<&HeaderValue>) -> Vec<u8> {
    let host = target.host().unwrap_or_default();
    let port = target.port_u16().unwrap_or(443);
    let mut request =
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(login) = authorization {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(login.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// Returns the status in `HTTP/1.x 200 …`, or `None` if the line has another form.
fn status(head: &[u8]) -> Option<StatusCode> {
    let line = head.strip_prefix(b"HTTP/1.")?;
    let [b'0' | b'1', b' ', code @ ..] = line else {
        return None;
    };
    if code.get(3).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    StatusCode::from_bytes(code.get(..3)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_line_is_read_strictly() {
        let code = |head: &str| status(head.as_bytes()).map(|status| status.as_u16());
        assert_eq!(code("HTTP/1.1 200 Connection established\r\n"), Some(200));
        assert_eq!(code("HTTP/1.0 407\r\n"), Some(407));
        for head in [
            "",
            "HTTP/1.1",
            "HTTP/1.1 20",
            "HTTP/1.1 2000 x",
            "HTTP/2 200",
            "SSH-2.0-x",
        ] {
            assert_eq!(code(head), None, "{head}");
        }
    }

    #[test]
    fn the_request_holds_the_target_and_the_login_and_nothing_else() {
        let login = HeaderValue::from_static("Basic dTpw");
        let uri = Uri::from_static("https://[::1]/secret?token=x");
        assert_eq!(
            connect_request(&uri, Some(&login)),
            b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nProxy-Authorization: Basic dTpw\r\n\r\n"
        );
        assert_eq!(
            connect_request(&Uri::from_static("https://a.b:8443"), None),
            b"CONNECT a.b:8443 HTTP/1.1\r\nHost: a.b:8443\r\n\r\n"
        );
    }
}
