//! Lists read page by page, while they change and while their service errs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bce_http::Error;
use bce_http::pager::{Items, Page, Paged, Pages};
use futures_core::Stream;
use proptest::prelude::*;

/// A list in memory, as a service would have it.
#[derive(Clone)]
struct Herd(Arc<Mutex<State>>);

struct State {
    animals: Vec<u32>,
    size: usize,
    total: Total,
    /// What happens before each of the next requests.
    events: VecDeque<Vec<Event>>,
    /// Requests that fail.
    failures: Vec<usize>,
    /// Answers every request with this page.
    stuck_at: Option<i64>,
    asked: Vec<i64>,
    born: u32,
}

#[derive(Clone, Copy, Debug)]
enum Total {
    Right,
    Absent,
    Always(i64),
    /// What lies behind the page, as some services count.
    Remaining,
    /// Less with every request.
    Falling,
}

#[derive(Clone, Debug)]
enum Event {
    /// A new animal at this place; the places are counted modulo the length.
    Birth(usize),
    /// One goes.
    Death(usize),
}

impl Herd {
    fn new(animals: u32, size: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            animals: (0..animals).collect(),
            size,
            total: Total::Right,
            events: VecDeque::new(),
            failures: Vec::new(),
            stuck_at: None,
            asked: Vec::new(),
            born: animals,
        })))
    }

    fn with(self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.0.lock().unwrap());
        self
    }

    fn asked(&self) -> Vec<i64> {
        self.0.lock().unwrap().asked.clone()
    }

    async fn names(&self) -> Vec<u32> {
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
        let items: Vec<u32> = (self.animals.iter().skip(skipped).take(self.size))
            .copied()
            .collect();
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

#[tokio::test]
async fn a_list_ends_whatever_total_count_says() {
    let totals = [
        Total::Right,
        Total::Absent,
        Total::Always(0),
        Total::Always(-7),
        Total::Always(i64::MIN),
        Total::Always(5),
        Total::Always(10_000),
        Total::Always(i64::MAX),
        Total::Remaining,
        Total::Falling,
    ];
    for total in totals {
        for animals in [0, 1, 9, 10, 11, 25, 100] {
            let herd = Herd::new(animals, 10).with(|herd| herd.total = total);
            assert_eq!(
                herd.names().await,
                (0..animals).collect::<Vec<_>>(),
                "{total:?}"
            );
            let asked = herd.asked();
            assert!(asked.len() <= 150, "{total:?}: {asked:?}");
        }
    }
}

#[tokio::test]
async fn a_short_page_ends_a_list_and_an_empty_one_does() {
    let herd = Herd::new(25, 10);
    assert_eq!(herd.names().await.len(), 25);
    assert_eq!(herd.asked(), [1, 2, 3]);
    let herd = Herd::new(20, 10);
    assert_eq!(herd.names().await.len(), 20);
    assert_eq!(herd.asked(), [1, 2, 3]);
    let herd = Herd::new(0, 10);
    assert!(herd.names().await.is_empty());
    assert_eq!(herd.asked(), [1]);
}

#[tokio::test]
async fn a_service_that_repeats_a_page_comes_to_an_end() {
    for total in [Total::Right, Total::Absent, Total::Falling] {
        let herd = Herd::new(25, 10).with(|herd| {
            herd.stuck_at = Some(1);
            herd.total = total;
        });
        assert_eq!(herd.names().await, (0..10).collect::<Vec<_>>());
        assert!(herd.asked().len() <= 60, "{total:?}: {:?}", herd.asked());
    }
}

#[tokio::test]
async fn what_is_deleted_while_it_is_listed_leaves_no_gap() {
    let herd = Herd::new(95, 10);
    let mut items = Items::new(herd.clone());
    let mut seen = Vec::new();
    while let Some(animal) = items.try_next().await.unwrap() {
        herd.0
            .lock()
            .unwrap()
            .animals
            .retain(|other| *other != animal);
        seen.push(animal);
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..95).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_deletion_per_request_does_not_hold_a_list_up() {
    // The first animal goes before each request, for as long as there are requests.
    let herd = Herd::new(2000, 20).with(|herd| {
        herd.events = (0..5000).map(|_| vec![Event::Death(0)]).collect();
    });
    let seen: BTreeSet<u32> = herd.names().await.into_iter().collect();
    let requests = u32::try_from(herd.asked().len()).unwrap();
    assert!((requests..2000).all(|animal| seen.contains(&animal)));
    assert!(requests <= 3 * 2000 / 20 + 3, "{requests}");
}

#[tokio::test]
async fn many_births_at_once_are_no_repetition() {
    let births = vec![Event::Birth(0); 95];
    let herd = Herd::new(40, 10).with(|herd| herd.events = VecDeque::from([vec![], births]));
    let mut names = herd.names().await;
    names.retain(|animal| *animal < 40);
    assert_eq!(names, (0..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn after_an_error_the_stream_goes_on_at_the_page_that_failed() {
    let herd = Herd::new(25, 10).with(|herd| herd.failures = vec![1, 1]);
    let mut items = Items::new(herd.clone());
    let (mut seen, mut errors) = (Vec::new(), 0);
    loop {
        match items.try_next().await {
            Ok(Some(animal)) => seen.push(animal),
            Ok(None) => break,
            Err(_) => errors += 1,
        }
    }
    assert_eq!((seen, errors), ((0..25).collect(), 2));
    assert_eq!(herd.asked(), [1, 2, 3]);
}

#[tokio::test]
async fn collecting_stops_at_an_error() {
    let herd = Herd::new(25, 10).with(|herd| herd.failures = vec![2]);
    assert!(Items::new(herd.clone()).collect_all().await.is_err());
    assert_eq!(herd.asked(), [1, 2]);
}

#[tokio::test]
async fn pages_are_never_empty_and_carry_the_total() {
    let herd = Herd::new(20, 10);
    let pages = Pages::new(herd.clone()).collect_all().await.unwrap();
    assert_eq!(pages.len(), 2);
    assert!(
        pages
            .iter()
            .all(|page| page.total_count == Some(20) && page.items.len() == 10)
    );
}

#[tokio::test]
async fn only_a_prefetching_stream_asks_ahead() {
    for (prefetch, expected) in [(false, [1].as_slice()), (true, &[1, 2])] {
        let herd = Herd::new(40, 10);
        let mut items = Items::new(herd.clone());
        if prefetch {
            items = items.prefetch();
        }
        assert_eq!(items.try_next().await.unwrap(), Some(0));
        assert_eq!(herd.asked(), expected);
        let rest = items.collect_all().await.unwrap();
        assert_eq!(rest, (1..40).collect::<Vec<_>>());
        assert_eq!(herd.asked(), [1, 2, 3, 4, 5]);
    }
}

#[tokio::test]
async fn a_failed_prefetch_is_reported_in_its_turn() {
    let herd = Herd::new(20, 10).with(|herd| herd.failures = vec![1]);
    let mut items = Items::new(herd).prefetch();
    for animal in 0..10 {
        assert_eq!(items.try_next().await.unwrap(), Some(animal));
    }
    assert!(items.try_next().await.is_err());
    assert_eq!(items.try_next().await.unwrap(), Some(10));
}

#[tokio::test]
async fn the_streams_are_streams() {
    let mut items = Box::pin(Items::new(Herd::new(3, 2)));
    let first = poll_fn(|cx| items.as_mut().poll_next(cx)).await;
    assert_eq!(first.unwrap().unwrap(), 0);
    let mut pages = Pages::new(Herd::new(0, 2));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(
        Pin::new(&mut pages).poll_next(&mut cx),
        Poll::Ready(None)
    ));
}

fn event(births: impl Strategy<Value = usize>) -> impl Strategy<Value = Event> {
    prop_oneof![
        births.prop_map(Event::Birth),
        any::<usize>().prop_map(Event::Death),
    ]
}

fn events(
    births: impl Strategy<Value = usize> + 'static,
) -> impl Strategy<Value = VecDeque<Vec<Event>>> {
    let between_requests = proptest::collection::vec(event(births), 0..12);
    proptest::collection::vec(between_requests, 0..40).prop_map(VecDeque::from)
}

fn total() -> impl Strategy<Value = Total> {
    prop_oneof![
        Just(Total::Right),
        Just(Total::Absent),
        any::<i64>().prop_map(Total::Always),
        (-2..80_i64).prop_map(Total::Always),
        Just(Total::Remaining),
        Just(Total::Falling),
    ]
}

/// Reads a herd to the end; how often each animal came.
fn read(herd: &Herd) -> BTreeMap<u32, usize> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut times = BTreeMap::new();
    for animal in runtime.block_on(herd.names()) {
        *times.entry(animal).or_default() += 1;
    }
    times
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_item_comes_twice_and_every_list_ends(
        animals in 0..60_u32,
        size in 1..9_usize,
        total in total(),
        events in events(any::<usize>()),
    ) {
        let herd = Herd::new(animals, size).with(|herd| {
            herd.total = total;
            herd.events = events;
        });
        let times = read(&herd);
        prop_assert!(times.values().all(|times| *times == 1), "{times:?}");
        prop_assert!(herd.asked().len() < 3000, "{}", herd.asked().len());
    }

    /// New items come first, as in a list that is sorted by the time of creation.
    #[test]
    fn whatever_is_listed_all_the_time_comes(
        animals in 0..60_u32,
        size in 2..9_usize,
        events in events(Just(0)),
    ) {
        let herd = Herd::new(animals, size).with(|herd| herd.events = events);
        let times = read(&herd);
        let state = herd.0.lock().unwrap();
        let missing: Vec<_> = (state.animals.iter())
            .filter(|animal| **animal < animals && !times.contains_key(animal))
            .collect();
        prop_assert!(missing.is_empty(), "{missing:?} in {:?}", state.asked);
        prop_assert!(times.values().all(|times| *times == 1));
    }

    /// Where nothing goes, new items may come in anywhere.
    #[test]
    fn nothing_is_left_out_while_items_only_come_in(
        animals in 0..60_u32,
        size in 2..9_usize,

        places in proptest::collection::vec(
            proptest::collection::vec(any::<usize>().prop_map(Event::Birth), 0..3), 0..40),
    ) {
        let herd = Herd::new(animals, size).with(|herd| herd.events = places.into());
        let times = read(&herd);
        prop_assert!((0..animals).all(|animal| times.get(&animal) == Some(&1)), "{times:?}");
    }
}
