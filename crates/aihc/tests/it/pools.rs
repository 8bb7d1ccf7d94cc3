//! Tests of pools and queues.

use aihc::SortOrder;
use aihc::pools::{ResourcePoolOrderBy, ResourcePoolType, SortOrderUpper};
use aihc::queues::QueueType;

use crate::common::{Service, answering, refused};

#[tokio::test]
async fn queues_page_case_sends_both_names() {
    let service = Service::answering([r#"{"queues":[]}"#]);
    let list = service
        .client()
        .describe_queues("cce-1")
        .page_number(3)
        .page_size(20);
    list.await.unwrap();
    assert_eq!(
        service.only().query,
        "action=DescribeQueues&resourcePoolId=cce-1&pageNumber=3&PageNumber=3&pageSize=20&PageSize=20"
    );
}

#[tokio::test]
async fn queue_names_of_table_and_example_are_read_in_any_case() {
    let of_table = r#"{"resourceQueueId":"q-1","resourceQueueName":"n","resourceQueueType":"elastic","resourcePoolD":"p","requestId":"r"}"#;
    let of_example = r#"{"queueId":"q-1","queueName":"n","queueType":"Elastic","resourcePoolId":"p","requestId":"r"}"#;
    let [table, example] = [of_table, of_example].map(answering);
    let table = table.describe_queue("q-1").await.unwrap();
    let example = example.describe_queue("q-1").await.unwrap();
    assert_eq!(table, example);
    assert_eq!(table.queue_type, Some(QueueType::Elastic));
    assert_eq!(
        (table.queue_name.as_str(), table.resource_pool_id.as_str()),
        ("n", "p")
    );
}

#[tokio::test]
async fn queue_nesting_both_shapes() {
    for body in [
        r#"{"queue":{"queueId":"q-1","queueName":"n"},"requestId":"r"}"#,
        r#"{"queueId":"q-1","queueName":"n","requestId":"r"}"#,
    ] {
        let queue = answering(body).describe_queue("q-1").await.unwrap();
        assert_eq!(
            (queue.queue_id.as_str(), queue.queue_name.as_str()),
            ("q-1", "n")
        );
    }
}

/// Returns the accelerators of a queue that are described by this JSON.
async fn card(card: &str) -> aihc::AcceleratorCard {
    let body = format!(
        r#"{{"queueId":"q","requestId":"r","capability":{{"memoryGi":"9449599258624","acceleratorCardList":[{card}]}}}}"#
    );
    let queue = answering(&body).describe_queue("q").await.unwrap();
    let amount = queue.capability.unwrap();
    // memoryGi-unit: the value is returned unmodified, whatever its unit.
    assert_eq!(amount.memory_gi, "9449599258624");
    amount.accelerator_card_list[0].clone()
}

#[tokio::test]
async fn card_count_is_text_a_number_or_misspelled() {
    for (count, expected) in [
        (r#""acceleratorCount":"0.5""#, "0.5"),
        (r#""acceleratorCount":8"#, "8"),
        (r#""acceleratoCount":"16""#, "16"),
    ] {
        assert_eq!(
            card(&format!("{{{count}}}")).await.accelerator_count,
            expected
        );
    }
}

#[tokio::test]
async fn card_description_has_two_names() {
    for name in ["description", "acceleratorDescription"] {
        let card = card(&format!(r#"{{"{name}":"NVIDIA A800"}}"#)).await;
        assert_eq!(card.accelerator_description, "NVIDIA A800");
    }
}

#[tokio::test]
async fn memory_gi_unit_is_handed_on_as_text() {
    let body = r#"{"queueId":"q","requestId":"r","capability":{"memoryGi":512}}"#;
    let queue = answering(body).describe_queue("q").await.unwrap();
    assert_eq!(queue.capability.unwrap().memory_gi, "512");
}

/// Returns the description of a pool with these members.
async fn pool(more: &str) -> aihc::pools::DescribeResourcePoolResponse {
    let body = format!(r#"{{"requestId":"r","resourcePoolId":"cce-1",{more}}}"#);
    answering(&body)
        .describe_resource_pool("cce-1")
        .await
        .unwrap()
}

#[tokio::test]
async fn network_lists_and_objects() {
    for info in [
        r#"[{"vpcId":"vpc-1"},{"vpcId":"vpc-2"}]"#,
        r#"{"vpcId":"vpc-1"}"#,
    ] {
        let pool = pool(&format!(r#""network":{{"nodes":{info}}}"#)).await;
        assert_eq!(pool.network.unwrap().nodes.unwrap().vpc_id, "vpc-1");
    }
}

#[tokio::test]
async fn subnet_ids_case_both() {
    for name in ["subnetIDs", "subnetIds"] {
        let pool = pool(&format!(r#""network":{{"pods":{{"{name}":["s-1"]}}}}"#)).await;
        assert_eq!(pool.network.unwrap().pods.unwrap().subnet_ids, ["s-1"]);
    }
}

#[tokio::test]
async fn binding_monitors_singular_and_plural() {
    for name in ["bindingMonitors", "bindingMonitor"] {
        let pool = pool(&format!(r#""{name}":[{{"id":"cprom-1"}}]"#)).await;
        assert_eq!(pool.binding_monitors.len(), 1);
    }
}

#[tokio::test]
async fn pool_switches_at_the_top_and_in_the_configuration() {
    let pool = pool(r#""forbidDelete":true,"configuration":{"exposedPublic":true}"#).await;
    assert_eq!(pool.forbid_delete, Some(true));
    assert_eq!(pool.configuration.unwrap().exposed_public, Some(true));
}

#[tokio::test]
async fn configuration_types_truth_values_and_texts() {
    let pool = pool(
        r#""configuration":{"exposedPublic":"true","forbidDelete":false,"deschedulerEnabled":""}"#,
    )
    .await;
    let configuration = pool.configuration.unwrap();
    assert_eq!(configuration.exposed_public, Some(true));
    assert_eq!(configuration.forbid_delete, Some(false));
    assert_eq!(configuration.descheduler_enabled, None);
}

#[tokio::test]
async fn statistics_types_are_those_of_the_go_sdk() {
    let body = r#"{"requestId":"r","resourcePoolsStatisticWithType":[{"type":"common",
        "nodesStatistic":{"totalCount":2,"nodeHealthyStatistic":{"n-1":true}},
        "acceleratorsStatistic":{"capacity":16,"idle":0.5,"acceleratorStatistics":[{"acceleratorType":"a800","idle":8}]},
        "resourcesStatistic":[{"resourceType":"cpu","capacity":96}],
        "resourcePoolStatistics":[{"resourcePoolID":"cce-1","nodesStatistic":{"totalCount":2},"acceleratorsStatistic":{"idle":8}}]}]}"#;
    let overview = answering(body)
        .describe_resource_pool_overview()
        .await
        .unwrap();
    let of_type = &overview.resource_pools_statistic_with_type[0];
    let cards = of_type.accelerators_statistic.as_ref().unwrap();
    assert_eq!(
        (cards.idle, cards.accelerator_statistics[0].idle),
        (Some(0.5), Some(8.0))
    );
    assert_eq!(of_type.resources_statistic[0].capacity, Some(96.0));
    assert_eq!(
        of_type.resource_pool_statistics[0].resource_pool_id,
        "cce-1"
    );
}

#[tokio::test]
async fn order_by_created_at_begins_with_a_small_letter() {
    let service = Service::answering([r#"{"resourcePools":[]}"#]);
    let list = service
        .client()
        .describe_resource_pools(ResourcePoolType::Common);
    list.order_by(ResourcePoolOrderBy::CreatedAt).await.unwrap();
    assert!(service.only().query.ends_with("&orderBy=createdAt"));
}

#[tokio::test]
async fn pool_type_check_refuses_the_empty_text_alone() {
    let service = Service::answering([r#"{"resourcePools":[]}"#]);
    let client = service.client();
    refused(
        client.describe_resource_pools("").await,
        "resourcePoolType",
        &service,
    );
    client.describe_resource_pools("a-new-type").await.unwrap();
}

#[tokio::test]
async fn pool_request_id_may_be_in_the_header_alone() {
    let service = bce_testing::Scripted::new([bce_testing::Script::AnswerWith(
        200,
        &[("x-bce-request-id", "of-the-header")],
        r#"{"queues":[]}"#,
    )]);
    let client = aihc::Client::from_service(service).unwrap();
    let queues = client.describe_queues("cce-1").await.unwrap();
    assert_eq!(queues.request_id, "of-the-header");
}

#[tokio::test]
async fn pool_order_words_are_those_of_each_page() {
    let service = Service::answering([r#"{"resourcePools":[],"jobs":[]}"#]);
    let client = service.client();
    let pools = client.describe_resource_pools(ResourcePoolType::Common);
    pools.order(SortOrderUpper::Desc).await.unwrap();
    client
        .describe_jobs("p")
        .order(SortOrder::Desc)
        .await
        .unwrap();
    let sent = service.sent();
    assert!(sent[0].query.ends_with("&order=DESC"), "{sent:?}");
    assert_eq!(sent[1].body["order"], "desc");
}
