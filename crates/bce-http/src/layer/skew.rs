//! Correction of the clock according to the service's responses.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bce_auth::{Clock, SystemClock};
use bytes::Bytes;
use http::header::{AGE, DATE};
use http::{HeaderValue, Request, Response};
use memchr::memmem;
use pin_project_lite::pin_project;
use time::{Duration, OffsetDateTime};
use tower_layer::Layer;
use tower_service::Service;

use crate::error::{BoxError, Error};
use crate::headers;

/// The smallest difference from the service's clock that is corrected, unless the response reports
/// an expired signature. A smaller one may be caused by the network or by rounding, and usually
/// does no harm.
const TOLERANCE: Duration = Duration::minutes(4);
/// The smallest difference from the service's clock that is corrected if the response reports an
/// expired signature.
const TOLERANCE_WHEN_EXPIRED: Duration = Duration::seconds(30);
/// The longest round trip after which a response still allows a conclusion about the clock.
const LONGEST_ROUND_TRIP: Duration = Duration::minutes(15);

/// A clock that adds a correction to the time of another clock. Clones share the correction.
#[derive(Clone)]
pub struct SkewedClock(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    offset_millis: AtomicI64,
    /// The last `Date` of a response that agreed with the clock.
    agreed: Mutex<Option<Agreed>>,
}

/// The `Date` of a response that agreed with the clock. If the same date is received again soon
/// afterwards, and the correction of the clock has not changed, it agrees as well, and does not
/// have to be parsed.
struct Agreed {
    date: Box<[u8]>,
    /// The middle of the round trip in which the date was received, in Unix seconds according to
    /// the uncorrected clock.
    at: i64,
    offset_millis: i64,
}

/// A `Date` agrees with the clock if it differs from the clock by at most this much. If the same
/// `Date` is received again within this time, it counts as agreeing without being parsed. It then
/// differs from the clock by less than twice this value, and thus by less than
/// `TOLERANCE_WHEN_EXPIRED`, so no correction is missed.
const AGREES: Duration = Duration::seconds(14);

impl SkewedClock {
    /// Creates a clock that follows another clock, initially without a correction.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_auth::SystemClock;
    /// use bce_http::layer::SkewedClock;
    ///
    /// let clock = SkewedClock::new(SystemClock);
    /// assert!(clock.offset().is_zero());
    /// ```
    pub fn new(clock: impl Clock) -> Self {
        Self(Arc::new(Shared {
            clock: Arc::new(clock),
            offset_millis: AtomicI64::new(0),
            agreed: Mutex::default(),
        }))
    }

    /// Returns the correction, which is added to the time of the clock that this one follows.
    pub fn offset(&self) -> Duration {
        Duration::milliseconds(self.offset_millis())
    }

    fn set_offset(&self, offset: Duration) {
        let millis = i64::try_from(offset.whole_milliseconds()).unwrap_or(0);
        self.0.offset_millis.store(millis, Ordering::Relaxed);
    }

    fn offset_millis(&self) -> i64 {
        self.0.offset_millis.load(Ordering::Relaxed)
    }

    fn lock_agreed(&self) -> MutexGuard<'_, Option<Agreed>> {
        self.0.agreed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn uncorrected(&self) -> OffsetDateTime {
        self.0.clock.now()
    }
}

impl Clock for SkewedClock {
    fn now(&self) -> OffsetDateTime {
        let now = self.uncorrected();
        // Usually, there is nothing to correct, and adding zero would take as long as adding any
        // other number.
        match self.offset_millis() {
            0 => now,
            millis => now
                .checked_add(Duration::milliseconds(millis))
                .unwrap_or(now),
        }
    }
}

impl Default for SkewedClock {
    fn default() -> Self {
        Self::new(SystemClock)
    }
}

impl fmt::Debug for SkewedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkewedClock")
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}

/// A layer that compares the `Date` of each response with a clock, and corrects the clock if it is
/// wrong by at least four minutes, in either direction. If the response reports an expired
/// signature, half a minute is enough. Afterwards, signatures whose time stamp comes from the same
/// clock are valid again.
///
/// Responses from a cache (with an `Age` header), and responses that took longer than a quarter of
/// an hour, are not used. Neither is an error response without a request id, which may come from a
/// gateway, unless it reports an expired signature.
#[derive(Clone, Debug)]
pub struct Skew {
    /// The clock to correct; `None` if no clock is corrected.
    clock: Option<SkewedClock>,
}

impl Skew {
    /// Creates a layer that corrects `clock`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_auth::SystemClock;
    /// use bce_http::layer::{Skew, SkewedClock};
    ///
    /// let layer = Skew::new(SkewedClock::new(SystemClock));
    /// # let _ = layer;
    /// ```
    pub fn new(clock: SkewedClock) -> Self {
        Self::correcting(Some(clock))
    }

    /// Creates a layer that corrects this clock. With `None`, the layer only forwards requests.
    pub(super) const fn correcting(clock: Option<SkewedClock>) -> Self {
        Self { clock }
    }
}

impl<S> Layer<S> for Skew {
    type Service = SkewService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SkewService {
            inner,
            clock: self.clock.clone(),
        }
    }
}

/// The service of [`Skew`].
#[derive(Clone, Debug)]
pub struct SkewService<S> {
    inner: S,
    clock: Option<SkewedClock>,
}

impl<S, B> Service<Request<B>> for SkewService<S>
where
    S: Service<Request<B>, Response = Response<Bytes>>,
    S::Error: Into<BoxError>,
{
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = SkewFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Error::from_inner)
    }

    #[inline]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let sent = |clock: &SkewedClock| (clock.clone(), clock.uncorrected());
        SkewFuture {
            sent: self.clock.as_ref().map(sent),
            inner: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The future of [`SkewService`].
    #[derive(Debug)]
    pub struct SkewFuture<F> {
        #[pin]
        inner: F,
        // The clock to correct, and its time when the request was sent.
        sent: Option<(SkewedClock, OffsetDateTime)>,
    }
}

impl<F, E> Future for SkewFuture<F>
where
    F: Future<Output = Result<Response<Bytes>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Response<Bytes>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = ready!(this.inner.poll(cx)).map_err(Error::from_inner);
        if let (Ok(response), Some((clock, sent))) = (&result, this.sent) {
            learn(clock, *sent, response);
        }
        Poll::Ready(result)
    }
}

fn learn(clock: &SkewedClock, sent: OffsetDateTime, response: &Response<Bytes>) {
    let Some(date) = response.headers().get(DATE) else {
        return;
    };
    let received = clock.uncorrected();
    let (begin, end) = (sent.unix_timestamp(), received.unix_timestamp());
    let is_known = |agreed: &Agreed| {
        let is_near = |time: i64| (time - agreed.at).abs() < AGREES.whole_seconds();
        *agreed.date == *date.as_bytes()
            && agreed.offset_millis == clock.offset_millis()
            && is_near(begin)
            && is_near(end)
    };
    let is_known = clock.lock_agreed().as_ref().is_some_and(is_known);
    if !is_known {
        compare(clock, sent, received, date, response);
    }
}

#[cold]
fn compare(
    clock: &SkewedClock,
    sent: OffsetDateTime,
    received: OffsetDateTime,
    date: &HeaderValue,
    response: &Response<Bytes>,
) {
    let Some(measured) = measure(sent, received, response) else {
        return;
    };
    let offset_millis = clock.offset_millis();
    let change = (measured - Duration::milliseconds(offset_millis)).abs();
    if change <= AGREES {
        let middle: OffsetDateTime = sent + (received - sent) / 2;
        *clock.lock_agreed() = Some(Agreed {
            date: date.as_bytes().into(),
            at: middle.unix_timestamp(),
            offset_millis,
        });
    }
    if change < TOLERANCE_WHEN_EXPIRED {
        return;
    }
    let expired = memmem::find(response.body(), b"RequestExpired").is_some();
    // If a gateway responds in place of the service, its clock does not matter.
    let by_service =
        response.status().is_success() || response.headers().contains_key(&headers::REQUEST_ID);
    if !expired && !by_service {
        return;
    }
    let tolerance = if expired {
        TOLERANCE_WHEN_EXPIRED
    } else {
        TOLERANCE
    };
    if change >= tolerance {
        tracing::warn!(
            offset_seconds = measured.whole_seconds(),
            "the clock of this machine differs from the service's; signing with the service's time"
        );
        clock.set_offset(measured);
    }
}

/// Returns how far the service's clock is ahead of the clock that measured `sent` and `received`,
/// assuming that the `Date` of the response was set in the middle of the round trip. Returns `None`
/// if the response does not allow a conclusion.
fn measure(
    sent: OffsetDateTime,
    received: OffsetDateTime,
    response: &Response<Bytes>,
) -> Option<Duration> {
    let round_trip = received - sent;
    if response.headers().contains_key(AGE) || round_trip.abs() > LONGEST_ROUND_TRIP {
        return None;
    }
    let date = headers::date(response.headers())?;
    Some(date - (sent + round_trip / 2))
}
