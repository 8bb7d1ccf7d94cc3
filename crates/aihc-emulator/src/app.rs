//! The emulated service: its settings, its state, and the handling of its requests.

use std::sync::{Mutex, MutexGuard};

use bce_auth::Credentials;
use http::request::Parts;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::access::{self, AccessKey, Caller, Keys, KnownKey, Principal};
use crate::clock::{Moment, Shift, Times};
use crate::delays::Pace;
use crate::error::ApiError;
use crate::fault::{Fault, Faults};
use crate::journal::Journal;
use crate::operation::{self, Call, Output};
use crate::profile::Profile;
use crate::query::Query;
use crate::quirk::Quirks;
use crate::random::{Random, Stream};
use crate::serve::Limits;
use crate::snapshot::Snapshot;
use crate::state::{Beginning, Board, ClientTokens, Instances, State};
use crate::sync::lock;
use crate::validate::{self, Arguments, rule::OperationRule};

/// The emulated service, which all connections and handles of an emulator share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) settings: AppSettings,
    pub(crate) times: Times,
    origin: Origin,
    keys: Mutex<Keys>,
    /// A lock that a thread holds while it waits for the lock of the state. A thread that locks the
    /// state repeatedly therefore cannot overtake a thread that is already waiting.
    turn: Mutex<()>,
    state: Mutex<State>,
    journal: Mutex<Journal>,
    faults: Mutex<Faults>,
    request_ids: Mutex<Random>,
}

/// The request members that may contain the id of a resource, most specific first. The first of
/// them that an operation requires identifies the resource that the operation acts on.
const IDS: [&str; 9] = [
    "devInstanceId",
    "jobId",
    "serviceId",
    "changeId",
    "datasetId",
    "modelId",
    "queueId",
    "resourcePoolId",
    "id",
];

/// The operations, apart from those of STS, whose documented responses contain the request id only
/// in the header.
const WITHOUT_ID: [&str; 5] = [
    "DescribeResourcePools",
    "DescribeResourcePool",
    "DescribeResourcePoolOverview",
    "DescribeQueues",
    "DescribeQueue",
];

/// Settings that do not change while the service runs.
#[derive(Debug)]
pub(crate) struct AppSettings {
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    pub(crate) profile: Profile,
    pub(crate) quirks: Quirks,
    pub(crate) limits: Limits,
}

/// The initial keys and state of a service, which a reset restores.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) keys: Keys,
    pub(crate) beginning: Beginning,
}

/// The decoded query of a request, and the operation that the request names, or the error if there
/// is no such operation.
#[derive(Debug)]
pub(crate) struct Named {
    query: Query,
    rule: Result<&'static OperationRule, ApiError>,
}

impl Named {
    pub(crate) fn by(parts: &Parts, profile: Profile) -> Self {
        let query = Query::parse(parts.uri.query().unwrap_or_default());
        Self {
            rule: validate::find_rule(parts.uri.path(), &query, profile),
            query,
        }
    }

    pub(crate) fn rule(&self) -> Option<&'static OperationRule> {
        self.rule.as_ref().ok().copied()
    }

    pub(crate) fn operation(&self) -> Option<&'static str> {
        self.rule().map(|rule| rule.name)
    }
}

impl App {
    pub(crate) fn new(settings: AppSettings, origin: Origin, times: Times) -> Self {
        let seed = origin.beginning.seed;
        let now = times.now().world;
        Self {
            settings,
            times,
            keys: Mutex::new(origin.keys.clone()),
            turn: Mutex::default(),
            state: Mutex::new(State::new(&origin.beginning, now)),
            journal: Mutex::default(),
            faults: Mutex::new(Faults::new(Random::new(seed, Stream::Faults))),
            request_ids: Mutex::new(Random::new(seed, Stream::Requests)),
            origin,
        }
    }

    /// Resets the service to its initial state. If the emulator was started with a seed, the same
    /// ids are generated again.
    pub(crate) fn reset(&self) {
        let seed = self.origin.beginning.seed;
        self.times.move_by(|shift| *shift = Shift::default());
        *self.keys() = self.origin.keys.clone();
        let fresh = State::new(&self.origin.beginning, self.now().world);
        let old = std::mem::replace(&mut *self.state(), fresh);
        // Dropping many instances takes time, and should not happen while the state is locked.
        drop(old);
        self.journal().clear();
        *self.faults() = Faults::new(Random::new(seed, Stream::Faults));
        *lock(&self.request_ids) = Random::new(seed, Stream::Requests);
    }

    pub(crate) fn now(&self) -> Moment {
        self.times.now()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    /// Replaces the state of the emulated resources with that of a snapshot.
    pub(crate) fn restore(&self, snapshot: Snapshot) {
        let Snapshot {
            taken_at,
            instances,
            ..
        } = snapshot;
        let now = self.now().world;
        let pause = now - taken_at;
        let (pace, pools) = {
            let state = self.state_at(now);
            (state.instances.pace().clone(), state.pools.clone())
        };
        let pools = snapshot.pools.unwrap_or(pools);
        let board = Board::new(&pools);
        let restored = Instances::restored(instances, taken_at, now, pace, board.clone());
        let old = {
            let state = &mut *self.state_at(now);
            state.client_tokens = ClientTokens::default();
            state.pools = pools;
            state.since = snapshot.since.unwrap_or(state.since);
            state.board = board.clone();
            let old = state.instances.replace(restored);
            for (catalog, entries) in [
                (&mut state.datasets, snapshot.datasets),
                (&mut state.models, snapshot.models),
            ] {
                entries
                    .into_iter()
                    .for_each(|entries| catalog.replace(entries));
            }
            let pace = state.instances.pace();
            state
                .jobs
                .restore(board.clone(), snapshot.jobs, pause, now, pace);
            state.services.restore(board, snapshot.services, pause);
            old
        };
        drop(old);
        self.follow_pace(now);
    }

    /// Changes the [`Pace`]: the delays and the scenario. Dev instances are updated in chunks; when
    /// this method returns, all of them are up to date.
    pub(crate) fn change_pace(&self, change: impl FnOnce(&mut Pace)) {
        let now = self.now().world;
        {
            let mut state = self.state_at(now);
            let mut pace = state.instances.pace().clone();
            change(&mut pace);
            state.instances.set_pace(pace);
        }
        self.follow_pace(now);
    }

    fn follow_pace(&self, now: OffsetDateTime) {
        let mut next = Some(0);
        while let Some(from) = next {
            next = self.state_at(now).instances.follow(from, now);
        }
    }

    /// Carries out all state transitions of the emulated resources that are due at `now`, and
    /// returns the locked state. `now` is the time of the emulated resources; see
    /// [`Moment::world`]. If many transitions are due, the lock is released repeatedly while they
    /// are carried out.
    pub(crate) fn state_at(&self, now: OffsetDateTime) -> MutexGuard<'_, State> {
        loop {
            let mut state = self.state();
            if state.advance(now) {
                return state;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let _turn = lock(&self.turn);
        lock(&self.state)
    }

    /// Returns the identity to which the emulator's own credentials belong.
    pub(crate) fn own_principal(&self) -> Principal {
        let id = self.settings.credentials.access_key_id();
        let own = self.origin.keys.find(id).map(AccessKey::principal);
        own.unwrap_or_else(|| Principal::User(id.to_owned()))
    }

    pub(crate) fn keys(&self) -> MutexGuard<'_, Keys> {
        lock(&self.keys)
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(crate) fn new_request_id(&self) -> String {
        lock(&self.request_ids).request_id()
    }

    /// Returns the id and the fault of the oldest injected rule that affects a request for
    /// `operation`; `None` if there is no such rule.
    pub(crate) fn pick_fault(&self, operation: Option<&str>) -> Option<(u64, Fault)> {
        self.faults().pick(operation)
    }

    /// Handles one request. `body` is the body of the request, or the error that occurred while it
    /// was read. The returned response may not have been serialized yet, but its data are those at
    /// the time of this call.
    pub(crate) fn answer(
        &self,
        named: &Named,
        parts: &Parts,
        body: Result<&[u8], ApiError>,
    ) -> Result<Output, ApiError> {
        let answered = body.and_then(|body| self.answer_read(named, parts, body));
        answered.map_err(|error| self.settings.quirks.refuse(error))
    }

    /// Converts the response of an operation to JSON. Adds the request id, unless the documented
    /// response contains it only in the header. Does not lock the state.
    pub(crate) fn write_down(
        &self,
        answer: Output,
        rule: Option<&OperationRule>,
        request_id: &str,
    ) -> Value {
        let operation = rule.map(|rule| rule.name).unwrap_or_default();
        let mut value = answer.into_value();
        self.settings.quirks.rewrite(operation, &mut value);
        let has_id = |rule: &OperationRule| {
            // STS responds with only the credential; the request id is in the header.
            rule.service != "sts" && !WITHOUT_ID.contains(&rule.name)
        };
        if rule.is_some_and(has_id)
            && let Some(members) = value.as_object_mut()
        {
            members.insert("requestId".into(), json!(request_id));
        }
        value
    }

    fn answer_read(&self, named: &Named, parts: &Parts, body: &[u8]) -> Result<Output, ApiError> {
        if let Err(error) = &named.rule
            && error.status == http::StatusCode::NOT_FOUND
        {
            // There is no service at this path, so the caller is not authenticated.
            return Err(error.clone());
        }
        let now = self.now();
        let profile = self.settings.profile;
        let apart = profile.times_apart();
        let find = |key: &str| self.find_key(key, now);
        let caller = access::authenticate(parts, now.wall, apart, find)
            .map_err(|error| profile.with_its_status(error))?;
        let rule = named.rule.clone()?;
        if !caller.permissions.allow(rule.name) {
            let message = format!("the access key has no permission for {}", rule.name);
            return Err(ApiError::access_denied(message));
        }
        let arguments = validate::arguments(rule, parts, &named.query, body, profile)?;
        self.check_acls(rule, &caller, &arguments)?;
        let operation = operation::find(rule.name)
            .ok_or_else(|| ApiError::internal(format!("{} is not emulated", rule.name)))?;
        let mut state = self.state_at(now.world);
        let answer = operation(&mut Call {
            rule,
            caller,
            arguments: &arguments,
            region: &self.settings.region,
            profile,
            now: now.world,
            moment: now,
            state: &mut state,
        });
        // Gives released resources to waiting instances, jobs and pods.
        state.fill(now.world);
        answer
    }

    /// Checks that the access control documents of the caller's session allow the request. They do
    /// not apply to operations of STS: a session may request further sessions, which the same
    /// documents limit.
    fn check_acls(
        &self,
        rule: &OperationRule,
        caller: &Caller,
        arguments: &Arguments,
    ) -> Result<(), ApiError> {
        let is_required = |name: &&&str| {
            let mut members = rule.members.iter();
            members.any(|member| member.required && member.name == **name)
        };
        let mut ids = IDS.iter().filter(is_required);
        let named = ids.find_map(|name| arguments.filled(name));
        let request = access::Request {
            operation: rule.name,
            region: &self.settings.region,
            resource: named,
        };
        if rule.service == "sts" || caller.acls.iter().all(|acl| acl.allows(request)) {
            return Ok(());
        }
        let name = rule.name;
        let message = format!("the access control document of the session does not allow {name}");
        Err(ApiError::access_denied(message))
    }

    fn find_key(&self, access_key_id: &str, now: Moment) -> Option<KnownKey> {
        let keys = self.keys();
        if let Some(key) = keys.find(access_key_id) {
            return Some(KnownKey {
                caller: Caller {
                    principal: key.principal(),
                    key: access_key_id.to_owned(),
                    permissions: key.permissions().clone(),
                    acls: vec![],
                },
                credentials: key.credentials().clone(),
                refused: key.is_disabled().then_some("the access key is disabled"),
            });
        }
        let state = self.state();
        let session = state.sessions.find(access_key_id)?;
        let grant = &session.grant;
        let key = keys.find_enabled(&grant.key);
        let refused = if now.session >= grant.expires_at {
            Some("the session token has expired")
        } else if key.is_none() {
            Some("the access key that requested the session is disabled or no longer exists")
        } else {
            None
        };
        Some(KnownKey {
            caller: Caller {
                principal: grant.principal.clone(),
                key: grant.key.clone(),
                permissions: match grant.principal {
                    Principal::User(_) => {
                        key.map(|key| key.permissions().clone()).unwrap_or_default()
                    }
                    // The permissions of a role do not depend on the caller's, and every role has
                    // all permissions.
                    Principal::Role { .. } => access::Permissions::default(),
                },
                acls: grant.acls.clone(),
            },
            credentials: session.credentials.clone(),
            refused,
        })
    }
}
