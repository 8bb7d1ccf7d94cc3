//! Classification of failures of the HTTP client by whether the request may have reached the
//! service.

use std::error::Error as StdError;
use std::io;

use http::uri::Scheme;
use http::{StatusCode, Uri};
use http_body_util::LengthLimitError;

use super::connection::{MAX_HEADERS, OpenError};
use super::exchange::SendError;
use super::first_bytes::Opening;
use crate::connect::{ConnectTimeoutError, Proxy, ProxyError, TlsFailure, UnknownHostError};
use crate::error::{BoxError, Delivery, Error, ErrorKind};

/// hyper's message for a response head that is too large. A client can recognize this error only by
/// its message.
const TOO_LARGE: &str = "message head is too large";

/// Returns the error for a failure that occurred before the head of the response was received.
pub(super) fn of_request(error: SendError, target: &Uri, proxy: &Proxy, opening: Opening) -> Error {
    let peer = match proxy.forwarder(target) {
        Some(server) => format!("proxy {server}"),
        None => host_of(target).to_owned(),
    };
    let closed = format!("the connection to {peer} was closed before the request was sent");
    let (problem, delivery) = match error {
        SendError::Open(OpenError::Connect(error)) => return of_connecting(error, target, proxy),
        SendError::Open(OpenError::Closed) => {
            return Error::new(ErrorKind::Transport, closed).with_delivery(Delivery::NotSent);
        }
        SendError::Open(OpenError::Unusable(error)) | SendError::Unsent(error) => {
            (error, Delivery::NotSent)
        }
        SendError::Lost(error) => (error, Delivery::Unknown),
    };
    if problem.to_string() == TOO_LARGE {
        let message = format!(
            "{peer} responded with more headers than this client accepts, which are {MAX_HEADERS} \
             with 400 KiB in total; check the headers that a gateway or a proxy adds"
        );
        return Error::new(ErrorKind::Transport, message).permanent();
    }
    // With https, the bytes on the connection are those of TLS, and do not show the protocol inside
    // it.
    let plain = target.scheme() == Some(&Scheme::HTTP);
    if let Some(protocol) = opening.other_protocol().filter(|_| plain) {
        let message = format!("{peer} does not speak HTTP but {protocol}");
        return Error::new(ErrorKind::Transport, message).with_delivery(delivery);
    }
    let message = match delivery {
        Delivery::NotSent
            if problem.is_canceled() || problem.is_closed() || problem.is_incomplete_message() =>
        {
            closed
        }
        _ => of_exchange(&problem, &peer),
    };
    let failure = Error::new(ErrorKind::Transport, message).with_delivery(delivery);
    match tls_error(&problem) {
        Some(problem) => failure.with_cause(TlsFailure::new(problem)),
        None => failure.with_cause(problem),
    }
}

/// Describes a failure of a connection that was made.
fn of_exchange(problem: &hyper::Error, peer: &str) -> String {
    if problem.is_incomplete_message() {
        format!("{peer} closed the connection without responding")
    } else if problem.is_parse() {
        format!("{peer} responded with something other than HTTP")
    } else {
        format!("the connection to {peer} failed")
    }
}

/// Returns the error for a failure to connect: name resolution, TCP, the proxy or TLS failed. The
/// request was not sent.
pub(super) fn of_connecting(error: BoxError, target: &Uri, proxy: &Proxy) -> Error {
    let host = host_of(target);
    let timed_out = chain(&*error).any(|cause| cause.is::<ConnectTimeoutError>());
    let handshake = of_handshake(&*error);
    let message = match proxy.server_for(target) {
        // All other errors of proxies name the proxy themselves.
        Ok(Some(proxy)) if timed_out || handshake.is_some() => {
            format!("cannot connect to {host} through proxy {proxy}")
        }
        _ => format!("cannot connect to {host}"),
    };
    let mut failure = Error::new(ErrorKind::Connect, message);
    if chain(&*error).any(is_permanent) {
        failure = failure.permanent();
    }
    match handshake {
        Some(handshake) => failure.with_cause(handshake),
        None => failure.with_cause(error),
    }
}

/// Returns the failed TLS handshake if that is the cause of the error, and `None` otherwise.
fn of_handshake(error: &(dyn StdError + 'static)) -> Option<TlsFailure> {
    if let Some(error) = tls_error(error) {
        return Some(TlsFailure::new(error));
    }
    // Failures before the handshake have other types: the TLS connector wraps only errors of the
    // handshake in an I/O error.
    let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
    let broken = inner.downcast_ref::<io::Error>()?;
    Some(TlsFailure::broken(
        broken.kind() == io::ErrorKind::UnexpectedEof,
    ))
}

fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// Returns whether the next attempt will fail to connect for the same reason. Unknown causes count
/// as transient.
fn is_permanent(cause: &(dyn StdError + 'static)) -> bool {
    if let Some(error) = cause.downcast_ref::<rustls::Error>() {
        return matches!(error, rustls::Error::InvalidCertificate(_));
    }
    let proxy = cause.downcast_ref::<ProxyError>();
    proxy.is_some_and(ProxyError::is_permanent) || cause.is::<UnknownHostError>()
}

fn host_of(target: &Uri) -> &str {
    target
        .authority()
        .map_or("the endpoint", |host| host.as_str())
}

/// Returns the error for a proxy that responded with 407 and therefore did not forward the request;
/// `None` for any other response.
pub(super) fn of_forwarding(target: &Uri, proxy: &Proxy, status: StatusCode) -> Option<Error> {
    if status != StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return None;
    }
    let server = proxy.forwarder(target)?;
    let host = host_of(target);
    let error = Error::new(ErrorKind::Connect, format!("cannot connect to {host}")).permanent();
    Some(error.with_cause(ProxyError::answered(server, status)))
}

/// Returns the error for a failure while the body of the response was being read.
pub(super) fn of_response(error: BoxError, limit: usize) -> Error {
    if error.is::<LengthLimitError>() {
        return too_long(limit);
    }
    Error::new(ErrorKind::Transport, "the response is incomplete").with_cause(error)
}

/// Returns the error for a response that is too long and therefore not read to its end. It is
/// permanent: another attempt would end in the same way.
fn too_long(limit: usize) -> Error {
    let message = format!("the response is longer than the limit of {limit} bytes");
    Error::new(ErrorKind::Transport, message).permanent()
}

/// Returns an error and its sources. If an I/O error wraps another error, the latter follows it,
/// although `source()` of the I/O error skips it.
fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}
