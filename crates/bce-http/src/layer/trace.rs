//! Spans around a call and around each attempt, and events with their outcome.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;
use tracing::level_filters::LevelFilter;
use tracing::{Span, field};

use crate::context::CallRecord;
use crate::error::{BoxError, Error, shown_name};
use crate::headers::request_id;
use crate::message::Reply;
use crate::service::Operation;

/// A call that takes longer than this causes a warning.
const SLOW: Duration = Duration::from_secs(5);

/// A layer that emits a span and, when it ends, an event: INFO for a call, DEBUG for an attempt.
/// The span has the status, the error code and the request id; the span of a call also has the
/// operation and the number of attempts, and the span of an attempt has the number of the attempt.
/// The event has the elapsed milliseconds and the error. A call that takes longer than five seconds
/// also emits a WARN event.
///
/// If the request was sent by this crate's transport, the event of an attempt also has the address
/// of the connection, which may be that of a proxy, and tells whether the connection already
/// existed or, if not, how long after the start of the attempt it was made. A connection that was
/// made for another request while the attempt waited counts as made for the attempt.
///
/// Without a subscriber, the layer does almost nothing. Spans and events show nothing else of the
/// request and the response, except for what the message of the error quotes.
#[derive(Clone, Copy, Debug)]
pub struct Trace {
    scope: Scope,
}

#[derive(Clone, Copy, Debug)]
enum Scope {
    Call,
    Attempt,
}

impl Trace {
    /// Creates the layer for a whole call. Place it outermost, so that it also reports calls that
    /// the deadline ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::layer::Trace;
    ///
    /// let layer = Trace::call();
    /// # let _ = layer;
    /// ```
    pub const fn call() -> Self {
        Self { scope: Scope::Call }
    }

    /// Creates the layer for one attempt. Place it inside the layer that repeats attempts.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::layer::Trace;
    ///
    /// let layer = Trace::attempt();
    /// # let _ = layer;
    /// ```
    pub const fn attempt() -> Self {
        Self {
            scope: Scope::Attempt,
        }
    }
}

/// A successful result that a trace can describe.
pub trait Outcome {
    /// Returns the HTTP status.
    fn status(&self) -> StatusCode;
    /// Returns the id that the service assigned to the request, from the headers; `None` if they
    /// contain none.
    fn request_id(&self) -> Option<String>;
}

impl Outcome for Reply {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn request_id(&self) -> Option<String> {
        request_id(self.headers())
    }
}

impl<B> Outcome for Response<B> {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn request_id(&self) -> Option<String> {
        request_id(self.headers())
    }
}

impl<S> Layer<S> for Trace {
    type Service = TraceService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TraceService {
            inner,
            scope: self.scope,
        }
    }
}

/// The service of [`Trace`].
#[derive(Clone, Debug)]
pub struct TraceService<S> {
    inner: S,
    scope: Scope,
}

impl<S, B> Service<Request<B>> for TraceService<S>
where
    S: Service<Request<B>>,
    S::Response: Outcome,
    S::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = Error;
    type Future = TraceFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Error::from_inner)
    }

    #[inline]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let record = CallRecord::of(request.extensions());
        let listening = match self.scope.is_quiet() {
            true => None,
            false => Listening::begin(self.scope, &request, record.as_ref()),
        };
        let entered = listening.as_ref().map(|listening| listening.span.enter());
        let inner = self.inner.call(request);
        drop(entered);
        TraceFuture {
            inner,
            record,
            listening,
        }
    }
}

/// The state of a trace that has a subscriber.
#[derive(Debug)]
struct Listening {
    scope: Scope,
    span: Span,
    operation: Option<&'static Operation>,
    started: Instant,
    connection: Option<Connection>,
}

impl Listening {
    /// Starts tracing; returns `None` if there is no subscriber for it.
    #[cold]
    #[inline(never)]
    fn begin<B>(
        scope: Scope,
        request: &Request<B>,
        record: Option<&CallRecord>,
    ) -> Option<Box<Self>> {
        let operation = CallRecord::operation_of(request.extensions());
        let span = scope.span(operation, record);
        if let (Scope::Attempt, false, Some(record)) = (scope, span.is_disabled(), record) {
            record.watch();
        }
        // A slow call is reported even if the subscriber's level excludes its span.
        let listened = match scope {
            Scope::Call => !span.is_disabled() || tracing::enabled!(tracing::Level::WARN),
            Scope::Attempt => !span.is_disabled(),
        };
        listened.then(|| {
            Box::new(Self {
                scope,
                span,
                operation,
                started: Instant::now(),
                connection: None,
            })
        })
    }

    /// Examines the result of polling the future: records the connection once there is one, and the
    /// outcome once it is known.
    #[cold]
    #[inline(never)]
    fn look<T: Outcome>(&mut self, polled: &Poll<Result<T, Error>>, record: Option<&CallRecord>) {
        if let (Scope::Attempt, None, Some(record)) = (self.scope, &self.connection, record) {
            self.connection = Connection::look(record, self.started);
        }
        let Poll::Ready(result) = polled else {
            return;
        };
        let elapsed = self.started.elapsed();
        match self.scope {
            Scope::Call => finish_call(&self.span, self.operation, record, result, elapsed),
            Scope::Attempt => {
                let connection = self.connection.as_ref();
                finish_attempt(&self.span, connection, record, result, elapsed);
            }
        }
    }
}

impl Scope {
    /// Returns whether no subscriber wants any of the events. This is the usual case, in which the
    /// code for spans is not needed.
    fn is_quiet(self) -> bool {
        let least = match self {
            Self::Call => LevelFilter::WARN,
            Self::Attempt => LevelFilter::DEBUG,
        };
        LevelFilter::current() < least
    }

    fn span(self, operation: Option<&'static Operation>, record: Option<&CallRecord>) -> Span {
        let service = operation.map_or("", Operation::service);
        let operation = operation.map_or("", Operation::name);
        match self {
            Self::Call => tracing::info_span!(
                "call",
                service,
                operation,
                status = field::Empty,
                code = field::Empty,
                request_id = field::Empty,
                attempts = field::Empty,
            ),
            Self::Attempt => tracing::debug_span!(
                "attempt",
                number = record.map(CallRecord::attempts),
                status = field::Empty,
                code = field::Empty,
                request_id = field::Empty,
            ),
        }
    }
}

/// The connection of an attempt.
#[derive(Debug)]
struct Connection {
    peer: Option<String>,
    /// The time from the start of the attempt until the new connection was noticed, which is soon
    /// after it was made; `None` if the connection already existed before the attempt.
    made_in: Option<Duration>,
}

impl Connection {
    /// Returns the connection of an attempt that began at `started`, or `None` if it does not have
    /// one yet.
    fn look(record: &CallRecord, started: Instant) -> Option<Self> {
        let info = record.connection()?;
        let is_new = info.made >= started;
        Some(Self {
            peer: info.peer.map(|peer| peer.to_string()),
            made_in: is_new.then(|| started.elapsed()),
        })
    }
}

/// Records the outcome in a span. The events do not repeat these fields, because subscribers also
/// print the fields of the span.
fn record_outcome<T: Outcome>(span: &Span, result: &Result<T, Error>, record: Option<&CallRecord>) {
    match result {
        Ok(outcome) => {
            span.record("status", outcome.status().as_u16());
            let id = outcome.request_id();
            let shown = id.map(|id| match record {
                Some(record) => shown_name(&id, record.secrets()),
                None => id,
            });
            span.record("request_id", shown);
        }
        Err(error) => {
            span.record("status", error.status().map(|status| status.as_u16()));
            span.record("code", error.code());
            span.record("request_id", error.request_id());
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pin_project! {
    /// The future of [`TraceService`].
    #[derive(Debug)]
    pub struct TraceFuture<F> {
        #[pin]
        inner: F,
        record: Option<CallRecord>,
        // `None` without a subscriber.
        listening: Option<Box<Listening>>,
    }
}

impl<F, T, E> Future for TraceFuture<F>
where
    F: Future<Output = Result<T, E>>,
    T: Outcome,
    E: Into<BoxError>,
{
    type Output = Result<T, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let entered = this
            .listening
            .as_ref()
            .map(|listening| listening.span.enter());
        let result = this.inner.poll(cx);
        drop(entered);
        let record = this.record.as_ref();
        let result = result.map_err(|error| {
            let error = Error::from_inner(error);
            match record {
                Some(record) => error.hiding(&record.shared_secrets()),
                None => error,
            }
        });
        if let Some(listening) = this.listening {
            listening.look(&result, record);
        }
        result
    }
}

fn finish_call<T: Outcome>(
    span: &Span,
    operation: Option<&'static Operation>,
    record: Option<&CallRecord>,
    result: &Result<T, Error>,
    elapsed: Duration,
) {
    let elapsed_ms = millis(elapsed);
    let slow = elapsed > SLOW;
    let attempts = record.map(CallRecord::attempts);
    if span.is_disabled() {
        if slow {
            let service = operation.map(Operation::service);
            let operation = operation.map(Operation::name);
            tracing::warn!(service, operation, attempts, elapsed_ms, "slow call");
        }
        return;
    }
    record_outcome(span, result, record);
    span.record("attempts", attempts);
    if slow {
        tracing::warn!(parent: span, elapsed_ms, "slow call");
    }
    let error = result.as_ref().err().map(field::display);
    tracing::info!(parent: span, elapsed_ms, error, "call finished");
}

fn finish_attempt<T: Outcome>(
    span: &Span,
    connection: Option<&Connection>,
    record: Option<&CallRecord>,
    result: &Result<T, Error>,
    elapsed: Duration,
) {
    record_outcome(span, result, record);
    let peer = connection.and_then(|connection| connection.peer.as_deref());
    let made_in = connection.map(|connection| connection.made_in);
    let reused = made_in.map(|made_in| made_in.is_none());
    let connect_ms = made_in.flatten().map(millis);
    let elapsed_ms = millis(elapsed);
    let error = result.as_ref().err().map(field::display);
    tracing::debug!(parent: span, peer, reused, connect_ms, elapsed_ms, error, "attempt finished");
}
