//! Tests of inference services.

use aihc_emulator::Profile;
use serde_json::{Value, json};

use crate::client::Fixture;
use crate::described::texts;
use crate::pools::small;

pub(crate) fn service(name: &str, instances: i64) -> Value {
    json!({
        "name": name, "acceleratorType": "", "workloadType": "", "instanceCount": instances,
        "resourcePool": {
            "resourcePoolId": "cce-emulator", "resourcePoolName": "emulator", "queueName": "default",
            "resourcePoolType": "",
        },
        "containers": [{
            "name": "main", "cpus": 1, "memory": 2, "acceleratorCount": 0,
            "command": ["/bin/sh", "-c", "sleep inf"],
            "ports": [{"name": "HTTP", "port": 10088}],
            "envs": {"KEY": "env-s3cret"},
            "image": {"imageType": 0, "imageUrl": "r/vllm:1", "password": "pull-s3cret"},
        }],
    })
}

async fn create(fixture: &Fixture, body: &Value) -> String {
    let created = fixture.ask("CreateService", "", body).await.ok();
    created["serviceId"].as_str().unwrap().to_owned()
}

async fn detail(fixture: &Fixture, id: &str) -> Value {
    fixture
        .see("DescribeService", &format!("&serviceId={id}"))
        .await
}

async fn status(fixture: &Fixture, id: &str) -> i64 {
    let status = fixture
        .see("DescribeServiceStatus", &format!("&serviceId={id}"))
        .await;
    status["service"][id]["status"].as_i64().unwrap()
}

async fn pods(fixture: &Fixture, id: &str) -> Vec<String> {
    let pods = fixture
        .see("DescribeServicePods", &format!("&serviceId={id}"))
        .await;
    let ids = texts(&pods["pods"], "instanceId");
    ids.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_service_runs_when_its_pods_do() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &service("chat", 2)).await;
    assert!(id.starts_with("s-"), "{id}");
    assert_eq!(status(&fixture, &id).await, 1);
    fixture.advance(5);
    assert_eq!(status(&fixture, &id).await, 2);
    let described = detail(&fixture, &id).await;
    assert_eq!(
        described["status"]["briefStat"],
        json!({"availableIns": 2, "status": 2, "totalIns": 2})
    );
    assert_eq!(
        described["status"]["accessPorts"][0]["containerPort"],
        10088
    );
    assert_eq!(described["creator"], "default");
    let conf = &described["service"];
    assert_eq!(
        (&conf["name"], &conf["instanceCount"]),
        (&json!("chat"), &json!(2))
    );
    let container = &conf["containers"][0];
    assert_eq!(container["image"], json!({"imageUrl": "r/vllm:1"}));
    assert!(container.get("acceleratorCount").is_none());
    let pod = &described["instances"][0];
    assert_eq!(
        (&pod["status"]["status"], &pod["status"]["totalContainers"]),
        (&json!("Running"), &json!(1))
    );
    assert_eq!(pod["containers"][0]["status"]["containerStatus"], "Running");
}

#[tokio::test]
async fn a_token_makes_one_service_of_two_calls() {
    let fixture = Fixture::start().await;
    let body = service("chat", 1);
    let once = async |body: &Value| fixture.ask("CreateService", "&clientToken=t-1", body).await;
    let first = once(&body).await.ok()["serviceId"].take();
    assert_eq!(once(&body).await.ok()["serviceId"], first);
    let mut other = body.clone();
    other["name"] = json!("other");
    assert_eq!(
        once(&other).await.refusal(),
        (403, "IdempotentParameterMismatch")
    );
    // The Go SDK sends this if the caller has set no token.
    let taken = fixture.ask("CreateService", "&clientToken=", &body).await;
    assert_eq!(taken.refusal(), (400, "DuplicatedName"));
    let list = fixture.see("DescribeServices", "").await;
    assert_eq!(list["totalCount"], 1);
}

#[tokio::test]
async fn services_are_listed_by_page() {
    let fixture = Fixture::start().await;
    for name in ["s-a", "s-b", "s-c"] {
        create(&fixture, &service(name, 1)).await;
        fixture.advance(1);
    }
    for (query, expected) in [
        ("", &["s-c", "s-b", "s-a"][..]),
        ("&orderBy=createdAt&order=asc", &["s-a", "s-b", "s-c"]),
        ("&orderBy=createAt&order=desc", &["s-c", "s-b", "s-a"]),
        ("&pageNumber=2&pageSize=2", &["s-a"]),
    ] {
        let list = fixture.see("DescribeServices", query).await;
        assert_eq!(texts(&list["services"], "name"), expected, "{query}");
        assert_eq!(list["totalCount"], 3);
    }
    let first = &fixture.see("DescribeServices", "&pageSize=1").await["services"][0];
    assert_eq!(first["resourceSpec"], json!({"cpus": 1, "memory": 2}));
    let strict = Fixture::start_with(|builder| builder.profile(Profile::Documented)).await;
    let refused = strict
        .ask("DescribeServices", "&order=asc", &Value::Null)
        .await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn every_change_is_recorded() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &service("chat", 1)).await;
    let query = format!("&serviceId={id}");
    let before = pods(&fixture, &id).await;
    fixture.advance(10);
    let mut changed = service("chat", 2);
    changed["containers"][0]["image"]["imageUrl"] = json!("r/vllm:2");
    let described = format!("{query}&description=two%20instances");
    fixture
        .ask("ModifyService", &described, &changed)
        .await
        .ok();
    let after = pods(&fixture, &id).await;
    assert_eq!(after.len(), 2);
    assert!(!after.contains(&before[0]));
    assert_eq!(status(&fixture, &id).await, 1);
    fixture
        .ask(
            "ModifyServiceReplicas",
            &format!("{query}&instanceCount=3"),
            &Value::Null,
        )
        .await
        .ok();
    // If instances are added, the existing ones do not change.
    assert_eq!(pods(&fixture, &id).await[..2], after[..]);
    let net = format!("{query}&publicAccess=True&eip=180.76.177.176");
    fixture
        .ask("ModifyServiceNetConfig", &net, &Value::Null)
        .await
        .ok();
    let detail = detail(&fixture, &id).await;
    assert_eq!(detail["status"]["accessIPs"]["external"], "180.76.177.176");
    assert_eq!(detail["service"]["access"]["publicAccess"], true);
    let log = fixture.see("DescribeServiceChangelogs", &query).await;
    let kinds: Vec<i64> = log["changeLogs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["changeType"].as_i64().unwrap())
        .collect();
    assert_eq!(kinds, [4, 3, 2, 1]);
    let third = &log["changeLogs"][2];
    assert_eq!(
        (&third["description"], &third["prev"]),
        (&json!("two instances"), &log["changeLogs"][3]["changeId"])
    );
    assert!(log["changeLogs"][3].get("prev").is_none());
    let one = format!("&changeId={}", third["changeId"].as_str().unwrap());
    let one = fixture.see("DescribeServiceChangelog", &one).await;
    assert_eq!(
        (&one["changeType"], &one["creator"]),
        (&json!(2), &json!("default"))
    );
    let scaled = fixture
        .see(
            "DescribeServiceChangelogs",
            &format!("{query}&changeType=3"),
        )
        .await;
    assert_eq!(
        (
            &scaled["totalCount"],
            &scaled["changeLogs"][0]["changeType"]
        ),
        (&json!(1), &json!(3))
    );
    let none = fixture
        .ask("DescribeServiceChangelog", "&changeId=ch-0", &Value::Null)
        .await;
    assert_eq!(none.refusal(), (403, "NotFound"));
}

#[tokio::test]
async fn a_service_without_instances_does_not_run() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &service("chat", 2)).await;
    fixture.advance(5);
    let none = format!("&serviceId={id}&instanceCount=0");
    fixture
        .ask("ModifyServiceReplicas", &none, &Value::Null)
        .await
        .ok();
    assert_eq!(status(&fixture, &id).await, 3);
    let wrong = format!("&serviceId={id}&instanceCount=-1");
    let refused = fixture
        .ask("ModifyServiceReplicas", &wrong, &Value::Null)
        .await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn name_and_pool_of_a_service_stay() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &service("chat", 1)).await;
    let query = format!("&serviceId={id}");
    let mut other = service("talk", 1);
    let refused = fixture.ask("ModifyService", &query, &other).await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
    other["name"] = json!("chat");
    other["resourcePool"]["resourcePoolId"] = json!("cce-2");
    let refused = fixture.ask("ModifyService", &query, &other).await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn a_pod_is_taken_from_the_traffic_and_replaced() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &service("chat", 2)).await;
    fixture.advance(5);
    let before = pods(&fixture, &id).await;
    let pod = format!("&serviceId={id}&instanceId={}", before[0]);
    for (word, blocked) in [("True", Some(true)), ("false", None)] {
        let query = format!("{pod}&block={word}");
        fixture
            .ask("DisableServicePod", &query, &Value::Null)
            .await
            .ok();
        let pods = fixture
            .see("DescribeServicePods", &format!("&serviceId={id}"))
            .await;
        assert_eq!(
            pods["pods"][0]["status"]["blocked"].as_bool(),
            blocked,
            "{word}"
        );
    }
    fixture
        .ask("DeleteServicePod", &pod, &Value::Null)
        .await
        .ok();
    let after = pods(&fixture, &id).await;
    assert_eq!(
        (
            after.len(),
            after.contains(&before[0]),
            after.contains(&before[1])
        ),
        (2, false, true)
    );
    assert_eq!(status(&fixture, &id).await, 1);
    for (action, more) in [
        ("DeleteServicePod", ""),
        ("DisableServicePod", "&block=true"),
    ] {
        let gone = fixture
            .ask(action, &format!("{pod}{more}"), &Value::Null)
            .await;
        assert_eq!(gone.refusal(), (403, "NotFound"), "{action}");
    }
    let refused = fixture.ask("DisableServicePod", &pod, &Value::Null).await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn an_instance_of_several_pods_is_a_group() {
    let fixture = Fixture::start().await;
    let mut body = service("chat", 2);
    body["workloadType"] = json!("fed");
    body["misc"] = json!({"fedPodsPerIns": 3});
    let id = create(&fixture, &body).await;
    fixture.advance(5);
    let groups = fixture
        .see("DescribeServicePodGroups", &format!("&serviceId={id}"))
        .await;
    assert_eq!(groups["queueName"], "default");
    let groups = groups["servicePodGroups"].as_array().unwrap();
    assert_eq!(groups.len(), 2);
    assert_eq!(
        (&groups[0]["totalPods"], &groups[0]["availablePods"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(groups[0]["workers"].as_array().unwrap().len(), 2);
    assert_eq!(
        detail(&fixture, &id).await["status"]["briefStat"]["totalIns"],
        2
    );
    let group = groups[0]["id"].as_str().unwrap();
    let delete = format!("&serviceId={id}&instanceId={group}");
    fixture
        .ask("DeleteServicePod", &delete, &Value::Null)
        .await
        .ok();
    assert_eq!(pods(&fixture, &id).await.len(), 6);
}

#[tokio::test]
async fn pods_wait_for_room_in_their_queue() {
    let fixture = Fixture::start_with(|builder| builder.resources(small())).await;
    let mut body = service("chat", 3);
    body["resourcePool"] = json!({"resourcePoolId": "cce-small", "queueName": "half"});
    body["acceleratorType"] = json!("baidu.com/a10_24g_cgpu");
    body["containers"][0]["acceleratorCount"] = json!(2);
    let id = create(&fixture, &body).await;
    fixture.advance(60);
    let stat = detail(&fixture, &id).await["status"]["briefStat"].take();
    assert_eq!(
        (&stat["status"], &stat["availableIns"], &stat["totalIns"]),
        (&json!(1), &json!(2), &json!(3))
    );
    assert_eq!(
        stat["reason"],
        "the queue does not have enough baidu.com/a10_24g_cgpu"
    );
    let queue = fixture.see("DescribeQueue", "&queueId=queue-2").await;
    assert_eq!(
        queue["allocated"]["acceleratorCardList"][0]["acceleratorCount"],
        "4"
    );
    let first = &pods(&fixture, &id).await[0];
    let delete = format!("&serviceId={id}&instanceId={first}");
    fixture
        .ask("DeleteServicePod", &delete, &Value::Null)
        .await
        .ok();
    fixture.advance(5);
    let stat = detail(&fixture, &id).await["status"]["briefStat"].take();
    assert_eq!(
        (&stat["availableIns"], &stat["totalIns"]),
        (&json!(2), &json!(3))
    );
    fixture
        .ask("DeleteService", &format!("&serviceId={id}"), &Value::Null)
        .await
        .ok();
    let queue = fixture.see("DescribeQueue", "&queueId=queue-2").await;
    assert!(queue["allocated"].get("acceleratorCardList").is_none());
}

#[tokio::test]
async fn a_deleted_service_is_not_found() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &service("chat", 1)).await;
    let query = format!("&serviceId={id}");
    fixture
        .ask("DeleteService", &query, &Value::Null)
        .await
        .ok();
    for (action, more, body) in [
        ("DeleteService", "", Value::Null),
        ("DescribeService", "", Value::Null),
        ("DescribeServiceStatus", "", Value::Null),
        ("DescribeServicePods", "", Value::Null),
        ("DescribeServicePodGroups", "", Value::Null),
        ("DescribeServiceChangelogs", "", Value::Null),
        ("ModifyServiceReplicas", "&instanceCount=1", Value::Null),
        ("ModifyServiceNetConfig", "&publicAccess=true", Value::Null),
        ("ModifyService", "", service("chat", 1)),
    ] {
        let gone = fixture.ask(action, &format!("{query}{more}"), &body).await;
        assert_eq!(gone.refusal(), (403, "NotFound"), "{action}");
    }
    // The name can be used again.
    create(&fixture, &service("chat", 1)).await;
}

#[tokio::test]
async fn a_gateway_with_authentication_has_a_token() {
    let fixture = Fixture::start().await;
    let mut body = service("chat", 1);
    body["access"] = json!({"networkType": "aiGateway", "aiGateway": {"enableAuth": true}});
    let id = create(&fixture, &body).await;
    let gateway = detail(&fixture, &id).await["status"]["aiGateway"].take();
    let token = gateway["tokens"]["serveless"].as_str().unwrap();
    assert!(token.starts_with("Bearer "), "{token}");
    assert_eq!(gateway["basePath"], json!(format!("/{id}/")));
}

#[tokio::test]
async fn a_broken_pod_makes_a_service_abnormal_until_it_is_replaced() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &service("chat", 1)).await;
    fixture.advance(5);
    let pod = &pods(&fixture, &id).await[0];
    let handle = fixture.emulator.handle();
    handle.fail_service_pod(&id, pod, "no memory").unwrap();
    assert_eq!(status(&fixture, &id).await, 4);
    assert_eq!(handle.services()[0].available, 0);
    assert!(handle.fail_service_pod(&id, "other", "").is_err());
    let delete = format!("&serviceId={id}&instanceId={pod}");
    fixture
        .ask("DeleteServicePod", &delete, &Value::Null)
        .await
        .ok();
    fixture.advance(5);
    assert_eq!(status(&fixture, &id).await, 2);
}

#[tokio::test]
async fn requests_are_checked_by_the_description() {
    let fixture = Fixture::start().await;
    let two = json!({"maxSurge": 0, "maxUnavailable": 0});
    for (name, value, code) in [
        ("name", json!(""), "InvalidParameter"),
        ("containers", json!([]), "InvalidParameter"),
        ("containers", Value::Null, "InvalidParameter"),
        ("instanceCount", json!(-1), "InvalidParameter"),
        ("instanceCount", json!(1_000_000), "InvalidParameter"),
        ("instanceCount", json!("1"), "MalformedJSON"),
        ("workloadType", json!("other"), "InvalidParameter"),
        ("deploy", json!({"canaryStrategy": two}), "InvalidParameter"),
        (
            "storage",
            json!({"volumns": [{"volumeType": "tape", "volumnName": "v1"}]}),
            "InvalidParameter",
        ),
    ] {
        let mut body = service("chat", 1);
        body[name] = value.clone();
        let refused = fixture.ask("CreateService", "", &body).await;
        assert_eq!(refused.refusal(), (400, code), "{name} {value}");
    }
}
