//! Tests with the requests, including their headers, that official SDKs send to operations other
//! than those of dev instances.

use bce_auth::Signer;
use bce_auth::encode::uri_encode;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::client::Fixture;

const CALLS: &str = include_str!("../../../bce-testing/vectors/calls.json");

/// Returns JSON values that most members of a request do not allow.
fn odd() -> [Value; 7] {
    [
        Value::Null,
        json!(""),
        json!(-1),
        json!(i64::MAX),
        json!(1e300),
        json!([null]),
        json!({"a": {"b": [1]}}),
    ]
}

/// Adds the JSON pointers of all values inside `value` to `all`. `place` is the pointer of `value`
/// itself.
fn places(value: &Value, place: &str, all: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.replace('/', "~1"), value))
                .collect()
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .map(|(index, value)| (index.to_string(), value))
                .collect()
        }
        _ => vec![],
    };
    for (name, value) in inner {
        let place = format!("{place}/{name}");
        places(value, &place, all);
        all.push(place);
    }
}

/// Tests that requests with unexpected values in the body get a response with status 200, 400 or
/// 403, and that the emulator continues to work.
#[tokio::test]
async fn odd_values_in_bodies_are_answered_with_documented_codes() {
    let file: Value = serde_json::from_str(CALLS).unwrap();
    let requests = file["requests"].as_array().unwrap().iter();
    let wanted = ["all", "maximal", "roles", "three", "described", "window"];
    let largest = requests.filter(|request| wanted.iter().any(|name| request["name"] == *name));
    let fixture = Fixture::start().await;
    let mut sent = 0;
    for request in largest.filter(|request| request["body"].is_object()) {
        let pairs = request["query"].as_array().unwrap().iter().map(|pair| {
            let part = |index: usize| uri_encode(pair[index].as_str().unwrap());
            format!("{}={}", part(0), part(1))
        });
        let target = format!("/?{}", pairs.collect::<Vec<_>>().join("&"));
        let mut all = Vec::new();
        places(&request["body"], "", &mut all);
        for place in all {
            for value in odd() {
                let mut body = request["body"].clone();
                *body.pointer_mut(&place).unwrap() = value.clone();
                let method = request["method"].as_str().unwrap();
                let answer = fixture.call(method, &target, &body.to_string()).await;
                assert!(
                    [200, 400, 403].contains(&answer.status),
                    "{place} {value}: {}",
                    answer.body
                );
                sent += 1;
            }
        }
        fixture.advance(1);
    }
    assert!(sent > 1000, "{sent}");
    fixture.advance(3600);
    let jobs = fixture
        .ask("DescribeJobs", "&resourcePoolId=cce-1uji3ib5", &json!({}))
        .await;
    jobs.ok();
    fixture.see("DescribeResourcePoolOverview", "").await;
    fixture.see("DescribeServices", "&pageSize=1000").await;
}

/// Tests that each recorded request of an official SDK is accepted, or is refused with `NotFound`,
/// because its ids do not exist in the emulator.
#[tokio::test]
async fn requests_of_the_official_sdks_are_taken() {
    let file: Value = serde_json::from_str(CALLS).unwrap();
    let requests = file["requests"].as_array().unwrap();
    assert!(requests.len() > 90, "{}", requests.len());
    for request in requests {
        // Several requests contain services with the same name.
        let fixture = Fixture::start().await;
        let captured = &request["captured"];
        let pairs = captured["query"].as_array().unwrap().iter().map(|pair| {
            let part = |index: usize| uri_encode(pair[index].as_str().unwrap());
            format!("{}={}", part(0), part(1))
        });
        let query: Vec<String> = pairs.collect();
        let body = match &captured["body"] {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let method = captured["method"].as_str().unwrap();
        let mut parts = fixture.head(method, &format!("/?{}", query.join("&")));
        for name in ["version", "content-type"] {
            parts.headers.remove(name);
        }
        for (name, value) in captured["headers"].as_object().unwrap() {
            if name != "content-length" {
                let name: HeaderName = name.parse().unwrap();
                let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
                parts.headers.insert(name, value);
            }
        }
        let credentials = fixture.emulator.credentials();
        Signer::default()
            .sign(&mut parts, credentials, fixture.now())
            .unwrap();
        let answer = fixture.send(&parts, body.as_bytes()).await;
        let understood = answer.status == 200 || answer.body["code"] == "NotFound";
        assert!(understood, "{}: {}", request["id"], answer.body);
    }
}
