//! The collection of all inference services and their pods.

mod pods;
mod service;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use time::OffsetDateTime;

pub(crate) use self::service::{Change, ChangeKind, PodState, Service, ServicePod};
use super::capacity::Board;
use super::history::History;
use crate::access::Principal;
use crate::delays::Pace;
use crate::error::ApiError;
use crate::random::Random;

/// The inference services, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Services {
    board: Board,
    random: Random,
    services: BTreeMap<u64, Service>,
    numbers: HashMap<String, u64>,
    /// The number of the service to which each pod belongs, by the number of the pod.
    owners: HashMap<u64, u64>,
    next_number: u64,
    next_pod: u64,
    /// The times at which starting pods begin to run, with the numbers of the pods.
    due: BTreeSet<(OffsetDateTime, u64)>,
}

/// Who made a change, when, and with which comment.
pub(crate) struct Author<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) description: &'a str,
    pub(crate) now: OffsetDateTime,
}

impl Services {
    pub(crate) fn new(board: Board, random: Random) -> Self {
        Self {
            board,
            random,
            services: BTreeMap::new(),
            numbers: HashMap::new(),
            owners: HashMap::new(),
            next_number: 0,
            next_pod: 0,
            due: BTreeSet::new(),
        }
    }

    /// Replaces all services with restored ones, and records their resources on `board`. Pods that
    /// are starting become ready later by `pause`.
    pub(crate) fn restore(&mut self, board: Board, services: Vec<Service>, pause: time::Duration) {
        self.board = board;
        self.services.clear();
        self.numbers.clear();
        self.owners.clear();
        self.due.clear();
        for mut service in services {
            service.changes.trim();
            for pod in &mut service.pods {
                pod.number = self.next_pod;
                self.next_pod += 1;
                if let PodState::Starting(ready) = &mut pod.state {
                    *ready = ready.checked_add(pause).unwrap_or(*ready);
                }
            }
            let number = self.insert(service);
            self.enter_pods(number);
        }
    }

    /// Creates a service and returns its id. Fails if there is already a service with this name.
    pub(crate) fn create(
        &mut self,
        conf: Value,
        author: &Author<'_>,
        pace: &Pace,
    ) -> Result<String, ApiError> {
        let name = conf.get("name").and_then(Value::as_str).unwrap_or_default();
        if self.iter().any(|service| service.name() == name) {
            return Err(ApiError::duplicated_name(format!(
                "a service named {name} already exists"
            )));
        }
        let id = loop {
            let id = format!("s-{}", self.digits(12));
            if !self.numbers.contains_key(&id) {
                break id;
            }
        };
        let service = Service {
            id: id.clone(),
            conf,
            owner: author.principal.clone(),
            created_at: author.now,
            updated_at: author.now,
            gateway_token: self.random.request_id(),
            revision: self.digits(10),
            changes: History::new(),
            pods: vec![],
        };
        let number = self.insert(service);
        self.note(number, ChangeKind::Create, author);
        self.scale_pods(number, author.now, pace);
        Ok(id)
    }

    fn insert(&mut self, service: Service) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.numbers.insert(service.id.clone(), number);
        self.services.insert(number, service);
        number
    }

    fn digits(&mut self, count: usize) -> String {
        self.random.hex32().chars().take(count).collect()
    }

    /// Returns the services, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Service> {
        self.services.values()
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Service, ApiError> {
        let number = self.numbers.get(id);
        let found = number.and_then(|number| self.services.get(number));
        found.ok_or_else(|| unknown(id))
    }

    /// Returns the change with this id, and the preceding change of the same service; `None` if
    /// there is no preceding one.
    pub(crate) fn change(&self, id: &str) -> Result<(&Change, Option<&Change>), ApiError> {
        for service in self.services.values() {
            let mut before = None;
            for change in service.changes() {
                if change.id == id {
                    return Ok((change, before));
                }
                before = Some(change);
            }
        }
        Err(ApiError::not_found(format!("change {id} does not exist")))
    }

    /// Changes the configuration of a service. Recreates its pods if the change affects them, and
    /// creates or deletes pods if the number of instances changes.
    pub(crate) fn modify(
        &mut self,
        id: &str,
        conf: Value,
        author: &Author<'_>,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        let number = self.number(id)?;
        let revision = self.digits(10);
        let Some(service) = self.services.get_mut(&number) else {
            return Err(unknown(id));
        };
        const OF_PODS: [&str; 6] = [
            "acceleratorType",
            "containers",
            "storage",
            "misc",
            "workloadType",
            "resourcePool",
        ];
        let old = std::mem::replace(&mut service.conf, conf);
        let differs = |name: &&str| old.get(*name) != service.conf.get(*name);
        let pods = match OF_PODS.iter().any(differs) {
            true => {
                service.revision = revision;
                std::mem::take(&mut service.pods)
            }
            false => vec![],
        };
        pods.iter().for_each(|pod| self.leave(pod));
        self.note(number, ChangeKind::Update, author);
        self.scale_pods(number, author.now, pace);
        Ok(())
    }

    /// Sets the number of instances of a service, and creates or deletes pods accordingly.
    pub(crate) fn scale(
        &mut self,
        id: &str,
        count: i64,
        author: &Author<'_>,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        let number = self.number(id)?;
        if let Some(service) = self.services.get_mut(&number) {
            service.set_instance_count(count);
        }
        self.note(number, ChangeKind::Scale, author);
        self.scale_pods(number, author.now, pace);
        Ok(())
    }

    /// Sets whether the service can be reached publicly, and its public IP address.
    pub(crate) fn set_access(
        &mut self,
        id: &str,
        (public, eip): (bool, &str),
        author: &Author<'_>,
    ) -> Result<(), ApiError> {
        let number = self.number(id)?;
        if let Some(service) = self.services.get_mut(&number) {
            service.set_access(public, eip);
        }
        self.note(number, ChangeKind::Traffic, author);
        Ok(())
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<(), ApiError> {
        let number = self.numbers.remove(id).ok_or_else(|| unknown(id))?;
        let service = self.services.remove(&number);
        let pods = service.into_iter().flat_map(|service| service.pods);
        pods.for_each(|pod| self.leave(&pod));
        Ok(())
    }

    /// Excludes pods of a service from the traffic, or includes them again if `blocked` is `false`.
    /// `instance` is the id of a single pod, or the id of an instance to select all pods of that
    /// instance.
    pub(crate) fn block(
        &mut self,
        id: &str,
        instance: &str,
        blocked: bool,
    ) -> Result<(), ApiError> {
        self.edit_pods(id, instance, |pod| pod.blocked = blocked)
    }

    /// Makes pods of a service fail. `instance` is the id of a single pod, or the id of an instance
    /// to select all pods of that instance.
    pub(crate) fn break_pods(
        &mut self,
        id: &str,
        instance: &str,
        reason: &str,
    ) -> Result<(), ApiError> {
        self.edit_pods(id, instance, |pod| {
            pod.state = PodState::Broken;
            pod.reason = reason.to_owned();
        })
    }

    fn edit_pods(
        &mut self,
        id: &str,
        instance: &str,
        edit: impl Fn(&mut ServicePod),
    ) -> Result<(), ApiError> {
        let number = self.number(id)?;
        let service = self.services.get_mut(&number);
        let pods = service.into_iter().flat_map(|service| &mut service.pods);
        let mut meant = pods.filter(|pod| is_meant(pod, instance)).peekable();
        if meant.peek().is_none() {
            return Err(unknown_pod(instance));
        }
        meant.for_each(edit);
        Ok(())
    }

    /// Deletes all pods of an instance; new pods replace them. `instance` is the id of the instance
    /// or of one of its pods.
    pub(crate) fn delete_pod(
        &mut self,
        id: &str,
        instance: &str,
        now: OffsetDateTime,
        pace: &Pace,
    ) -> Result<(), ApiError> {
        let number = self.number(id)?;
        let Some(service) = self.services.get_mut(&number) else {
            return Err(unknown(id));
        };
        let named = service.pods.iter().find(|pod| is_meant(pod, instance));
        let group = named
            .map(|pod| pod.group.clone())
            .ok_or_else(|| unknown_pod(instance))?;
        let (gone, kept) = std::mem::take(&mut service.pods)
            .into_iter()
            .partition(|pod| pod.group == group);
        service.pods = kept;
        let gone: Vec<ServicePod> = gone;
        gone.iter().for_each(|pod| self.leave(pod));
        self.scale_pods(number, now, pace);
        Ok(())
    }

    fn number(&self, id: &str) -> Result<u64, ApiError> {
        self.numbers.get(id).copied().ok_or_else(|| unknown(id))
    }

    fn note(&mut self, number: u64, kind: ChangeKind, author: &Author<'_>) {
        let id = format!("ch-{}", self.digits(12));
        if let Some(service) = self.services.get_mut(&number) {
            service.updated_at = author.now;
            service.changes.push(Change {
                id,
                kind,
                description: author.description.to_owned(),
                author: author.principal.clone(),
                at: author.now,
            });
        }
    }
}

/// Returns whether `id` is that of the pod or of the instance to which the pod belongs.
fn is_meant(pod: &ServicePod, id: &str) -> bool {
    pod.id == id || pod.group == id
}

fn unknown(id: &str) -> ApiError {
    ApiError::not_found(format!("service {id} does not exist"))
}

fn unknown_pod(id: &str) -> ApiError {
    ApiError::not_found(format!("pod {id} does not exist"))
}
