//! The collection of all dev instances. It carries out their transitions, decides which of them can
//! be deployed, and lists them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::access::Principal;
use crate::delays::Pace;
use crate::error::ApiError;
use crate::random::{Random, Stream};
use crate::state::CHUNK;
use crate::state::capacity::{self, Board, Claim, QueueNumber};
use crate::state::dev::image_pack::ImageTarget;
use crate::state::dev::index::{Entry, Filter, Index, Search, Window};
use crate::state::dev::instance::{Identity, Instance};
use crate::state::dev::placement::{Placement, Standing};
use crate::state::dev::read_lag::Shown;
use crate::state::dev::settings::InstanceSettings;
use crate::state::dev::status::InstanceStatus;

mod moves;
mod names;

use self::names::Names;

/// The dev instances, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Instances {
    pace: Pace,
    /// The random numbers that decide which deployments fail.
    random: Random,
    names: Names,
    slots: BTreeMap<u64, Slot>,
    numbers: HashMap<String, u64>,
    next_number: u64,
    /// The times at which instances have to be examined again, each with the number of the
    /// instance. There is at most one entry per instance.
    due: BTreeSet<(OffsetDateTime, u64)>,
    places: Placement,
    board: Board,
    index: Index,
}

/// An instance, and its keys in the indexes of [`Instances`]. The keys are needed to remove or
/// replace its entries there.
#[derive(Debug)]
struct Slot {
    /// The instance, which readers may share while they serialize it.
    instance: Arc<Instance>,
    entry: Entry,
    due: Option<OffsetDateTime>,
    standing: Standing,
    /// The queue from which the instance takes resources; `None` if that queue does not exist.
    queue: Option<QueueNumber>,
}

impl Slot {
    /// Returns the instance so that it can be changed; readers keep the unchanged one.
    fn edit(&mut self) -> &mut Instance {
        Arc::make_mut(&mut self.instance)
    }

    /// Returns how [`Placement`] records the instance. An instance that waits in an existing queue
    /// is [`Standing::Apart`] there, because the [`Board`] records that it waits.
    fn placement(&self) -> Standing {
        match self.standing {
            Standing::Waiting(..) if self.queue.is_some() => Standing::Apart,
            standing => standing,
        }
    }

    /// Returns the instance's claim on its queue, and whether the instance has the claimed
    /// resources or waits for them. Returns `None` if the instance needs no resources, or if its
    /// queue does not exist.
    fn claim(&self, board: &Board) -> Option<(Claim, capacity::Standing)> {
        let standing = match self.standing {
            Standing::Apart => return None,
            Standing::Placed(_) => capacity::Standing::Held,
            Standing::Waiting(priority, since) => capacity::Standing::Waiting(priority, since),
        };
        Some((
            moves::claim_of(&self.instance, self.queue?, board),
            standing,
        ))
    }
}

impl Instances {
    pub(crate) fn new(pace: Pace, seed: Option<u64>) -> Self {
        Self {
            pace,
            random: Random::new(seed, Stream::Deployments),
            names: Names::new(seed),
            slots: BTreeMap::new(),
            numbers: HashMap::new(),
            next_number: 0,
            due: BTreeSet::new(),
            places: Placement::default(),
            board: Board::default(),
            index: Index::default(),
        }
    }

    /// Sets the [`Board`] that records the resources which instances take from queues. Must be
    /// called before the first instance is created.
    pub(crate) fn with_board(self, board: Board) -> Self {
        Self { board, ..self }
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Changes the [`Pace`], which determines when transitions take place. [`follow`](Self::follow)
    /// must then be called, until it returns `None`, to update the instances.
    pub(crate) fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// Updates up to [`CHUNK`] instances, starting at number `from`, after the [`Pace`] has
    /// changed, and then deploys waiting instances if possible. Returns the number to continue
    /// with, or `None` when all instances are up to date.
    pub(crate) fn follow(&mut self, from: u64, now: OffsetDateTime) -> Option<u64> {
        let numbers: Vec<u64> = self
            .slots
            .range(from..)
            .map(|(number, _)| *number)
            .take(CHUNK)
            .collect();
        for number in &numbers {
            self.follow_one(*number, now);
        }
        let filled = self.fill(now);
        match numbers.last() {
            Some(last) => Some(last + 1),
            None if filled => None,
            None => Some(from),
        }
    }

    fn follow_one(&mut self, number: u64, now: OffsetDateTime) {
        let lags = self.pace.scenario.read_after_write;
        if lags.is_zero()
            && let Some(slot) = self.slots.get_mut(&number)
            && slot.instance.lags()
        {
            slot.edit().catch_up();
        }
        self.refresh(number, now);
    }

    /// Creates an instance and returns its id.
    pub(crate) fn create(
        &mut self,
        name: &str,
        owner: Principal,
        settings: InstanceSettings,
        now: OffsetDateTime,
    ) -> String {
        let instance = self.new_instance(name, owner, settings, now);
        let id = instance.id.clone();
        self.insert(instance, now);
        id
    }

    /// Creates an instance that is in the state `status`, and returns its id.
    pub(crate) fn create_in(
        &mut self,
        status: InstanceStatus,
        name: &str,
        owner: Principal,
        settings: InstanceSettings,
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
        settings: InstanceSettings,
        now: OffsetDateTime,
    ) -> Instance {
        let identity = Identity {
            id: self.names.instance(),
            name: name.to_owned(),
            owner,
            service_id: self.names.service(),
        };
        Instance::create(identity, settings, now, &self.pace)
    }

    /// Adds an instance after all others. Does nothing if an instance with its id already exists.
    pub(crate) fn insert(&mut self, instance: Instance, now: OffsetDateTime) {
        if self.numbers.contains_key(&instance.id) {
            return;
        }
        let number = self.next_number;
        self.next_number += 1;
        self.numbers.insert(instance.id.clone(), number);
        let slot = Slot {
            entry: self.index.insert(number, &instance),
            instance: Arc::new(instance),
            due: None,
            standing: Standing::Apart,
            queue: None,
        };
        self.slots.insert(number, slot);
        self.refresh(number, now);
    }

    /// Creates a collection of `instances`, which were saved at `taken_at`. This does not require
    /// the lock of the state. [`replace`](Self::replace) then puts the collection in place of the
    /// existing one.
    pub(crate) fn restored(
        instances: Vec<Instance>,
        taken_at: OffsetDateTime,
        now: OffsetDateTime,
        pace: Pace,
        board: Board,
    ) -> Self {
        let mut restored = Self::new(pace, Some(0)).with_board(board);
        for mut instance in instances {
            instance.trim();
            instance.postpone(taken_at, now - taken_at);
            restored.names.take(&instance);
            restored.insert(instance, now);
        }
        restored
    }

    /// Replaces all instances with restored ones, and returns the replaced collection. The [`Pace`]
    /// and the sequence of random numbers of `self` do not change.
    pub(crate) fn replace(&mut self, restored: Self) -> Self {
        let mut old = std::mem::replace(self, restored);
        std::mem::swap(&mut self.pace, &mut old.pace);
        std::mem::swap(&mut self.random, &mut old.random);
        std::mem::swap(&mut self.names, &mut old.names);
        self.names.take_all(&old.names);
        old
    }

    fn forget(&mut self, number: u64) {
        let Some(slot) = self.slots.remove(&number) else {
            return;
        };
        if let Some(at) = slot.due {
            self.due.remove(&(at, number));
        }
        self.numbers.remove(&slot.instance.id);
        self.places.shift(number, slot.placement(), Standing::Apart);
        self.board.set(moves::holder(number), None);
        self.index.remove(number, &slot.instance, slot.entry);
    }

    /// Returns the instances, oldest first.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Instance> {
        self.slots.values().map(|slot| &*slot.instance)
    }

    /// Returns all instances as of now, oldest first. They can be examined after the lock of the
    /// state is released.
    pub(crate) fn all(&self) -> Vec<Arc<Instance>> {
        let slots = self.slots.values();
        slots.map(|slot| Arc::clone(&slot.instance)).collect()
    }

    /// Returns the instances on one page of a list, and the number of instances on all pages. The
    /// instances can be examined after the lock of the state is released.
    pub(crate) fn page(&mut self, filter: &Filter, window: Window) -> (Vec<Arc<Instance>>, usize) {
        let slot = |number: u64| self.slots.get(&number);
        if let Some(Search::Id(id)) = &filter.search {
            let found = self.numbers.get(id).and_then(|number| slot(*number));
            let found = found.filter(|slot| filter.matches(&slot.instance));
            let page = found.filter(|_| window.skip == 0 && window.size > 0);
            let page = page.map(|slot| Arc::clone(&slot.instance));
            return (page.into_iter().collect(), found.into_iter().count());
        }
        let look = |number| slot(number).map(|slot| &*slot.instance);
        let (numbers, total) = self.index.page(filter, window, look);
        let page = numbers.into_iter().filter_map(slot);
        (page.map(|slot| Arc::clone(&slot.instance)).collect(), total)
    }

    /// Returns the instance with this id. Read requests may not see its latest changes yet.
    pub(crate) fn get(&self, id: &str) -> Result<&Instance, ApiError> {
        let number = self.numbers.get(id);
        number
            .and_then(|number| self.slots.get(number))
            .map(|slot| &*slot.instance)
            .ok_or_else(|| unknown(id))
    }

    /// Returns the instance with this id, and the data that read requests see. Fails as long as
    /// read requests do not find the instance.
    pub(crate) fn read(&self, id: &str) -> Result<(&Instance, Shown<'_>), ApiError> {
        let instance = self.get(id)?;
        let shown = instance.shown().ok_or_else(|| unknown(id))?;
        Ok((instance, shown))
    }

    /// Changes the instance with this id by calling `change`. Then deploys waiting instances if
    /// possible, since the change may have freed resources.
    pub(crate) fn change<T>(
        &mut self,
        id: &str,
        now: OffsetDateTime,
        change: impl FnOnce(&mut Instance, &Pace) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let number = *self.numbers.get(id).ok_or_else(|| unknown(id))?;
        let slot = self.slots.get_mut(&number).ok_or_else(|| unknown(id))?;
        let done = change(slot.edit(), &self.pace);
        self.refresh(number, now);
        self.fill(now);
        done
    }

    /// Starts an image pack job of an instance, and returns the id of the job.
    pub(crate) fn pack(
        &mut self,
        id: &str,
        target: ImageTarget,
        now: OffsetDateTime,
    ) -> Result<String, ApiError> {
        let job_id = self.names.image_pack_job();
        let copy = job_id.clone();
        self.change(id, now, |instance, pace| {
            instance.pack(copy, target, now, pace)
        })?;
        Ok(job_id)
    }
}

fn unknown(id: &str) -> ApiError {
    ApiError::not_found(format!("dev instance {id} does not exist"))
}

#[cfg(test)]
mod tests;
