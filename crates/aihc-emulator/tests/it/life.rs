//! Tests of the life cycle of a dev instance.

use aihc_emulator::{Failure, InstanceStatus};
use serde_json::{Value, json};

use crate::client::{Fixture, START, create_body};

async fn states(fixture: &Fixture, id: &str, seconds: i64) -> Vec<i64> {
    let mut seen = vec![fixture.status(id).await];
    for _ in 0..seconds {
        fixture.advance(1);
        let status = fixture.status(id).await;
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
async fn an_instance_goes_through_its_documented_states() {
    let fixture = Fixture::start().await;
    let id = fixture.create("dev").await;
    assert!(id.starts_with("dv-") && id.len() == 11, "{id}");
    assert_eq!(states(&fixture, &id, 9).await, [0, 1, 2, 3]);
    let stopped = fixture.power("StopDevInstance", &id).await.ok();
    assert_eq!(stopped["devInstanceId"], id);
    assert_eq!(states(&fixture, &id, 9).await, [4, 5]);
    fixture.power("StartDevInstance", &id).await.ok();
    assert_eq!(states(&fixture, &id, 9).await, [6, 2, 3]);
    fixture.power("DeleteDevInstance", &id).await.ok();
    assert_eq!(states(&fixture, &id, 9).await, [11, 20]);
    fixture.advance(600);
    let gone = fixture
        .get("DescribeDevInstance", &format!("&devInstanceId={id}"))
        .await;
    assert_eq!(gone.refusal(), (403, "NotFound"));
}

#[tokio::test]
async fn the_detail_has_every_documented_member() {
    let fixture = Fixture::start_with(|builder| builder.region("gz")).await;
    let id = fixture.create_running("dev").await;
    let mut detail = fixture.detail(&id).await;
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
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let shown = format!(
        "{} {:?} {:?}",
        fixture.detail(&id).await,
        fixture.emulator.handle().requests(),
        fixture.emulator,
    );
    assert!(!shown.contains("pull-s3cret"), "{shown}");
    let secret = fixture.emulator.credentials().secret_access_key().expose();
    assert!(!shown.contains(secret), "{shown}");
}

#[tokio::test]
async fn what_the_state_forbids_is_forbidden() {
    let fixture = Fixture::start().await;
    let id = fixture.create("dev").await;
    assert_eq!(
        fixture.power("StartDevInstance", &id).await.refusal(),
        (403, "Forbidden")
    );
    let timer = json!({"devInstanceId": id, "delaySec": 3600, "enable": true});
    let armed = fixture.post("TimedStopDevInstance", "", &timer).await;
    assert_eq!(armed.refusal(), (403, "Forbidden"));
    fixture.power("StopDevInstance", &id).await.ok();
    let modified = fixture
        .post("ModifyDevInstance", "", &modify_body(&id, "dev"))
        .await;
    assert_eq!(modified.refusal(), (403, "Forbidden"));
    fixture.advance(3);
    assert_eq!(
        fixture.power("StopDevInstance", &id).await.refusal(),
        (403, "Forbidden")
    );
    fixture.power("DeleteDevInstance", &id).await.ok();
    fixture.advance(3);
    for action in ["StartDevInstance", "StopDevInstance", "DeleteDevInstance"] {
        let answer = fixture.power(action, &id).await;
        assert_eq!(answer.refusal(), (403, "Forbidden"), "{action}");
    }
}

#[tokio::test]
async fn an_unknown_instance_is_not_found() {
    let fixture = Fixture::start().await;
    for action in ["StartDevInstance", "StopDevInstance", "DeleteDevInstance"] {
        assert_eq!(
            fixture.power(action, "dv-0").await.refusal(),
            (403, "NotFound"),
            "{action}"
        );
    }
    let modified = fixture
        .post("ModifyDevInstance", "", &modify_body("dv-0", "dev"))
        .await;
    assert_eq!(modified.refusal(), (403, "NotFound"));
    let timer = json!({"devInstanceId": "dv-0", "enable": false});
    let answer = fixture.post("TimedStopDevInstance", "", &timer).await;
    assert_eq!(answer.refusal(), (403, "NotFound"));
}

#[tokio::test]
async fn a_broken_instance_says_why_and_only_a_failed_one_starts_again() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    let id = fixture.create("dev").await;
    handle
        .fail_instance(&id, Failure::Abnormal, "node lost")
        .unwrap();
    assert_eq!(fixture.detail(&id).await["statusReason"], "node lost");
    assert_eq!(states(&fixture, &id, 20).await, [19]);
    assert_eq!(
        fixture.power("StopDevInstance", &id).await.refusal(),
        (403, "Forbidden")
    );
    assert_eq!(
        fixture.power("StartDevInstance", &id).await.refusal(),
        (403, "Forbidden")
    );
    handle
        .fail_instance(&id, Failure::Failed, "image pull failed")
        .unwrap();
    fixture.power("StartDevInstance", &id).await.ok();
    assert_eq!(fixture.detail(&id).await["statusReason"], "");
    assert_eq!(states(&fixture, &id, 9).await, [6, 2, 3]);
}

#[tokio::test]
async fn a_change_that_is_not_made_says_why() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    let error = handle
        .fail_instance("dv-0", Failure::Failed, "")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no dev instance `dv-0`; list the instances to see their ids"
    );
    let id = handle.add_instances("m", 1).remove(0);
    handle
        .set_instance_status(&id, InstanceStatus::STOPPED, "")
        .unwrap();
    let error = handle.preempt_instance(&id).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("dev instance `{id}` is stopped")),
        "{error}"
    );
    let error = handle.fail_image_pack_job(&id, "tk-0").unwrap_err();
    assert!(error.to_string().contains("`tk-0`"), "{error}");
}

#[tokio::test]
async fn a_status_that_no_client_knows_is_shown_and_left() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    let id = handle.add_instances("m", 1).remove(0);
    handle
        .set_instance_status(&id, InstanceStatus::from_code(42), "new")
        .unwrap();
    assert_eq!(states(&fixture, &id, 20).await, [42]);
    handle.restore(&handle.snapshot().unwrap()).unwrap();
    assert_eq!(handle.instances()[0].status.code(), 42);
    fixture.power("StopDevInstance", &id).await.ok();
}

#[tokio::test]
async fn modifying_a_running_instance_rebuilds_it() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let mut body = modify_body(&id, "dev");
    body["conf"]["resources"]["cpus"] = json!(4);
    body["conf"]["volumnConfs"][0]["cds"]["capacity"] = json!(200);
    body["visibleScope"] = json!({"type": 1});
    fixture.advance(100);
    let modified = fixture.post("ModifyDevInstance", "", &body).await.ok();
    assert_eq!(modified["devInstanceId"], id);
    assert_eq!(states(&fixture, &id, 9).await, [2, 3]);
    let detail = fixture.detail(&id).await;
    assert_eq!(detail["conf"]["resources"]["cpus"], 4);
    assert_eq!(detail["conf"]["updatedAt"], START.unix_timestamp() + 108);
    assert_eq!(detail["visibleScope"], json!({"type": 1}));
    // Members that the next request omits keep their values.
    body.as_object_mut().unwrap().remove("visibleScope");
    fixture.post("ModifyDevInstance", "", &body).await.ok();
    assert_eq!(
        fixture.detail(&id).await["visibleScope"],
        json!({"type": 1})
    );
}

#[tokio::test]
async fn an_instance_that_was_read_can_be_sent_back() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let mut body = modify_body(&id, "dev");
    body["conf"] = fixture.detail(&id).await["conf"].take();
    fixture.post("ModifyDevInstance", "", &body).await.ok();
}

#[tokio::test]
async fn what_is_fixed_cannot_be_modified() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
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
        let answer = fixture.post("ModifyDevInstance", "", &body).await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{pointer}");
    }
    assert_eq!(fixture.status(&id).await, 3);
}

#[tokio::test]
async fn a_timed_stop_shows_and_stops_the_instance() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let timer = json!({"devInstanceId": id, "delaySec": 3600, "enable": true});
    fixture.post("TimedStopDevInstance", "", &timer).await.ok();
    let shown = fixture.detail(&id).await["timedStopDevInstance"].take();
    assert_eq!(
        shown,
        json!({"delaySec": 3600, "startTime": START.unix_timestamp() + 8})
    );
    fixture.advance(3599);
    assert_eq!(states(&fixture, &id, 5).await, [3, 4, 5]);
    assert_eq!(
        fixture.detail(&id).await["timedStopDevInstance"],
        Value::Null
    );
}

#[tokio::test]
async fn a_timed_stop_can_be_taken_back() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    for body in [
        json!({"devInstanceId": id, "delaySec": 7200, "enable": true}),
        json!({"devInstanceId": id, "delaySec": 0, "enable": false}),
    ] {
        fixture.post("TimedStopDevInstance", "", &body).await.ok();
    }
    fixture.advance(8000);
    assert_eq!(fixture.status(&id).await, 3);
}

#[tokio::test]
async fn a_timed_stop_is_at_least_an_hour() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    for delay in [
        Value::Null,
        json!(-1),
        json!(0),
        json!(3599),
        json!(i64::MAX),
    ] {
        let body = json!({"devInstanceId": id, "delaySec": delay, "enable": true});
        let answer = fixture.post("TimedStopDevInstance", "", &body).await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{delay}");
    }
}

#[tokio::test]
async fn a_client_token_creates_once() {
    let fixture = Fixture::start().await;
    let body = create_body("dev");
    let create =
        async |query: &str, body: &Value| fixture.post("CreateDevInstance", query, body).await;
    let first = create("&clientToken=t-1", &body).await.ok();
    let again = create("&clientToken=t-1", &body).await.ok();
    assert_eq!(first["devInstanceId"], again["devInstanceId"]);
    assert_ne!(first["requestId"], again["requestId"]);
    let other = create("&clientToken=t-2", &body).await.ok();
    assert_ne!(first["devInstanceId"], other["devInstanceId"]);
    let mismatch = create("&clientToken=t-1", &create_body("other")).await;
    assert_eq!(mismatch.refusal(), (403, "IdempotentParameterMismatch"));
    // The request counts as the same with unknown members, and with members that are null or have
    // their default value.
    let mut same = body.clone();
    same["unknown"] = json!(1);
    same["notify"] = json!(null);
    same["isPublicMgmt"] = json!(false);
    same["conf"]["startCmd"] = json!(null);
    let again = create("&clientToken=t-1", &same).await.ok();
    assert_eq!(first["devInstanceId"], again["devInstanceId"]);
    create("", &body).await.ok();
    assert_eq!(fixture.emulator.handle().instances().len(), 3);
}

#[tokio::test]
async fn a_refused_creation_does_not_use_up_its_client_token() {
    let fixture = Fixture::start().await;
    let id = fixture.create("dev").await;
    let body = crate::image_pack::job_body(&id);
    let create = async || {
        fixture
            .post("CreateDevInstanceImagePackJob", "&clientToken=t", &body)
            .await
    };
    assert_eq!(create().await.refusal(), (403, "Forbidden"));
    fixture.advance(8);
    let first = create().await.ok();
    assert_eq!(
        create().await.ok()["imagePackJobId"],
        first["imagePackJobId"]
    );
}
