//! SOCKS5 (RFC 1928, RFC 1929), with host names resolved by the proxy.

use std::io;
use std::net::IpAddr;

use http::Uri;
use http::uri::Scheme;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::error::Problem;
use super::socks_error::SocksError;
use crate::mask::ProxyLogin;

const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xff;
const LOGIN_VERSION: u8 = 1;
const CONNECT: u8 = 1;

/// Asks the proxy at the other end of the stream to connect to the target. Returns the stream once
/// the proxy has confirmed the connection.
pub(super) async fn open<T>(
    stream: T,
    target: &Uri,
    login: Option<&ProxyLogin>,
) -> Result<T, Problem>
where
    T: hyper::rt::Read + hyper::rt::Write + Unpin,
{
    // Both requests are built first, so that nothing is sent if one of them cannot be built.
    let request = connect_request(target)?;
    let login = login.map(login_request).transpose()?;
    let mut stream = TokioIo::new(stream);
    log_in(&mut stream, login.as_deref()).await?;
    stream.write_all(&request).await?;
    stream.flush().await?;
    read_reply(&mut stream).await?;
    Ok(stream.into_inner())
}

async fn log_in<S>(stream: &mut S, login: Option<&[u8]>) -> Result<(), Problem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // A client with a login also offers to connect without it, which the proxy may prefer.
    let offer: &[u8] = match login {
        Some(_) => &[VERSION, 2, NO_LOGIN, PASSWORD],
        None => &[VERSION, 1, NO_LOGIN],
    };
    stream.write_all(offer).await?;
    stream.flush().await?;
    let [version] = read(stream).await?;
    if version != VERSION {
        return Err(SocksError::OtherProtocol(version).into());
    }
    let [method] = read(stream).await?;
    match (method, login) {
        (NO_LOGIN, _) => Ok(()),
        (PASSWORD, Some(login)) => {
            stream.write_all(login).await?;
            stream.flush().await?;
            match read(stream).await? {
                [_version, 0] => Ok(()),
                _ => Err(SocksError::LoginRefused.into()),
            }
        }
        (NO_METHOD, Some(_)) => Err(SocksError::WantsOther.into()),
        (NO_METHOD | PASSWORD, None) => Err(SocksError::WantsLogin.into()),
        (method, _) => Err(SocksError::NotOffered(method).into()),
    }
}

/// Reads the whole reply to the request for a connection, so that all bytes that follow come from
/// the target.
async fn read_reply<S: AsyncRead + Unpin>(stream: &mut S) -> Result<(), Problem> {
    let [version, code] = read(stream).await?;
    if version != VERSION {
        return Err(SocksError::Malformed.into());
    }
    if code != 0 {
        return Err(SocksError::Reply(code).into());
    }
    let [_reserved, kind] = read(stream).await?;
    let address = match kind {
        1 => 4,
        3 => usize::from(stream.read_u8().await?),
        4 => 16,
        _ => return Err(SocksError::Malformed.into()),
    };
    // The address is followed by the port.
    let mut bound = [0; 255 + 2];
    if let Some(bound) = bound.get_mut(..address + 2) {
        stream.read_exact(bound).await?;
    }
    Ok(())
}

async fn read<const N: usize, S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn login_request(login: &ProxyLogin) -> Result<Vec<u8>, SocksError> {
    let mut request = vec![LOGIN_VERSION];
    push_short(&mut request, &login.user, "user of the proxy")?;
    push_short(
        &mut request,
        login.password.expose(),
        "password of the proxy",
    )?;
    Ok(request)
}

fn connect_request(target: &Uri) -> Result<Vec<u8>, SocksError> {
    let host = target.host().ok_or(SocksError::NoTarget)?;
    let default = if target.scheme() == Some(&Scheme::HTTP) {
        80
    } else {
        443
    };
    let port: u16 = target.port_u16().unwrap_or(default);
    let mut request = vec![VERSION, CONNECT, 0];
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        Err(_) => {
            request.push(3);
            push_short(&mut request, host, "host")?;
        }
    }
    request.extend(port.to_be_bytes());
    Ok(request)
}

/// Appends a string, preceded by its length. `what` names it in the error.
fn push_short(request: &mut Vec<u8>, text: &str, what: &'static str) -> Result<(), SocksError> {
    let length = u8::try_from(text.len()).map_err(|_| SocksError::TooLong(what))?;
    request.push(length);
    request.extend(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    fn proxy_login(user: &str, password: &str) -> ProxyLogin {
        ProxyLogin::new(user.to_owned(), password.into()).unwrap()
    }

    /// Requests a connection from a proxy that sends the bytes `says`, regardless of the request.
    /// Returns the result, and the bytes that the proxy received.
    async fn against(says: &[u8], login: Option<(&str, &str)>) -> (Result<(), Problem>, Vec<u8>) {
        let login = login.map(|(user, password)| proxy_login(user, password));
        let (ours, mut proxy) = duplex(1024);
        proxy.write_all(says).await.unwrap();
        let target = Uri::from_static("http://a");
        let result = open(TokioIo::new(ours), &target, login.as_ref()).await;
        let result = result.map(drop);
        let mut sent = Vec::new();
        proxy.read_to_end(&mut sent).await.unwrap();
        (result, sent)
    }

    const REQUEST: &[u8] = b"\x05\x01\x00\x03\x01a\x00\x50";

    #[tokio::test]
    async fn whoever_has_a_login_offers_to_go_without_as_well() {
        let reply = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50";
        let login = Some(("u", "pw"));
        let (result, sent) = against(&[b"\x05\x00", &reply[..]].concat(), login).await;
        assert!(result.is_ok());
        assert_eq!(sent, [b"\x05\x02\x00\x02", REQUEST].concat());
        let (result, sent) = against(&[b"\x05\x02\x01\x00", &reply[..]].concat(), login).await;
        assert!(result.is_ok());
        let words = b"\x01\x01u\x02pw";
        assert_eq!(sent, [b"\x05\x02\x00\x02", &words[..], REQUEST].concat());
        let (result, sent) = against(&[b"\x05\x00", &reply[..]].concat(), None).await;
        assert!(result.is_ok());
        assert_eq!(sent, [b"\x05\x01\x00", REQUEST].concat());
    }

    #[tokio::test]
    async fn the_reply_is_read_to_its_end_and_no_further() {
        for address in [
            &b"\x01\x7f\x00\x00\x01\x00\x50"[..],
            b"\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x50",
            b"\x03\x05proxy\x00\x50",
            b"\x03\x00\x00\x50",
        ] {
            let (ours, mut proxy) = duplex(1024);
            let says = [b"\x05\x00\x05\x00\x00", address, b"HTTP"].concat();
            proxy.write_all(&says).await.unwrap();
            let target = Uri::from_static("http://a");
            let stream = open(TokioIo::new(ours), &target, None).await.unwrap();
            let mut next = [0; 4];
            TokioIo::new(stream).read_exact(&mut next).await.unwrap();
            assert_eq!(&next, b"HTTP");
        }
    }

    #[tokio::test]
    async fn each_refusal_has_its_own_words() {
        let login = Some(("u", "pw"));
        let mut texts = Vec::new();
        for (says, login, permanent) in [
            (&b"\x05\xff"[..], None, true),
            (b"\x05\xff", login, true),
            (b"\x05\x02\x01\x01", login, true),
            (b"\x05\x01", login, false),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", None, false),
            (b"\x00\x5b", None, false),
            (b"\x05\x00\x04\x00\x00\x01", None, false),
            (b"\x05\x00\x05\x00\x00\x09", None, false),
            (b"\x05\x00\x05\x01", None, false),
            (b"\x05\x00\x05\x02\x00\x01", None, true),
            (b"\x05\x00\x05\x03\x00\x01", None, false),
            (b"\x05\x00\x05\x04\x00\x01", None, false),
            (b"\x05\x00\x05\x05\x00\x01", None, false),
            (b"\x05\x00\x05\x06\x00\x01", None, false),
            (b"\x05\x00\x05\x07\x00\x01", None, false),
            (b"\x05\x00\x05\x08\x00\x01", None, false),
            (b"\x05\x00\x05\x63\x00\x01", None, false),
        ] {
            let Err(Problem::Socks(error)) = against(says, login).await.0 else {
                panic!("{says:?}")
            };
            assert_eq!(error.is_permanent(), permanent, "{error}");
            texts.push(error.to_string());
        }
        texts.sort();
        texts.dedup();
        // Two of them are malformed replies.
        assert_eq!(texts.len(), 16, "{texts:#?}");
    }

    #[tokio::test]
    async fn a_proxy_that_breaks_off_is_not_taken_for_one_that_answers() {
        for says in [&b""[..], b"\x05"] {
            let (ours, mut proxy) = duplex(64);
            proxy.write_all(says).await.unwrap();
            proxy.shutdown().await.unwrap();
            let target = Uri::from_static("http://a");
            let result = open(TokioIo::new(ours), &target, None).await;
            assert!(matches!(result, Err(Problem::Closed)));
        }
    }

    #[test]
    fn the_port_is_that_of_the_scheme_unless_written_out() {
        for (target, expected) in [
            ("http://a/", &b"\x03\x01a\x00\x50"[..]),
            ("https://a/", b"\x03\x01a\x01\xbb"),
            ("http://a:8080/", b"\x03\x01a\x1f\x90"),
            ("https://192.0.2.1/", b"\x01\xc0\x00\x02\x01\x01\xbb"),
            (
                "https://[::1]:1/",
                b"\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01",
            ),
        ] {
            let request = connect_request(&Uri::from_static(target)).unwrap();
            assert_eq!(request[3..], *expected, "{target}");
        }
    }

    #[test]
    fn what_the_protocol_cannot_say_is_refused_before_anything_is_sent() {
        let long = "x".repeat(256);
        let fits = "x".repeat(255);
        let login = |user: &str, password: &str| {
            login_request(&proxy_login(user, password)).map(|request| request.len())
        };
        assert_eq!(login(&fits, &fits), Ok(1 + 256 + 256));
        assert_eq!(
            login(&long, ""),
            Err(SocksError::TooLong("user of the proxy"))
        );
        assert_eq!(
            login("", &long),
            Err(SocksError::TooLong("password of the proxy"))
        );
        let target: Uri = format!("http://{long}/").parse().unwrap();
        assert_eq!(connect_request(&target), Err(SocksError::TooLong("host")));
    }
}
