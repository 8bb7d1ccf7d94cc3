//! Tests of headers, methods and the encoding of the query.

use serde_json::json;

use crate::common::{Service, refused};

fn header(sent: &crate::common::Sent, name: &str) -> Option<String> {
    let value = sent.headers.get(name)?;
    Some(value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn job_version_header_both_for_jobs_and_version_alone_elsewhere() {
    let service = Service::answering([r#"{"requestId":"r"}"#]);
    let client = service.client();
    client.describe_job("p", "q", "j").await.unwrap();
    client.describe_dataset("d").await.unwrap();
    let sent = service.sent();
    let versions = |at: usize| ["version", "x-api-version"].map(|name| header(&sent[at], name));
    assert_eq!(versions(0), [Some("v2".to_owned()), Some("v2".to_owned())]);
    assert_eq!(versions(1), [Some("v2".to_owned()), None]);
}

#[tokio::test]
async fn version_header_default_is_v2() {
    let service = Service::answering([r#"{"requestId":"r"}"#]);
    service.client().describe_model("m").await.unwrap();
    assert_eq!(header(&service.only(), "version").as_deref(), Some("v2"));
}

#[tokio::test]
async fn job_get_or_post_reads_are_posts_and_safe_to_repeat() {
    let service = Service::default();
    service.then(500, r#"{"code":"InternalError","requestId":"r"}"#);
    service.then(200, r#"{"requestId":"r","nodes":[]}"#);
    service
        .client()
        .describe_job_nodes("p", "q", "j")
        .await
        .unwrap();
    let methods: Vec<String> = service.sent().into_iter().map(|sent| sent.method).collect();
    assert_eq!(methods, ["POST", "POST"]);
}

#[tokio::test]
async fn resource_pool_signing_names_host_and_date_as_everywhere() {
    let service = Service::answering([r#"{"requestId":"r"}"#]);
    let client = service.client();
    client.describe_resource_pool("p").await.unwrap();
    client.describe_queue("q").await.unwrap();
    for sent in service.sent() {
        let authorization = header(&sent, "authorization").unwrap();
        let signed = authorization.split('/').nth(4).unwrap();
        for name in ["host", "x-bce-date"] {
            assert!(signed.split(';').any(|it| it == name), "{authorization}");
        }
    }
}

#[tokio::test]
async fn content_type_spelling_is_that_of_the_pages() {
    let service = Service::answering([r#"{"requestId":"r","jobId":"j"}"#]);
    service.client().stop_job("p", "q", "j").await.unwrap();
    let expected = "application/json; charset=utf-8";
    assert_eq!(
        header(&service.only(), "content-type").as_deref(),
        Some(expected)
    );
}

#[tokio::test]
async fn meta_queue_samples_are_no_constants_and_a_missing_member_is_refused() {
    let service = Service::answering([r#"{"requestId":"r"}"#]);
    let client = service.client();
    refused(
        client.describe_job("", "q", "j").await,
        "resourcePoolId",
        &service,
    );
    refused(client.describe_job("p", "", "j").await, "queueID", &service);
    client.describe_job("p", "q", "j").await.unwrap();
    assert_eq!(
        service.only().query,
        "action=DescribeJob&resourcePoolId=p&queueID=q"
    );
}

#[tokio::test]
async fn bool_in_query_is_in_small_letters() {
    let service = Service::answering([r#"{"requestId":"r"}"#]);
    let client = service.client();
    client
        .disable_service_pod("s", "i")
        .block(true)
        .await
        .unwrap();
    client
        .disable_service_pod("s", "i")
        .block(false)
        .await
        .unwrap();
    let queries: Vec<String> = service.sent().into_iter().map(|sent| sent.query).collect();
    assert!(queries[0].ends_with("&block=true"), "{queries:?}");
    assert!(queries[1].ends_with("&block=false"), "{queries:?}");
}

#[tokio::test]
async fn empty_query_unset_members_are_left_out() {
    let service = Service::answering([r#"{"requestId":"r","services":[]}"#]);
    service.client().describe_services().await.unwrap();
    assert_eq!(service.only().query, "action=DescribeServices");
}

#[tokio::test]
async fn get_content_length_is_not_sent() {
    let service = Service::answering([r#"{"requestId":"r"}"#]);
    service.client().describe_queue("q").await.unwrap();
    let sent = service.only();
    assert_eq!(
        (sent.method.as_str(), header(&sent, "content-length")),
        ("GET", None)
    );
    assert_eq!(sent.body, json!(null));
}
