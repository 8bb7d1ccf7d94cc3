//! A provider with scripted responses that counts calls, and a clock that stands still.

use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bce_auth::{
    CachedCredentials, Credentials, CredentialsError, CredentialsErrorKind, CredentialsFuture,
    ProvideCredentials,
};
use bce_testing::ManualClock;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

pub(crate) const START: OffsetDateTime = datetime!(2026-08-20 0:00 UTC);
pub(crate) const HOUR: Duration = Duration::HOUR;

#[derive(Clone)]
pub(crate) enum Answer {
    /// A new session token for each call, with this lifetime.
    Token(Duration),
    /// These credentials for each call.
    Same(Credentials),
    Fail,
    Panic,
}

/// A provider with scripted responses. Clones share its state.
#[derive(Clone)]
pub(crate) struct Source(Arc<Inner>);

struct Inner {
    clock: ManualClock,
    answer: Mutex<Answer>,
    open: watch::Sender<bool>,
    calls: AtomicUsize,
    active: AtomicUsize,
    most_active: AtomicUsize,
    refusals: AtomicUsize,
    knows_others: bool,
}

impl Source {
    pub(crate) fn new(clock: &ManualClock, answer: Answer) -> Self {
        Self::build(clock, answer, false)
    }

    /// Returns a source whose `invalidate` always returns `true`, as if the source could always
    /// supply credentials other than the refused ones.
    pub(crate) fn that_knows_others(clock: &ManualClock, answer: Answer) -> Self {
        Self::build(clock, answer, true)
    }

    fn build(clock: &ManualClock, answer: Answer, knows_others: bool) -> Self {
        Self(Arc::new(Inner {
            clock: clock.clone(),
            answer: Mutex::new(answer),
            open: watch::Sender::new(true),
            calls: AtomicUsize::new(0),
            active: AtomicUsize::new(0),
            most_active: AtomicUsize::new(0),
            refusals: AtomicUsize::new(0),
            knows_others,
        }))
    }

    pub(crate) fn answer(&self, answer: Answer) {
        *self.0.answer.lock().unwrap() = answer;
    }

    /// Holds back all responses until [`Source::release`].
    pub(crate) fn hold(&self) {
        self.0.open.send_replace(false);
    }

    pub(crate) fn release(&self) {
        self.0.open.send_replace(true);
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// Returns the number of futures of this provider that currently exist.
    pub(crate) fn active(&self) -> usize {
        self.0.active.load(Ordering::SeqCst)
    }

    pub(crate) fn most_active(&self) -> usize {
        self.0.most_active.load(Ordering::SeqCst)
    }

    pub(crate) fn refusals(&self) -> usize {
        self.0.refusals.load(Ordering::SeqCst)
    }

    fn make(&self, call: usize) -> Result<Credentials, CredentialsError> {
        let answer = self.0.answer.lock().unwrap().clone();
        match answer {
            Answer::Token(life) => token(call, self.0.clock.now() + life),
            Answer::Same(credentials) => Ok(credentials),
            Answer::Fail => Err(CredentialsError::new(
                CredentialsErrorKind::Unavailable,
                format!("try {call} failed"),
            )
            .with_source("connection refused")),
            Answer::Panic => panic!("on purpose"),
        }
    }
}

pub(crate) fn token(number: usize, end: OffsetDateTime) -> Result<Credentials, CredentialsError> {
    let made = Credentials::session(
        format!("ak-{number}"),
        "hidden-sk",
        format!("hidden-token-{number}"),
    );
    made.map(|credentials| credentials.with_expires_at(end))
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

struct Active<'a>(&'a Inner);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ProvideCredentials for Source {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        let call = self.0.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let now_active = self.0.active.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most_active.fetch_max(now_active, Ordering::SeqCst);
        let active = Active(&self.0);
        Box::pin(async move {
            let _active = active;
            let mut open = self.0.open.subscribe();
            open.wait_for(|open| *open).await.unwrap();
            self.make(call)
        })
    }

    fn invalidate(&self, _refused: &Credentials) -> bool {
        self.0.refusals.fetch_add(1, Ordering::SeqCst);
        self.0.knows_others
    }
}

/// Returns a cache, its provider, which returns this response, and the clock of both.
pub(crate) fn cache(answer: Answer) -> (Arc<CachedCredentials<Source>>, Source, ManualClock) {
    let clock = ManualClock::new(START);
    let source = Source::new(&clock, answer);
    (over(&source, &clock), source, clock)
}

pub(crate) fn over(source: &Source, clock: &ManualClock) -> Arc<CachedCredentials<Source>> {
    Arc::new(CachedCredentials::new(source.clone()).clock(clock.reader()))
}

pub(crate) type Provided = Result<Credentials, CredentialsError>;

/// Polls once, with a waker that does nothing.
pub(crate) fn poll(future: &mut CredentialsFuture<'_>) -> Poll<Provided> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

/// Returns the credentials that the cache provides, or its error. Panics if the call has to wait.
pub(crate) fn at_once(cache: &CachedCredentials<Source>) -> Provided {
    match poll(&mut cache.provide_credentials()) {
        Poll::Ready(provided) => provided,
        Poll::Pending => panic!("the call waits"),
    }
}

/// Returns the access key id of the credentials that the cache provides: `ak-N` for the N-th
/// response of the source. Panics if the call has to wait.
pub(crate) fn id(cache: &CachedCredentials<Source>) -> String {
    at_once(cache).unwrap().access_key_id().to_owned()
}

/// Returns calls to the cache that have all begun to wait.
pub(crate) fn waiting<'a>(
    cache: &'a CachedCredentials<Source>,
    count: usize,
) -> Vec<CredentialsFuture<'a>> {
    let mut calls: Vec<_> = (0..count).map(|_| cache.provide_credentials()).collect();
    for call in &mut calls {
        assert!(poll(call).is_pending());
    }
    calls
}

/// Lets other tasks run once.
pub(crate) async fn give_way() {
    let mut first = true;
    poll_fn(|cx: &mut Context<'_>| {
        if std::mem::take(&mut first) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

/// Returns the access key id that a call finally gets.
pub(crate) async fn finish(call: CredentialsFuture<'_>) -> String {
    call.await.unwrap().access_key_id().to_owned()
}
