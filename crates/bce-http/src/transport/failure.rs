//! What a failure of the HTTP client means: whether the request can have reached the service.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use http::{StatusCode, Uri};
use http_body_util::LengthLimitError;
use hyper_util::client::legacy;
use rustls::CertificateError;

use crate::connect::{ConnectTimeoutError, Proxy, ProxyError};
use crate::error::{BoxError, Delivery, Error, ErrorKind};

/// A failure before the head of the response.
pub(super) fn of_request(error: legacy::Error, target: &Uri, proxy: &Proxy) -> Error {
    let host = target
        .authority()
        .map_or("the endpoint", |host| host.as_str());
    if error.is_connect() {
        return of_connecting(error, host, target, proxy);
    }
    let hyper = chain(&error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    // A pooled connection that the peer had closed: the request was given back unwritten.
    if hyper.is_some_and(hyper::Error::is_canceled) {
        let message = format!("the connection to {host} was closed before the request was sent");
        return Error::new(ErrorKind::Transport, message)
            .with_delivery(Delivery::NotSent)
            .with_cause(error);
    }
    let message = if hyper.is_some_and(hyper::Error::is_incomplete_message) {
        format!("{host} closed the connection before it answered")
    } else if hyper.is_some_and(hyper::Error::is_parse) {
        format!("{host} answered with something that is not HTTP")
    } else {
        format!("the connection to {host} failed")
    };
    Error::new(ErrorKind::Transport, message).with_cause(error)
}

/// A failure to connect: name resolution, TCP, proxy or TLS. Nothing was sent.
fn of_connecting(error: legacy::Error, host: &str, target: &Uri, proxy: &Proxy) -> Error {
    let timed_out = chain(&error).any(|cause| cause.is::<ConnectTimeoutError>());
    let message = match proxy.server_for(target) {
        // Other errors of a proxy name it themselves.
        Ok(Some(proxy)) if timed_out => format!("cannot connect to {host} through proxy {proxy}"),
        _ => format!("cannot connect to {host}"),
    };
    let reason = chain(&error).find_map(|cause| match cause.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(problem) => Some(of_certificate(problem)),
        other => Some(format!("TLS failed: {other}")),
    });
    let failure = Error::new(ErrorKind::Connect, message);
    match reason {
        Some(text) => failure.with_cause(TlsFailure(text)),
        None => failure.with_cause(error),
    }
}

/// What is wrong with a server's certificate, in words.
fn of_certificate(problem: &CertificateError) -> String {
    match problem {
        CertificateError::UnknownIssuer => "the certificate is not trusted: unknown issuer".into(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired".into()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet".into()
        }
        CertificateError::NotValidForName => "the certificate is for another name".into(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!(
                "the certificate is for another name: {}",
                presented.join(", ")
            )
        }
        CertificateError::Revoked => "the certificate was revoked".into(),
        other => format!("the certificate is not valid: {other}"),
    }
}

/// A forwarding proxy that answered 407: it passed nothing on.
pub(super) fn of_forwarding(target: &Uri, proxy: &Proxy, status: StatusCode) -> Option<Error> {
    if status != StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return None;
    }
    let server = proxy.forwarder(target)?;
    let host = target
        .authority()
        .map_or("the endpoint", |host| host.as_str());
    let error = Error::new(ErrorKind::Connect, format!("cannot connect to {host}"));
    Some(error.with_cause(ProxyError::answered(server, status)))
}

/// A failure while the body of the response was read.
pub(super) fn of_response(error: BoxError, limit: usize) -> Error {
    if error.is::<LengthLimitError>() {
        return too_long(limit);
    }
    Error::new(ErrorKind::Transport, "the response broke off").with_cause(error)
}

/// A response that was not read to its end on purpose: another attempt would end the same way.
fn too_long(limit: usize) -> Error {
    let message = format!("the response is longer than the limit of {limit} bytes");
    Error::new(ErrorKind::Transport, message).lasting()
}

/// A failed handshake in words; stands for a chain of errors of which only the last one counts.
#[derive(Debug)]
struct TlsFailure(String);

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for TlsFailure {}

/// The error and its sources. An I/O error made from another one is followed by that one, which
/// its `source()` skips.
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
