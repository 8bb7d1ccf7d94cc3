//! A list that changes while it is being read.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use bce_http::Error;
use bce_http::pager::{Items, Page, Paged};

/// A list of numbered animals in memory, in place of a service.
#[derive(Clone)]
pub(super) struct Herd(pub(super) Arc<Mutex<State>>);

pub(super) struct State {
    pub(super) animals: Vec<u32>,
    pub(super) size: usize,
    pub(super) total: Total,
    /// The changes of the list before each of the next successful requests, in the order of the
    /// requests.
    pub(super) events: VecDeque<Vec<Event>>,
    /// For each request that fails, the number of requests that succeed before it.
    pub(super) failures: Vec<usize>,
    /// The number of the page that is returned for every request, whichever page is requested;
    /// `None` if the requested pages are returned.
    pub(super) stuck_at: Option<i64>,
    /// The numbers of the pages that are returned empty.
    pub(super) holes: BTreeSet<i64>,
    pub(super) asked: Vec<i64>,
    pub(super) born: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Total {
    Right,
    Absent,
    Always(i64),
    /// The number of items after the returned page, in place of the total.
    Remaining,
    /// A number that decreases with every request.
    Falling,
}

#[derive(Clone, Debug)]
pub(super) enum Event {
    /// The addition of a new item at this position, modulo the number of positions.
    Birth(usize),
    /// The removal of the item at this position, modulo the length of the list.
    Death(usize),
}

impl Herd {
    pub(super) fn new(animals: u32, size: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            animals: (0..animals).collect(),
            size,
            total: Total::Right,
            events: VecDeque::new(),
            failures: Vec::new(),
            stuck_at: None,
            holes: BTreeSet::new(),
            asked: Vec::new(),
            born: animals,
        })))
    }

    pub(super) fn with(self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.0.lock().unwrap());
        self
    }

    pub(super) fn asked(&self) -> Vec<i64> {
        self.0.lock().unwrap().asked.clone()
    }

    pub(super) async fn names(&self) -> Vec<u32> {
        Items::new(self.clone()).collect_all().await.unwrap()
    }
}

impl State {
    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Birth(place) => {
                let place = place % (self.animals.len() + 1);
                self.animals.insert(place, self.born);
                self.born += 1;
            }
            Event::Death(place) if !self.animals.is_empty() => {
                let place = place % self.animals.len();
                self.animals.remove(place);
            }
            Event::Death(_) => {}
        }
    }

    fn page(&mut self, number: i64) -> Page<u32> {
        for event in self.events.pop_front().unwrap_or_default() {
            self.happen(&event);
        }
        self.asked.push(number);
        let number = usize::try_from(self.stuck_at.unwrap_or(number)).unwrap();
        let skipped = (number - 1) * self.size;
        let mut items: Vec<u32> = (self.animals.iter().skip(skipped).take(self.size))
            .copied()
            .collect();
        if self.holes.contains(self.asked.last().unwrap()) {
            items.clear();
        }
        let count = i64::try_from(self.animals.len()).unwrap();
        let total = match self.total {
            Total::Right => Some(count),
            Total::Absent => None,
            Total::Always(total) => Some(total),
            Total::Remaining => Some(count - i64::try_from(skipped + items.len()).unwrap()),
            Total::Falling => Some(1_000_000 - i64::try_from(self.asked.len()).unwrap()),
        };
        Page::new(items, total)
    }
}

impl Paged for Herd {
    type Item = u32;
    type Place = i64;

    async fn page(self, number: i64) -> Result<Page<u32>, Error> {
        let mut state = self.0.lock().unwrap();
        let request = state.asked.len();
        if let Some(at) = state
            .failures
            .iter()
            .position(|failing| *failing == request)
        {
            state.failures.remove(at);
            return Err(Error::connect("a tree fell on the wire"));
        }
        Ok(state.page(number))
    }

    fn key(item: &u32) -> String {
        item.to_string()
    }
}
