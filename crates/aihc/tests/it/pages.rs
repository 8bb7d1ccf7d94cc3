//! Tests of all ten lists of the API, each of which is read page by page.

use aihc::pools::ResourcePoolType;

use crate::common::Service;

/// Tests that a list of three items is read to its end. Its first page has two items, and its
/// second page has one.
macro_rules! pages {
    ($list:ident, $member:literal, $id:literal, $call:expr) => {{
        let page = |ids: &[&str]| {
            let items: Vec<_> = ids.iter().map(|id| serde_json::json!({ $id: id })).collect();
            serde_json::json!({"requestId": "r", "totalCount": 3, $member: items}).to_string()
        };
        let pages = [page(&["a", "b"]), page(&["c"]), page(&[])];
        let service = Service::answering(pages.iter().map(String::as_str));
        let $list = service.client();
        let items = $call.items().collect_all().await.unwrap();
        assert_eq!(items.len(), 3, $member);
        let numbers = |sent: &crate::common::Sent| {
            let all = format!("{}&{}", sent.query, sent.body);
            (1..4).find(|n| all.contains(&format!("pageNumber={n}")) || all.contains(&format!("\"pageNumber\":{n}")))
        };
        let asked: Vec<_> = service.sent().iter().map(numbers).collect();
        assert!(asked.starts_with(&[Some(1), Some(2)]), "{}: {asked:?}", $member);
    }};
}

#[tokio::test]
async fn lists_by_page_are_read_to_their_end() {
    pages!(
        client,
        "resourcePools",
        "resourcePoolId",
        client.describe_resource_pools(ResourcePoolType::Common)
    );
    pages!(client, "queues", "queueId", client.describe_queues("p"));
    pages!(client, "datasets", "id", client.describe_datasets());
    pages!(
        client,
        "versions",
        "id",
        client.describe_dataset_versions("d")
    );
    pages!(client, "models", "id", client.describe_models());
    pages!(
        client,
        "versions",
        "id",
        client.describe_model_versions("m")
    );
    pages!(client, "jobs", "jobId", client.describe_jobs("p"));
    pages!(client, "services", "id", client.describe_services());
    pages!(
        client,
        "changeLogs",
        "changeId",
        client.describe_service_changelogs("s")
    );
}

#[tokio::test]
async fn logs_are_read_by_their_marker() {
    let service = Service::answering([
        r#"{"requestId":"r","logs":["a","a"],"nextMarker":"m1"}"#,
        r#"{"requestId":"r","logs":["b"],"nextMarker":""}"#,
    ]);
    let logs = service
        .client()
        .describe_job_logs()
        .resource_pool_id("p")
        .queue_id("q");
    let records = logs
        .job_id("j")
        .pod_name("pod")
        .items()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(records, ["a", "a", "b"]);
    assert_eq!(service.sent()[1].body["marker"], "m1");
}

/// Tests a list for which the service returns all items on every page, as it does for the queues of
/// a self-managed pool.
#[tokio::test]
async fn a_page_that_repeats_the_one_before_is_the_end() {
    let all = r#"{"queues":[{"queueId":"a"},{"queueId":"b"}],"totalCount":20,"requestId":"r"}"#;
    let service = Service::answering([all]);
    let queues = service
        .client()
        .describe_queues("p")
        .items()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(queues.len(), 2);
    assert_eq!(service.sent().len(), 2);
}

/// Tests the same list if a counter of a queue changes between two pages.
#[tokio::test]
async fn a_page_repeats_the_one_before_even_if_its_items_have_changed() {
    let pages: Vec<_> = (0..9)
        .map(|running| {
            let queue = |id| serde_json::json!({"queueId": id, "runningJobs": running});
            let queues = [queue("a"), queue("b")];
            serde_json::json!({"queues": queues, "totalCount": 20, "requestId": "r"}).to_string()
        })
        .collect();
    let service = Service::answering(pages.iter().map(String::as_str));
    let queues = service.client().describe_queues("p").items();
    let queues = queues.collect_all().await.unwrap();
    let ids: Vec<_> = queues.iter().map(|queue| &*queue.queue_id).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(service.sent().len(), 2);
}

#[tokio::test]
async fn an_item_that_changes_while_it_moves_to_the_next_page_comes_once() {
    let page = |jobs: &[(&str, &str)]| {
        let jobs = jobs.iter();
        let jobs: Vec<_> = jobs
            .map(|(id, status)| serde_json::json!({"jobId": id, "status": status}))
            .collect();
        serde_json::json!({"jobs": jobs, "totalCount": 3, "requestId": "r"}).to_string()
    };
    let pages = [
        page(&[("c", "Running"), ("b", "Running")]),
        // A new job has moved the second one.
        page(&[("b", "Succeeded"), ("a", "Running")]),
        page(&[]),
    ];
    let service = Service::answering(pages.iter().map(String::as_str));
    let jobs = service.client().describe_jobs("p").items();
    let jobs = jobs.collect_all().await.unwrap();
    let ids: Vec<_> = jobs.iter().map(|job| &*job.job_id).collect();
    assert_eq!(ids, ["c", "b", "a"]);
}
