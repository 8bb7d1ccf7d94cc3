//! The order of the layers, and nothing else.
//!
//! ```text
//!  1  Trace::call       one span per call; outermost, so that it sees the deadline too
//!  2  Deadline          the whole call, pauses between retries included
//!     announce          for layers and transports of the application, if there are any
//!  3  user layers       once per call: ClientBuilder::layer
//!  4  Retry             repeats what may be repeated; everything below runs once per attempt
//!  5  InFlight          waits for a place, if the number of requests is bounded
//!  6  Trace::attempt    one span per attempt
//!  7  AttemptTimeout    credentials, connection, request and the whole response
//!  8  Decode            errors of the service, at any status; Retry decides by their code
//!  9  Skew              learns the service's clock from each response
//! 10  user layers       once per attempt, before the signature: ClientBuilder::attempt_layer
//! 11  Sign              anew for each attempt, over what goes on the wire
//! 12  RequestId         an id for each request, which is not signed
//! 13  Witness           notes what became of the request
//! 14  Transport         pool > connect timeout > TLS > proxy > TCP; reads the whole response,
//!                       bounded
//! ```

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceBuilder;
use tower::util::MapRequestLayer;
use tower_layer::Layer;
use tower_service::Service;

use super::announce::announce;
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

/// The composed stack, erased: every client of every service has this one type inside. A call
/// works on a clone of the layers, all of which share what they hold.
///
/// Why not the erasure of [`CallService`] and [`AttemptService`], a `BoxCloneSyncService`: that one is
/// called through `&mut`, so every call would first clone it into a box of its own, one allocation more
/// than the box of the future, which both need. Layers of applications wrap a `tower::Service`, so theirs
/// has to be one, and a client without such layers has none inside.
pub(crate) struct Stack(Box<dyn Fn(Request<Body>) -> BoxFuture + Send + Sync>);

type BoxFuture = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send>>;

impl Stack {
    /// Of a service that is ready at any time, as [`Deadline`] is: it waits itself for what is inside of it.
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

/// What the layers need to know.
pub(crate) struct StackConfig {
    pub(crate) sign: Sign,
    pub(crate) total_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry: Retry,
    pub(crate) max_in_flight: Option<usize>,
    /// What the responses of the service mean.
    pub(crate) envelope: Envelope,
    /// Whether the transport is the application's.
    pub(crate) foreign_transport: bool,
    /// The clock that signatures are dated by, when it is to follow the service's.
    pub(crate) corrected_clock: Option<SkewedClock>,
    pub(crate) layers: UserLayers,
}

/// Puts the layers around the network. Not generic, so that they are compiled here, once, and not in every
/// crate that builds a client.
pub(crate) fn over_network(config: StackConfig, transport: Transport) -> Stack {
    compose(config, transport)
}

/// Puts the layers around a transport.
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
    // Only layers of the application need their inner service erased.
    match std::mem::take(&mut config.layers.attempt) {
        layers if layers.is_empty() => compose_call(config, seen, own_below, signed),
        layers => {
            let signed = wrap(AttemptService::new(signed), layers);
            compose_call(config, seen, own_below, signed)
        }
    }
}

/// Everything outside of the layers per attempt. `seen`: the application looks at the requests, by a layer or a
/// transport. `own_below`: no layer per attempt and no transport is the application's, so that what is below
/// `Retry` is always ready.
fn compose_call<S>(config: StackConfig, seen: bool, own_below: bool, signed: S) -> Stack
where
    S: Service<Request<Body>, Response = Response<Bytes>, Error = Error>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    let retried = ServiceBuilder::new()
        .layer(config.retry)
        .layer(Held::layer(own_below))
        .option_layer(config.max_in_flight.map(InFlight::new))
        .layer(Trace::attempt())
        .layer(AttemptTimeout::new(config.attempt_timeout))
        .layer(Decode::with(config.envelope))
        .option_layer(config.corrected_clock.map(Skew::new))
        .service(signed);
    let call = ServiceBuilder::new()
        .layer(Trace::call())
        .layer(Deadline::unannounced(config.total_timeout, seen))
        .option_layer(seen.then(|| MapRequestLayer::new(announce)));
    match config.layers.call {
        layers if layers.is_empty() => Stack::new(call.service(retried)),
        layers => Stack::new(call.service(wrap(CallService::new(retried), layers))),
    }
}
