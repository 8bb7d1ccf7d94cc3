//! The headers that all requests of a client have.

use std::sync::Arc;

use http::{Extensions, HeaderMap, HeaderName};

/// Length, host, date, token, authorization and id: room for them is made once.
const HEADERS_OF_THE_STACK: usize = 6;

/// The headers that all requests of a client have, unless an operation leaves them out or has its own. A clone
/// shares them.
#[derive(Clone, Debug)]
pub(crate) struct ServiceHeaders(Arc<HeaderMap>);

/// Headers of the service that an operation leaves out; an extension of its request.
#[derive(Clone, Debug)]
pub(crate) struct WithoutHeaders(pub(crate) Vec<HeaderName>);

impl ServiceHeaders {
    pub(crate) fn new(headers: HeaderMap) -> Self {
        Self(Arc::new(headers))
    }

    /// Adds them to those of a request, and makes room for what the stack adds.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap, extensions: &Extensions) {
        headers.reserve(self.0.len() + HEADERS_OF_THE_STACK);
        let without = extensions.get::<WithoutHeaders>();
        for (name, value) in &*self.0 {
            if without.is_some_and(|it| it.0.contains(name)) {
                continue;
            }
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}
