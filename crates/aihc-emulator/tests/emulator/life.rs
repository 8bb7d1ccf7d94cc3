//! The life of a dev machine.

use aihc_emulator::Failure;
use serde_json::{Value, json};

use crate::client::{Bench, START, create_body};

async fn states(bench: &Bench, id: &str, seconds: i64) -> Vec<i64> {
    let mut seen = vec![bench.status(id).await];
    for _ in 0..seconds {
        bench.advance(1);
        let status = bench.status(id).await;
        if seen.last() != Some(&status) {
            seen.push(status);
        }
    }
    seen
}

fn modify_body(id: &str, name: &str) -> Value {
    let mut body = create_body(name);
    body["id"] = json!(id);
    body
}

#[tokio::test]
async fn a_machine_goes_through_its_documented_states() {
    let bench = Bench::start().await;
    let id = bench.create("dev").await;
    assert!(id.starts_with("dv-") && id.len() == 11, "{id}");
    assert_eq!(states(&bench, &id, 9).await, [0, 1, 2, 3]);
    let stopped = bench.power("StopDevInstance", &id).await.ok();
    assert_eq!(stopped["devInstanceId"], id);
    assert_eq!(states(&bench, &id, 9).await, [4, 5]);
    bench.power("StartDevInstance", &id).await.ok();
    assert_eq!(states(&bench, &id, 9).await, [6, 2, 3]);
    bench.power("DeleteDevInstance", &id).await.ok();
    assert_eq!(states(&bench, &id, 9).await, [11, 20]);
    bench.advance(600);
    let gone = bench
        .get("DescribeDevInstance", &format!("&devInstanceId={id}"))
        .await;
    assert_eq!(gone.refusal(), (403, "NotFound"));
}

#[tokio::test]
async fn the_detail_has_every_documented_member() {
    let bench = Bench::start_with(|builder| builder.region("gz")).await;
    let id = bench.create_running("dev").await;
    let mut detail = bench.detail(&id).await;
    let service = detail["serviceInstanceInfo"].take();
    let login = detail["loginInfo"].take();
    assert_eq!(
        detail,
        json!({
            "accountId": "00000000000000000000000000000001",
            "id": id,
            "name": "dev",
            "conf": {
                "resourcePool": {
                    "resourcePoolType": "", "resourcePoolId": "cce-1", "resourcePoolName": "",
                    "queueName": "default",
                },
                "resources": {
                    "acceleratorType": "", "acceleratorCount": 0, "cpus": 1, "memory": 2,
                    "shmSize": 0,
                },
                "image": {
                    "imageType": 2, "imageUrl": "ccr.example/team/ubuntu:22.04",
                    "username": "puller", "password": "",
                },
                "access": null,
                "scheduleConf": null,
                "volumnConfs": [{
                    "volumnType": "cds", "mountPath": "/.rootfs", "readOnly": false,
                    "cds": {"capacity": 120}, "pfs": null, "cfs": null, "bos": null,
                    "dataset": null,
                }],
                "startCmd": "",
                "workspaceDir": "",
                "envs": {},
                "updatedAt": 0,
            },
            "serviceInstanceInfo": null,
            "creator": "owner",
            "creatorId": "user-1",
            "notify": null,
            "region": "gz",
            "status": 3,
            "statusReason": "",
            "version": "v3",
            "visibleScope": {"type": 0},
            "loginInfo": null,
            "timedStopDevInstance": null,
            "isPublicMgmt": false,
            "createdAt": START.unix_timestamp(),
            "updatedAt": START.unix_timestamp() + 8,
        })
    );
    assert_eq!(service["nodeIP"], "192.168.0.4");
    assert!(service["podName"].as_str().unwrap().starts_with("aibox-"));
    assert!(login["jupyter"]["url"].as_str().unwrap().contains(&id));
}

#[tokio::test]
async fn passwords_are_shown_nowhere() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    let shown = format!(
        "{} {:?} {:?}",
        bench.detail(&id).await,
        bench.emulator.handle().requests(),
        bench.emulator,
    );
    assert!(!shown.contains("pull-s3cret"), "{shown}");
    let secret = bench.emulator.credentials().secret_access_key().expose();
    assert!(!shown.contains(secret), "{shown}");
}

#[tokio::test]
async fn what_the_state_forbids_is_forbidden() {
    let bench = Bench::start().await;
    let id = bench.create("dev").await;
    assert_eq!(
        bench.power("StartDevInstance", &id).await.refusal(),
        (403, "Forbidden")
    );
    let timer = json!({"devInstanceId": id, "delaySec": 3600, "enable": true});
    let armed = bench.post("TimedStopDevInstance", "", &timer).await;
    assert_eq!(armed.refusal(), (403, "Forbidden"));
    bench.power("StopDevInstance", &id).await.ok();
    let modified = bench
        .post("ModifyDevInstance", "", &modify_body(&id, "dev"))
        .await;
    assert_eq!(modified.refusal(), (403, "Forbidden"));
    bench.advance(3);
    assert_eq!(
        bench.power("StopDevInstance", &id).await.refusal(),
        (403, "Forbidden")
    );
    bench.power("DeleteDevInstance", &id).await.ok();
    bench.advance(3);
    for action in ["StartDevInstance", "StopDevInstance", "DeleteDevInstance"] {
        let answer = bench.power(action, &id).await;
        assert_eq!(answer.refusal(), (403, "Forbidden"), "{action}");
    }
}

#[tokio::test]
async fn an_unknown_instance_is_not_found() {
    let bench = Bench::start().await;
    for action in ["StartDevInstance", "StopDevInstance", "DeleteDevInstance"] {
        assert_eq!(
            bench.power(action, "dv-0").await.refusal(),
            (403, "NotFound"),
            "{action}"
        );
    }
    let modified = bench
        .post("ModifyDevInstance", "", &modify_body("dv-0", "dev"))
        .await;
    assert_eq!(modified.refusal(), (403, "NotFound"));
    let timer = json!({"devInstanceId": "dv-0", "enable": false});
    let answer = bench.post("TimedStopDevInstance", "", &timer).await;
    assert_eq!(answer.refusal(), (403, "NotFound"));
}

#[tokio::test]
async fn a_broken_machine_says_why_and_only_a_failed_one_starts_again() {
    let bench = Bench::start().await;
    let handle = bench.emulator.handle();
    let id = bench.create("dev").await;
    assert!(handle.fail_instance(&id, Failure::Abnormal, "node lost"));
    assert_eq!(bench.detail(&id).await["statusReason"], "node lost");
    assert_eq!(states(&bench, &id, 20).await, [19]);
    assert_eq!(
        bench.power("StopDevInstance", &id).await.refusal(),
        (403, "Forbidden")
    );
    assert_eq!(
        bench.power("StartDevInstance", &id).await.refusal(),
        (403, "Forbidden")
    );
    assert!(handle.fail_instance(&id, Failure::Failed, "image pull failed"));
    bench.power("StartDevInstance", &id).await.ok();
    assert_eq!(bench.detail(&id).await["statusReason"], "");
    assert_eq!(states(&bench, &id, 9).await, [6, 2, 3]);
    assert!(!handle.fail_instance("dv-0", Failure::Failed, ""));
}

#[tokio::test]
async fn modifying_a_running_machine_rebuilds_it() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    let mut body = modify_body(&id, "dev");
    body["conf"]["resources"]["cpus"] = json!(4);
    body["conf"]["volumnConfs"][0]["cds"]["capacity"] = json!(200);
    body["visibleScope"] = json!({"type": 1});
    bench.advance(100);
    let modified = bench.post("ModifyDevInstance", "", &body).await.ok();
    assert_eq!(modified["devInstanceId"], id);
    assert_eq!(states(&bench, &id, 9).await, [2, 3]);
    let detail = bench.detail(&id).await;
    assert_eq!(detail["conf"]["resources"]["cpus"], 4);
    assert_eq!(detail["conf"]["updatedAt"], START.unix_timestamp() + 108);
    assert_eq!(detail["visibleScope"], json!({"type": 1}));
    // What the next request leaves out keeps its value.
    body.as_object_mut().unwrap().remove("visibleScope");
    bench.post("ModifyDevInstance", "", &body).await.ok();
    assert_eq!(bench.detail(&id).await["visibleScope"], json!({"type": 1}));
}

#[tokio::test]
async fn a_machine_that_was_read_can_be_sent_back() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    let mut body = modify_body(&id, "dev");
    body["conf"] = bench.detail(&id).await["conf"].take();
    bench.post("ModifyDevInstance", "", &body).await.ok();
}

#[tokio::test]
async fn what_is_fixed_cannot_be_modified() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    for (pointer, value) in [
        ("/name", json!("other")),
        ("/conf/resourcePool/queueName", json!("other")),
        ("/conf/resourcePool/resourcePoolId", json!("other")),
        ("/conf/image/imageUrl", json!("other")),
        ("/conf/image/imageType", json!(1)),
        ("/conf/volumnConfs/0/cds", json!({"capacity": 119})),
        ("/conf/volumnConfs/0/cds", json!({"capacity": 0})),
        ("/conf/volumnConfs", json!([])),
        ("/conf/resourcePool/resourcePoolName", json!("other")),
    ] {
        let mut body = modify_body(&id, "dev");
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        let answer = bench.post("ModifyDevInstance", "", &body).await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{pointer}");
    }
    assert_eq!(bench.status(&id).await, 3);
}

#[tokio::test]
async fn a_timed_stop_shows_and_stops_the_machine() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    let timer = json!({"devInstanceId": id, "delaySec": 3600, "enable": true});
    bench.post("TimedStopDevInstance", "", &timer).await.ok();
    let shown = bench.detail(&id).await["timedStopDevInstance"].take();
    assert_eq!(
        shown,
        json!({"delaySec": 3600, "startTime": START.unix_timestamp() + 8})
    );
    bench.advance(3599);
    assert_eq!(states(&bench, &id, 5).await, [3, 4, 5]);
    assert_eq!(bench.detail(&id).await["timedStopDevInstance"], Value::Null);
}

#[tokio::test]
async fn a_timed_stop_can_be_taken_back() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    for body in [
        json!({"devInstanceId": id, "delaySec": 7200, "enable": true}),
        json!({"devInstanceId": id, "delaySec": 0, "enable": false}),
    ] {
        bench.post("TimedStopDevInstance", "", &body).await.ok();
    }
    bench.advance(8000);
    assert_eq!(bench.status(&id).await, 3);
}

#[tokio::test]
async fn a_timed_stop_is_at_least_an_hour() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    for delay in [
        Value::Null,
        json!(-1),
        json!(0),
        json!(3599),
        json!(i64::MAX),
    ] {
        let body = json!({"devInstanceId": id, "delaySec": delay, "enable": true});
        let answer = bench.post("TimedStopDevInstance", "", &body).await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{delay}");
    }
}

#[tokio::test]
async fn a_client_token_creates_once() {
    let bench = Bench::start().await;
    let body = create_body("dev");
    let create =
        async |query: &str, body: &Value| bench.post("CreateDevInstance", query, body).await;
    let first = create("&clientToken=t-1", &body).await.ok();
    let again = create("&clientToken=t-1", &body).await.ok();
    assert_eq!(first["devInstanceId"], again["devInstanceId"]);
    assert_ne!(first["requestId"], again["requestId"]);
    let other = create("&clientToken=t-2", &body).await.ok();
    assert_ne!(first["devInstanceId"], other["devInstanceId"]);
    let mismatch = create("&clientToken=t-1", &create_body("other")).await;
    assert_eq!(mismatch.refusal(), (403, "IdempotentParameterMismatch"));
    // What is not known, and what is null or empty by default, makes no other request.
    let mut same = body.clone();
    same["unknown"] = json!(1);
    same["notify"] = json!(null);
    same["isPublicMgmt"] = json!(false);
    same["conf"]["startCmd"] = json!(null);
    let again = create("&clientToken=t-1", &same).await.ok();
    assert_eq!(first["devInstanceId"], again["devInstanceId"]);
    create("", &body).await.ok();
    assert_eq!(bench.emulator.handle().instances().len(), 3);
}

#[tokio::test]
async fn a_refused_creation_does_not_use_up_its_client_token() {
    let bench = Bench::start().await;
    let id = bench.create("dev").await;
    let body = crate::image_pack::job_body(&id);
    let create = async || {
        bench
            .post("CreateDevInstanceImagePackJob", "&clientToken=t", &body)
            .await
    };
    assert_eq!(create().await.refusal(), (403, "Forbidden"));
    bench.advance(8);
    let first = create().await.ok();
    assert_eq!(
        create().await.ok()["imagePackJobId"],
        first["imagePackJobId"]
    );
}
