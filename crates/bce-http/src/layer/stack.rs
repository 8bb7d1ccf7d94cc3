//! Composes the layers of a client in this order, outermost first:
//!
//! ```text
//!  1  Trace::call       one span per call; outermost, so that it also sees the deadline
//!  2  Deadline          the whole call, including pauses between retries
//!     Announce          for layers and transports of the application, if there are any
//!  3  user layers       once per call: ClientBuilder::layer
//!  4  Retry             retries what may be retried; everything below runs once per attempt
//!  5  InFlight          waits, if the number of concurrent requests is limited
//!  6  Trace::attempt    one span per attempt
//!  7  AttemptTimeout    credentials, connection, request and the whole response
//!  8  Decode            errors of the service, at any status; Retry decides by their code
//!  9  Skew              corrects the clock according to each response
//! 10  user layers       once per attempt, before the signature: ClientBuilder::attempt_layer
//! 11  Sign              again for each attempt, in its final form
//! 12  RequestId         an id for each request, which is not signed
//! 13  Witness           records the outcome of the request
//! 14  Transport         pool > connect timeout > TLS > proxy > TCP; reads the whole response,
//!                       up to a limit
//! ```

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceBuilder;
use tower_layer::Layer;
use tower_service::Service;

use super::announce::Announce;
use super::application::{AttemptService, CallService, UserLayers, wrap};
use super::held::Held;
use super::{
    AttemptTimeout, Deadline, Decode, InFlight, RequestId, Retry, Sign, Skew, SkewedClock, Trace,
    Witness,
};
use crate::error::{BoxError, Error};
use crate::message::{Body, Reply};
use crate::service::Envelope;
use crate::transport::Transport;

/// The type-erased stack, which has the same type in every client of every service. A call uses a
/// clone of the layers, which share their state.
///
/// Unlike [`CallService`] and [`AttemptService`], this is not a `BoxCloneSyncService`, which has to
/// be called through `&mut`: every call would first have to clone it into a new box, in addition to
/// the box that the future needs in any case. [`CallService`] and [`AttemptService`] have to be
/// services, because layers of applications wrap a `tower::Service`; a client without such layers
/// contains neither.
pub(crate) struct Stack(Box<dyn Fn(Request<Body>) -> BoxFuture + Send + Sync>);

type BoxFuture = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send>>;

impl Stack {
    /// Creates a stack from a service that is always ready. [`Deadline`] is always ready: if it has
    /// to wait for its inner service, it does this in its future.
    fn new<S>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Reply, Error = Error> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        Self(Box::new(move |request| {
            Box::pin(service.clone().call(request))
        }))
    }

    /// Sends a request through all layers.
    pub(crate) fn call(&self, request: Request<Body>) -> BoxFuture {
        (self.0)(request)
    }
}

/// The settings of the layers.
pub(crate) struct StackConfig {
    pub(crate) sign: Sign,
    pub(crate) total_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry: Retry,
    pub(crate) max_in_flight: Option<usize>,
    /// How the service's responses are interpreted.
    pub(crate) envelope: Envelope,
    /// Whether the application provides the transport.
    pub(crate) foreign_transport: bool,
    /// The clock used for signing, if it has to follow the service's clock.
    pub(crate) corrected_clock: Option<SkewedClock>,
    pub(crate) layers: UserLayers,
}

/// Composes the stack on top of this crate's transport. This function is not generic, so the layers
/// are compiled once, in this crate, and not in every crate that builds a client.
pub(crate) fn over_network(config: StackConfig, transport: Transport) -> Stack {
    compose(config, transport)
}

/// Composes the stack on top of any transport.
pub(crate) fn compose<S>(mut config: StackConfig, transport: S) -> Stack
where
    S: Service<Request<Body>, Response = Response<Bytes>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    let own = &config.layers;
    let own_below = !config.foreign_transport && own.attempt.is_empty();
    let seen = !own_below || !own.call.is_empty();
    let witness = Witness::new(config.envelope, config.foreign_transport);
    let transport = RequestId::new().layer(witness.layer(transport));
    let signed = config.sign.layer(transport);
    // Only layers of an application require a type-erased inner service.
    match std::mem::take(&mut config.layers.attempt) {
        layers if layers.is_empty() => compose_call(config, seen, own_below, signed),
        layers => {
            let signed = wrap(AttemptService::new(signed), layers);
            compose_call(config, seen, own_below, signed)
        }
    }
}

/// Composes all layers around `signed`, which consists of the transport, [`Sign`] and the layers
/// between them, and the application's layers around attempts. `seen` tells whether the application
/// sees the requests, in a layer or in a transport. `own_below` tells whether the application
/// provides neither layers around attempts nor the transport, so that everything below `Retry` is
/// always ready.
fn compose_call<S>(config: StackConfig, seen: bool, own_below: bool, signed: S) -> Stack
where
    S: Service<Request<Body>, Response = Response<Bytes>, Error = Error>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    let retried = ServiceBuilder::new()
        .layer(config.retry)
        .layer(Held::layer(own_below))
        .layer(InFlight::limited(config.max_in_flight))
        .layer(Trace::attempt())
        .layer(AttemptTimeout::new(config.attempt_timeout))
        .layer(Decode::with(config.envelope))
        .layer(Skew::correcting(config.corrected_clock))
        .service(signed);
    let call = ServiceBuilder::new()
        .layer(Trace::call())
        .layer(Deadline::unannounced(config.total_timeout, seen))
        .layer(Announce::new(seen));
    match config.layers.call {
        layers if layers.is_empty() => Stack::new(call.service(retried)),
        layers => Stack::new(call.service(wrap(CallService::new(retried), layers))),
    }
}
