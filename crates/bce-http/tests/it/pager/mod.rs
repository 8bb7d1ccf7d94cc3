//! Lists that are read page by page while they change or while their service makes mistakes.

mod herd;
mod markers;
mod props;

use std::collections::{BTreeSet, VecDeque};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bce_http::pager::{Items, Pages};
use futures_core::Stream;

use self::herd::{Event, Herd, Total};

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

/// Reads the list to the end. Returns its items, and the number of missing ones.
async fn read(herd: &Herd) -> (Vec<u32>, Option<u64>) {
    let mut items = Items::new(herd.clone());
    let mut seen = Vec::new();
    assert_eq!(items.missing(), None, "before the end");
    items.collect_into(&mut seen).await.unwrap();
    (seen, items.missing())
}

#[tokio::test]
async fn an_empty_page_does_not_end_a_list_of_which_more_is_promised() {
    let herd = Herd::new(100, 10).with(|herd| herd.holes = [3].into());
    let (seen, missing) = read(&herd).await;
    assert_eq!(seen, (0..20).chain(30..100).collect::<Vec<_>>());
    assert_eq!(missing, Some(10));
    assert_eq!(herd.asked(), (1..=11).collect::<Vec<_>>());

    // The first page, and several in a row.
    let herd = Herd::new(100, 10).with(|herd| herd.holes = [1, 4, 5, 6, 7, 8, 9, 10].into());
    let (seen, missing) = read(&herd).await;
    assert_eq!(seen, (10..30).collect::<Vec<_>>());
    assert_eq!(missing, Some(80));
    assert_eq!(herd.asked(), (1..=11).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_of_empty_pages_ends_within_a_bound() {
    for (total, missing) in [
        (Total::Always(1000), Some(1000)),
        (Total::Always(i64::MAX), Some(i64::MAX.unsigned_abs())),
        (Total::Always(i64::MIN), None),
        (Total::Always(0), None),
        (Total::Absent, None),
    ] {
        let herd = Herd::new(0, 10).with(|herd| herd.total = total);
        assert_eq!(read(&herd).await, (vec![], missing), "{total:?}");
        let bound = if missing.is_some() { 8 } else { 1 };
        assert_eq!(herd.asked().len(), bound, "{total:?}");
    }
    // All of the 100 pages after page 2 are empty.
    let herd = Herd::new(1000, 10).with(|herd| herd.holes = (3..=100).collect());
    let (seen, missing) = read(&herd).await;
    assert_eq!((seen.len(), missing), (20, Some(980)));
    assert_eq!(herd.asked(), (1..=10).collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_behind_what_is_promised_are_not_asked_for() {
    // The last two pages are empty: one request goes beyond the end.
    let herd = Herd::new(50, 10).with(|herd| herd.holes = [4, 5].into());
    let (seen, missing) = read(&herd).await;
    assert_eq!((seen.len(), missing), (30, Some(20)));
    assert_eq!(herd.asked(), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn nothing_is_missing_of_a_list_that_comes_whole() {
    for animals in [0, 9, 10, 11, 100] {
        let (seen, missing) = read(&Herd::new(animals, 10)).await;
        assert_eq!((seen.len(), missing), (animals as usize, None));
    }
    // Nor when animals are added or removed while it is read.
    let births = vec![Event::Birth(0); 5];
    let herd = Herd::new(40, 10).with(|herd| herd.events = vec![vec![], births].into());
    assert_eq!(read(&herd).await.1, None);
    let deaths = vec![Event::Death(35); 5];
    let herd = Herd::new(40, 10).with(|herd| herd.events = vec![vec![], deaths].into());
    assert_eq!(read(&herd).await, ((0..35).collect(), None));
}

#[tokio::test]
async fn a_list_that_repeats_a_page_says_what_is_missing() {
    let herd = Herd::new(25, 10).with(|herd| herd.stuck_at = Some(1));
    assert_eq!(read(&herd).await, ((0..10).collect(), Some(15)));
}

#[tokio::test]
async fn pages_say_what_is_missing_too() {
    let herd = Herd::new(40, 10).with(|herd| herd.holes = [2].into());
    let mut pages = Pages::new(herd.clone()).prefetch();
    let mut all = Vec::new();
    pages.collect_into(&mut all).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(pages.missing(), Some(10));
    // The pages before a failure are kept.
    let herd = herd.with(|herd| herd.failures = vec![herd.asked.len() + 2]);
    let (mut items, mut seen) = (Items::new(herd), Vec::new());
    items.collect_into(&mut seen).await.unwrap_err();
    assert_eq!((seen.len(), items.missing()), (10, None));
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

/// Checks that the list does not end, although the same page is returned several times in a row:
/// before each of four requests, a page of items is added at the front, and as many are removed at
/// the end.
#[tokio::test]
async fn the_same_page_some_times_in_a_row_is_not_the_end() {
    let herd = Herd::new(60, 4).with(|herd| {
        let mut moves: Vec<Event> = (0..4).map(|_| Event::Birth(0)).collect();
        moves.extend((60..64).rev().map(Event::Death));
        herd.events = vec![vec![], moves.clone(), moves.clone(), moves.clone(), moves].into();
    });
    let names = herd.names().await;
    let left: Vec<u32> = herd.0.lock().unwrap().animals.clone();
    let old = left.iter().filter(|animal| **animal < 60);
    for animal in old {
        assert!(names.contains(animal), "{animal} in {:?}", herd.asked());
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
    // The first animal is removed before each request, as long as there are requests.
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
