//! The emulated service: what connections and handles share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bce_auth::{Clock, Credentials};
use http::request::Parts;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::auth::{self, KnownKey};
use crate::delays::Pace;
use crate::error::ApiError;
use crate::journal::Journal;
use crate::operation::{self, Call};
use crate::query::Query;
use crate::state::{Principal, State};
use crate::validate::{self, rule::OperationRule};

/// The emulated service.
pub(crate) struct App {
    pub(crate) credentials: Credentials,
    region: String,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    journal: Mutex<Journal>,
}

impl App {
    pub(crate) fn new(
        credentials: Credentials,
        region: String,
        clock: Arc<dyn Clock>,
        pace: Pace,
    ) -> Self {
        let state = Mutex::new(State::new(pace));
        Self {
            credentials,
            region,
            clock,
            state,
            journal: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The state as it is at `now`: every move that is due has been taken.
    pub(crate) fn state_at(&self, now: OffsetDateTime) -> MutexGuard<'_, State> {
        let mut state = lock(&self.state);
        state.instances.advance(now);
        state
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// Answers one request and notes it. `body` is an error when it could not be read.
    pub(crate) fn answer(
        &self,
        parts: &Parts,
        body: Result<&[u8], ApiError>,
        request_id: &str,
    ) -> Result<Value, ApiError> {
        let query = Query::parse(parts.uri.query().unwrap_or_default());
        let rule = validate::find_rule(parts.uri.path(), &query);
        let named = rule.as_ref().ok().copied();
        let result = body.and_then(|body| self.call(rule, parts, &query, body, request_id));
        self.journal()
            .note(parts, named, result.as_ref().err(), request_id);
        result
    }

    fn call(
        &self,
        rule: Result<&'static OperationRule, ApiError>,
        parts: &Parts,
        query: &Query,
        body: &[u8],
        request_id: &str,
    ) -> Result<Value, ApiError> {
        if let Err(error) = &rule
            && error.status == http::StatusCode::NOT_FOUND
        {
            // Nothing is served there, so nobody is asked who they are.
            return Err(error.clone());
        }
        let now = self.now();
        let principal = auth::authenticate(parts, now, |key| self.find_key(key))?;
        let rule = rule?;
        let arguments = validate::arguments(rule, parts, query, body)?;
        let operation = operation::find(rule.name)
            .ok_or_else(|| ApiError::internal(format!("{} is not emulated", rule.name)))?;
        let mut state = self.state_at(now);
        let mut answer = operation(&mut Call {
            operation: rule.name,
            principal,
            arguments: &arguments,
            region: &self.region,
            now,
            state: &mut state,
        })?;
        // STS answers with the credential alone; its id is in the header.
        if rule.service != "sts"
            && let Some(members) = answer.as_object_mut()
        {
            members.insert("requestId".into(), json!(request_id));
        }
        Ok(answer)
    }

    fn find_key(&self, access_key_id: &str) -> Option<KnownKey> {
        if access_key_id == self.credentials.access_key_id() {
            return Some(KnownKey {
                principal: Principal::User,
                credentials: self.credentials.clone(),
            });
        }
        lock(&self.state)
            .sessions
            .find(access_key_id)
            .map(|session| KnownKey {
                principal: session.principal.clone(),
                credentials: session.credentials.clone(),
            })
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (credentials, region) = (&self.credentials, &self.region);
        f.debug_struct("App")
            .field("credentials", credentials)
            .field("region", region)
            .finish_non_exhaustive()
    }
}

/// A panic while the lock was held has broken one request, not the service.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
