//! Tests of training jobs.

use aihc_emulator::{JobStatus, Profile};
use serde_json::{Value, json};

use crate::client::Fixture;
use crate::described::texts;
use crate::pools::small;

pub(crate) const QUEUE: &str = "&resourcePoolId=cce-emulator&queueID=default";

pub(crate) fn job(name: &str) -> Value {
    json!({
        "name": name, "queue": "default", "command": "sleep 1d",
        "jobSpec": {
            "image": "registry.baidubce.com/x:1", "replicas": 2,
            "imageConfig": {"username": "u", "password": "pull-s3cret"},
            "resources": [
                {"name": "baidu.com/a800_80g_cgpu", "quantity": 8}, {"name": "cpu", "quantity": 1.5},
            ],
            "envs": [{"name": "KEY", "value": "env-s3cret"}],
        },
        "labels": [{"key": "team", "value": "a"}],
    })
}

pub(crate) async fn create(fixture: &Fixture, body: &Value) -> String {
    let created = fixture.ask("CreateJob", QUEUE, body).await.ok();
    assert_eq!(created["jobName"], body["name"]);
    created["jobId"].as_str().unwrap().to_owned()
}

async fn describe(fixture: &Fixture, id: &str) -> Value {
    let body = json!({"jobId": id, "needDetail": true});
    fixture.ask("DescribeJob", QUEUE, &body).await.ok()
}

async fn status(fixture: &Fixture, id: &str) -> String {
    describe(fixture, id).await["status"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_job_goes_from_created_to_succeeded_with_its_pods() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    let queued = describe(&fixture, &id).await;
    assert_eq!(
        (&queued["status"], &queued["pods"]),
        (&json!("Created"), &json!([]))
    );
    fixture.advance(2);
    let starting = describe(&fixture, &id).await;
    assert_eq!(starting["status"], "Starting");
    assert_eq!(texts(&starting["pods"], "status"), ["Starting", "Starting"]);
    fixture.advance(5);
    let running = describe(&fixture, &id).await;
    assert_eq!(running["status"], "Running");
    let names = [format!("{id}-master-0"), format!("{id}-worker-0")];
    assert_eq!(texts(&running["pods"], "name"), names);
    assert_eq!(
        (&running["gpuCount"], &running["nodeCount"]),
        (&json!(16), &json!(2))
    );
    assert_eq!(running["jobType"], "pytorch");
    assert_eq!(running["jobSpec"]["imageConfig"]["password"], "");
    let nodes = fixture
        .ask("DescribeJobNodes", QUEUE, &json!({"jobId": id}))
        .await
        .ok();
    assert_eq!(nodes["nodes"], json!(["192.168.1.1", "192.168.1.2"]));
    fixture.advance(60);
    let ended = describe(&fixture, &id).await;
    assert_eq!(
        (&ended["status"], &ended["finishedAt"]),
        (&json!("Succeeded"), &json!("2026-08-20T00:01:07Z"))
    );
    assert_eq!(texts(&ended["pods"], "status"), ["Succeed", "Succeed"]);
    assert_eq!(
        texts(&ended["jobTimeLine"], "conditionType"),
        ["Created", "Scheduled", "Running", "Succeeded"]
    );
    let brief = fixture
        .ask("DescribeJob", QUEUE, &json!({"jobId": id}))
        .await
        .ok();
    assert!(brief.get("pods").is_none());
}

#[tokio::test]
async fn two_calls_make_two_jobs() {
    let fixture = Fixture::start().await;
    let query = format!("{QUEUE}&clientToken=t");
    let mut ids = Vec::new();
    for _ in 0..2 {
        let created = fixture.ask("CreateJob", &query, &job("same")).await.ok();
        ids.push(created["jobId"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_job_is_stopped_once_and_deleted_once() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    let named = json!({"jobId": id});
    fixture.ask("StopJob", QUEUE, &named).await.ok();
    assert_eq!(status(&fixture, &id).await, "Stopping");
    let again = fixture.ask("StopJob", QUEUE, &named).await;
    assert_eq!(again.refusal(), (403, "Forbidden"));
    fixture.advance(3);
    assert_eq!(status(&fixture, &id).await, "Stopped");
    fixture.ask("DeleteJob", QUEUE, &named).await.ok();
    for action in [
        "DeleteJob",
        "StopJob",
        "DescribeJob",
        "DescribeJobEvents",
        "DescribeJobNodes",
    ] {
        let gone = fixture.ask(action, QUEUE, &named).await;
        assert_eq!(gone.refusal(), (403, "NotFound"), "{action}");
    }
}

#[tokio::test]
async fn a_job_is_found_in_its_queue_alone() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    for (query, found) in [
        (QUEUE, true),
        ("&resourcePoolId=cce-emulator&queueID=queue-emulator1", true),
        ("&resourcePoolId=cce-emulator&queueID=train", false),
        ("&resourcePoolId=cce-other&queueID=default", false),
    ] {
        let answer = fixture
            .ask("DescribeJob", query, &json!({"jobId": id}))
            .await;
        assert_eq!(answer.status == 200, found, "{query}");
    }
}

#[tokio::test]
async fn several_jobs_are_stopped_and_what_cannot_be_is_told() {
    let fixture = Fixture::start().await;
    let (first, second) = (
        create(&fixture, &job("a")).await,
        create(&fixture, &job("b")).await,
    );
    fixture
        .ask("StopJob", QUEUE, &json!({"jobId": second}))
        .await
        .ok();
    let list = json!({"jobList": [{"jobId": first}, {"jobId": second}, {"jobId": "job-none"}]});
    let result = fixture.ask("BatchStopJobs", QUEUE, &list).await.ok()["result"].take();
    assert_eq!(
        (&result["success"], &result["successNum"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(texts(&result["successList"], "jobId"), [first]);
    assert_eq!(
        texts(&result["failedList"], "jobId"),
        [second.as_str(), "job-none"]
    );
}

#[tokio::test]
async fn the_priority_of_a_queued_job_can_be_changed() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    let change = json!({"jobId": id, "priority": "high"});
    fixture.ask("ModifyJob", QUEUE, &change).await.ok();
    assert_eq!(describe(&fixture, &id).await["priority"], "high");
    fixture.advance(2);
    let refused = fixture.ask("ModifyJob", QUEUE, &change).await;
    assert_eq!(refused.refusal(), (403, "Forbidden"));
    let wrong = json!({"jobId": id, "priority": "urgent"});
    let refused = fixture.ask("ModifyJob", QUEUE, &wrong).await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn jobs_are_found_ordered_and_paged() {
    let fixture = Fixture::start().await;
    for name in ["a-1", "a-2", "b-1"] {
        let id = create(&fixture, &job(name)).await;
        fixture.advance(1);
        if name == "a-2" {
            fixture
                .ask("StopJob", QUEUE, &json!({"jobId": id}))
                .await
                .ok();
        }
    }
    let mut other = job("c");
    other["queue"] = json!("train");
    let train = "&resourcePoolId=cce-emulator&queueID=train";
    fixture.ask("CreateJob", train, &other).await.ok();
    fixture.advance(3);
    for (query, body, expected) in [
        ("", json!({}), &["c", "b-1", "a-2", "a-1"][..]),
        ("", json!({"order": "asc", "pageSize": 2}), &["a-1", "a-2"]),
        ("", json!({"pageNumber": 2, "pageSize": 3}), &["a-1"]),
        ("", json!({"queue": "default"}), &["b-1", "a-2", "a-1"]),
        ("&queueID=train", json!({}), &["c"]),
        ("", json!({"status": "Stopped"}), &["a-2"]),
        (
            "",
            json!({"keywordType": "name", "keyword": "a-"}),
            &["a-2", "a-1"],
        ),
        (
            "",
            json!({"keywordType": "queueName", "keyword": "rai"}),
            &["c"],
        ),
        (
            "",
            json!({"orderBy": "finishedAt", "order": "asc", "pageSize": 1}),
            &["a-2"],
        ),
    ] {
        let query = format!("&resourcePoolId=cce-emulator{query}");
        let list = fixture.ask("DescribeJobs", &query, &body).await.ok();
        assert_eq!(texts(&list["jobs"], "name"), expected, "{body}");
    }
    let all = fixture
        .ask("DescribeJobs", "&resourcePoolId=cce-emulator", &json!({}))
        .await
        .ok();
    assert_eq!(all["totalCount"], 4);
    assert_eq!(all["jobs"][1]["enableFaultTolerant"], false);
    let elsewhere = fixture
        .ask("DescribeJobs", "&resourcePoolId=cce-1", &json!({}))
        .await
        .ok();
    assert_eq!(elsewhere["totalCount"], 0);
}

#[tokio::test]
async fn jobs_wait_for_their_queue_beside_dev_instances() {
    let fixture = Fixture::start_with(|builder| builder.resources(small())).await;
    let queue = "&resourcePoolId=cce-small&queueID=half";
    let with = |name: &str, cards: i64| {
        let mut body = job(name);
        body["queue"] = json!("half");
        body["jobSpec"]["replicas"] = json!(1);
        body["jobSpec"]["resources"] =
            json!([{"name": "baidu.com/a10_24g_cgpu", "quantity": cards}]);
        body
    };
    let mut ids = Vec::new();
    for (name, cards) in [("first", 3), ("second", 2), ("third", 1)] {
        let created = fixture
            .ask("CreateJob", queue, &with(name, cards))
            .await
            .ok();
        ids.push(json!({"jobId": created["jobId"]}));
        fixture.advance(1);
    }
    fixture.advance(20);
    let state = async |place: usize| {
        let job = fixture.ask("DescribeJob", queue, &ids[place]).await.ok();
        job["status"].as_str().unwrap().to_owned()
    };
    // The third job needs so few resources that it can run before the second.
    assert_eq!(
        (state(0).await, state(1).await, state(2).await),
        ("Running".into(), "Created".into(), "Running".into())
    );
    let events = fixture.ask("DescribeJobEvents", queue, &ids[1]).await.ok();
    assert_eq!(texts(&events["events"], "reason"), ["Unschedulable"]);
    let seen = fixture.see("DescribeQueue", "&queueId=queue-2").await;
    assert_eq!(
        (&seen["runningJobs"], &seen["inqueueJobs"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        seen["allocated"]["acceleratorCardList"][0]["acceleratorCount"],
        "4"
    );
    fixture.ask("StopJob", queue, &ids[0]).await.ok();
    fixture.advance(5);
    assert_eq!(state(1).await, "Running");
}

#[tokio::test]
async fn a_job_that_tolerates_faults_begins_again_with_new_pods() {
    let fixture = Fixture::start().await;
    let mut body = job("train");
    body["faultTolerance"] = json!(true);
    let id = create(&fixture, &body).await;
    fixture.advance(10);
    let handle = fixture.emulator.handle();
    handle
        .set_job_status(&id, JobStatus::Failed, "out of memory")
        .unwrap();
    assert_eq!(status(&fixture, &id).await, "Abnormal");
    fixture.advance(7);
    let again = describe(&fixture, &id).await;
    assert_eq!(
        (&again["status"], &again["pods"][0]["restartCount"]),
        (&json!("Running"), &json!(1))
    );
    assert_eq!(
        texts(&again["historyPods"], "status"),
        ["Stopped", "Stopped"]
    );
    let events = fixture
        .ask("DescribeJobEvents", QUEUE, &json!({"jobId": id}))
        .await
        .ok();
    assert!(texts(&events["events"], "message").contains(&"out of memory"));
    let frail = create(&fixture, &job("frail")).await;
    handle
        .set_job_status(&frail, JobStatus::Failed, "disk full")
        .unwrap();
    assert_eq!(status(&fixture, &frail).await, "Failed");
    assert!(
        handle
            .set_job_status("job-none", JobStatus::Failed, "")
            .is_err()
    );
}

#[tokio::test]
async fn a_job_may_have_roles() {
    let fixture = Fixture::start().await;
    let mut body = job("tf");
    body["jobType"] = json!("TFJob");
    body["jobSpec"] = json!({
        "Chief": {"image": "r/tf:1", "replicas": 1},
        "Worker": {"image": "r/tf:1", "replicas": 2, "resources": [{"name": "cpu", "quantity": "4"}]},
    });
    let id = create(&fixture, &body).await;
    fixture.advance(10);
    let described = describe(&fixture, &id).await;
    assert_eq!(
        texts(&described["pods"], "replicaType"),
        ["chief", "worker", "worker"]
    );
    assert_eq!(
        described["jobSpec"]["Worker"]["resources"][0]["quantity"],
        4
    );
    let mut wrong = job("wrong");
    wrong["jobType"] = json!("TFJob");
    let refused = fixture.ask("CreateJob", QUEUE, &wrong).await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn requests_are_checked_by_the_description() {
    let fixture = Fixture::start().await;
    for (pointer, value, code) in [
        ("/name", json!(""), "InvalidParameter"),
        ("/jobSpec", Value::Null, "InvalidParameter"),
        ("/jobSpec/image", Value::Null, "InvalidParameter"),
        ("/jobSpec/replicas", json!(0), "InvalidParameter"),
        ("/jobSpec/replicas", json!(1025), "InvalidParameter"),
        ("/jobSpec/replicas", json!("2"), "MalformedJSON"),
        (
            "/jobSpec/resources/0/quantity",
            json!(-1),
            "InvalidParameter",
        ),
        (
            "/jobSpec/resources/0/quantity",
            json!("many"),
            "MalformedJSON",
        ),
        ("/command", Value::Null, "InvalidParameter"),
    ] {
        let mut body = job("train");
        *body.pointer_mut(pointer).unwrap() = value.clone();
        let refused = fixture.ask("CreateJob", QUEUE, &body).await;
        assert_eq!(refused.refusal(), (400, code), "{pointer} {value}");
    }
    for (name, value) in [
        ("jobType", "Job"),
        ("priority", "urgent"),
        ("retentionPeriod", "1w"),
    ] {
        let mut body = job("train");
        body[name] = json!(value);
        let refused = fixture.ask("CreateJob", QUEUE, &body).await;
        assert_eq!(refused.refusal(), (400, "InvalidParameter"), "{name}");
    }
    let refused = fixture
        .ask("CreateJob", "&resourcePoolId=p", &job("train"))
        .await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

/// Tests requests with either of the two documented version headers, and requests with neither, as
/// one SDK sends them.
#[tokio::test]
async fn the_version_of_job_operations_may_be_in_either_header() {
    use bce_auth::Signer;
    use http::HeaderValue;
    for (profile, none) in [(Profile::Usual, 200), (Profile::Documented, 404)] {
        let fixture = Fixture::start_with(|builder| builder.profile(profile)).await;
        for (headers, status) in [
            (&[("version", "v2")][..], 200),
            (&[("x-api-version", "v2")], 200),
            (&[], none),
            (&[("version", "v1")], 404),
        ] {
            let mut parts = fixture.head("POST", "/?action=DescribeJobs&resourcePoolId=p");
            parts.headers.remove("version");
            for (name, value) in headers {
                parts.headers.insert(*name, HeaderValue::from_static(value));
            }
            let credentials = fixture.emulator.credentials();
            Signer::default()
                .sign(&mut parts, credentials, fixture.now())
                .unwrap();
            let answer = fixture.send(&parts, b"{}").await;
            assert_eq!(answer.status, status, "{profile} {headers:?}");
        }
    }
}

#[tokio::test]
async fn a_queue_may_be_left_out_of_the_body_unless_the_documentation_is_taken_to_the_letter() {
    let mut body = job("train");
    body.as_object_mut().unwrap().remove("queue");
    let usual = Fixture::start().await;
    usual.ask("CreateJob", QUEUE, &body).await.ok();
    let strict = Fixture::start_with(|builder| builder.profile(Profile::Documented)).await;
    let refused = strict.ask("CreateJob", QUEUE, &body).await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
    body["queue"] = json!("default");
    strict.ask("CreateJob", QUEUE, &body).await.ok();
    let elsewhere = "&resourcePoolId=cce-1&queueID=default";
    let refused = strict.ask("CreateJob", elsewhere, &body).await;
    assert_eq!(refused.refusal(), (403, "NotFound"));
}
