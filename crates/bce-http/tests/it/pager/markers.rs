//! Lists that are read by marker.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bce_http::pager::{Items, Page, Paged, Pages};
use bce_http::rt::Operation;
use bce_http::{Error, ErrorKind, Idempotency};
use http::Method;

static LIST: Operation = Operation::new("zoo", "ListTracks", Method::GET, Idempotency::Safe);

/// A list operation with scripted responses, which records the markers that are requested.
#[derive(Clone)]
struct Tracks(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    pages: VecDeque<Result<Page<&'static str>, Error>>,
    asked: Vec<Option<String>>,
}

impl Tracks {
    fn new(pages: impl IntoIterator<Item = Result<Page<&'static str>, Error>>) -> Self {
        Self(Arc::new(Mutex::new(Script {
            pages: pages.into_iter().collect(),
            asked: Vec::new(),
        })))
    }

    fn asked(&self) -> Vec<String> {
        let script = self.0.lock().unwrap();
        script
            .asked
            .iter()
            .map(|marker| marker.clone().unwrap_or_default())
            .collect()
    }
}

impl Paged for Tracks {
    type Item = &'static str;
    type Place = Option<String>;

    async fn page(self, marker: Option<String>) -> Result<Page<&'static str>, Error> {
        let mut script = self.0.lock().unwrap();
        script.asked.push(marker);
        script.pages.pop_front().unwrap()
    }

    /// Returns an empty key, which means that the item has no key, for an item that begins with
    /// `line`; otherwise, the item itself.
    fn key(item: &&'static str) -> String {
        if item.starts_with("line") {
            String::new()
        } else {
            (*item).to_owned()
        }
    }

    fn operation() -> Option<&'static Operation> {
        Some(&LIST)
    }
}

fn page(
    items: &[&'static str],
    marker: &str,
    more: Option<bool>,
) -> Result<Page<&'static str>, Error> {
    Ok(Page::new(items.to_vec(), None).with_next(Some(marker.to_owned()), more))
}

#[tokio::test]
async fn each_page_is_asked_for_by_the_marker_of_the_one_before() {
    let list = Tracks::new([
        page(&["a", "b"], "m1", Some(true)),
        page(&[], "m2", Some(true)),
        page(&["b", "c"], "m3", None),
        page(&["d"], "m4", Some(false)),
    ]);
    let items = Items::new(list.clone()).collect_all().await.unwrap();
    assert_eq!(items, ["a", "b", "c", "d"]);
    assert_eq!(list.asked(), ["", "m1", "m2", "m3"]);
}

#[tokio::test]
async fn lines_that_are_alike_are_several() {
    let list = Tracks::new([
        page(&["line", "line"], "m1", None),
        page(&["line"], "", None),
    ]);
    let lines = Items::new(list).prefetch().collect_all().await.unwrap();
    assert_eq!(lines.len(), 3);
}

#[tokio::test]
async fn a_marker_that_repeats_is_an_error_that_names_the_list_and_the_page_is_read_again() {
    let list = Tracks::new([
        page(&["a"], "m1", None),
        page(&["b"], "m1", None),
        page(&["b"], "m2", None),
        page(&["c"], "", Some(true)),
        Err(Error::connect("a tree fell on the wire")),
        page(&["c"], "", None),
    ]);
    let mut pages = Pages::new(list.clone());
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, ["a"]);
    let circle = pages.try_next().await.unwrap_err();
    assert_eq!(
        (circle.kind(), circle.operation()),
        (ErrorKind::Decode, Some("ListTracks"))
    );
    assert!(
        circle.to_string().contains("circular") && !circle.may_have_been_applied(),
        "{circle}"
    );
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, ["b"]);
    let nowhere = pages.try_next().await.unwrap_err();
    assert!(
        nowhere.to_string().contains("does not contain the marker"),
        "{nowhere}"
    );
    assert_eq!(
        pages.try_next().await.unwrap_err().kind(),
        ErrorKind::Connect
    );
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, ["c"]);
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(list.asked(), ["", "m1", "m1", "m2", "m2", "m2"]);
}

#[tokio::test]
async fn what_the_service_counts_and_does_not_list_is_said() {
    let list = Tracks::new([
        Ok(Page::new(vec!["a"], Some(3)).with_next(Some("m".to_owned()), None)),
        Ok(Page::new(vec!["b"], Some(3)).with_next(None, None)),
    ]);
    let mut items = Items::new(list);
    let mut found = Vec::new();
    items.collect_into(&mut found).await.unwrap();
    assert_eq!((found.len(), items.missing()), (2, Some(1)));
}
