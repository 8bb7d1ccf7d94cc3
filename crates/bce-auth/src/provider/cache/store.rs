//! The state of the cache, and its transitions. The store never waits, does not call providers and
//! does not read a clock.

use std::sync::{Arc, Weak};

use time::OffsetDateTime;

use super::backoff::{self, Backoff};
use super::flight::{Flight, Outcome};
use super::windows::{Phase, Windows};
use crate::credentials::Credentials;

pub(super) struct Store {
    current: Option<Cached>,
    refused: Option<Refused>,
    /// Whether the current credential replaced one that a service had refused.
    replaced: bool,
    backoff: Backoff,
    /// A weak reference, since a request to the provider should live only as long as a caller waits
    /// for it.
    flight: Weak<Flight>,
}

struct Cached {
    credentials: Credentials,
    /// The times at which the credential is due for renewal; `None` if it is not known to expire.
    windows: Option<Windows>,
    /// Whether the credential looked expired when it came, although the provider considers it to be
    /// valid.
    looked_expired: bool,
}

/// The credential that a service refused last.
struct Refused {
    credentials: Credentials,
    /// Whether the provider has returned the refused credential again.
    came_back: bool,
}

/// What a caller has to do next.
pub(super) enum Demand {
    Serve(Credentials),
    /// Wait for the request to the provider that is under way.
    Join,
    /// Send a request to the provider.
    Start,
}

impl Cached {
    fn new(credentials: Credentials, now: OffsetDateTime) -> Self {
        let end = credentials.expires_at();
        let windows = end.map(|end| Windows::new(end, now, fastrand::f64()));
        Self {
            looked_expired: credentials.is_expired_at(now),
            credentials,
            windows,
        }
    }

    fn phase(&self, now: OffsetDateTime) -> Phase {
        self.windows
            .map_or(Phase::Fresh, |windows| windows.phase(now))
    }
}

impl Store {
    pub(super) fn new() -> Self {
        Self {
            current: None,
            refused: None,
            replaced: false,
            backoff: Backoff::none(),
            flight: Weak::new(),
        }
    }

    pub(super) fn demand(&self, now: OffsetDateTime, under_way: bool) -> Demand {
        let waiting = self.backoff.is_waiting(now);
        let ask = if under_way {
            Demand::Join
        } else {
            Demand::Start
        };
        let Some(cached) = &self.current else {
            return ask;
        };
        let go_on = match cached.phase(now) {
            Phase::Fresh => true,
            Phase::Advisory => under_way || waiting,
            Phase::Mandatory => !under_way && waiting,
            Phase::Expired => false,
        };
        if go_on {
            Demand::Serve(cached.credentials.clone())
        } else {
            ask
        }
    }

    /// Returns the current credential, or `None` if there is none or if it is due for renewal.
    pub(super) fn fresh(&self, now: OffsetDateTime) -> Option<Credentials> {
        let fresh = (self.current.as_ref()).filter(|cached| cached.phase(now) == Phase::Fresh);
        fresh.map(|cached| cached.credentials.clone())
    }

    /// Returns the request for credentials that was sent last; `None` if there was none, or if that
    /// request has been dropped because no caller waits for it.
    pub(super) fn flight(&self) -> Option<Arc<Flight>> {
        self.flight.upgrade()
    }

    pub(super) fn begin(&mut self, flight: &Arc<Flight>, now: OffsetDateTime) {
        let windows = self.current.as_ref().and_then(|cached| cached.windows);
        let longest = windows.map_or(backoff::LONGEST, |windows| windows.longest_pause());
        self.backoff.begin(now, longest, fastrand::f64());
        self.flight = Arc::downgrade(flight);
    }

    /// Stores the outcome of a request to the provider.
    pub(super) fn land(&mut self, outcome: &Outcome, now: OffsetDateTime) {
        let Ok(credentials) = outcome else {
            self.backoff.fail(now);
            return;
        };
        // A credential that looks expired must not replace one that is still valid.
        if credentials.is_expired_at(now) && self.valid(now).is_some() {
            self.backoff.fail(now);
            return;
        }
        match &mut self.refused {
            Some(refused) if is_equal(&refused.credentials, credentials) => {
                refused.came_back = true;
                self.backoff.fail(now);
            }
            // If a service immediately refuses this one as well, it would also refuse the next one.
            Some(_) => {
                self.refused = None;
                self.replaced = true;
                self.backoff.fail(now);
            }
            None => {
                self.replaced = false;
                self.backoff = Backoff::none();
            }
        }
        self.current = Some(Cached::new(credentials.clone(), now));
    }

    /// Records that all waiting callers were dropped before there was an outcome.
    pub(super) fn abandon(&mut self, now: OffsetDateTime) {
        self.backoff.fail(now);
    }

    /// Returns the result for a caller that has waited for this outcome; `None` if a service has
    /// refused the credential in the meantime, or if it has expired since.
    pub(super) fn settle(&self, outcome: Outcome, now: OffsetDateTime) -> Option<Outcome> {
        match (self.valid(now), outcome) {
            (Some(credentials), _) => Some(Ok(credentials.clone())),
            // A successful outcome is stored. It is served although it looks expired if it did so
            // from the beginning.
            (None, Ok(credentials)) => (self.current.as_ref())
                .filter(|cached| cached.looked_expired)
                .filter(|cached| is_equal(&cached.credentials, &credentials))
                .map(|_| Ok(credentials)),
            (None, Err(error)) => Some(Err(error)),
        }
    }

    /// Drops the current credential if it equals the one that a service has refused. Returns
    /// whether a repeated call may use another credential.
    ///
    /// The result is `true`, with two exceptions if `provider_has_another` is `false`:
    ///
    /// - If the refused credential is current and itself replaced a refused one, it is kept during
    ///   the backoff, and the result is `false`.
    /// - If the provider has returned the refused credential again after an earlier refusal, the
    ///   result is `false`. The credential is kept during the backoff, and dropped afterwards.
    pub(super) fn invalidate(
        &mut self,
        refused: &Credentials,
        provider_has_another: bool,
        now: OffsetDateTime,
    ) -> bool {
        let is_current = |cached: &Cached| is_equal(&cached.credentials, refused);
        let is_current = self.current.as_ref().is_some_and(is_current);
        let came_back = (self.refused.as_ref())
            .is_some_and(|last| last.came_back && is_equal(&last.credentials, refused));
        if self.backoff.is_past(now) {
            self.backoff = Backoff::none();
        }
        let too_soon = is_current && self.replaced && self.backoff.is_waiting(now);
        if too_soon && !provider_has_another {
            return false;
        }
        if came_back && !provider_has_another {
            // The provider is asked again from time to time, because the source of its credentials
            // may have been corrected.
            if is_current && !self.backoff.is_waiting(now) {
                self.current = None;
            }
            return false;
        }
        if is_current {
            self.current = None;
            self.refused = Some(Refused {
                credentials: refused.clone(),
                came_back: false,
            });
        }
        true
    }

    /// Returns the stored credential, even if it has expired.
    pub(super) fn current(&self) -> Option<&Credentials> {
        self.current.as_ref().map(|cached| &cached.credentials)
    }

    fn valid(&self, now: OffsetDateTime) -> Option<&Credentials> {
        self.current()
            .filter(|credentials| !credentials.is_expired_at(now))
    }
}

/// Returns whether both credentials have the same parts, so that a service that refuses one also
/// refuses the other. Credentials with the same parts need not be clones of each other: a provider
/// may have made a copy in order to add the expiry time.
fn is_equal(one: &Credentials, other: &Credentials) -> bool {
    one.is_same(other)
        || one.access_key_id() == other.access_key_id()
            && one.secret_access_key() == other.secret_access_key()
            && one.session_token() == other.session_token()
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;
    use crate::error::{CredentialsError, CredentialsErrorKind};

    const NOW: OffsetDateTime = datetime!(2026-08-20 0:00 UTC);

    fn token(name: &str, life: Duration) -> Credentials {
        let credentials = Credentials::session("ak", "sk", name.to_owned()).unwrap();
        credentials.with_expires_at(NOW + life)
    }

    fn failure() -> Outcome {
        Err(CredentialsError::new(
            CredentialsErrorKind::Unavailable,
            "no answer",
        ))
    }

    fn pending() -> Flight {
        Flight::new(std::time::Instant::now(), std::future::pending::<Outcome>())
    }

    fn holding(credentials: &Credentials) -> Store {
        let mut store = Store::new();
        store.land(&Ok(credentials.clone()), NOW);
        store
    }

    /// Returns what the store tells a caller to do in two cases: if no request to the provider is
    /// under way, and if one is.
    fn demands(store: &Store, now: OffsetDateTime) -> [&'static str; 2] {
        [false, true].map(|under_way| match store.demand(now, under_way) {
            Demand::Serve(_) => "serve",
            Demand::Join => "join",
            Demand::Start => "start",
        })
    }

    #[test]
    fn each_phase_has_its_demand() {
        assert_eq!(demands(&Store::new(), NOW), ["start", "join"]);
        let store = holding(&token("a", Duration::HOUR));
        for (seconds, expected) in [
            (0, ["serve", "serve"]),
            (3_299, ["serve", "serve"]),
            (3_361, ["start", "serve"]),
            (3_539, ["start", "serve"]),
            (3_540, ["start", "join"]),
            (3_600, ["start", "join"]),
        ] {
            let now = NOW + Duration::seconds(seconds);
            assert_eq!(demands(&store, now), expected, "{seconds}");
        }
    }

    #[test]
    fn a_backoff_lets_both_windows_go_on_and_nothing_else() {
        let mut store = holding(&token("a", Duration::HOUR));
        for (seconds, expected) in [
            (3_500, ["serve", "serve"]),
            (3_550, ["serve", "join"]),
            (3_600, ["start", "join"]),
        ] {
            let now = NOW + Duration::seconds(seconds);
            store.begin(&Arc::new(pending()), now);
            store.land(&failure(), now);
            assert_eq!(demands(&store, now), expected, "{seconds}");
        }
    }

    #[test]
    fn what_looks_expired_is_kept_only_in_place_of_nothing_better() {
        let (good, late) = (
            token("good", Duration::HOUR),
            token("late", -Duration::SECOND),
        );
        let mut store = holding(&good);
        store.land(&Ok(late.clone()), NOW);
        assert!(store.current().unwrap().is_same(&good));

        let end = NOW + Duration::HOUR;
        store.land(&Ok(late.clone()), end);
        assert!(store.current().unwrap().is_same(&late));
        let settled = store.settle(Ok(late.clone()), end);
        assert!(settled.unwrap().unwrap().is_same(&late));
        assert_eq!(demands(&store, end), ["start", "join"]);
    }

    #[test]
    fn after_a_failure_a_valid_credential_is_the_outcome() {
        let store = holding(&token("a", Duration::HOUR));
        let tick = Duration::NANOSECOND;
        let settle = |now| store.settle(failure(), now).unwrap().is_ok();
        assert!(settle(NOW + Duration::HOUR - tick));
        assert!(!settle(NOW + Duration::HOUR));
        assert!(Store::new().settle(failure(), NOW).unwrap().is_err());
    }

    #[test]
    fn an_outcome_that_was_refused_meanwhile_is_not_served() {
        let first = token("a", Duration::HOUR);
        let mut store = holding(&first);
        assert!(store.invalidate(&first, false, NOW));
        assert!(store.settle(Ok(first.clone()), NOW).is_none(), "ask again");
        // Another one came and went before the caller has looked.
        store.land(&Ok(token("b", Duration::MINUTE)), NOW);
        let later = NOW + Duration::MINUTE;
        assert!(store.settle(Ok(first), later).is_none(), "ask again");
    }

    #[test]
    fn an_outcome_that_has_expired_meanwhile_is_not_served() {
        let short = token("a", Duration::MINUTE);
        let store = holding(&short);
        let settled = store.settle(Ok(short), NOW + Duration::MINUTE);
        assert!(settled.is_none(), "ask again");
    }

    #[test]
    fn only_the_kept_credential_is_dropped_but_any_copy_of_it_will_do() {
        let (old, new) = (token("old", Duration::HOUR), token("new", Duration::HOUR));
        let mut store = holding(&new);
        assert!(store.invalidate(&old, false, NOW), "a newer one is there");
        assert!(store.current().unwrap().is_same(&new));

        let copy = token("new", Duration::MINUTE);
        assert!(store.invalidate(&copy, false, NOW));
        assert!(store.current().is_none());
        assert!(
            store.invalidate(&new, false, NOW),
            "somebody else dropped it"
        );
    }

    #[test]
    fn equality_looks_at_every_part() {
        let own = token("t", Duration::HOUR);
        assert!(is_equal(&own, &token("t", Duration::MINUTE)));
        for other in [
            Credentials::session("other", "sk", "t"),
            Credentials::session("ak", "other", "t"),
            Credentials::session("ak", "sk", "other"),
            Credentials::new("ak", "sk"),
        ] {
            assert!(!is_equal(&own, &other.unwrap()));
        }
    }

    #[test]
    fn a_credential_that_came_back_is_asked_for_again_after_a_pause() {
        let key = Credentials::new("ak", "sk").unwrap();
        let mut store = holding(&key);
        assert!(store.invalidate(&key, false, NOW));
        store.begin(&Arc::new(pending()), NOW);
        store.land(&Ok(key.clone()), NOW);

        assert!(!store.invalidate(&key, false, NOW));
        assert!(store.current().is_some(), "kept for the pause");
        let later = NOW + Duration::SECOND;
        assert!(!store.invalidate(&key, false, later));
        assert!(store.current().is_none(), "the next call asks");
        assert!(
            !store.invalidate(&key, false, later),
            "and so for all others"
        );
    }

    #[test]
    fn a_credential_that_came_back_is_dropped_if_the_provider_has_another() {
        let key = Credentials::new("ak", "sk").unwrap();
        let mut store = holding(&key);
        store.invalidate(&key, false, NOW);
        store.begin(&Arc::new(pending()), NOW);
        store.land(&Ok(key.clone()), NOW);
        assert!(store.invalidate(&key, true, NOW));
        assert!(store.current().is_none());
    }

    #[test]
    fn another_credential_ends_the_story_of_the_refused_one() {
        let (first, second) = (token("a", Duration::HOUR), token("b", Duration::HOUR));
        let mut store = holding(&first);
        store.invalidate(&first, false, NOW);
        store.land(&Ok(first.clone()), NOW);
        store.land(&Ok(second.clone()), NOW);
        assert!(store.invalidate(&first, false, NOW), "a newer one is there");
        assert!(store.invalidate(&second, false, NOW));
        store.land(&Ok(first.clone()), NOW);
        assert!(store.invalidate(&first, false, NOW), "from the beginning");
    }
}
