//! The state of the emulator.
//!
//! Nothing here reads a clock or spawns a task. Before the callers use the state, they carry out
//! the transitions that are due, and they pass the current time.

mod capacity;
mod catalog;
mod client_token;
mod dev;
mod history;
mod jobs;
mod resources;
mod services;
mod session;

use self::capacity::Kind;
pub(crate) use self::capacity::{Amount, Board, GIB, Limit, MILLI};
pub(crate) use self::catalog::{Catalog, Entry, Version, unknown_version};
pub(crate) use self::client_token::{ClientTokenKey, ClientTokens};
pub(crate) use self::dev::{
    Event, Filter, ImageTarget, Instance, InstanceSettings, Instances, NODE_IP, Search, Shown,
    Window,
};
pub use self::dev::{ImagePackJobStatus, InstanceStatus};
pub use self::jobs::JobStatus;
pub(crate) use self::jobs::{Condition, Job, JobSettings, Jobs, Role};
pub use self::resources::Resources;
pub(crate) use self::resources::{Node, Pool, Queue, SERVERLESS, pool_of};
pub(crate) use self::services::{Author, Change, PodState, Service, ServicePod, Services};
pub(crate) use self::session::{Grant, Session, Sessions};
use std::cmp::Reverse;

use time::OffsetDateTime;

use crate::access::Principal;
use crate::delays::Pace;
use crate::random::{Random, Stream};

/// The maximum number of dev instances, or of transitions, that are processed at a time while the
/// state is locked. The lock is then released, so that other threads can get it.
pub(crate) const CHUNK: usize = 1000;

/// The state of the emulator.
#[derive(Debug)]
pub(crate) struct State {
    /// The time since which the pools have existed.
    pub(crate) since: OffsetDateTime,
    /// The owner of the pools.
    pub(crate) owner: Principal,
    pub(crate) pools: Vec<Pool>,
    pub(crate) board: Board,
    pub(crate) instances: Instances,
    pub(crate) datasets: Catalog,
    pub(crate) models: Catalog,
    pub(crate) jobs: Jobs,
    pub(crate) services: Services,
    pub(crate) sessions: Sessions,
    pub(crate) client_tokens: ClientTokens,
}

/// The settings from which the initial state is created.
#[derive(Debug, Clone)]
pub(crate) struct Beginning {
    pub(crate) resources: Resources,
    /// The owner of the initial pools, datasets and models.
    pub(crate) owner: Principal,
    pub(crate) pace: Pace,
    pub(crate) seed: Option<u64>,
}

impl State {
    pub(crate) fn new(beginning: &Beginning, now: OffsetDateTime) -> Self {
        let Beginning {
            resources,
            owner,
            pace,
            seed,
        } = beginning;
        let random = |stream| Random::new(*seed, stream);
        let board = Board::new(&resources.pools);
        let mut datasets = Catalog::new("dataset", "ds-", random(Stream::Datasets));
        datasets.seed(&resources.datasets, owner, now);
        let mut models = Catalog::new("model", "mo-", random(Stream::Models));
        models.seed(&resources.models, owner, now);
        Self {
            since: now,
            owner: owner.clone(),
            pools: resources.pools.clone(),
            instances: Instances::new(pace.clone(), *seed).with_board(board.clone()),
            jobs: Jobs::new(board.clone(), random(Stream::Jobs)),
            services: Services::new(board.clone(), random(Stream::InferenceServices)),
            board,
            datasets,
            models,
            sessions: Sessions::new(random(Stream::Sessions)),
            client_tokens: ClientTokens::default(),
        }
    }

    /// Carries out up to [`CHUNK`] due transitions of instances, jobs and pods, in chronological
    /// order. Returns `true` once none is due, or `false` if the limit was reached, in which case
    /// more may be due.
    pub(crate) fn advance(&mut self, now: OffsetDateTime) -> bool {
        for _ in 0..CHUNK {
            let instances = self.instances.next_due().map(|at| (at, Kind::Instance));
            let jobs = self.jobs.next_due().map(|at| (at, Kind::Job));
            let pods = self.services.next_due().map(|at| (at, Kind::Pod));
            let next = instances.into_iter().chain(jobs).chain(pods).min();
            let Some((at, kind)) = next.filter(|(at, _)| *at <= now) else {
                return true;
            };
            match kind {
                Kind::Instance => self.instances.step_due(),
                Kind::Job => self.jobs.step_due(self.instances.pace()),
                Kind::Pod => self.services.step_due(),
            }
            self.fill(at);
        }
        false
    }

    /// Gives free resources to up to [`CHUNK`] waiting instances, jobs and pods.
    pub(crate) fn fill(&mut self, now: OffsetDateTime) {
        for _ in 0..CHUNK {
            let instances = self.instances.next_waiting();
            let jobs = self.board.next_of(Kind::Job);
            let pods = self.board.next_of(Kind::Pod);
            let waiting = [
                (Kind::Instance, instances),
                (Kind::Job, jobs),
                (Kind::Pod, pods),
            ];
            let waiting = waiting
                .into_iter()
                .filter_map(|(kind, first)| Some((first?, kind)));
            let first = waiting.min_by_key(|((priority, since, number), kind)| {
                (Reverse(*priority), *since, *kind, *number)
            });
            match first {
                Some(((_, _, number), Kind::Instance)) => self.instances.let_in(number, now),
                Some(((_, _, number), Kind::Job)) => {
                    self.jobs.admit(number, now, self.instances.pace());
                }
                Some(((_, _, number), Kind::Pod)) => {
                    self.services.admit(number, now, self.instances.pace());
                }
                None => return,
            }
        }
    }
}
