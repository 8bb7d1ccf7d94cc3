//! Tests of the control interface.

use serde_json::{Value, json};

use crate::client::{Fixture, create_body};
use crate::http;

async fn start() -> Fixture {
    Fixture::start_with(|builder| {
        builder
            .control("127.0.0.1:0")
            .access_key("ak", "s3cret-key")
    })
    .await
}

/// Sends a request that must succeed, and returns the body of the response.
async fn ok(fixture: &Fixture, request: &str, body: Value) -> Value {
    let (status, answer) = send(fixture, request, body).await;
    assert_eq!(status, 200, "{request}: {answer}");
    answer
}

async fn send(fixture: &Fixture, request: &str, body: Value) -> (u16, Value) {
    let endpoint = fixture.emulator.control_endpoint().unwrap();
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    http::control(endpoint, request, &body).await
}

#[tokio::test]
async fn it_has_a_port_of_its_own_and_none_by_default() {
    assert_eq!(Fixture::start().await.emulator.control_endpoint(), None);
    let fixture = start().await;
    assert_ne!(
        fixture.emulator.control_endpoint(),
        Some(fixture.emulator.endpoint())
    );
    let on_the_api = fixture.send(&fixture.head("GET", "/requests"), b"").await;
    assert_eq!(on_the_api.refusal(), (404, "InvalidURI"));
    let (status, _) = send(&fixture, "GET /?action=DescribeDevInstances", Value::Null).await;
    assert_eq!(status, 400);
    let routes = ok(&fixture, "GET /", Value::Null).await;
    assert!(routes["routes"].as_array().unwrap().len() > 20);
}

#[tokio::test]
async fn requests_are_shown_without_secrets() {
    let fixture = start().await;
    fixture
        .post("CreateDevInstance", "", &create_body("dev"))
        .await
        .ok();
    fixture.get("DescribeDevInstances", "").await.ok();
    let seen = ok(&fixture, "GET /requests", Value::Null).await;
    assert_eq!(
        seen["counts"],
        json!({"CreateDevInstance": 1, "DescribeDevInstances": 1})
    );
    let create = &seen["requests"][0];
    assert_eq!(create["operation"], "CreateDevInstance");
    assert_eq!(create["body"]["conf"]["image"]["password"], "***");
    assert_eq!(
        (&create["status"], &create["fault"]),
        (&json!(200), &Value::Null)
    );
    assert!(
        create["headers"]["authorization"]
            .as_str()
            .unwrap()
            .ends_with("/***")
    );
    for secret in ["pull-s3cret", "s3cret-key"] {
        assert!(!seen.to_string().contains(secret), "{seen}");
    }
    let lists = ok(
        &fixture,
        "GET /requests?operation=DescribeDevInstances",
        Value::Null,
    )
    .await;
    assert_eq!(lists["requests"].as_array().unwrap().len(), 1);
    ok(&fixture, "DELETE /requests", Value::Null).await;
    let none = ok(&fixture, "GET /requests", Value::Null).await;
    assert_eq!(none, json!({"counts": {}, "requests": []}));
}

#[tokio::test]
async fn faults_are_given_listed_and_taken_back() {
    let fixture = start().await;
    let rule = json!({"action": "DescribeDevInstances", "nth": 2, "status": 503, "retryAfter": 1});
    let given = ok(&fixture, "POST /faults", rule).await;
    assert_eq!(given, json!({"id": 1}));
    fixture.get("DescribeDevInstances", "").await.ok();
    assert_eq!(fixture.get("DescribeDevInstances", "").await.status, 503);
    let faults = ok(&fixture, "GET /faults", Value::Null).await;
    let fault = &faults["faults"][0];
    assert_eq!((&fault["seen"], &fault["hits"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&fault["status"], &fault["times"]),
        (&json!(503), &json!(1))
    );
    ok(&fixture, "DELETE /faults/1", Value::Null).await;
    assert_eq!(send(&fixture, "DELETE /faults/1", Value::Null).await.0, 404);
    ok(&fixture, "DELETE /faults", Value::Null).await;
    for wrong in [
        json!({"action": "Nothing"}),
        json!({"nth": 0}),
        json!({"x": 1}),
        json!({"gateway": "html"}),
        json!({"gateway": "json", "status": 502}),
        json!([]),
    ] {
        let (status, answer) = send(&fixture, "POST /faults", wrong).await;
        assert_eq!(status, 400);
        assert!(
            answer["error"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
}

#[tokio::test]
async fn instances_are_added_moved_and_preempted() {
    let fixture = start().await;
    let added = ok(
        &fixture,
        "POST /instances",
        json!({"prefix": "m", "count": 2}),
    )
    .await;
    let id = added["ids"][0].as_str().unwrap();
    let listed = ok(&fixture, "GET /instances", Value::Null).await;
    assert_eq!(
        listed["instances"][0],
        json!({"id": id, "name": "m-0", "status": 3})
    );
    let status = format!("PUT /instances/{id}/status");
    ok(
        &fixture,
        &status,
        json!({"status": 18, "reason": "disk full"}),
    )
    .await;
    let detail = fixture.detail(id).await;
    assert_eq!(
        (&detail["status"], &detail["statusReason"]),
        (&json!(18), &json!("disk full"))
    );
    ok(&fixture, &status, json!({"status": 7})).await;
    assert_eq!(fixture.status(id).await, 7);
    ok(&fixture, &status, json!({"status": 2})).await;
    fixture.advance(5);
    assert_eq!(fixture.status(id).await, 3);
    ok(
        &fixture,
        &format!("POST /instances/{id}/preempt"),
        Value::Null,
    )
    .await;
    assert_eq!(fixture.status(id).await, 1);
    ok(&fixture, &status, json!({"status": 8})).await;
    assert_eq!(fixture.status(id).await, 8, "not documented");
    for (request, body) in [
        ("PUT /instances/dv-0/status", json!({"status": 3})),
        ("POST /instances/dv-0/preempt", Value::Null),
    ] {
        assert_eq!(send(&fixture, request, body).await.0, 404, "{request}");
    }
    let many = json!({"prefix": "m", "count": 1_000_001});
    assert_eq!(send(&fixture, "POST /instances", many).await.0, 400);
}

#[tokio::test]
async fn image_pack_jobs_can_fail() {
    let fixture = start().await;
    let id = fixture.create_running("dev").await;
    let body = crate::image_pack::job_body(&id);
    fixture
        .post("CreateDevInstanceImagePackJob", "", &body)
        .await
        .ok();
    let jobs = ok(&fixture, "GET /image-pack-jobs", Value::Null).await;
    let job = jobs["imagePackJobs"][0]["id"].as_str().unwrap();
    let fail = format!("POST /image-pack-jobs/{id}/{job}/fail");
    ok(&fixture, &fail, Value::Null).await;
    assert_eq!(send(&fixture, &fail, Value::Null).await.0, 404);
    let jobs = ok(&fixture, "GET /image-pack-jobs", Value::Null).await;
    assert_eq!(jobs["imagePackJobs"][0]["status"], 30);
}

#[tokio::test]
async fn time_is_skipped_for_instances_and_not_for_signatures() {
    let fixture = start().await;
    let id = fixture.create_running("dev").await;
    let timer = json!({"devInstanceId": id, "delaySec": 3600, "enable": true});
    fixture.post("TimedStopDevInstance", "", &timer).await.ok();
    let time = ok(&fixture, "POST /time", json!({"advance": 3600})).await;
    assert_eq!(time, json!({"advanced": 3600.0, "skew": 0}));
    assert_eq!(fixture.status(&id).await, 4);
    ok(&fixture, "POST /time", json!({"skew": -7200})).await;
    let late = fixture.get("DescribeDevInstances", "").await;
    assert_eq!(late.refusal(), (400, "RequestExpired"));
    for wrong in [
        json!({"advance": -1}),
        json!({"advance": 60, "skew": i64::MAX}),
        json!({"advance": "1h"}),
        json!([5, null]),
        json!({"hours": 1}),
    ] {
        assert_eq!(send(&fixture, "POST /time", wrong).await.0, 400);
    }
    let time = ok(&fixture, "GET /time", Value::Null).await;
    assert_eq!(time, json!({"advanced": 3600.0, "skew": -7200}));
}

#[tokio::test]
async fn scenario_and_delays_change_in_part() {
    let fixture = start().await;
    let scenario = ok(
        &fixture,
        "PATCH /scenario",
        json!({"readAfterWrite": 5, "capacity": 3}),
    )
    .await;
    let expected = json!({
        "readAfterWrite": 5.0, "capacity": 3, "preemption": false, "deploymentFailure": 0.0,
        "jobFailure": 0.0, "idleStop": null,
    });
    assert_eq!(scenario, expected);
    let id = fixture.create("dev").await;
    let hidden = fixture
        .get("DescribeDevInstance", &format!("&devInstanceId={id}"))
        .await;
    assert_eq!(hidden.refusal(), (403, "NotFound"));
    let wrong = json!({"deploymentFailure": 2});
    assert_eq!(send(&fixture, "PATCH /scenario", wrong).await.0, 400);
    assert_eq!(ok(&fixture, "GET /scenario", Value::Null).await, expected);
    ok(&fixture, "PATCH /delays", json!({"stopping": 100})).await;
    let delays = ok(&fixture, "GET /delays", Value::Null).await;
    assert_eq!(
        (&delays["stopping"], &delays["creating"]),
        (&json!(100.0), &json!(1.0))
    );
}

#[tokio::test]
async fn access_keys_come_and_go_and_their_secrets_are_not_shown() {
    let fixture = start().await;
    let reader = json!({"secretAccessKey": "r3ader-key", "allow": ["Describe*"]});
    ok(&fixture, "PUT /keys/reader", reader).await;
    let credentials = bce_auth::Credentials::new("reader", "r3ader-key").unwrap();
    let list = async || {
        let target = "/?action=DescribeDevInstances";
        fixture.call_as(&credentials, "GET", target, "").await
    };
    list().await.ok();
    ok(&fixture, "PUT /keys/reader", json!({"disabled": true})).await;
    assert_eq!(list().await.refusal(), (403, "InvalidAccessKeyId"));
    let keys = ok(&fixture, "GET /keys", Value::Null).await;
    assert_eq!(
        keys["keys"][1],
        json!({
            "accessKeyId": "reader", "user": "reader", "disabled": true, "allow": ["Describe*"],
            "deny": [],
        })
    );
    assert!(!keys.to_string().contains("r3ader-key"), "{keys}");
    ok(&fixture, "DELETE /keys/reader", Value::Null).await;
    assert_eq!(
        send(&fixture, "DELETE /keys/reader", Value::Null).await.0,
        404
    );
    assert_eq!(send(&fixture, "PUT /keys/reader", json!({})).await.0, 400);
}

#[tokio::test]
async fn sessions_are_listed_and_revoked() {
    let fixture = start().await;
    let issued = fixture.call("POST", "/v1/sessionToken", "").await.ok();
    let id = issued["accessKeyId"].as_str().unwrap();
    let sessions = ok(&fixture, "GET /sessions", Value::Null).await;
    assert_eq!(sessions["sessions"][0]["accessKeyId"], id);
    assert_eq!(sessions["sessions"][0]["expiresAt"], "2026-08-20T12:00:00Z");
    let secret = issued["secretAccessKey"].as_str().unwrap();
    assert!(!sessions.to_string().contains(secret));
    ok(&fixture, &format!("DELETE /sessions/{id}"), Value::Null).await;
    let again = send(&fixture, &format!("DELETE /sessions/{id}"), Value::Null).await;
    assert_eq!(again.0, 404);
}

#[tokio::test]
async fn a_snapshot_brings_instances_back() {
    let fixture = start().await;
    let id = fixture.create_running("dev").await;
    let before = fixture.detail(&id).await;
    let snapshot = ok(&fixture, "GET /snapshot", Value::Null).await;
    assert!(!snapshot.to_string().contains("pull-s3cret"), "{snapshot}");
    fixture.power("DeleteDevInstance", &id).await.ok();
    fixture.create("other").await;
    ok(&fixture, "PUT /snapshot", snapshot).await;
    assert_eq!(fixture.detail(&id).await, before);
    assert_eq!(fixture.emulator.handle().instances().len(), 1);
    for wrong in [
        json!({}),
        json!({"format": "aihc-emulator/0", "takenAt": "2026-08-20T00:00:00Z", "instances": []}),
    ] {
        assert_eq!(send(&fixture, "PUT /snapshot", wrong).await.0, 400);
    }
    assert_eq!(fixture.detail(&id).await, before);
}

#[tokio::test]
async fn a_reset_goes_back_to_the_beginning() {
    let seeded = |builder: aihc_emulator::Builder| builder.control("127.0.0.1:0").seed(7);
    let fixture = Fixture::start_with(seeded).await;
    let first = fixture.create("dev").await;
    let rule = json!({"status": 500, "times": "always"});
    ok(&fixture, "POST /faults", rule).await;
    ok(&fixture, "PATCH /scenario", json!({"capacity": 0})).await;
    ok(&fixture, "POST /time", json!({"advance": 60})).await;
    ok(&fixture, "POST /reset", Value::Null).await;
    let list = fixture.get("DescribeDevInstances", "").await.ok();
    assert_eq!(list["totalCount"], 0);
    assert_eq!(
        ok(&fixture, "GET /time", Value::Null).await["advanced"],
        0.0
    );
    assert_eq!(
        ok(&fixture, "GET /scenario", Value::Null).await["capacity"],
        Value::Null
    );
    // The same seed generates the same ids again.
    assert_eq!(fixture.create("dev").await, first);
}

#[tokio::test]
async fn what_it_does_not_know_is_refused() {
    let fixture = start().await;
    for request in [
        "GET /nothing",
        "POST /requests",
        "PUT /faults",
        "GET /snapshot/x",
        "DELETE /",
    ] {
        let (status, answer) = send(&fixture, request, Value::Null).await;
        assert_eq!(status, 404, "{request}");
        assert!(answer["error"].as_str().unwrap().contains("GET /"));
    }
}

#[tokio::test]
async fn pages_of_a_browser_are_refused() {
    let fixture = start().await;
    let endpoint = fixture.emulator.control_endpoint().unwrap();
    // The head announces a body that is never sent. The server must not wait for it.
    for headers in [
        "host: localhost\r\norigin: http://evil.example",
        "host: evil.example",
        "x: y",
    ] {
        let request = format!("POST /reset HTTP/1.1\r\n{headers}\r\ncontent-length: 9\r\n\r\n");
        let answer = http::exchange(endpoint, request.as_bytes()).await;
        assert!(answer.starts_with(b"HTTP/1.1 403 "), "{headers}");
    }
}

#[tokio::test]
async fn what_a_route_does_not_take_is_refused() {
    let fixture = start().await;
    for (request, body) in [
        ("GET /requests?op=StopDevInstance", Value::Null),
        ("DELETE /requests?operation=StopDevInstance", Value::Null),
        ("GET /scenario?x=1", Value::Null),
        ("POST /reset", json!("junk")),
        ("DELETE /requests", json!({"operation": "StopDevInstance"})),
        ("GET /instances", json!([])),
        ("PATCH /delays", json!([])),
        ("POST /instances", json!(["m", 1])),
        ("POST /faults", json!({"message": "alone"})),
        ("POST /faults", json!({})),
    ] {
        let (status, answer) = send(&fixture, request, body).await;
        assert_eq!(status, 400, "{request}");
        assert!(
            answer["error"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
    assert_eq!(fixture.emulator.handle().faults(), []);
    // General HTTP clients send an object without members if there is nothing to send.
    ok(&fixture, "POST /reset", json!({})).await;
}

#[tokio::test]
async fn segments_of_a_path_are_decoded_and_secrets_are_not_quoted() {
    let fixture = start().await;
    ok(
        &fixture,
        "PUT /keys/re%61der",
        json!({"secretAccessKey": "s"}),
    )
    .await;
    let keys = ok(&fixture, "GET /keys", Value::Null).await;
    assert_eq!(keys["keys"][1]["accessKeyId"], "reader");
    assert_eq!(send(&fixture, "DELETE /keys/%ff", Value::Null).await.0, 400);
    for wrong in [
        json!("t0psecret"),
        json!({"secretAccessKey": ["t0psecret"]}),
        json!({"secretAccessKey": "s", "disabled": "t0psecret"}),
    ] {
        let (status, answer) = send(&fixture, "PUT /keys/reader", wrong).await;
        assert_eq!(status, 400);
        assert!(!answer.to_string().contains("t0psecret"), "{answer}");
    }
}

#[tokio::test]
async fn a_long_answer_is_whole() {
    let fixture = start().await;
    let added = ok(
        &fixture,
        "POST /instances",
        json!({"prefix": "m", "count": 2500}),
    )
    .await;
    assert_eq!(added["ids"].as_array().unwrap().len(), 2500);
    let page = fixture
        .get("DescribeDevInstances", "&pageSize=99999")
        .await
        .ok();
    assert_eq!(page["devInstances"].as_array().unwrap().len(), 2500);
    assert_eq!(page["totalCount"], 2500);
    assert!(page["requestId"].is_string());
}
