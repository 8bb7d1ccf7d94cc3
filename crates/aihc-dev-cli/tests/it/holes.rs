//! Tests of lists in which the service omits instances.

use std::ops::Range;

use bce_testing::{RawRequest, RawServer};
use serde_json::json;

use crate::support::{Lab, Run};

/// Returns a service that accepts every change. `bodies` returns the body of a page of any list,
/// given the number of the page.
async fn service(bodies: impl Fn(i64) -> String + Send + Sync + 'static) -> RawServer {
    let answer = move |request: &RawRequest| {
        let body = match page_number(request) {
            Some(number) => bodies(number),
            None => r#"{"requestId":"r"}"#.to_owned(),
        };
        let length = body.len();
        let head = format!("content-length: {length}\r\nconnection: close");
        format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").into_bytes()
    };
    RawServer::answering(answer).await.unwrap()
}

fn page_number(request: &RawRequest) -> Option<i64> {
    let (_, rest) = request.head.split_once("pageNumber=")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..digits].parse().ok()
}

/// Returns a page of running instances that have these numbers.
fn page(instances: Range<i64>, total: i64) -> String {
    let instances: Vec<_> = instances
        .map(|n| json!({"id": format!("dv-{n:08x}"), "name": "n", "status": 3}))
        .collect();
    json!({"requestId": "r", "devInstances": instances, "totalCount": total}).to_string()
}

async fn run(server: &RawServer, arguments: &[&str]) -> Run {
    let endpoint = server.url();
    let lab = Lab::new().await;
    lab.run(&[arguments, &["--endpoint", &endpoint]].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_page_in_the_middle_does_not_end_a_list() {
    let server = service(|number| match number {
        3 => r#"{"requestId":"r","devInstances":null,"totalCount":1000}"#.to_owned(),
        1..=10 => page((number - 1) * 100..number * 100, 1000),
        _ => page(0..0, 1000),
    })
    .await;
    for (form, lines) in [("jsonl", 900), ("table", 901)] {
        let list = run(&server, &["list", "--all-pages", "-o", form]).await;
        let list = list.ok().says("900 of 1000 instances; 100 were not listed");
        assert_eq!(list.stdout.lines().count(), lines, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_list_in_the_middle_is_an_error() {
    let server = service(|number| match number {
        1 => page(0..100, 250),
        _ => r#"{"error":"quota"}"#.to_owned(),
    })
    .await;
    for (form, lines) in [("jsonl", 100), ("table", 101), ("json", 0)] {
        let list = run(&server, &["list", "--all-pages", "-o", form]).await;
        let list = list.fails(1).says("cannot be read");
        assert_eq!(list.stdout.lines().count(), lines, "{form}");
    }
    run(&server, &["events", "dv-00000001"]).await.fails(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_stopped_when_the_list_of_it_fails() {
    let server = service(|number| match number {
        1 => page(0..100, 250),
        _ => r#"{"error":"quota"}"#.to_owned(),
    })
    .await;
    let stop = run(&server, &["stop", "--mine", "--yes"]).await;
    stop.fails(1).says("cannot be read");
    let requests = server.requests();
    assert!(!requests.is_empty());
    assert!(
        requests
            .iter()
            .all(|request| page_number(request).is_some())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_listed_is_said_before_the_rest_is_stopped() {
    let server = service(|number| match number {
        1 => page(0..2, 5),
        3 => page(4..5, 5),
        _ => page(0..0, 5),
    })
    .await;
    let stop = run(&server, &["stop", "--mine", "--yes", "-o", "jsonl"]).await;
    let stop = stop.fails(1).says("3 of 5 instances; 2 were not listed");
    let ids: Vec<_> = stop.lines().iter().map(|line| line["id"].clone()).collect();
    assert_eq!(ids, ["dv-00000000", "dv-00000001", "dv-00000004"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_stop_is_not_said_of_what_was_not_listed() {
    let server = service(|_| page(0..0, 2)).await;
    let stop = run(&server, &["stop", "--mine", "--yes"]).await;
    stop.fails(1)
        .says("0 of 2 instances; 2 were not listed")
        .says("nothing to stop among the listed instances");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_were_not_listed_are_counted() {
    let server = service(|number| match number {
        1 => r#"{"events":[{"reason":"Pulled"}],"totalCount":2}"#.to_owned(),
        _ => r#"{"events":[],"totalCount":2}"#.to_owned(),
    })
    .await;
    let events = run(&server, &["events", "dv-00000001", "-o", "jsonl"]).await;
    let events = events.ok().says("1 of 2 events; 1 was not listed");
    assert_eq!(events.lines().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_page_of_a_list_is_not_called_the_whole() {
    let server = service(|_| page(0..0, 5)).await;
    for (arguments, said) in [
        (&["list"][..], "0 of 5; use --all-pages"),
        (&["list", "--all-pages"], "0 of 5 instances; 5 were not"),
    ] {
        let list = run(&server, arguments).await.ok().says(said);
        assert!(!list.stderr.contains("no instances"), "{list:?}");
    }
}
