//! The headers that all requests of a client have.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Request};

use super::record::CallRecord;

/// Length, host, date, token, authorization and id: room for them is made once.
const HEADERS_OF_THE_STACK: usize = 6;

/// The headers that all requests of a client have, unless an operation leaves them out or has its own. A clone
/// shares them.
#[derive(Clone, Debug)]
pub(crate) struct ServiceHeaders(Arc<[(HeaderName, HeaderValue)]>);

/// Headers of the service that an operation leaves out; an extension of its request.
#[derive(Clone, Debug)]
pub(crate) struct WithoutHeaders(pub(crate) Vec<HeaderName>);

impl ServiceHeaders {
    pub(crate) fn new(headers: &HeaderMap) -> Self {
        let headers = headers.iter();
        Self(
            headers
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }

    /// Adds them to those of a request, and makes room for what the stack adds.
    pub(crate) fn add_to<B>(&self, request: &mut Request<B>) {
        // A clone, since a request cannot be borrowed for its headers and its extensions at once; few have it.
        let without = match CallRecord::is_alone(request.extensions()) {
            true => None,
            false => request.extensions().get::<WithoutHeaders>().cloned(),
        };
        let headers = request.headers_mut();
        headers.reserve(self.0.len() + HEADERS_OF_THE_STACK);
        let has_none = headers.is_empty();
        for (name, value) in &*self.0 {
            let is_without = without.as_ref().is_some_and(|it| it.0.contains(name));
            if !is_without && (has_none || !headers.contains_key(name)) {
                headers.insert(name.clone(), value.clone());
            }
        }
    }
}
