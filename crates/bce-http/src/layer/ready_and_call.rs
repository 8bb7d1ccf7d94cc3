//! Calling a service with a future that includes the wait until the service is ready.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// A future that waits until a service is ready, and then calls it: a time limit for this
    /// future also covers the wait.
    pub struct ReadyAndCall<S: Service<R>, R> {
        #[pin]
        state: State<S, R>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S: Service<R>, R> {
        // Boxed, because waiting is rare and requests are large.
        Waiting { call: Option<Box<(S, R)>> },
        Called {
            #[pin]
            future: S::Future,
        },
    }
}

impl<S: Service<R>, R> ReadyAndCall<S, R> {
    pub(crate) fn new(service: S, request: R) -> Self {
        let call = Some(Box::new((service, request)));
        Self {
            state: State::Waiting { call },
        }
    }

    /// Creates the future for a service that was ready and has already been called.
    pub(super) fn called(future: S::Future) -> Self {
        Self {
            state: State::Called { future },
        }
    }
}

impl<S: Service<R>, R> Future for ReadyAndCall<S, R> {
    type Output = Result<S::Response, S::Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProjection::Waiting { call } => {
                    if let Some((service, _)) = call.as_deref_mut() {
                        ready!(service.poll_ready(cx))?;
                    }
                    let Some((mut service, request)) = call.take().map(|call| *call) else {
                        return Poll::Pending;
                    };
                    let future = service.call(request);
                    state.set(State::Called { future });
                }
                StateProjection::Called { future } => return future.poll(cx),
            }
        }
    }
}

impl<S: Service<R>, R> fmt::Debug for ReadyAndCall<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadyAndCall")
    }
}
