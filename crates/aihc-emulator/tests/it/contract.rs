//! Tests of various rules in the documentation, for example of the states in which operations are
//! accepted.

use serde_json::{Value, json};

use crate::client::{Fixture, create_body};

/// All operations on dev instances with their methods, in the order of the documentation.
const OPERATIONS: [(&str, &str); 11] = [
    ("CreateDevInstance", "POST"),
    ("DescribeDevInstances", "GET"),
    ("DescribeDevInstance", "GET"),
    ("ModifyDevInstance", "POST"),
    ("StartDevInstance", "POST"),
    ("StopDevInstance", "POST"),
    ("DeleteDevInstance", "POST"),
    ("TimedStopDevInstance", "POST"),
    ("CreateDevInstanceImagePackJob", "POST"),
    ("DescribeDevInstanceImagePackJob", "GET"),
    ("DescribeDevInstanceEvents", "GET"),
];

#[tokio::test]
async fn every_operation_is_served_with_its_method_and_no_other() {
    let fixture = Fixture::start().await;
    for (action, method) in OPERATIONS {
        for tried in ["GET", "POST", "PUT", "DELETE"] {
            let target = format!("/?action={action}");
            let answer = fixture.call(tried, &target, "{}").await;
            let wrong_method = answer.body["code"] == "InvalidHTTPRequest";
            assert_eq!(wrong_method, tried != method, "{tried} {action}");
        }
    }
}

/// Tests in which states a dev instance can be started, stopped, deleted and packed, and a timed
/// stop can be set.
#[tokio::test]
async fn every_operation_is_accepted_in_its_documented_states_only() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    let timer = |id: &str| json!({"devInstanceId": id, "delaySec": 7200, "enable": true});
    for status in [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 18, 19, 20] {
        let id = handle.add_instances("m", 1).remove(0);
        // The state is set before each operation, since an accepted operation changes it.
        let in_state = || {
            handle.set_instance_status(&id, status.into(), "").unwrap();
        };
        let mut accepted = Vec::new();
        for action in ["StartDevInstance", "StopDevInstance", "DeleteDevInstance"] {
            in_state();
            let answer = fixture.power(action, &id).await;
            if answer.status == 200 {
                accepted.push(action);
            } else {
                assert_eq!(answer.refusal(), (403, "Forbidden"), "{action} in {status}");
            }
        }
        for (action, body) in [
            ("TimedStopDevInstance", timer(&id)),
            (
                "CreateDevInstanceImagePackJob",
                crate::image_pack::job_body(&id),
            ),
        ] {
            in_state();
            let answer = fixture.post(action, "", &body).await;
            if answer.status == 200 {
                accepted.push(action);
            } else {
                assert_eq!(answer.refusal(), (403, "Forbidden"), "{action} in {status}");
            }
        }
        let expected: Vec<&str> = [
            ("StartDevInstance", [5, 18].contains(&status)),
            ("StopDevInstance", ![5, 11, 18, 19, 20].contains(&status)),
            ("DeleteDevInstance", status != 20),
            ("TimedStopDevInstance", status == 3),
            ("CreateDevInstanceImagePackJob", status == 3),
        ]
        .into_iter()
        .filter_map(|(action, allowed)| allowed.then_some(action))
        .collect();
        assert_eq!(accepted, expected, "state {status}");
    }
}

#[tokio::test]
async fn every_member_of_a_configuration_comes_back() {
    let fixture = Fixture::start().await;
    let conf = json!({
        "resourcePool": {
            "resourcePoolType": "serverless", "resourcePoolId": "p", "resourcePoolName": "n",
            "queueName": "q",
        },
        "resources": {
            "acceleratorType": "baidu.com/a800_80g_cgpu", "acceleratorCount": 1, "cpus": 8,
            "memory": 64, "shmSize": 32,
        },
        "image": {"imageType": 0, "imageUrl": "i", "username": "u", "password": ""},
        "access": {
            "blbId": "lb-1", "sshEnable": true, "sshRSAPubKey": "ssh-rsa AAAA",
            "portInfo": [{"name": "dev_ssh", "port": 22, "accessPort": 8022}],
        },
        "scheduleConf": {"priority": "normal", "cpuNodeAffinity": true},
        "volumnConfs": [
            volume("cds", json!({"cds": {"capacity": 100}})),
            volume("pfs", json!({"pfs": {"instanceId": "pfs-1", "sourcePath": "/"}})),
            volume("cfs", json!({
                "cfs": {"instanceId": "cfs-1", "sourcePath": "/", "mountPoint": "m"},
            })),
            volume("bos", json!({
                "bos": {"sourcePath": "b/p", "version": "v2", "cacheLimitSize": "10Gi"},
            })),
            volume("dataset", json!({"dataset": {
                "datasetId": "d", "versionId": "v", "storageType": "pfs",
                "pfs": {
                    "clientID": "c", "instanceType": "plusl2", "region": "bj",
                    "instanceId": "i", "clusterIP": "10.0.0.1", "mountTargetId": ["t"],
                    "hostMountPath": "/h", "srcPath": "/s", "clusterPort": "1",
                    "pfsParentDir": "/", "pfsPath": "/p",
                },
                "bos": {"srcPath": "s", "version": "v1", "cacheLimitSize": "1"},
                "defaultMountPath": "/d", "mountPath": "/m", "source": "s",
            }})),
        ],
        "startCmd": "sleep 1",
        "workspaceDir": "/work",
        "envs": {"A": "1"},
    });
    let mut body = create_body("dev");
    body["conf"] = conf.clone();
    body["notify"] = json!({"isOpen": true, "notifyRuleId": "r-1"});
    body["visibleScope"] = json!({"type": 1});
    body["isPublicMgmt"] = json!(true);
    let created = fixture.post("CreateDevInstance", "", &body).await.ok();
    let detail = fixture
        .detail(created["devInstanceId"].as_str().unwrap())
        .await;
    let mut shown = detail["conf"].clone();
    assert_eq!(
        shown.as_object_mut().unwrap().remove("updatedAt"),
        Some(json!(0))
    );
    assert_eq!(shown, conf);
    for member in [
        "notify",
        "visibleScope",
        "isPublicMgmt",
        "creator",
        "creatorId",
        "name",
    ] {
        assert_eq!(detail[member], body[member], "{member}");
    }
}

/// Returns a volume in its documented form. The members for all kinds of storage are null, except
/// for the one in `storage`.
fn volume(kind: &str, storage: Value) -> Value {
    let mut volume = json!({
        "volumnType": kind, "mountPath": "/.rootfs", "readOnly": kind != "cds", "cds": null,
        "pfs": null, "cfs": null, "bos": null, "dataset": null,
    });
    for (name, value) in storage.as_object().unwrap() {
        volume[name] = value.clone();
    }
    volume
}

#[tokio::test]
async fn answers_carry_the_documented_headers() {
    let fixture = Fixture::start().await;
    let answer = fixture.get("DescribeDevInstances", "").await;
    for name in ["x-bce-request-id", "x-bce-debug-id", "date", "content-type"] {
        assert!(answer.headers.contains_key(name), "{name}");
    }
    // The request id is not taken from the request.
    let mut parts = fixture.head("GET", "/?action=DescribeDevInstances");
    let own = http::HeaderValue::from_static("my-own-id");
    parts.headers.insert("x-bce-request-id", own);
    let credentials = fixture.emulator.credentials();
    bce_auth::Signer::default()
        .sign(&mut parts, credentials, fixture.now())
        .unwrap();
    let answer = fixture.send(&parts, b"").await;
    assert_ne!(answer.headers["x-bce-request-id"], "my-own-id");
    answer.ok();
}

#[tokio::test]
async fn pages_and_events_have_ten_entries_unless_asked_for_more() {
    let fixture = Fixture::start().await;
    fixture.emulator.handle().add_instances("m", 25);
    let page = async |query: &str| {
        let list = fixture.get("DescribeDevInstances", query).await.ok();
        list["devInstances"].as_array().unwrap().len()
    };
    assert_eq!(page("").await, 10);
    assert_eq!(page("&pageSize=100").await, 25);
    let id = fixture.create_running("dev").await;
    for _ in 0..3 {
        fixture.power("StopDevInstance", &id).await.ok();
        fixture.advance(3);
        fixture.power("StartDevInstance", &id).await.ok();
        fixture.advance(6);
    }
    let window = "&startTime=2026-08-20T00:00:00.000Z&endTime=2026-08-21T00:00:00.000Z";
    let events = fixture
        .get(
            "DescribeDevInstanceEvents",
            &format!("&devInstanceId={id}{window}"),
        )
        .await
        .ok();
    assert_eq!(events["events"].as_array().unwrap().len(), 10);
    assert!(events["totalCount"].as_u64().unwrap() > 10);
}

/// Tests that a fault that sets only a documented code has the documented status.
#[tokio::test]
async fn every_other_documented_code_can_be_asked_for() {
    let fixture = Fixture::start().await;
    for (code, status) in [
        ("AccessDenied", 403),
        ("InappropriateJSON", 400),
        ("InternalError", 500),
        ("OptInRequired", 403),
        ("PreconditionFailed", 412),
        ("InvalidParam", 400),
    ] {
        let fault = aihc_emulator::Fault::new().code(code);
        let rule = aihc_emulator::FaultRule::new(fault);
        fixture.emulator.handle().inject(rule).unwrap();
        let answer = fixture.get("DescribeDevInstances", "").await;
        assert_eq!(answer.refusal(), (status, code));
    }
}

/// Tests that the emulator accepts values that the documentation or the console forbids but, as far
/// as is known, the service accepts.
#[tokio::test]
async fn what_only_a_console_forbids_is_accepted() {
    let fixture = Fixture::start().await;
    let port = json!({"name": "p", "port": 1, "accessPort": 1});
    for (pointer, value) in [
        ("/conf/volumnConfs", json!([])),
        ("/conf/volumnConfs/0/volumnType", json!("tape")),
        ("/conf/volumnConfs/0/cds", Value::Null),
        ("/conf/volumnConfs/0/cds/capacity", json!(50)),
        (
            "/conf/access",
            json!({"sshEnable": true, "sshRSAPubKey": "k\n".repeat(11)}),
        ),
        ("/conf/access", json!({"portInfo": vec![port; 6]})),
        ("/conf/envs", json!({"PATH": "/"})),
        ("/conf/image/imageType", json!(7)),
        ("/conf/resourcePool/resourcePoolId", json!("")),
    ] {
        let mut body = create_body("dev");
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        let answer = fixture.post("CreateDevInstance", "", &body).await;
        assert_eq!(answer.status, 200, "{pointer}: {}", answer.body);
    }
}
