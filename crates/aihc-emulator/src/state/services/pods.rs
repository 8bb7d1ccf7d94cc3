//! The pods of services: their number, their states, and the resources they take.

use time::OffsetDateTime;

use super::{PodState, Service, ServicePod, Services};
use crate::delays::Pace;
use crate::state::capacity::Priority;
use crate::state::capacity::{Board, Claim, Holder, Kind, Standing};
use crate::state::resources::pool_of;

impl Services {
    /// Creates and deletes pods of a service, so that it has as many as its number of instances
    /// requires.
    pub(super) fn scale_pods(&mut self, number: u64, now: OffsetDateTime, pace: &Pace) {
        let Some(service) = self.services.get_mut(&number) else {
            return;
        };
        let wanted = usize::try_from(service.number("/instanceCount")).unwrap_or_default();
        let each = usize::try_from(service.pods_of_instance()).unwrap_or(1);
        let keep = wanted.saturating_mul(each).min(service.pods.len());
        let gone = service.pods.split_off(keep);
        let missing = wanted.saturating_sub(keep / each.max(1));
        let (id, revision) = (service.id.clone(), service.revision.clone());
        gone.iter().for_each(|pod| self.leave(pod));
        for _ in 0..missing {
            let letters = self.random.letters(5).to_ascii_lowercase();
            let group = format!("{id}-{revision}-{letters}");
            for place in 0..each {
                let pod_id = match each {
                    1 => group.clone(),
                    _ => format!("{group}-{place}"),
                };
                self.add_pod(number, pod_id, group.clone(), now, pace);
            }
        }
    }

    fn add_pod(
        &mut self,
        number: u64,
        id: String,
        group: String,
        now: OffsetDateTime,
        pace: &Pace,
    ) {
        let Some(service) = self.services.get_mut(&number) else {
            return;
        };
        let lacking = claim(service, &self.board).and_then(|claim| self.board.lacks(&claim));
        let state = match lacking {
            Some(_) => PodState::Waiting(now),
            None => PodState::Starting(pace.after(now, pace.delays.deploying)),
        };
        let lacking = lacking.map(|lacking| format!("the queue does not have enough {lacking}"));
        let pod = ServicePod {
            id,
            group,
            number: self.next_pod,
            created_at: now,
            state,
            blocked: false,
            reason: lacking.unwrap_or_default(),
        };
        self.next_pod += 1;
        service.pods.push(pod);
        let place = service.pods.len() - 1;
        self.enter_pod(number, place);
    }

    /// Adds the pods of a service to the field `owners` and, if they are starting, to `due`.
    /// Records their resources on `board`.
    pub(super) fn enter_pods(&mut self, number: u64) {
        let pods = self.services.get(&number).map(|service| service.pods.len());
        for place in 0..pods.unwrap_or_default() {
            self.enter_pod(number, place);
        }
    }

    /// Adds the pod at index `place` of the service `number` to the field `owners` and, if it is
    /// starting, to `due`. Records its resources on `board`.
    fn enter_pod(&mut self, number: u64, place: usize) {
        let Some(service) = self.services.get(&number) else {
            return;
        };
        let Some(pod) = service.pods.get(place) else {
            return;
        };
        self.owners.insert(pod.number, number);
        let standing = match pod.state {
            PodState::Waiting(since) => {
                let priority = Priority::of(service.text("/deploy/schedule/priority"));
                Standing::Waiting(priority, since)
            }
            _ => Standing::Held,
        };
        if let PodState::Starting(ready) = pod.state {
            self.due.insert((ready, pod.number));
        }
        let claim = claim(service, &self.board).map(|claim| (claim, standing));
        self.board.set(holder(pod.number), claim);
    }

    /// Removes a pod from the fields `owners`, `due` and `board`.
    pub(super) fn leave(&mut self, pod: &ServicePod) {
        self.owners.remove(&pod.number);
        if let PodState::Starting(ready) = pod.state {
            self.due.remove(&(ready, pod.number));
        }
        self.board.set(holder(pod.number), None);
    }

    /// Returns the time at which the next pod begins to run; `None` if no pod is starting.
    pub(crate) fn next_due(&self) -> Option<OffsetDateTime> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Puts the starting pod with the earliest scheduled time into the state `Running`, as of that
    /// time, unless the pod has failed in the meantime.
    pub(crate) fn step_due(&mut self) {
        if let Some((at, number)) = self.due.pop_first()
            && let Some(pod) = self.pod(number)
            && let PodState::Starting(_) = pod.state
        {
            pod.state = PodState::Running(at);
        }
    }

    /// Gives a waiting pod its resources, and starts it.
    pub(crate) fn admit(&mut self, number: u64, now: OffsetDateTime, pace: &Pace) {
        let ready = pace.after(now, pace.delays.deploying);
        if let Some(pod) = self.pod(number) {
            pod.state = PodState::Starting(ready);
            pod.reason.clear();
        }
        match self.place(number) {
            Some((service, place)) => self.enter_pod(service, place),
            // The pod no longer exists.
            None => self.board.set(holder(number), None),
        }
    }

    /// Returns the number of the service to which a pod belongs, and the index of the pod in that
    /// service; `None` if the pod no longer exists.
    fn place(&self, number: u64) -> Option<(u64, usize)> {
        let owner = *self.owners.get(&number)?;
        let mut pods = self.services.get(&owner)?.pods.iter();
        Some((owner, pods.position(|pod| pod.number == number)?))
    }

    pub(super) fn pod(&mut self, number: u64) -> Option<&mut ServicePod> {
        let (owner, place) = self.place(number)?;
        self.services.get_mut(&owner)?.pods.get_mut(place)
    }
}

fn holder(number: u64) -> Holder {
    Holder {
        kind: Kind::Pod,
        number,
    }
}

/// Returns the resources that each pod of a service takes from the queue of the service; `None` if
/// that queue does not exist.
fn claim(service: &Service, board: &Board) -> Option<Claim> {
    let kind = service.text("/resourcePool/resourcePoolType");
    let pool = pool_of(kind, service.text("/resourcePool/resourcePoolId"));
    let queue = board.find(pool, service.text("/resourcePool/queueName"))?;
    Some(Claim {
        queue,
        demand: service.demand(board),
    })
}
