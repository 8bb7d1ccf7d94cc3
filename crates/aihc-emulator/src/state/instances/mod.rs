//! All dev machines: their moves in time, their places, and lists of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use time::OffsetDateTime;

use crate::access::Principal;
use crate::delays::Pace;
use crate::error::ApiError;
use crate::random::Random;
use crate::state::image_pack::ImageTarget;
use crate::state::index::{Entry, Filter, Index, Search, Window};
use crate::state::instance::{Identity, Instance};
use crate::state::lag::Shown;
use crate::state::places::{Places, Priority, Standing};
use crate::state::settings::Settings;
use crate::state::status::Status;

/// The dev machines, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Instances {
    pace: Pace,
    random: Random,
    slots: BTreeMap<u64, Slot>,
    numbers: HashMap<String, u64>,
    next_number: u64,
    /// When to look at which instance again; one entry for each at most.
    due: BTreeSet<(OffsetDateTime, u64)>,
    places: Places,
    index: Index,
}

/// An instance and where else it is entered.
#[derive(Debug)]
struct Slot {
    instance: Instance,
    entry: Entry,
    due: Option<OffsetDateTime>,
    standing: Standing,
}

impl Instances {
    pub(crate) fn new(pace: Pace, random: Random) -> Self {
        Self {
            pace,
            random,
            slots: BTreeMap::new(),
            numbers: HashMap::new(),
            next_number: 0,
            due: BTreeSet::new(),
            places: Places::default(),
            index: Index::default(),
        }
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Changes how things go from `now` on.
    pub(crate) fn set_pace(&mut self, pace: Pace, now: OffsetDateTime) {
        self.pace = pace;
        let numbers: Vec<u64> = self.slots.keys().copied().collect();
        for number in numbers {
            self.refresh(number, now);
        }
        self.fill(now);
    }

    /// Takes every move that is due, in the order of time, and forgets what was deleted long enough
    /// ago.
    pub(crate) fn advance(&mut self, now: OffsetDateTime) {
        while let Some(&(at, number)) = self.due.first()
            && at <= now
        {
            self.due.pop_first();
            if let Some(slot) = self.slots.get_mut(&number) {
                slot.due = None;
            }
            self.step(number, at);
        }
    }

    fn step(&mut self, number: u64, at: OffsetDateTime) {
        let Some(slot) = self.slots.get_mut(&number) else {
            return;
        };
        if slot.instance.wants_place(at, &self.pace) {
            let scenario = &self.pace.scenario;
            if !self.places.has_room(scenario.capacity) {
                let priority = priority(&slot.instance);
                let victim = self.places.victim(priority).filter(|_| scenario.preemption);
                match victim {
                    Some(victim) => self.preempt_number(victim, at),
                    None => slot.instance.wait(at, &self.pace),
                }
            }
            if self.places.has_room(self.pace.scenario.capacity) {
                self.admit(number, at);
            }
        } else if !slot.instance.step(at, &self.pace) {
            self.forget(number);
            return;
        }
        self.refresh(number, at);
        self.fill(at);
    }

    /// Gives free places to those who wait.
    fn fill(&mut self, now: OffsetDateTime) {
        while self.places.has_room(self.pace.scenario.capacity)
            && let Some(number) = self.places.first_waiting()
        {
            self.admit(number, now);
            self.refresh(number, now);
        }
    }

    fn admit(&mut self, number: u64, at: OffsetDateTime) {
        let fails = self.random.chance(self.pace.scenario.deployment_failure);
        if let Some(slot) = self.slots.get_mut(&number) {
            slot.instance.admit(at, fails, &self.pace);
        }
    }

    fn preempt_number(&mut self, number: u64, at: OffsetDateTime) {
        if let Some(slot) = self.slots.get_mut(&number) {
            slot.instance.preempt(at, &self.pace);
        }
        self.refresh(number, at);
    }

    /// Creates an instance and returns its id.
    pub(crate) fn create(
        &mut self,
        name: &str,
        owner: Principal,
        settings: Settings,
        now: OffsetDateTime,
    ) -> String {
        let instance = self.new_instance(name, owner, settings, now);
        let id = instance.id.clone();
        self.insert(instance, now);
        id
    }

    /// Creates an instance in a state of its life, and returns its id.
    pub(crate) fn create_in(
        &mut self,
        status: Status,
        name: &str,
        owner: Principal,
        settings: Settings,
        now: OffsetDateTime,
    ) -> String {
        let mut instance = self.new_instance(name, owner, settings, now);
        instance.force(status, String::new(), now, &self.pace);
        let id = instance.id.clone();
        self.insert(instance, now);
        id
    }

    fn new_instance(
        &mut self,
        name: &str,
        owner: Principal,
        settings: Settings,
        now: OffsetDateTime,
    ) -> Instance {
        let id = loop {
            let id = format!("dv-{}", self.random.hex8());
            if !self.numbers.contains_key(&id) {
                break id;
            }
        };
        let identity = Identity {
            id,
            name: name.to_owned(),
            owner,
            service_id: format!("aibox-{}", self.random.hex8()),
        };
        Instance::create(identity, settings, now, &self.pace)
    }

    /// Puts an instance behind all others. An id that is there already stays whose it is.
    pub(crate) fn insert(&mut self, instance: Instance, now: OffsetDateTime) {
        if self.numbers.contains_key(&instance.id) {
            return;
        }
        let number = self.next_number;
        self.next_number += 1;
        self.numbers.insert(instance.id.clone(), number);
        let slot = Slot {
            entry: self.index.insert(number, &instance),
            instance,
            due: None,
            standing: Standing::Apart,
        };
        self.slots.insert(number, slot);
        self.refresh(number, now);
    }

    /// Puts `instances`, as they were at `taken_at`, in the place of those that are there.
    pub(crate) fn restore(
        &mut self,
        instances: Vec<Instance>,
        taken_at: OffsetDateTime,
        now: OffsetDateTime,
    ) {
        self.clear();
        for mut instance in instances {
            instance.postpone(taken_at, now - taken_at);
            self.insert(instance, now);
        }
        self.fill(now);
    }

    fn clear(&mut self) {
        self.slots.clear();
        self.numbers.clear();
        self.due.clear();
        self.places = Places::default();
        self.index = Index::default();
    }

    fn forget(&mut self, number: u64) {
        let Some(slot) = self.slots.remove(&number) else {
            return;
        };
        if let Some(at) = slot.due {
            self.due.remove(&(at, number));
        }
        self.numbers.remove(&slot.instance.id);
        self.places.shift(number, slot.standing, Standing::Apart);
        self.index.remove(number, &slot.instance, slot.entry);
    }

    /// The instances, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Instance> {
        self.slots.values().map(|slot| &slot.instance)
    }

    /// One page of a list, and how many instances are on all pages.
    pub(crate) fn page(&mut self, filter: &Filter, window: Window) -> (Vec<&Instance>, usize) {
        if let Some(Search::Id(id)) = &filter.search {
            let found = self.get(id).ok();
            let found = found.filter(|instance| filter.matches(instance));
            let page = found.filter(|_| window.skip == 0 && window.size > 0);
            return (page.into_iter().collect(), found.into_iter().count());
        }
        let look = |number| self.slots.get(&number).map(|slot| &slot.instance);
        let (numbers, total) = self.index.page(filter, window, look);
        (numbers.into_iter().filter_map(look).collect(), total)
    }

    /// The instance as it is.
    pub(crate) fn get(&self, id: &str) -> Result<&Instance, ApiError> {
        let number = self.numbers.get(id);
        number
            .and_then(|number| self.slots.get(number))
            .map(|slot| &slot.instance)
            .ok_or_else(|| unknown(id))
    }

    /// The instance as reads show it.
    pub(crate) fn read(&self, id: &str) -> Result<(&Instance, Shown<'_>), ApiError> {
        let instance = self.get(id)?;
        let shown = instance.shown().ok_or_else(|| unknown(id))?;
        Ok((instance, shown))
    }

    /// Changes an instance.
    pub(crate) fn change<T>(
        &mut self,
        id: &str,
        now: OffsetDateTime,
        change: impl FnOnce(&mut Instance, &Pace) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let number = *self.numbers.get(id).ok_or_else(|| unknown(id))?;
        let slot = self.slots.get_mut(&number).ok_or_else(|| unknown(id))?;
        let done = change(&mut slot.instance, &self.pace);
        self.refresh(number, now);
        self.fill(now);
        done
    }

    /// Begins an image pack job and returns its id.
    pub(crate) fn pack(
        &mut self,
        id: &str,
        target: ImageTarget,
        now: OffsetDateTime,
    ) -> Result<String, ApiError> {
        let job_id = format!("tk-{}", self.random.hex8());
        let copy = job_id.clone();
        self.change(id, now, |instance, pace| {
            instance.pack(copy, target, now, pace)
        })?;
        Ok(job_id)
    }

    /// Follows a change of an instance wherever it is entered.
    fn refresh(&mut self, number: u64, now: OffsetDateTime) {
        let Some(slot) = self.slots.get_mut(&number) else {
            return;
        };
        self.index.refresh(number, &slot.instance, &mut slot.entry);
        let due = slot.instance.due(&self.pace);
        if due != slot.due {
            if let Some(at) = slot.due {
                self.due.remove(&(at, number));
            }
            self.due.extend(due.map(|at| (at, number)));
            slot.due = due;
        }
        let priority = priority(&slot.instance);
        let standing = match slot.standing {
            Standing::Waiting(_, since) if slot.instance.is_waiting() => {
                Standing::Waiting(priority, since)
            }
            _ if slot.instance.is_waiting() => Standing::Waiting(priority, now),
            _ if slot.instance.status().has_container() => Standing::Placed(priority),
            _ => Standing::Apart,
        };
        self.places.shift(number, slot.standing, standing);
        slot.standing = standing;
    }
}

fn priority(instance: &Instance) -> Priority {
    Priority::of(instance.settings().conf_text("/scheduleConf/priority"))
}

fn unknown(id: &str) -> ApiError {
    ApiError::not_found(format!("dev instance {id} does not exist"))
}

#[cfg(test)]
mod tests;
