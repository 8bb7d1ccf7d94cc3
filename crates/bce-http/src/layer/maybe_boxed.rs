//! A future that is boxed only if something has to be done before the inner service is called.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::error::{BoxError, Error};

pin_project! {
    /// The future of a service around another service. If the outer service could call the inner
    /// one at once, this future contains the inner future in place. Otherwise, it contains a boxed
    /// future that first does something else, and then calls the inner service.
    pub struct MaybeBoxed<F, T> {
        #[pin]
        state: State<F, T>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, T> {
        InPlace {
            #[pin]
            future: F,
        },
        Boxed { future: BoxFuture<T> },
    }
}

type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<F, T> MaybeBoxed<F, T> {
    #[inline]
    pub(super) const fn in_place(future: F) -> Self {
        Self {
            state: State::InPlace { future },
        }
    }

    pub(super) fn boxed(future: impl Future<Output = Result<T, Error>> + Send + 'static) -> Self {
        Self {
            state: State::Boxed {
                future: Box::pin(future),
            },
        }
    }
}

impl<F, T, E> Future for MaybeBoxed<F, T>
where
    F: Future<Output = Result<T, E>>,
    E: Into<BoxError>,
{
    type Output = Result<T, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::InPlace { future } => future.poll(cx).map_err(Error::from_inner),
            StateProjection::Boxed { future } => future.as_mut().poll(cx),
        }
    }
}

impl<F, T> fmt::Debug for MaybeBoxed<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaybeBoxed")
    }
}
