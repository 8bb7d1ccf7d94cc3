//! A call whose wait for readiness is part of its future.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// Waits until a service is ready, then calls it: whatever bounds this future bounds the wait.
    pub struct ReadyAndCall<S: Service<R>, R> {
        #[pin]
        state: State<S, R>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S: Service<R>, R> {
        Waiting { service: S, request: Option<R> },
        Called {
            #[pin]
            future: S::Future,
        },
    }
}

impl<S: Service<R>, R> ReadyAndCall<S, R> {
    pub(crate) fn new(service: S, request: R) -> Self {
        let request = Some(request);
        Self {
            state: State::Waiting { service, request },
        }
    }
}

impl<S: Service<R>, R> Future for ReadyAndCall<S, R> {
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProjection::Waiting { service, request } => {
                    ready!(service.poll_ready(cx))?;
                    let Some(request) = request.take() else {
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
