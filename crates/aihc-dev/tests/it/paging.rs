//! Tests of lists that are read page by page, and of the requests for the pages.

use aihc_dev::model::{DevInstanceStatus, EventType};
use aihc_dev::{Client, ErrorKind, RetryPolicy};
use bce_testing::{Script, Scripted};
use time::OffsetDateTime;

use crate::common::{conf, emulated};

fn queries(service: &Scripted<bce_http::Body>) -> Vec<String> {
    let requests = service.requests();
    (requests.iter())
        .map(|request| request.uri.query().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn every_page_is_asked_for_with_the_same_filters() {
    let service = Scripted::new([
        Script::Answer(
            200,
            r#"{"totalCount":3,"devInstances":[{"id":"a"},{"id":"b"}]}"#,
        ),
        Script::Answer(
            200,
            r#"{"totalCount":3,"devInstances":[{"id":"b"},{"id":"c"}]}"#,
        ),
        Script::Answer(200, r#"{"totalCount":3,"devInstances":null}"#),
    ]);
    let client = Client::from_service(service.clone()).unwrap();
    let list = client
        .list_dev_instances()
        .only_my_devs(true)
        .page_size(2)
        .page_number(7);
    let found = list.items().collect_all().await.unwrap();
    let ids: Vec<&str> = found.iter().map(|instance| instance.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let page = |n| format!("action=DescribeDevInstances&pageNumber={n}&pageSize=2&onlyMyDevs=true");
    assert_eq!(queries(&service), [page(1), page(2), page(3)]);
}

#[tokio::test]
async fn instances_without_an_id_are_not_lost() {
    let service = Scripted::new([
        Script::Answer(200, r#"{"devInstances":[{"name":"a"},{"name":"b"}]}"#),
        Script::Answer(200, r#"{"devInstances":null,"requestId":"r"}"#),
    ]);
    let client = Client::from_service(service).unwrap();
    assert_eq!(
        client
            .list_dev_instances()
            .items()
            .collect_all()
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn an_answer_without_its_list_is_an_error_in_the_middle_too() {
    for broken in [r#"{"error":"quota"}"#, r#"{"requestId":"r"}"#, "{}", ""] {
        let service = Scripted::new([
            Script::Answer(
                200,
                r#"{"totalCount":3,"devInstances":[{"id":"a"},{"id":"b"}]}"#,
            ),
            Script::Answer(200, broken),
            Script::Answer(200, r#"{"totalCount":3,"devInstances":[{"id":"c"}]}"#),
        ]);
        let client = Client::from_service(service.clone()).unwrap();
        let list = client.list_dev_instances().with_retry(RetryPolicy::none());
        let (mut items, mut found) = (list.items(), Vec::new());
        let error = items.collect_into(&mut found).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!((found.len(), items.missing()), (2, None), "{broken}");
        // Items that were read are kept, and the failed page can be requested again.
        items.collect_into(&mut found).await.unwrap();
        assert_eq!((found.len(), items.missing()), (3, None), "{broken}");
        assert!(queries(&service)[2].contains("pageNumber=2"));
    }
}

#[tokio::test]
async fn a_page_without_items_does_not_end_a_list_of_which_more_is_promised() {
    let service = Scripted::new([
        Script::Answer(
            200,
            r#"{"totalCount":"5","devInstances":[{"id":"a"},{"id":"b"}]}"#,
        ),
        Script::Answer(200, r#"{"totalCount":5,"devInstances":null}"#),
        Script::Answer(200, r#"{"totalCount":5,"devInstances":[{"id":"c"}]}"#),
    ]);
    let client = Client::from_service(service.clone()).unwrap();
    let (mut items, mut found) = (client.list_dev_instances().items(), Vec::new());
    items.collect_into(&mut found).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|instance| instance.id.as_str()).collect();
    assert_eq!((ids, items.missing()), (vec!["a", "b", "c"], Some(2)));
}

#[tokio::test]
async fn events_are_told_apart_by_their_content() {
    let service = Scripted::new([
        Script::Answer(
            200,
            r#"{"events":[{"reason":"Pulled","count":2},{"reason":"Started"}]}"#,
        ),
        Script::Answer(
            200,
            r#"{"events":[{"reason":"Pulled","count":3},{"reason":"Started"}]}"#,
        ),
        Script::Answer(200, r#"{"events":[]}"#),
    ]);
    let client = Client::from_service(service.clone()).unwrap();
    let now = OffsetDateTime::UNIX_EPOCH;
    let events = client
        .list_dev_instance_events("dv-1", now, now)
        .event_type(EventType::Normal);
    let events = events.items().collect_all().await.unwrap();
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event.reason.as_str(), event.count))
        .collect();
    assert_eq!(
        seen,
        [("Pulled", Some(2)), ("Started", None), ("Pulled", Some(3))]
    );
    assert!(
        queries(&service)
            .iter()
            .all(|query| query.contains("eventType=Normal"))
    );
}

#[tokio::test]
async fn a_list_of_many_pages_comes_whole() {
    let emulator = aihc_emulator::Emulator::builder().start().await.unwrap();
    let client = emulated(&emulator);
    for n in 0..23 {
        client
            .create_dev_instance()
            .name(format!("n{n}"))
            .conf(conf())
            .creator("c")
            .creator_id("i")
            .await
            .unwrap();
    }
    let mut items = client.list_dev_instances().page_size(5).items().prefetch();
    let mut names = Vec::new();
    while let Some(instance) = items.try_next().await.unwrap() {
        assert_eq!(instance.status, Some(DevInstanceStatus::Creating));
        names.push(instance.name);
    }
    assert_eq!(
        names,
        (0..23).rev().map(|n| format!("n{n}")).collect::<Vec<_>>()
    );
    let pages = client.list_dev_instances().page_size(5).pages();
    let sizes: Vec<_> = (pages.collect_all().await.unwrap().iter())
        .map(|page| page.items.len())
        .collect();
    assert_eq!(sizes, [5, 5, 5, 5, 3]);
}
