//! Layers of an application: around a call, or around each attempt.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;
use tower_service::Service;

use crate::error::{BoxError, Error};
use crate::message::{Body, Reply};

/// A call with all its attempts, as a service. The layers that are added with
/// [`ClientBuilder::layer`](crate::ClientBuilder::layer) wrap this service.
#[derive(Clone)]
pub struct CallService(BoxCloneSyncService<Request<Body>, Reply, Error>);

/// The part of an attempt that begins with signing, as a service. The layers that are added with
/// [`ClientBuilder::attempt_layer`](crate::ClientBuilder::attempt_layer) wrap this service.
#[derive(Clone)]
pub struct AttemptService(BoxCloneSyncService<Request<Body>, Response<Bytes>, Error>);

type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl CallService {
    pub(crate) fn new<S>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Reply> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
    {
        Self(BoxCloneSyncService::new(service.map_err(Error::from_inner)))
    }
}

impl AttemptService {
    pub(crate) fn new<S>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Bytes>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
    {
        Self(BoxCloneSyncService::new(service.map_err(Error::from_inner)))
    }
}

impl Service<Request<Body>> for CallService {
    type Response = Reply;
    type Error = Error;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.call(request)
    }
}

impl Service<Request<Body>> for AttemptService {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = BoxFuture<Response<Bytes>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.call(request)
    }
}

impl fmt::Debug for CallService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallService")
    }
}

impl fmt::Debug for AttemptService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptService")
    }
}

/// A layer whose type is erased.
type Wrap<S> = Box<dyn FnOnce(S) -> S + Send + Sync>;

/// The application's layers, outermost first.
#[derive(Default)]
pub(crate) struct UserLayers {
    pub(crate) call: Vec<Wrap<CallService>>,
    pub(crate) attempt: Vec<Wrap<AttemptService>>,
}

/// Wraps layers around a service. The first layer becomes the outermost.
pub(crate) fn wrap<S>(service: S, layers: Vec<Wrap<S>>) -> S {
    layers
        .into_iter()
        .rev()
        .fold(service, |inner, layer| layer(inner))
}

impl fmt::Debug for UserLayers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} per call, {} per attempt",
            self.call.len(),
            self.attempt.len()
        )
    }
}
