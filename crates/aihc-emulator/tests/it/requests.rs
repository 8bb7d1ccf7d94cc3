//! Tests of the form that a request must have, after the caller has been authenticated.

use http::HeaderValue;
use serde_json::{Value, json};

use bce_auth::Signer;

use crate::client::{Fixture, create_body};

fn with(pointer: &str, value: Value) -> Value {
    let mut body = create_body("dev");
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

fn without(pointer: &str) -> Value {
    let mut body = create_body("dev");
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(name)
        .unwrap();
    body
}

async fn create(fixture: &Fixture, body: &Value) -> crate::client::Reply {
    fixture.post("CreateDevInstance", "", body).await
}

#[tokio::test]
async fn a_path_without_a_service_is_not_found() {
    let fixture = Fixture::start().await;
    for path in ["/v2/", "/v1/sessionToken/", "/favicon.ico"] {
        let answer = fixture.send(&fixture.head("GET", path), b"").await;
        assert_eq!(answer.refusal(), (404, "InvalidURI"), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_action_is_refused() {
    let fixture = Fixture::start().await;
    for target in [
        "/",
        "/?action=",
        "/?action=describeDevInstances",
        "/?Action=StopDevInstance",
    ] {
        let answer = fixture.call("GET", target, "").await;
        assert_eq!(answer.refusal(), (400, "InvalidURI"), "{target}");
    }
}

#[tokio::test]
async fn the_version_header_must_be_v2() {
    let fixture = Fixture::start().await;
    for version in [None, Some("v1"), Some("V2")] {
        let mut parts = fixture.head("GET", "/?action=DescribeDevInstances");
        parts.headers.remove("version");
        if let Some(version) = version {
            parts
                .headers
                .insert("version", HeaderValue::from_static(version));
        }
        Signer::default()
            .sign(&mut parts, fixture.emulator.credentials(), fixture.now())
            .unwrap();
        let answer = fixture.send(&parts, b"").await;
        assert_eq!(answer.refusal(), (404, "InvalidVersion"), "{version:?}");
    }
}

#[tokio::test]
async fn every_operation_has_one_method() {
    let fixture = Fixture::start().await;
    for (method, target) in [
        ("POST", "/?action=DescribeDevInstances"),
        ("GET", "/?action=StopDevInstance&devInstanceId=dv-1"),
        ("PUT", "/?action=CreateDevInstance"),
        ("GET", "/v1/sessionToken"),
    ] {
        let answer = fixture.call(method, target, "").await;
        assert_eq!(
            answer.refusal(),
            (400, "InvalidHTTPRequest"),
            "{method} {target}"
        );
    }
}

#[tokio::test]
async fn a_body_that_is_not_a_json_object_is_malformed() {
    let fixture = Fixture::start().await;
    for body in [
        "",
        "{",
        "name=dev",
        "[]",
        "\"text\"",
        "null",
        "{\"name\": \"\u{1}\"}",
    ] {
        let answer = fixture
            .call("POST", "/?action=CreateDevInstance", body)
            .await;
        assert_eq!(answer.refusal(), (400, "MalformedJSON"), "{body}");
    }
    let deep = "[".repeat(100_000);
    let answer = fixture
        .call("POST", "/?action=CreateDevInstance", &deep)
        .await;
    assert_eq!(answer.refusal(), (400, "MalformedJSON"));
}

#[tokio::test]
async fn another_json_type_is_malformed_and_the_message_names_the_member() {
    let fixture = Fixture::start().await;
    for (pointer, value, part) in [
        (
            "/name",
            json!(7),
            "number into Go struct field CreateDevInstanceRequest.name of type string",
        ),
        (
            "/conf/image/imageUrl",
            json!(7),
            "number into Go struct field CreateDevInstanceRequest.conf.image.imageUrl of type string",
        ),
        (
            "/conf/resources/cpus",
            json!("1"),
            "string into Go struct field CreateDevInstanceRequest.conf.resources.cpus of type int64",
        ),
        (
            "/conf/resources/cpus",
            json!(1.5),
            "number 1.5 into Go struct field",
        ),
        (
            "/conf/envs",
            json!({"A": 1}),
            "number into Go struct field CreateDevInstanceRequest.conf.envs of type string",
        ),
        (
            "/conf/volumnConfs",
            json!({}),
            "object into Go struct field CreateDevInstanceRequest.conf.volumnConfs of type []struct",
        ),
        (
            "/isPublicMgmt",
            json!("true"),
            "string into Go struct field CreateDevInstanceRequest.isPublicMgmt of type bool",
        ),
    ] {
        let answer = create(&fixture, &with(pointer, value)).await;
        assert_eq!(answer.refusal(), (400, "MalformedJSON"), "{pointer}");
        let message = answer.body["message"].as_str().unwrap();
        assert!(
            message.starts_with("json: cannot unmarshal ") && message.contains(part),
            "{message}"
        );
    }
}

#[tokio::test]
async fn missing_required_members_are_named() {
    let fixture = Fixture::start().await;
    for pointer in [
        "/name",
        "/conf",
        "/conf/resourcePool",
        "/conf/resourcePool/queueName",
        "/conf/resources/cpus",
        "/conf/image/imageUrl",
        "/conf/volumnConfs",
        "/creator",
        "/creatorId",
    ] {
        let answer = create(&fixture, &without(pointer)).await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{pointer}");
        let name = pointer.trim_start_matches('/').replace('/', ".");
        assert_eq!(answer.body["message"], format!("{name} is required"));
        let answer = create(&fixture, &with(pointer, Value::Null)).await;
        assert_eq!(
            answer.refusal(),
            (400, "InvalidParameter"),
            "{pointer} null"
        );
    }
}

#[tokio::test]
async fn values_outside_the_rules_are_refused() {
    let fixture = Fixture::start().await;
    for (pointer, value) in [
        ("/name", json!("")),
        ("/creator", json!("")),
        ("/conf/resources/cpus", json!(0)),
        ("/conf/resources/memory", json!(-1)),
        ("/conf/resources/shmSize", json!(-1)),
        ("/conf/image/imageUrl", json!("")),
        ("/conf/volumnConfs/0/mountPath", json!("")),
        ("/conf/access", json!({"sshEnable": true})),
        (
            "/conf/access",
            json!({"portInfo": [{"name": "x", "port": 70000, "accessPort": 1}]}),
        ),
    ] {
        let mut body = create_body("dev");
        match body.pointer_mut(pointer) {
            Some(member) => *member = value,
            None => body = with(pointer, value),
        }
        let answer = create(&fixture, &body).await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{pointer}");
    }
    assert_eq!(fixture.emulator.handle().instances(), []);
}

#[tokio::test]
async fn null_and_unknown_members_and_an_id_on_create_do_no_harm() {
    let fixture = Fixture::start().await;
    let mut body = create_body("dev");
    for member in ["visibleScope", "notify", "isPublicMgmt"] {
        body[member] = Value::Null;
    }
    body["conf"]["access"] = Value::Null;
    body["conf"]["envs"] = Value::Null;
    body["id"] = json!("");
    body["conf"]["future"] = json!({"x": [1]});
    create(&fixture, &body).await.ok();
}

#[tokio::test]
async fn query_members_are_checked_too() {
    let fixture = Fixture::start().await;
    for (action, query) in [
        ("DescribeDevInstance", ""),
        ("DescribeDevInstance", "&devInstanceId="),
        ("DescribeDevInstances", "&pageNumber=0"),
        ("DescribeDevInstances", "&pageSize=-3"),
        ("DescribeDevInstances", "&pageSize=ten"),
        ("DescribeDevInstances", "&pageSize=9223372036854775808"),
        ("DescribeDevInstanceImagePackJob", "&devInstanceId=dv-1"),
        (
            "DescribeDevInstanceEvents",
            "&devInstanceId=dv-1&startTime=2026-08-20T00:00:00.000Z",
        ),
    ] {
        let answer = fixture.get(action, query).await;
        assert_eq!(
            answer.refusal(),
            (400, "InvalidParameter"),
            "{action}{query}"
        );
    }
}

#[tokio::test]
async fn every_answer_has_its_headers_and_the_request_id() {
    let fixture = Fixture::start().await;
    let good = fixture.get("DescribeDevInstances", "").await;
    let bad = fixture
        .get("DescribeDevInstance", "&devInstanceId=dv-1")
        .await;
    assert_eq!(bad.refusal(), (403, "NotFound"));
    for answer in [good, bad] {
        assert_eq!(
            answer.headers["content-type"],
            "application/json;charset=utf-8"
        );
        assert_eq!(answer.headers["date"], "Thu, 20 Aug 2026 00:00:00 GMT");
        let id = answer.body["requestId"].as_str().unwrap();
        assert_eq!(id.len(), 36);
        assert_eq!(answer.headers["x-bce-request-id"], id);
    }
}

#[tokio::test]
async fn a_cloud_disk_holds_something_in_every_profile() {
    use aihc_emulator::Profile;
    for profile in [Profile::Documented, Profile::Usual, Profile::Lenient] {
        let fixture = Fixture::start_with(|builder| builder.profile(profile)).await;
        for capacity in [0, -5] {
            let body = with("/conf/volumnConfs/0/cds/capacity", json!(capacity));
            let refused = create(&fixture, &body).await;
            assert_eq!(refused.refusal(), (400, "InvalidParameter"), "{profile:?}");
        }
    }
}
