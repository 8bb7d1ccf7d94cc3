//! Tests of the list of dev instances.

use bce_auth::Credentials;
use serde_json::{Value, json};

use crate::client::{Fixture, START, create_body};

fn names(list: &Value) -> Vec<&str> {
    let instances = list["devInstances"].as_array().unwrap();
    instances
        .iter()
        .map(|instance| instance["name"].as_str().unwrap())
        .collect()
}

/// Asserts that the list of dev instances for `query` contains exactly these names in this order,
/// and that `totalCount` is their number.
async fn assert_lists(fixture: &Fixture, query: &str, expected: &[&str]) {
    let list = fixture.get("DescribeDevInstances", query).await.ok();
    assert_eq!(names(&list), expected, "{query}");
    assert_eq!(list["totalCount"], expected.len(), "{query}");
}

/// Returns an emulator with three dev instances that filters can distinguish, and their ids.
async fn three() -> (Fixture, Vec<String>) {
    let fixture = Fixture::start().await;
    let mut ids = Vec::new();
    for (name, pool, kind, queue, creator) in [
        ("train-a", "cce-1", "", "default", "alice"),
        ("train-b", "cce-2", "", "batch", "bob"),
        ("notebook", "", "serverless", "default", "alina"),
    ] {
        let mut body = create_body(name);
        body["conf"]["resourcePool"] = json!({
            "resourcePoolId": pool, "resourcePoolType": kind, "queueName": queue,
        });
        body["creator"] = json!(creator);
        let created = fixture.post("CreateDevInstance", "", &body).await.ok();
        ids.push(created["devInstanceId"].as_str().unwrap().to_owned());
        fixture.advance(10);
    }
    (fixture, ids)
}

#[tokio::test]
async fn the_newest_comes_first_unless_asked_otherwise() {
    let (fixture, _) = three().await;
    let newest_first = ["notebook", "train-b", "train-a"];
    assert_lists(&fixture, "", &newest_first).await;
    assert_lists(&fixture, "&orderBy=createdAt&order=desc", &newest_first).await;
    assert_lists(&fixture, "&orderBy=createdAt", &newest_first).await;
    assert_lists(
        &fixture,
        "&orderBy=createdAt&order=asc",
        &["train-a", "train-b", "notebook"],
    )
    .await;
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let (fixture, ids) = three().await;
    fixture.power("StopDevInstance", &ids[1]).await.ok();
    let by_id = format!("&queryKey=devInstanceId&queryVal={}", ids[0]);
    let by_half_an_id = format!("&queryKey=devInstanceId&queryVal={}", &ids[0][..6]);
    for (query, expected) in [
        ("&resourcePoolId=cce-1", &["train-a"][..]),
        ("&resourcePoolId=serverless", &["notebook"]),
        (
            "&resourcePoolId=&queueName=&onlyMyDevs=false",
            &["notebook", "train-b", "train-a"],
        ),
        ("&queueName=default", &["notebook", "train-a"]),
        ("&status=3", &["notebook", "train-a"]),
        ("&status=4", &["train-b"]),
        ("&status=77", &[]),
        (
            "&queryKey=devInstanceName&queryVal=train",
            &["train-b", "train-a"],
        ),
        ("&queryKey=creator&queryVal=ali", &["notebook", "train-a"]),
        (
            "&queueName=default&queryKey=creator&queryVal=alice",
            &["train-a"],
        ),
        (by_id.as_str(), &["train-a"]),
        (by_half_an_id.as_str(), &[]),
    ] {
        assert_lists(&fixture, query, expected).await;
    }
}

#[tokio::test]
async fn what_a_filter_does_not_know_is_refused() {
    let (fixture, _) = three().await;
    for query in [
        "&queryKey=devName&queryVal=x",
        "&queryVal=x",
        "&status=running",
        "&status=3,5",
        "&orderBy=name",
        "&orderBy=createdAt&order=up",
    ] {
        let answer = fixture.get("DescribeDevInstances", query).await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{query}");
    }
}

#[tokio::test]
async fn pages_hold_every_instance_once() {
    let fixture = Fixture::start().await;
    for number in 0..23 {
        fixture.create(&format!("dev-{number:02}")).await;
    }
    let mut seen = Vec::new();
    for (page, size) in [(1, 10), (2, 10), (3, 3), (4, 0)] {
        let query = format!("&pageNumber={page}");
        let list = fixture.get("DescribeDevInstances", &query).await.ok();
        assert_eq!(list["totalCount"], 23);
        assert_eq!(names(&list).len(), size);
        seen.extend(names(&list).into_iter().map(str::to_owned));
    }
    let newest_first: Vec<String> = (0..23)
        .rev()
        .map(|number| format!("dev-{number:02}"))
        .collect();
    assert_eq!(seen, newest_first);
    let all = fixture
        .get("DescribeDevInstances", "&pageSize=100")
        .await
        .ok();
    assert_eq!(names(&all).len(), 23);
    let far = fixture
        .get("DescribeDevInstances", &format!("&pageNumber={}", i64::MAX))
        .await
        .ok();
    assert_eq!(names(&far).len(), 0);
}

#[tokio::test]
async fn deleted_instances_are_listed_only_by_their_state() {
    let (fixture, ids) = three().await;
    fixture.power("DeleteDevInstance", &ids[1]).await.ok();
    assert_lists(&fixture, "", &["notebook", "train-b", "train-a"]).await;
    fixture.advance(3);
    assert_lists(&fixture, "", &["notebook", "train-a"]).await;
    assert_lists(&fixture, "&status=20", &["train-b"]).await;
}

#[tokio::test]
async fn only_my_devs_are_those_that_the_caller_created() {
    let (fixture, _) = three().await;
    let assume = "/v1/credential?assumeRole&accountId=a&roleName=r";
    let role = fixture.call("POST", assume, "").await.ok();
    let text = |name: &str| role[name].as_str().unwrap();
    let role = Credentials::session(
        text("accessKeyId"),
        text("secretAccessKey"),
        text("sessionToken"),
    );
    let role = role.unwrap();
    let body = create_body("of-the-role").to_string();
    fixture
        .call_as(&role, "POST", "/?action=CreateDevInstance", &body)
        .await
        .ok();

    let mine = "/?action=DescribeDevInstances&onlyMyDevs=true";
    let list = fixture.call_as(&role, "GET", mine, "").await.ok();
    assert_eq!(names(&list), ["of-the-role"]);
    assert_lists(
        &fixture,
        "&onlyMyDevs=true",
        &["notebook", "train-b", "train-a"],
    )
    .await;
    assert_lists(
        &fixture,
        "",
        &["of-the-role", "notebook", "train-b", "train-a"],
    )
    .await;
}

#[tokio::test]
async fn an_entry_has_every_documented_member() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let list = fixture.get("DescribeDevInstances", "").await.ok();
    assert_eq!(
        list["devInstances"],
        json!([{
            "id": id, "name": "dev", "resourcePoolId": "cce-1", "resourcePoolName": "",
            "queueName": "default", "imageUrl": "ccr.example/team/ubuntu:22.04",
            "resources": {
                "acceleratorType": "", "acceleratorCount": 0, "cpus": 1, "memory": 2, "shmSize": 0,
            },
            "accountId": "00000000000000000000000000000001", "creator": "owner",
            "creatorId": "user-1", "region": "bj", "version": "v3", "status": 3,
            "statusReason": "", "createdAt": START.unix_timestamp(),
            "updatedAt": START.unix_timestamp() + 8,
        }])
    );
}
