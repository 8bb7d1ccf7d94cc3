//! The order of the layers, and nothing else.
//!
//! ```text
//!  1  Trace::call       one span per call; outermost, so that it sees the deadline too
//!  2  Deadline          the whole call, pauses between retries included
//!  3  (user layers per call)
//!  4  (Retry)           repeats what may be repeated; everything below runs once per attempt
//!  5  Trace::attempt    one span per attempt
//!  6  AttemptTimeout    credentials, connection, request and the whole response
//!  7  Decode            errors of the service, at any status; Retry decides by their code
//!  8  (Skew)            learns the service's clock from each answer
//!  9  (user layers per attempt)
//! 10  Sign              anew for each attempt, over what goes on the wire
//! 11  Transport         pool > (connect timeout) > TLS > (proxy) > TCP; reads the whole
//!                      response, bounded
//! ```
//!
//! The places in brackets are kept for layers that this version does not have yet.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceBuilder;
use tower::util::BoxCloneSyncService;
use tower_service::Service;

use crate::body::Body;
use crate::error::{BoxError, Error};
use crate::layer::{AttemptTimeout, Deadline, Decode, Sign, Trace};
use crate::reply::Reply;

/// The composed stack, erased: every client of every service has this one type inside.
pub(crate) type Stack = BoxCloneSyncService<Request<Body>, Reply, Error>;

/// What the layers need to know.
pub(crate) struct StackConfig {
    pub(crate) sign: Sign,
    pub(crate) total_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
}

/// Puts the layers around a transport.
pub(crate) fn compose<S>(config: StackConfig, transport: S) -> Stack
where
    S: Service<Request<Body>, Response = Response<Bytes>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    let stack = ServiceBuilder::new()
        .layer(Trace::call())
        .layer(Deadline::new(config.total_timeout))
        .layer(Trace::attempt())
        .layer(AttemptTimeout::new(config.attempt_timeout))
        .layer(Decode::new())
        .layer(config.sign)
        .service(transport);
    BoxCloneSyncService::new(stack)
}
