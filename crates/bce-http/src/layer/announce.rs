//! Extensions of requests that are meant for layers and transports of applications.

use http::Request;

use super::CallDeadline;
use crate::context::CallRecord;

/// Adds the operation and the deadline of the call to the extensions of a request. The layers of
/// this crate find both in the record of the call, since every extension costs allocations, both in
/// the request and in each of its copies. The stack therefore adds them only if there are other
/// layers.
pub(super) fn announce<B>(mut request: Request<B>) -> Request<B> {
    let extensions = request.extensions_mut();
    if let Some(record) = CallRecord::of(extensions) {
        // The record may belong to an outer call, whose operation and end are different.
        if let Some(operation) = CallRecord::operation_of(extensions) {
            extensions.insert(operation);
        }
        if let Some(deadline) = CallDeadline::of(extensions, &record) {
            extensions.insert(deadline);
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use http::Method;
    use tokio::time::Instant;

    use super::*;
    use crate::service::{Idempotency, Operation};

    static GET: Operation = Operation::new("zoo", "Get", Method::GET, Idempotency::Safe);
    static CREATE: Operation =
        Operation::new("zoo", "Create", Method::POST, Idempotency::NonIdempotent);

    fn announced(request: &Request<()>) -> Option<&'static Operation> {
        request.extensions().get::<&'static Operation>().copied()
    }

    #[test]
    fn a_call_in_the_course_of_another_is_announced_by_its_own_operation() {
        let mut request = Request::new(());
        CallRecord::begin(request.extensions_mut(), &GET, Instant::now());
        assert_eq!(announced(&request), None);
        let mut request = announce(request);
        assert_eq!(announced(&request), Some(&GET));
        CallRecord::begin(request.extensions_mut(), &CREATE, Instant::now());
        let request = announce(request);
        assert_eq!(announced(&request), Some(&CREATE));
    }
}
