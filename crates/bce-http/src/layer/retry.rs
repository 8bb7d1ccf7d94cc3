//! Retries of failed attempts, according to the rules of [`retry`](crate::retry).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bce_auth::{Clock, ProvideCredentials, SystemClock};
use http::Request;
use time::OffsetDateTime;
use tower_layer::Layer;
use tower_service::Service;

use super::CallDeadline;
use super::ready_and_call::ReadyAndCall;
use super::skew::SkewedClock;
use crate::context::{CallOptions, CallRecord, Reuse, ServiceHeaders};
use crate::error::{BoxError, Delivery, Error, ErrorKind, ServiceError};
use crate::headers::retry_after;
use crate::message::{Body, Reply};
use crate::retry::{
    Correction, Decision, LONGEST_PAUSE, Look, Pace, Repeat, RetryBudget, RetryPolicy, Settled,
    Turn, correction, decide,
};
use crate::service::Operation;

/// A request whose signature was refused is repeated if the clock has since been corrected by more
/// than this number of seconds. A smaller error of the clock is not considered a reason for a
/// refusal.
const WORTH_A_REPEAT: u64 = 30;

/// A layer that retries failed attempts according to the rules of [`retry`](crate::retry).
///
/// This layer finds the [`Operation`] and the [`CallOptions`] in the extensions of the request;
/// without an operation, a call counts as not idempotent. Place the layer outside everything that
/// must be done again for each attempt, such as [`Sign`](super::Sign), and inside the
/// [`Deadline`](super::Deadline): it does not pause beyond the end of the call.
#[derive(Clone, Debug, Default)]
pub struct Retry {
    policy: RetryPolicy,
    budget: RetryBudget,
    clock: Option<SkewedClock>,
    credentials: Option<Arc<dyn ProvideCredentials>>,
    /// Headers that are added to each attempt, so that the copy of the request that is kept for
    /// retries does not have to contain them.
    headers: Option<ServiceHeaders>,
}

impl Retry {
    /// Creates a layer with this policy and with a budget of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::RetryPolicy;
    /// use bce_http::layer::Retry;
    ///
    /// let layer = Retry::new(RetryPolicy::exponential());
    /// # let _ = layer;
    /// ```
    pub fn new(policy: impl Into<RetryPolicy>) -> Self {
        Self {
            policy: policy.into(),
            ..Self::default()
        }
    }

    /// Sets the budget, which may be shared with other layers or unlimited.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::layer::Retry;
    /// use bce_http::{RetryBudget, RetryPolicy};
    ///
    /// let layer = Retry::new(RetryPolicy::exponential()).budget(RetryBudget::new());
    /// # let _ = layer;
    /// ```
    pub fn budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Sets the clock that is used for signing and that a [`Skew`](super::Skew) layer corrects. If
    /// a request is refused as expired because the clock was wrong, it is then retried once with
    /// the corrected clock.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_auth::SystemClock;
    /// use bce_http::RetryPolicy;
    /// use bce_http::layer::{Retry, SkewedClock};
    ///
    /// let clock = SkewedClock::new(SystemClock);
    /// let layer = Retry::new(RetryPolicy::exponential()).clock(clock);
    /// # let _ = layer;
    /// ```
    pub fn clock(mut self, clock: SkewedClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets the provider whose credentials an inner [`Sign`](super::Sign) layer uses. If a service
    /// no longer accepts the credentials of a request, the request is then retried once with new
    /// credentials, provided that the provider can get new ones.
    pub fn credentials(mut self, credentials: Arc<dyn ProvideCredentials>) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Adds these headers to each attempt, except for those that the request already has.
    pub(crate) fn headers(mut self, headers: Option<ServiceHeaders>) -> Self {
        self.headers = headers;
        self
    }

    /// Returns the time by the corrected clock, if there is one.
    fn now(&self) -> OffsetDateTime {
        let clock = self.clock.as_ref();
        clock.map_or_else(|| SystemClock.now(), Clock::now)
    }

    fn complete(&self, attempt: &mut Request<Body>) {
        if let Some(headers) = &self.headers {
            headers.add_to(attempt);
        }
    }
}

impl<S> Layer<S> for Retry {
    type Service = RetryService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RetryService {
            inner,
            retry: Arc::new(self.clone()),
        }
    }
}

/// The service of [`Retry`].
#[derive(Clone, Debug)]
pub struct RetryService<S> {
    inner: S,
    retry: Arc<Retry>,
}

impl<S> Service<Request<Body>> for RetryService<S>
where
    S: Service<Request<Body>> + Clone + Send + 'static,
    S::Response: From<Reply> + Into<Reply> + Send,
    S::Error: Into<BoxError> + Send,
    S::Future: Send,
{
    type Response = S::Response;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Error::from_inner)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // The service that was polled until it was ready moves into the future, and its clone stays
        // here.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let retry = Arc::clone(&self.retry);
        let mut call = CallState::of(&mut request);
        // This is a block and not a function, because a captured variable takes up space in the
        // future only once.
        Box::pin(async move {
            let failure = loop {
                let turn = match call.pace.clone() {
                    // Boxed, since most calls have no pace.
                    Some(pace) => Some(Box::pin(call.turn(pace)).await),
                    None => None,
                };
                let (mut attempt, copied) = take_attempt(&mut request, &call.record);
                if !copied || call.repeat == Repeat::Never {
                    avoid_what_was_idle(&mut attempt);
                }
                retry.complete(&mut attempt);
                call.begin_attempt(&retry);
                let failure = match inner.call(attempt).await {
                    Ok(response) => {
                        call.succeed(&retry);
                        call.tell_pace(turn, None, None, &retry);
                        return Ok(response);
                    }
                    Err(error) => Error::from_inner(error),
                };
                // Without a copy of the request, there is nothing that could be sent again.
                let next = call.next(&failure, copied, &retry);
                let pause = next.as_ref().map(|next| next.pause);
                let shared = call.tell_pace(turn, Some(&failure), pause, &retry);
                let Some(Next { pause, look }) = next else {
                    break failure;
                };
                let record = call.record.clone();
                let queued = record.enter_queue();
                call.tell(&failure, pause, look.is_some());
                // If the calls of the pace share the pause, waiting for it is part of the next
                // turn.
                if !shared || look.is_some() {
                    tokio::time::sleep(pause).await;
                }
                if let Some(look) = look {
                    let mut read = look.request();
                    retry.complete(&mut read);
                    avoid_what_was_lost(&failure, &mut read);
                    // Reading the state is a separate attempt. It is boxed because most calls do
                    // not need it.
                    let read = Box::pin(ReadyAndCall::new(inner.clone(), read)).await;
                    let read = read.map(Into::into).map_err(Error::from_inner);
                    match look.settle(read, request.body().as_bytes()) {
                        Settled::Reached(answer) => {
                            call.tell_settled();
                            call.succeed(&retry);
                            return Ok(answer.into());
                        }
                        Settled::NotReached if call.may_repeat(&failure, &retry) => {
                            call.tell_not_reached();
                        }
                        Settled::NotReached => break failure,
                        Settled::Undecided(why) => {
                            call.tell_undecided(why);
                            break failure;
                        }
                    }
                }
                avoid_what_was_lost(&failure, &mut request);
                if let Err(error) = std::future::poll_fn(|cx| inner.poll_ready(cx)).await {
                    break Error::from_inner(error);
                }
                drop(queued);
            };
            Err(call.record.annotate(failure))
        })
    }
}

/// The step that follows a failed attempt and a pause: a retry or, if `look` is set, a request for
/// the state of the resource, which then decides whether there is a retry.
struct Next {
    pause: Duration,
    look: Option<Look>,
}

/// The part of a call's state on which decisions about retries depend.
struct CallState {
    operation: Option<&'static Operation>,
    repeat: Repeat,
    look: Option<Look>,
    policy: Option<RetryPolicy>,
    pace: Option<Pace>,
    deadline: Option<CallDeadline>,
    record: CallRecord,
    /// The correction of the clock, in seconds, at the start of the current attempt.
    offset: i64,
    /// Whether a corrected clock has already been the reason for a retry. Each call is retried for
    /// this reason at most once.
    corrected_clock: bool,
    renewed_credentials: bool,
    /// The number of retries so far that count towards the limit of the policy. Retries with a
    /// corrected clock or new credentials do not count, nor do retries of throttled requests if the
    /// call has a `Pace`.
    retries: u32,
    /// Whether the current attempt is a retry that was charged to the retry budget.
    paid: bool,
}

impl CallState {
    fn of(request: &mut Request<Body>) -> Self {
        let extensions = request.extensions_mut();
        let record = CallRecord::of_or_begin(extensions);
        let operation = record.operation_among(extensions);
        let (look, options) = match CallRecord::is_alone(extensions) {
            true => (None, None),
            false => (extensions.remove::<Look>(), extensions.get::<CallOptions>()),
        };
        let idempotent = options.and_then(|options| options.idempotent);
        let policy = options.and_then(|options| options.retry.clone());
        let pace = options.and_then(|options| options.pace.clone());
        let deadline = CallDeadline::of(extensions, &record);
        Self {
            operation,
            repeat: Repeat::of(operation, idempotent, look.is_some()),
            look,
            policy,
            pace,
            deadline,
            record,
            offset: 0,
            corrected_clock: false,
            renewed_credentials: false,
            retries: 0,
            paid: false,
        }
    }

    fn policy<'a>(&'a self, retry: &'a Retry) -> &'a RetryPolicy {
        self.policy.as_ref().unwrap_or(&retry.policy)
    }

    fn begin_attempt(&mut self, retry: &Retry) {
        self.record.begin_attempt();
        self.offset = offset_of(retry);
    }

    fn succeed(&self, retry: &Retry) {
        if self.paid {
            retry.budget.refund();
        } else {
            retry.budget.deposit();
        }
    }

    /// Returns the next step after a failed attempt, or `None` if the call ends with this failure.
    /// `copied` tells whether there is a copy of the request that can be sent again.
    fn next(&mut self, failure: &Error, copied: bool, retry: &Retry) -> Option<Next> {
        let doubts = self.record.finish_attempt(failure);
        let corrected =
            correction(failure).is_some_and(|correction| self.apply_correction(correction, retry));
        let decision = decide(failure, self.repeat, doubts, corrected, retry.now());
        self.paid = false;
        let (asked, look) = match decision {
            _ if !copied => return None,
            Decision::Return => return None,
            // This is not charged to the budget: a correction is made only once per call, and
            // removes the cause of the failure.
            Decision::AtOnce => {
                let pause = self.in_time(Duration::ZERO)?;
                return Some(Next { pause, look: None });
            }
            Decision::After(asked) | Decision::Throttled(asked) => (asked, None),
            Decision::Look(asked) => (asked, Some(self.look.clone()?)),
        };
        // A pace limits the cost of throttled requests, so neither the policy nor the budget does.
        let throttled = matches!(decision, Decision::Throttled(_));
        let paced = self.pace.as_ref().filter(|_| throttled);
        if paced.is_some_and(Pace::is_stuck) {
            return None;
        }
        let number = match paced {
            Some(_) => self.retries.max(1),
            None => self.retries + 1,
        };
        // Reading the state is allowed even after the last retry, unless the policy does not allow
        // any retries.
        let policy = self.policy(retry);
        let delay = match policy.delay(number) {
            None if look.is_some() && self.retries > 0 => policy.delay(self.retries),
            delay => delay,
        };
        let pause = self.in_time(delay?.max(asked))?;
        // A service that throttles requests asks for them to be sent again later, so the budget is
        // not charged.
        if !throttled {
            self.paid = retry.budget.withdraw();
            if !self.paid {
                return None;
            }
        }
        if look.is_none() && paced.is_none() {
            self.retries += 1;
        }
        Some(Next { pause, look })
    }

    /// Waits until the call may send its next attempt, at the pace that it shares with other calls.
    async fn turn(&self, pace: Pace) -> Turn {
        let _queued = self.record.enter_queue();
        pace.turn().await
    }

    /// If the call shares a [`Pace`] with other calls, reports the outcome of the attempt to it.
    /// Returns `true` if the request was throttled, which makes all these calls pause. Returns
    /// `false` if it was not throttled, or if the call has no [`Pace`].
    fn tell_pace(
        &self,
        turn: Option<Turn>,
        failure: Option<&Error>,
        pause: Option<Duration>,
        retry: &Retry,
    ) -> bool {
        let Some((pace, turn)) = self.pace.as_ref().zip(turn) else {
            return false;
        };
        let answer = failure.and_then(Error::service);
        if answer.is_some_and(ServiceError::is_throttled) {
            // The pause is reported even if this call is not retried.
            let asked = answer.and_then(|it| retry_after(it.headers(), retry.now()));
            pace.throttled(turn, pause.or(asked).unwrap_or_default());
            return true;
        }
        if failure.is_none() || answer.is_some() {
            pace.answered();
        }
        false
    }

    /// Returns whether a call that changes a resource is retried, once the state of the resource
    /// has shown that the change was not made. A call that the service refused is not retried,
    /// because it would be refused again. Any other call is retried if the failure is transient,
    /// and only as often as the policy allows. If the result is `true`, the retry is counted.
    fn may_repeat(&mut self, failure: &Error, retry: &Retry) -> bool {
        let refused = failure.delivery() == Delivery::Refused;
        let next = || self.policy(retry).delay(self.retries + 1);
        let may = !refused && failure.is_transient() && next().is_some();
        self.retries += u32::from(may);
        may
    }

    /// Returns `pause`; `None` if the call ends before the pause does, or if the pause is longer
    /// than [`LONGEST_PAUSE`].
    fn in_time(&self, pause: Duration) -> Option<Duration> {
        let left = self.deadline.map_or(Duration::MAX, CallDeadline::remaining);
        (pause < left && pause <= LONGEST_PAUSE).then_some(pause)
    }

    fn tell(&self, failure: &Error, pause: Duration, look: bool) {
        let message = match look {
            false => "attempt failed, trying again",
            true => "attempt failed, checking whether it was carried out",
        };
        tracing::warn!(
            operation = self.operation.map(Operation::name),
            attempt = self.record.attempts(),
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            error = %failure,
            "{message}"
        );
    }

    fn tell_settled(&self) {
        tracing::info!(
            operation = self.operation.map(Operation::name),
            attempts = self.record.attempts(),
            "settled by reading the state: the change was made"
        );
    }

    fn tell_not_reached(&self) {
        tracing::warn!(
            operation = self.operation.map(Operation::name),
            attempts = self.record.attempts(),
            "the change is not visible, trying again; it may have been made before, and undone"
        );
    }

    fn tell_undecided(&self, why: Option<Error>) {
        tracing::warn!(
            operation = self.operation.map(Operation::name),
            attempts = self.record.attempts(),
            error = why.as_ref().map(tracing::field::display),
            "reading the state does not show whether the change was made"
        );
    }

    /// Returns whether a retry may be accepted after a refusal because of the clock or the
    /// credentials: for the clock, whether it has been corrected since the attempt began; for the
    /// credentials, whether the next ones from the provider, which is told of the refusal, may be
    /// different. In each of the two cases, the result is `true` at most once per call.
    fn apply_correction(&mut self, correction: Correction, retry: &Retry) -> bool {
        let done = match correction {
            Correction::Clock => &mut self.corrected_clock,
            Correction::Credentials => &mut self.renewed_credentials,
        };
        if *done {
            return false;
        }
        *done = match correction {
            Correction::Clock => offset_of(retry).abs_diff(self.offset) > WORTH_A_REPEAT,
            Correction::Credentials => (retry.credentials.as_ref())
                .zip(self.record.secrets().last_credentials())
                .is_some_and(|(provider, refused)| provider.invalidate(&refused)),
        };
        *done
    }
}

/// Returns the current correction of the clock, in seconds.
fn offset_of(retry: &Retry) -> i64 {
    let clock = retry.clock.as_ref();
    clock.map_or(0, |clock| clock.offset().whole_seconds())
}

/// Makes a request that cannot be repeated avoid connections that were idle: if it were lost, it
/// would stay unknown whether it was carried out.
fn avoid_what_was_idle(attempt: &mut Request<Body>) {
    attempt.extensions_mut().get_or_insert(Reuse::Recent);
}

/// Makes the next request use a new connection if the attempt failed with [`ErrorKind::Timeout`] or
/// [`ErrorKind::Transport`], because other connections in the pool may be broken as well.
fn avoid_what_was_lost(failure: &Error, next: &mut Request<Body>) {
    if matches!(failure.kind(), ErrorKind::Timeout | ErrorKind::Transport) {
        next.extensions_mut().insert(Reuse::Never);
    }
}

/// Returns the request to send now, and whether it can be sent again. If it can, `request` becomes
/// a copy of it.
///
/// If the record of the call is the only extension of the request, which is the usual case, the
/// copy has no extensions: the record is added to the copy before a retry.
fn take_attempt(request: &mut Request<Body>, record: &CallRecord) -> (Request<Body>, bool) {
    // The stored copy may be without the record.
    if request.extensions().get::<CallRecord>().is_none() {
        request.extensions_mut().insert(record.clone());
    }
    let copy = try_clone(request);
    let repeatable = copy.is_some();
    let attempt = std::mem::replace(request, copy.unwrap_or_default());
    (attempt, repeatable)
}

/// Returns a copy of the request, or `None` if its body is a stream. The extensions are copied as
/// well, unless the record of the call is the only one.
fn try_clone(request: &Request<Body>) -> Option<Request<Body>> {
    let mut clone = Request::new(request.body().try_clone()?);
    *clone.method_mut() = request.method().clone();
    *clone.uri_mut() = request.uri().clone();
    *clone.version_mut() = request.version();
    if !request.headers().is_empty() {
        clone.headers_mut().clone_from(request.headers());
    }
    if !CallRecord::is_alone(request.extensions()) {
        *clone.extensions_mut() = request.extensions().clone();
    }
    Some(clone)
}

#[cfg(test)]
mod tests {
    use bce_testing::Scripted;
    use bytes::Bytes;
    use futures_util::stream;
    use http::Method;
    use tower::ServiceExt as _;

    use super::*;
    use crate::service::Idempotency;

    static LOOK: Operation = Operation::new("zoo", "Look", Method::GET, Idempotency::Safe);
    static FEED: Operation =
        Operation::new("zoo", "Feed", Method::POST, Idempotency::NonIdempotent);
    static PUT: Operation = Operation::new("zoo", "Put", Method::PUT, Idempotency::Repeatable);

    /// Sends a request of an operation. Returns which connections it may use.
    async fn reuse_of(mut request: Request<Body>, operation: &'static Operation) -> Option<Reuse> {
        request.extensions_mut().insert(operation);
        let service = Scripted::<Body>::new([]);
        let retry = Retry::new(RetryPolicy::none()).layer(service.clone());
        let _ = retry.oneshot(request).await;
        service.requests()[0].extensions.get().copied()
    }

    #[tokio::test]
    async fn what_cannot_be_repeated_avoids_connections_that_were_idle() {
        let request = || Request::new(Body::from("ant"));
        assert_eq!(reuse_of(request(), &LOOK).await, None);
        assert_eq!(reuse_of(request(), &PUT).await, None);
        assert_eq!(reuse_of(request(), &FEED).await, Some(Reuse::Recent));
        // A stream is sent only once.
        let ants = stream::iter([Ok::<_, BoxError>(Bytes::from("ant"))]);
        let ants = Request::new(Body::stream(ants, None));
        assert_eq!(reuse_of(ants, &PUT).await, Some(Reuse::Recent));
        // An outer layer demands more.
        let mut outer = request();
        outer.extensions_mut().insert(Reuse::Never);
        assert_eq!(reuse_of(outer, &FEED).await, Some(Reuse::Never));
    }
}
