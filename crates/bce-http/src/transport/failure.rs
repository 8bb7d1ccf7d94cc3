//! What a failure of the HTTP client means: whether the request can have reached the service.

use std::error::Error as StdError;

use http::uri::Authority;
use http_body_util::LengthLimitError;
use hyper_util::client::legacy;

use crate::error::{BoxError, Delivery, Error, ErrorKind};

/// A failure before the head of the response.
pub(super) fn of_request(error: legacy::Error, authority: Option<&Authority>) -> Error {
    let host = authority.map_or("the endpoint", Authority::as_str);
    if error.is_connect() {
        return Error::new(ErrorKind::Connect, format!("cannot connect to {host}"))
            .with_cause(error);
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

/// A failure while the body of the response was read.
pub(super) fn of_response(error: BoxError, limit: usize) -> Error {
    if error.is::<LengthLimitError>() {
        let message = format!("the response is longer than the limit of {limit} bytes");
        return Error::new(ErrorKind::Transport, message);
    }
    Error::new(ErrorKind::Transport, "the response broke off").with_cause(error)
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
