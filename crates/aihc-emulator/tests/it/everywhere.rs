//! Tests of what all operations have in common: permissions, access control documents, faults, the
//! record of requests, snapshots, and the control interface.

use aihc_emulator::{AccessKey, Fault, FaultRule, Resources, SnapshotError};
use bce_auth::Credentials;
use serde_json::{Value, json};

use crate::client::Fixture;
use crate::described::operations;
use crate::http;
use crate::jobs::job;
use crate::services::service;

const QUEUE: &str = "&resourcePoolId=cce-emulator&queueID=default";

#[tokio::test]
async fn every_operation_has_one_method_and_is_refused_without_what_it_requires() {
    let fixture = Fixture::start().await;
    assert_eq!(operations().len(), 50);
    for operation in operations() {
        let (name, method) = (
            operation["name"].as_str().unwrap(),
            operation["method"].as_str().unwrap(),
        );
        for tried in ["GET", "POST"] {
            let answer = fixture.call(tried, &format!("/?action={name}"), "{}").await;
            let is_wrong = answer.body["code"] == "InvalidHTTPRequest";
            assert_eq!(is_wrong, tried != method, "{tried} {name}");
        }
        let parameters = operation["parameters"].as_array().unwrap().iter();
        let mut required = parameters.filter(|parameter| parameter["required"] == true);
        let expected = if required.next().is_some() { 400 } else { 200 };
        let answer = fixture
            .call(method, &format!("/?action={name}"), "{}")
            .await;
        assert_eq!(answer.status, expected, "{name}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_key_and_a_document_narrow_these_operations_too() {
    let reader = Credentials::new("reader", "s").unwrap();
    let key = AccessKey::new(reader.clone()).allow(["Describe*"]);
    let fixture = Fixture::start_with(|builder| builder.add_access_key(key)).await;
    fixture
        .call_as(&reader, "GET", "/?action=DescribeDatasets", "")
        .await
        .ok();
    let delete = "/?action=DeleteDataset&datasetId=ds-emulator";
    let refused = fixture.call_as(&reader, "POST", delete, "").await;
    assert_eq!(refused.refusal(), (403, "AccessDenied"));
    for (resource, permission, target, allowed) in [
        ("*", "LIST", "/?action=DescribeDatasets", true),
        ("*", "READ", "/?action=DescribeDatasets", false),
        (
            "ds-emulator",
            "READ",
            "/?action=DescribeDataset&datasetId=ds-emulator",
            true,
        ),
        (
            "ds-other",
            "READ",
            "/?action=DescribeDataset&datasetId=ds-emulator",
            false,
        ),
        (
            "cce-emulator",
            "READ",
            "/?action=DescribeResourcePool&resourcePoolId=cce-emulator",
            true,
        ),
    ] {
        let document = json!({"accessControlList": [{
            "effect": "Allow", "service": "bce:aihc", "region": "*", "resource": [resource],
            "permission": [permission],
        }]});
        let session = fixture
            .call("POST", "/v1/sessionToken", &document.to_string())
            .await
            .ok();
        let text = |name: &str| session[name].as_str().unwrap();
        let credentials = Credentials::session(
            text("accessKeyId"),
            text("secretAccessKey"),
            text("sessionToken"),
        );
        let answer = fixture
            .call_as(&credentials.unwrap(), "GET", target, "")
            .await;
        assert_eq!(
            answer.status == 200,
            allowed,
            "{resource} {permission} {target}"
        );
    }
}

#[tokio::test]
async fn faults_befall_them_by_their_names() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    handle
        .inject(
            FaultRule::new(Fault::throttle(1))
                .action("CreateJob")
                .nth(2),
        )
        .unwrap();
    handle
        .inject(FaultRule::new(Fault::new().status(500)).action("DescribeQueues"))
        .unwrap();
    fixture.ask("CreateJob", QUEUE, &job("a")).await.ok();
    assert_eq!(fixture.ask("CreateJob", QUEUE, &job("b")).await.status, 429);
    let queues = "&resourcePoolId=cce-emulator";
    assert_eq!(
        fixture
            .ask("DescribeQueues", queues, &Value::Null)
            .await
            .status,
        500
    );
    assert_eq!(handle.jobs().len(), 1);
    assert_eq!(handle.request_count("CreateJob"), 2);
}

#[tokio::test]
async fn no_secret_is_seen_in_the_journal_or_a_debug_text() {
    let fixture = Fixture::start().await;
    let mut body = job("train");
    body["advancedSettings"] = json!({"runtimeEnv": "A=runtime-s3cret"});
    fixture.ask("CreateJob", QUEUE, &body).await.ok();
    let created = fixture
        .ask("CreateService", "", &service("chat", 1))
        .await
        .ok();
    let query = format!("&serviceId={}", created["serviceId"].as_str().unwrap());
    fixture
        .ask("ModifyService", &query, &service("chat", 2))
        .await
        .ok();
    let shown = format!(
        "{:?} {:?}",
        fixture.emulator.handle().requests(),
        fixture.emulator
    );
    assert!(
        shown.contains("sleep inf") && shown.contains("CreateService"),
        "{shown}"
    );
    for secret in ["pull-s3cret", "env-s3cret", "runtime-s3cret"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

/// Returns an emulator with a running and a waiting job, a service, a dataset and a model.
async fn full() -> Fixture {
    let fixture = Fixture::start().await;
    fixture.ask("CreateJob", QUEUE, &job("train")).await.ok();
    let mut large = job("large");
    large["jobSpec"]["replicas"] = json!(17);
    fixture.ask("CreateJob", QUEUE, &large).await.ok();
    fixture
        .ask("CreateService", "", &service("chat", 2))
        .await
        .ok();
    let version = json!({"storagePath": "/v2", "mountPath": "/m"});
    fixture
        .ask("CreateDatasetVersion", "&datasetId=ds-emulator", &version)
        .await
        .ok();
    let model = json!({
        "name": "m", "modelFormat": "HuggingFace",
        "initVersionEntry": {"source": "UserUpload", "storageBucket": "b", "storagePath": "/p"},
    });
    fixture.ask("CreateModel", "", &model).await.ok();
    fixture.advance(10);
    fixture
}

/// Returns the responses that list pools, queues, datasets, models, jobs and services, without
/// their request ids.
async fn everything(fixture: &Fixture) -> Vec<Value> {
    let mut all = Vec::new();
    for (action, query, body) in [
        (
            "DescribeResourcePools",
            "&resourcePoolType=common",
            Value::Null,
        ),
        (
            "DescribeQueues",
            "&resourcePoolId=cce-emulator",
            Value::Null,
        ),
        ("DescribeResourcePoolOverview", "", Value::Null),
        ("DescribeDatasets", "", Value::Null),
        (
            "DescribeDatasetVersions",
            "&datasetId=ds-emulator",
            Value::Null,
        ),
        ("DescribeModels", "", Value::Null),
        ("DescribeJobs", "&resourcePoolId=cce-emulator", json!({})),
        ("DescribeServices", "", Value::Null),
    ] {
        let mut answer = fixture.ask(action, query, &body).await.ok();
        answer.as_object_mut().unwrap().remove("requestId");
        all.push(answer);
    }
    all
}

#[tokio::test]
async fn a_snapshot_brings_everything_back() {
    let fixture = full().await;
    let handle = fixture.emulator.handle();
    let (before, snapshot) = (everything(&fixture).await, handle.snapshot().unwrap());
    assert!(!snapshot.contains("pull-s3cret"));
    let other = Fixture::start_with(|builder| builder.resources(Resources::none())).await;
    other.advance(3600);
    let restored = other.emulator.handle();
    restored.restore(&snapshot).unwrap();
    assert_eq!(everything(&other).await, before);
    // Pending events have been postponed by the age of the snapshot.
    let states = |fixture: &Fixture| {
        let jobs = fixture.emulator.handle().jobs().into_iter();
        jobs.map(|job| job.status.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(states(&other), ["Running", "Created"]);
    other.advance(56);
    assert_eq!(states(&other), ["Running", "Created"]);
    other.advance(1);
    assert_eq!(states(&other), ["Succeeded", "Created"]);
    // An id that was in use is not used again.
    other.ask("CreateJob", QUEUE, &job("new")).await.ok();
    assert_eq!(restored.jobs().len(), 3);
    // A snapshot without pools, datasets, models, jobs and services.
    let old =
        r#"{"format": "aihc-emulator/2", "takenAt": "2026-08-20T00:00:00Z", "instances": []}"#;
    restored.restore(old).unwrap();
    assert_eq!((restored.jobs().len(), restored.services().len()), (0, 0));
    let datasets = other.see("DescribeDatasets", "").await;
    assert_eq!(datasets["totalCount"], 1);
    let wrong = snapshot.replace("\"cce-emulator\"", "\"\"");
    assert!(matches!(
        restored.restore(&wrong),
        Err(SnapshotError::Format(_))
    ));
}

#[tokio::test]
async fn a_reset_goes_back_to_the_beginning() {
    let fixture = Fixture::start().await;
    let before = everything(&fixture).await;
    let full = full().await;
    full.emulator.handle().reset();
    let mut after = everything(&full).await;
    // The clock was advanced by ten seconds before the reset.
    let text = serde_json::to_string(&after)
        .unwrap()
        .replace("00:00:10", "00:00:00");
    after = serde_json::from_str(&text.replace("08:00:10", "08:00:00")).unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn the_control_interface_shows_jobs_and_services_and_breaks_them() {
    let fixture = Fixture::start_with(|builder| builder.control("127.0.0.1:0")).await;
    let endpoint = fixture.emulator.control_endpoint().unwrap().to_owned();
    let send = async |request: &str, body: Value| {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        http::control(&endpoint, request, &body).await
    };
    let created = fixture.ask("CreateJob", QUEUE, &job("train")).await.ok();
    let id = created["jobId"].as_str().unwrap();
    let status = format!("PUT /jobs/{id}/status");
    assert_eq!(
        send(&status, json!({"status": "Failed", "reason": "disk full"}))
            .await
            .0,
        200
    );
    let jobs = send("GET /jobs", Value::Null).await.1;
    assert_eq!(
        jobs,
        json!({"jobs": [{"id": id, "name": "train", "status": "Failed"}]})
    );
    assert_eq!(send(&status, json!({"status": "Bored"})).await.0, 400);
    assert_eq!(
        send("PUT /jobs/job-none/status", json!({"status": "Failed"}))
            .await
            .0,
        404
    );
    let created = fixture
        .ask("CreateService", "", &service("chat", 1))
        .await
        .ok();
    let id = created["serviceId"].as_str().unwrap();
    fixture.advance(5);
    let services = send("GET /services", Value::Null).await.1;
    assert_eq!(
        services,
        json!({"services": [{"id": id, "name": "chat", "instances": 1, "available": 1}]})
    );
    let pods = fixture
        .see("DescribeServicePods", &format!("&serviceId={id}"))
        .await;
    let pod = pods["pods"][0]["instanceId"].as_str().unwrap();
    assert_eq!(
        send(
            &format!("PUT /services/{id}/pods/{pod}/fail"),
            json!({"reason": "r"})
        )
        .await
        .0,
        200
    );
    assert_eq!(
        send(&format!("PUT /services/{id}/pods/none/fail"), json!({}))
            .await
            .0,
        404
    );
    let services = send("GET /services", Value::Null).await.1;
    assert_eq!(services["services"][0]["available"], 0);
    assert_eq!(send("POST /jobs", json!({"id": "x"})).await.0, 400);
    assert_eq!(send("DELETE /services/x", Value::Null).await.0, 404);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let ids = async || {
        let fixture = Fixture::start_with(|builder| builder.seed(7)).await;
        let mut ids = Vec::new();
        for (action, query, body, member) in [
            ("CreateJob", QUEUE, job("a"), "jobId"),
            ("CreateService", "", service("chat", 1), "serviceId"),
            (
                "CreateDatasetVersion",
                "&datasetId=ds-emulator",
                json!({"storagePath": "/a", "mountPath": "/b"}),
                "id",
            ),
        ] {
            let created = fixture.ask(action, query, &body).await.ok();
            ids.push(created[member].as_str().unwrap().to_owned());
        }
        ids
    };
    assert_eq!(ids().await, ids().await);
}

/// Tests that all profiles except `Documented` accept values that official SDKs and examples send
/// although the documentation's tables do not list them.
#[tokio::test]
async fn only_the_documented_profile_refuses_what_official_sdks_send_beside_the_tables() {
    use aihc_emulator::Profile;
    let with_quantity = |quantity: Value| {
        let mut body = job("train");
        body["jobSpec"]["resources"] = json!([{"name": "cpu", "quantity": quantity}]);
        body
    };
    let lines = json!({"jobId": "job-1", "podName": "pod-1", "maxLines": 5});
    for (action, query, body, code) in [
        (
            "DescribeDatasets",
            "&pageNumber=0&pageSize=0",
            Value::Null,
            "InvalidParameter",
        ),
        (
            "DescribeServices",
            "&orderBy=createdAt",
            Value::Null,
            "InvalidParameter",
        ),
        (
            "DescribeServices",
            "&orderBy=createAt&order=desc",
            Value::Null,
            "InvalidParameter",
        ),
        (
            "DisableServicePod",
            "&serviceId=s-1&instanceId=p&block=True",
            Value::Null,
            "InvalidParameter",
        ),
        (
            "CreateJob",
            QUEUE,
            with_quantity(json!("4")),
            "MalformedJSON",
        ),
        ("DescribeJobLogs", QUEUE, lines, "MalformedJSON"),
    ] {
        for profile in [Profile::Documented, Profile::Usual, Profile::Lenient] {
            let fixture = Fixture::start_with(|builder| builder.profile(profile)).await;
            let answer = fixture.ask(action, query, &body).await;
            let is_refused = answer.body["code"] == code;
            assert_eq!(
                is_refused,
                profile == Profile::Documented,
                "{action} {query} {profile}"
            );
        }
    }
}
