//! Repeats what may be repeated, by the rules of [`retry`](crate::retry).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bce_auth::{Clock, ProvideCredentials, SystemClock};
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use super::CallDeadline;
use super::ready_and_call::ReadyAndCall;
use super::skew::SkewedClock;
use crate::context::{CallOptions, CallRecord, NewConnection, ServiceHeaders};
use crate::error::{BoxError, Delivery, Error, ErrorKind, ServiceError};
use crate::headers::retry_after;
use crate::message::{Body, Reply};
use crate::retry::{
    Correction, Decision, LONGEST_PAUSE, Look, Pace, Repeat, RetryBudget, RetryPolicy, Settled,
    Turn, correction, decide,
};
use crate::service::Operation;

/// A signature made with a clock that was off by less than this was not refused for it, in seconds.
const WORTH_A_REPEAT: u64 = 30;

/// Repeats failed attempts. [`retry`](crate::retry) has the rules.
///
/// The layer looks for the [`Operation`] and the [`CallOptions`] in the extensions of the request;
/// without an operation, a call counts as not idempotent. Place the layer outside of whatever must
/// be done anew for each attempt, such as [`Sign`](super::Sign), and inside of the
/// [`Deadline`](super::Deadline), which it does not sleep past.
#[derive(Clone, Debug, Default)]
pub struct Retry {
    policy: RetryPolicy,
    budget: RetryBudget,
    clock: Option<SkewedClock>,
    credentials: Option<Arc<dyn ProvideCredentials>>,
    /// What each attempt gets: the copy for a repeat has only what the call has of its own.
    headers: Option<ServiceHeaders>,
}

impl Retry {
    /// Creates a layer with this policy and a budget of its own.
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

    /// Shares a budget, or lifts it.
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

    /// Sets the clock that requests are signed by and that a [`Skew`](super::Skew) layer corrects.
    /// With it, a request that expired because of the clock is repeated once.
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

    /// Sets the provider that a [`Sign`](super::Sign) layer inside of this one signs with. With it,
    /// a request whose credentials a service no longer accepts is repeated once with new ones, if
    /// the provider has any.
    pub fn credentials(mut self, credentials: Arc<dyn ProvideCredentials>) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Adds headers to each attempt that has none of these names.
    pub(crate) fn headers(mut self, headers: Option<ServiceHeaders>) -> Self {
        self.headers = headers;
        self
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
        // The service that was polled ready goes into the future, its clone stays here.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let retry = Arc::clone(&self.retry);
        let mut call = CallState::of(&mut request);
        // A block and not a function: what a block captures has one place in the future.
        Box::pin(async move {
            let failure = loop {
                let turn = match call.pace.clone() {
                    // Boxed, since most calls have no pace.
                    Some(pace) => Some(Box::pin(call.turn(pace)).await),
                    None => None,
                };
                let (mut attempt, copied) = take_attempt(&mut request, &call.record);
                retry.complete(&mut attempt);
                call.begin_attempt(&retry);
                let failure = match inner.call(attempt).await {
                    Ok(response) => {
                        call.succeed(&retry);
                        call.tell_pace(turn, None, None);
                        return Ok(response);
                    }
                    Err(error) => Error::from_inner(error),
                };
                // Without a second copy of the request there is nothing to send again.
                let next = call.next(&failure, copied, &retry);
                let pause = next.as_ref().map(|next| next.pause);
                let shared = call.tell_pace(turn, Some(&failure), pause);
                let Some(Next { pause, look }) = next else {
                    break failure;
                };
                let record = call.record.clone();
                let queued = record.enter_queue();
                call.tell(&failure, pause, look.is_some());
                // A pause that all share is part of the next turn.
                if !shared || look.is_some() {
                    tokio::time::sleep(pause).await;
                }
                if let Some(look) = look {
                    let mut read = look.request();
                    retry.complete(&mut read);
                    avoid_what_was_lost(&failure, &mut read);
                    // An attempt of its own, boxed, since most calls need none.
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

/// What follows a failed attempt: a repeat after a pause, if a look at the state does not decide
/// otherwise.
struct Next {
    pause: Duration,
    look: Option<Look>,
}

/// What the decisions about one call depend on.
struct CallState {
    operation: Option<&'static Operation>,
    repeat: Repeat,
    look: Option<Look>,
    policy: Option<RetryPolicy>,
    pace: Option<Pace>,
    deadline: Option<CallDeadline>,
    record: CallRecord,
    /// By how many seconds the clock of the current attempt was corrected when it was signed.
    offset: i64,
    /// What was set right for a repeat: each once.
    corrected_clock: bool,
    renewed_credentials: bool,
    /// How often the call was repeated after a pause.
    retries: u32,
    /// Whether the current attempt was paid for.
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

    /// Returns what is to follow, if anything.
    fn next(&mut self, failure: &Error, copied: bool, retry: &Retry) -> Option<Next> {
        let doubts = self.record.finish_attempt(failure);
        let corrected =
            correction(failure).is_some_and(|correction| self.apply_correction(correction, retry));
        let now = (retry.clock.as_ref()).map_or_else(|| SystemClock.now(), Clock::now);
        let decision = decide(failure, self.repeat, doubts, corrected, now);
        self.paid = false;
        let (asked, look) = match decision {
            _ if !copied => return None,
            Decision::Return => return None,
            // Costs nothing: what is corrected does not fail again, and is corrected once per call.
            Decision::AtOnce => {
                let pause = self.in_time(Duration::ZERO)?;
                return Some(Next { pause, look: None });
            }
            Decision::After(asked) | Decision::Throttled(asked) => (asked, None),
            Decision::Look(asked) => (asked, Some(self.look.clone()?)),
        };
        // The pace bounds what throttles cost, and neither the policy nor the budget does.
        let throttled = matches!(decision, Decision::Throttled(_));
        let paced = self.pace.as_ref().filter(|_| throttled);
        if paced.is_some_and(Pace::is_stuck) {
            return None;
        }
        let number = match paced {
            Some(_) => self.retries.max(1),
            None => self.retries + 1,
        };
        // A look takes place even after the last retry, unless there are none at all.
        let policy = self.policy(retry);
        let delay = match policy.delay(number) {
            None if look.is_some() && self.retries > 0 => policy.delay(self.retries),
            delay => delay,
        };
        let pause = self.in_time(delay?.max(asked))?;
        // A service that turns requests away asks for them itself later.
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

    /// Waits for the turn of the next attempt.
    async fn turn(&self, pace: Pace) -> Turn {
        let _queued = self.record.enter_queue();
        pace.turn().await
    }

    /// Tells the others of the same pace how the attempt went; whether they take part in the pause.
    fn tell_pace(
        &self,
        turn: Option<Turn>,
        failure: Option<&Error>,
        pause: Option<Duration>,
    ) -> bool {
        let Some((pace, turn)) = self.pace.as_ref().zip(turn) else {
            return false;
        };
        let answer = failure.and_then(Error::service);
        if answer.is_some_and(ServiceError::is_throttled) {
            // Also when this call is not repeated.
            let asked = answer.and_then(|it| retry_after(it.headers(), SystemClock.now()));
            pace.throttled(turn, pause.or(asked).unwrap_or_default());
            return true;
        }
        if failure.is_none() || answer.is_some() {
            pace.answered();
        }
        false
    }

    /// Returns whether a change that a look has shown not to be made is tried again: not after a
    /// refusal, which would be the same again, and not more often than the policy allows.
    fn may_repeat(&mut self, failure: &Error, retry: &Retry) -> bool {
        let refused = failure.delivery() == Delivery::Refused;
        let next = || self.policy(retry).delay(self.retries + 1);
        let may = !refused && failure.is_transient() && next().is_some();
        self.retries += u32::from(may);
        may
    }

    /// Returns the pause, if the call does not end before it.
    fn in_time(&self, pause: Duration) -> Option<Duration> {
        let left = self.deadline.map_or(Duration::MAX, CallDeadline::remaining);
        (pause < left && pause <= LONGEST_PAUSE).then_some(pause)
    }

    fn tell(&self, failure: &Error, pause: Duration, look: bool) {
        let message = match look {
            false => "attempt failed, trying again",
            true => "attempt failed, looking whether it was carried out",
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
            "settled by looking: the change was made"
        );
    }

    fn tell_not_reached(&self) {
        tracing::warn!(
            operation = self.operation.map(Operation::name),
            attempts = self.record.attempts(),
            "the change does not show, trying again; it may have been made before, and undone"
        );
    }

    fn tell_undecided(&self, why: Option<Error>) {
        tracing::warn!(
            operation = self.operation.map(Operation::name),
            attempts = self.record.attempts(),
            error = why.as_ref().map(tracing::field::display),
            "looking does not tell whether the change was made"
        );
    }

    /// Returns whether a repeat would be signed differently.
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

/// By how many seconds the clock is corrected.
fn offset_of(retry: &Retry) -> i64 {
    let clock = retry.clock.as_ref();
    clock.map_or(0, |clock| clock.offset().whole_seconds())
}

/// What a kept connection swallowed is not given to the next kept one.
fn avoid_what_was_lost(failure: &Error, next: &mut Request<Body>) {
    if matches!(failure.kind(), ErrorKind::Timeout | ErrorKind::Transport) {
        next.extensions_mut().insert(NewConnection);
    }
}

/// Returns what to send now, and whether the same can be sent again: a copy of it stays then.
///
/// Of extensions none stay where there is only the record, as a rule: it is put into a repeat again.
fn take_attempt(request: &mut Request<Body>, record: &CallRecord) -> (Request<Body>, bool) {
    // A copy that was kept may be without it.
    if request.extensions().get::<CallRecord>().is_none() {
        request.extensions_mut().insert(record.clone());
    }
    let copy = try_clone(request);
    let repeatable = copy.is_some();
    let attempt = std::mem::replace(request, copy.unwrap_or_default());
    (attempt, repeatable)
}

/// Returns the same request once more, with its extensions if there are any beside the record;
/// `None` when its body is a stream.
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
