//! Tests of resource pools and queues, and of the resources taken from them.

use aihc_emulator::{Profile, Resources};
use serde_json::{Value, json};

use crate::client::{Fixture, create_body};
use crate::described::texts;

/// Returns three pools: one that has a node with 8 accelerators, a queue that is limited to half of
/// them, and a queue inside that queue; one without nodes; and a managed one.
pub(crate) fn small() -> Resources {
    let document = json!({
        "pools": [
            {
                "id": "cce-small", "name": "small", "description": "one node",
                "nodes": [{
                    "name": "10.0.0.1", "cpus": 16, "memory": 64, "acceleratorType": "A10-24G",
                    "accelerator": "baidu.com/a10_24g_cgpu", "acceleratorCount": 8,
                }],
                "queues": [
                    {"id": "queue-1", "name": "default", "type": "Elastic"},
                    {
                        "id": "queue-2", "name": "half", "type": "Physical",
                        "accelerators": {"baidu.com/a10_24g_cgpu": 4.0},
                    },
                    {
                        "id": "queue-3", "name": "quarter", "parent": "half",
                        "accelerators": {"baidu.com/a10_24g_cgpu": 2.0},
                    },
                ],
            },
            {"id": "cce-other", "name": "a-other", "queues": [{"id": "queue-9", "name": "default"}]},
            {
                "id": "aihc-managed", "name": "managed", "type": "dedicatedV2",
                "queues": [
                    {"id": "aihcq-1", "name": "one"}, {"id": "aihcq-2", "name": "two"},
                    {"id": "aihcq-3", "name": "three"},
                ],
            },
        ],
    });
    Resources::from_json(&document.to_string()).unwrap()
}

async fn with_small() -> Fixture {
    Fixture::start_with(|builder| builder.resources(small())).await
}

/// Creates a dev instance that takes this number of accelerators from a queue, and returns its id.
async fn take(fixture: &Fixture, queue: &str, count: i64) -> String {
    let mut body = create_body("dev");
    body["conf"]["resourcePool"] = json!({"resourcePoolId": "cce-small", "queueName": queue});
    body["conf"]["resources"] = json!({
        "acceleratorType": "A10-24G", "acceleratorCount": count, "cpus": 1, "memory": 1,
    });
    let created = fixture.post("CreateDevInstance", "", &body).await.ok();
    created["devInstanceId"].as_str().unwrap().to_owned()
}

async fn allocated(fixture: &Fixture, queue: &str) -> Vec<String> {
    let queue = fixture
        .see("DescribeQueue", &format!("&queueId={queue}"))
        .await;
    let cards = queue["allocated"]["acceleratorCardList"].clone();
    let cards = cards.as_array().cloned().unwrap_or_default();
    cards
        .iter()
        .map(|card| card["acceleratorCount"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_emulator_begins_with_a_pool_two_queues_and_a_dataset() {
    let fixture = Fixture::start().await;
    let pools = fixture
        .see("DescribeResourcePools", "&resourcePoolType=common")
        .await;
    assert_eq!(
        texts(&pools["resourcePools"], "resourcePoolId"),
        ["cce-emulator"]
    );
    let queues = fixture
        .see("DescribeQueues", "&resourcePoolId=cce-emulator")
        .await;
    assert_eq!(texts(&queues["queues"], "queueName"), ["default", "train"]);
    let datasets = fixture.see("DescribeDatasets", "").await;
    assert_eq!(texts(&datasets["datasets"], "id"), ["ds-emulator"]);
    let none = Fixture::start_with(|builder| builder.resources(Resources::none())).await;
    let pools = none
        .see("DescribeResourcePools", "&resourcePoolType=common")
        .await;
    assert_eq!(
        (&pools["resourcePools"], &pools["totalCount"]),
        (&json!([]), &json!(0))
    );
}

#[tokio::test]
async fn pools_are_found_ordered_and_paged() {
    let fixture = with_small().await;
    for (query, expected) in [
        ("", &["cce-other", "cce-small"][..]),
        ("&order=DESC", &["cce-small", "cce-other"]),
        ("&orderBy=resourcePoolId", &["cce-other", "cce-small"]),
        ("&orderBy=createdAt&order=ASC", &["cce-small", "cce-other"]),
        ("&orderBy=CreatedAt", &["cce-small", "cce-other"]),
        ("&keyword=mal", &["cce-small"]),
        ("&keywordType=resourcePoolId&keyword=other", &["cce-other"]),
        ("&pageNumber=2&pageSize=1", &["cce-small"]),
        ("&pageNumber=3&pageSize=1", &[]),
    ] {
        let query = format!("&resourcePoolType=common{query}");
        let pools = fixture.see("DescribeResourcePools", &query).await;
        assert_eq!(
            texts(&pools["resourcePools"], "resourcePoolId"),
            expected,
            "{query}"
        );
    }
    let managed = fixture
        .see("DescribeResourcePools", "&resourcePoolType=dedicatedV2")
        .await;
    assert_eq!(managed["totalCount"], 1);
    for query in [
        "",
        "&resourcePoolType=own",
        "&resourcePoolType=common&order=up",
    ] {
        let refused = fixture
            .ask("DescribeResourcePools", query, &Value::Null)
            .await;
        assert_eq!(refused.refusal(), (400, "InvalidParameter"), "{query}");
    }
}

#[tokio::test]
async fn one_pool_and_one_queue_are_described_or_not_found() {
    let fixture = with_small().await;
    let pool = fixture
        .see("DescribeResourcePool", "&resourcePoolId=cce-small")
        .await;
    assert_eq!(
        (&pool["name"], &pool["nodeNum"]),
        (&json!("small"), &json!(1))
    );
    assert_eq!(pool["createdAt"], "2026-08-20T08:00:00+08:00");
    let queue = fixture.see("DescribeQueue", "&queueId=queue-2").await;
    assert_eq!(texts(&queue["children"], "queueName"), ["quarter"]);
    assert_eq!(queue["children"][0]["parentQueue"], "half");
    let cards = &queue["capability"]["acceleratorCardList"][0];
    assert_eq!(
        *cards,
        json!({
            "acceleratorCount": "4", "acceleratorType": "A10-24G",
            "acceleratorDescription": "baidu.com/a10_24g_cgpu",
        })
    );
    for (action, query) in [
        ("DescribeResourcePool", "&resourcePoolId=cce-gone"),
        ("DescribeQueues", "&resourcePoolId=cce-gone"),
        ("DescribeQueue", "&queueId=queue-gone"),
    ] {
        let refused = fixture.ask(action, query, &Value::Null).await;
        assert_eq!(refused.refusal(), (403, "NotFound"), "{action}");
    }
}

#[tokio::test]
async fn queues_of_own_pools_come_as_trees_and_of_managed_ones_by_page() {
    let fixture = with_small().await;
    for query in ["", "&pageNumber=2&pageSize=1", "&PageNumber=7&PageSize=1"] {
        let query = format!("&resourcePoolId=cce-small{query}");
        let queues = fixture.see("DescribeQueues", &query).await;
        assert_eq!(
            texts(&queues["queues"], "queueName"),
            ["default", "half"],
            "{query}"
        );
        assert_eq!(
            texts(&queues["queues"][1]["children"], "queueName"),
            ["quarter"]
        );
    }
    let found = "&resourcePoolId=cce-small&keywordType=queueName&keyword=quarter";
    let found = fixture.see("DescribeQueues", found).await;
    assert_eq!(texts(&found["queues"], "queueId"), ["queue-3"]);
    for (query, expected) in [
        ("", &["one", "two", "three"][..]),
        ("&pageNumber=2&pageSize=2", &["three"]),
        ("&PageNumber=1&PageSize=2", &["one", "two"]),
        ("&keyword=t", &["two", "three"]),
    ] {
        let query = format!("&resourcePoolId=aihc-managed{query}");
        let queues = fixture.see("DescribeQueues", &query).await;
        assert_eq!(texts(&queues["queues"], "queueName"), expected, "{query}");
    }
}

#[tokio::test]
async fn dev_instances_take_from_their_queue_and_wait_when_it_is_full() {
    let fixture = with_small().await;
    let first = take(&fixture, "half", 3).await;
    let second = take(&fixture, "half", 2).await;
    let elsewhere = take(&fixture, "queue-1", 4).await;
    fixture.advance(60);
    assert_eq!(fixture.status(&first).await, 3);
    assert_eq!(fixture.status(&elsewhere).await, 3);
    let waiting = fixture.detail(&second).await;
    assert_eq!(waiting["status"], 1);
    assert_eq!(
        waiting["statusReason"],
        "the queue does not have enough baidu.com/a10_24g_cgpu"
    );
    assert_eq!(allocated(&fixture, "queue-2").await, ["3"]);
    fixture.power("StopDevInstance", &first).await.ok();
    fixture.advance(60);
    let running = fixture.detail(&second).await;
    assert_eq!(
        (&running["status"], &running["statusReason"]),
        (&json!(3), &json!(""))
    );
    // The instance has started when the first one ended, rather than when it was read.
    assert_eq!(running["updatedAt"], 1_787_184_000 + 60 + 5);
    assert_eq!(allocated(&fixture, "queue-2").await, ["2"]);
    fixture.power("DeleteDevInstance", &second).await.ok();
    fixture.advance(60);
    assert_eq!(allocated(&fixture, "queue-2").await, [""; 0]);
}

#[tokio::test]
async fn what_is_taken_inside_is_taken_around_it_too() {
    let fixture = with_small().await;
    let inside = take(&fixture, "quarter", 2).await;
    let too_much = take(&fixture, "quarter", 3).await;
    let beside = take(&fixture, "half", 3).await;
    fixture.advance(60);
    for (id, status) in [(&inside, 3), (&too_much, 1), (&beside, 1)] {
        assert_eq!(fixture.status(id).await, status);
    }
    assert_eq!(allocated(&fixture, "queue-2").await, ["2"]);
    let overview = fixture.see("DescribeResourcePoolOverview", "").await;
    let common = &overview["resourcePoolsStatisticWithType"][1];
    assert_eq!(common["acceleratorsStatistic"]["capacity"], 8);
    assert_eq!(common["acceleratorsStatistic"]["allocated"], 2);
    let node = &common["resourcePoolStatistics"][0]["nodeResourceStatistic"]["10.0.0.1"];
    assert_eq!(
        (&node["allocated"]["gpuNum"], &node["remaining"]["gpuNum"]),
        (&json!(2), &json!(6))
    );
}

#[tokio::test]
async fn an_instance_takes_what_it_is_modified_to() {
    let fixture = with_small().await;
    let id = take(&fixture, "half", 1).await;
    fixture.advance(60);
    let mut body = create_body("dev");
    body["id"] = json!(id);
    body["conf"]["resourcePool"] = json!({"resourcePoolId": "cce-small", "queueName": "half"});
    body["conf"]["resources"] = json!({
        "acceleratorType": "A10-24G", "acceleratorCount": 2, "cpus": 1, "memory": 1,
    });
    fixture.post("ModifyDevInstance", "", &body).await.ok();
    assert_eq!(allocated(&fixture, "queue-2").await, ["2"]);
}

#[tokio::test]
async fn an_unknown_pool_or_queue_is_unlimited_unless_the_documentation_is_taken_to_the_letter() {
    let mut body = create_body("dev");
    body["conf"]["volumnConfs"] = json!([]);
    let documented = |builder: aihc_emulator::Builder| builder.profile(Profile::Documented);
    for (pool, queue, known) in [
        ("cce-emulator", "default", true),
        ("cce-emulator", "queue-emulator1", true),
        ("cce-emulator", "other", false),
        ("cce-other", "default", false),
    ] {
        body["conf"]["resourcePool"] = json!({"resourcePoolId": pool, "queueName": queue});
        body["conf"]["resources"] = json!({"cpus": 5000, "memory": 1});
        let usual = Fixture::start().await;
        let created = usual.post("CreateDevInstance", "", &body).await.ok();
        usual.advance(60);
        let status = usual
            .status(created["devInstanceId"].as_str().unwrap())
            .await;
        // The pool does not have that many cores.
        assert_eq!(status, if known { 1 } else { 3 }, "{pool} {queue}");
        let strict = Fixture::start_with(documented).await;
        let answer = strict.post("CreateDevInstance", "", &body).await;
        match known {
            true => drop(answer.ok()),
            false => assert_eq!(answer.refusal(), (403, "NotFound"), "{pool} {queue}"),
        }
    }
}

#[tokio::test]
async fn a_reset_brings_back_what_there_was() {
    let fixture = with_small().await;
    take(&fixture, "half", 4).await;
    fixture.advance(60);
    assert_eq!(allocated(&fixture, "queue-2").await, ["4"]);
    fixture.emulator.handle().reset();
    assert_eq!(allocated(&fixture, "queue-2").await, [""; 0]);
}

/// Tests that the documentation describes the default resources, and that its example is valid.
#[test]
fn the_page_of_resources_is_right() {
    const PAGE: &str = include_str!("../../docs/resources.md");
    let (_, rest) = PAGE.split_once("```json\n").unwrap();
    let (file, _) = rest.split_once("```").unwrap();
    Resources::from_json(file).unwrap();
    for what in [
        "pool `cce-emulator` | 16 nodes, each with 192 cores, 2048 GiB and 8 accelerators",
        "queue `default`, id `queue-emulator1`",
        "queue `train`, id `queue-emulator2` | physical, at most 64 accelerators, 1536 cores",
        "dataset `ds-emulator` | a folder in PFS, with the version `ds-version1`",
    ] {
        assert!(PAGE.contains(what), "{what}");
    }
    let written = format!("{:?}", Resources::default());
    for what in [
        "cce-emulator",
        "queue-emulator1",
        "queue-emulator2",
        "ds-emulator",
        "ds-version1",
    ] {
        assert!(written.contains(what), "{what}");
    }
    assert_eq!(written.matches("cpus: 192, memory: 2048").count(), 16);
    assert!(written.contains("cpus: Some(1536), memory: Some(16384)"));
}

#[tokio::test]
async fn the_id_of_a_request_about_pools_is_in_the_header_alone() {
    let fixture = Fixture::start().await;
    for (action, query, in_body) in [
        ("DescribeResourcePools", "&resourcePoolType=common", false),
        (
            "DescribeResourcePool",
            "&resourcePoolId=cce-emulator",
            false,
        ),
        ("DescribeResourcePoolOverview", "", false),
        ("DescribeQueues", "&resourcePoolId=cce-emulator", false),
        ("DescribeQueue", "&queueId=queue-emulator1", false),
        ("DescribeDatasets", "", true),
    ] {
        let answer = fixture.ask(action, query, &Value::Null).await;
        assert!(answer.headers.contains_key("x-bce-request-id"), "{action}");
        assert_eq!(answer.body.get("requestId").is_some(), in_body, "{action}");
    }
}
