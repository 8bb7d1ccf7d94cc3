//! A span around a call and around each attempt, and one event with the outcome.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracing::{Span, field};

use crate::Reply;
use crate::error::{BoxError, Error, request_id};
use crate::operation::Operation;
use crate::progress::Progress;

/// Emits a span and, at its end, an event: INFO for a call, DEBUG for an attempt, both with
/// operation, status, error code, request id and elapsed milliseconds.
///
/// Without a subscriber it does nothing. It never shows a URL, a header or a body.
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
    /// Around a whole call: outermost, so that it sees the deadline as well.
    pub const fn call() -> Self {
        Self { scope: Scope::Call }
    }

    /// Around one attempt: inside whatever repeats them.
    pub const fn attempt() -> Self {
        Self {
            scope: Scope::Attempt,
        }
    }
}

/// A successful result that can be described in a trace.
pub trait Outcome {
    /// The HTTP status.
    fn status(&self) -> StatusCode;
    /// The service's id of the request.
    fn request_id(&self) -> Option<String>;
}

impl Outcome for Reply {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn request_id(&self) -> Option<String> {
        self.request_id()
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

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let operation = request.extensions().get::<&'static Operation>().copied();
        let progress = Progress::of(request.extensions());
        let span = self.scope.span(operation, progress.as_ref());
        let inner = span.in_scope(|| self.inner.call(request));
        TraceFuture {
            inner,
            scope: self.scope,
            progress,
            started: (!span.is_disabled()).then(Instant::now),
            span,
        }
    }
}

impl Scope {
    fn span(self, operation: Option<&'static Operation>, progress: Option<&Progress>) -> Span {
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
                number = progress.map(Progress::attempts),
                status = field::Empty,
                code = field::Empty,
                request_id = field::Empty,
            ),
        }
    }

    /// Ends the span with what came of it. The event repeats no field: subscribers print those
    /// of its span.
    fn finish<T: Outcome>(self, span: &Span, result: &Result<T, Error>, started: Option<Instant>) {
        let Some(started) = started else {
            return;
        };
        match result {
            Ok(outcome) => {
                span.record("status", outcome.status().as_u16());
                span.record("request_id", outcome.request_id());
            }
            Err(error) => {
                span.record("status", error.status().map(|status| status.as_u16()));
                span.record("code", error.code());
                span.record("request_id", error.request_id());
            }
        }
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let error = result.as_ref().err().map(field::display);
        match self {
            Self::Call => tracing::info!(parent: span, elapsed_ms, error, "call finished"),
            Self::Attempt => tracing::debug!(parent: span, elapsed_ms, error, "attempt finished"),
        }
    }
}

pin_project! {
    /// The future of [`TraceService`].
    #[derive(Debug)]
    pub struct TraceFuture<F> {
        #[pin]
        inner: F,
        span: Span,
        scope: Scope,
        progress: Option<Progress>,
        // When there is a span.
        started: Option<Instant>,
    }
}

impl<F, T, E> Future for TraceFuture<F>
where
    F: Future<Output = Result<T, E>>,
    T: Outcome,
    E: Into<BoxError>,
{
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = {
            let _entered = this.span.enter();
            ready!(this.inner.poll(cx)).map_err(Error::from_inner)
        };
        if let (Scope::Call, Some(progress), true) =
            (*this.scope, this.progress, this.started.is_some())
        {
            this.span.record("attempts", progress.attempts());
        }
        this.scope.finish(this.span, &result, *this.started);
        Poll::Ready(result)
    }
}
