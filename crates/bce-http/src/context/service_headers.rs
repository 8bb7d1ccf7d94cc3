//! The headers that all requests of a client have in common.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Request};

use super::record::CallRecord;

/// Space is reserved in each request for this number of headers that the client and its layers add:
/// length, host, date, token, authorization and id.
const HEADERS_OF_THE_STACK: usize = 6;

/// The headers that all requests of a client have, except where an operation omits or replaces
/// them. Clones share the same headers.
#[derive(Clone, Debug)]
pub(crate) struct ServiceHeaders(Arc<[(HeaderName, HeaderValue)]>);

/// Headers of the service that an operation omits; an extension of its request.
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

    /// Adds these headers to a request, except for those that it already has or that its operation
    /// omits. Also reserves space for the headers that the client and its layers add.
    pub(crate) fn add_to<B>(&self, request: &mut Request<B>) {
        // Cloned, because the headers and the extensions of a request cannot be borrowed at the
        // same time. Few requests have this extension.
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
