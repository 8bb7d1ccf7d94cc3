//! What layers and transports of an application find in the extensions of a request.

use http::Request;

use super::CallDeadline;
use crate::context::CallRecord;

/// Puts operation and deadline of the call into the extensions. Our own layers find them in the record
/// of the call, since every extension costs the request some allocations, and its copies as many; so the
/// stack does this only where others look.
pub(super) fn announce<B>(mut request: Request<B>) -> Request<B> {
    let extensions = request.extensions_mut();
    if let Some(record) = CallRecord::of(extensions) {
        if let Some(operation) = record.operation() {
            extensions.insert(operation);
        }
        if let Some(end) = record.end() {
            extensions.insert(CallDeadline::new(end));
        }
    }
    request
}
