//! Requests outside dev instances that the official SDKs send, with the headers that they have.

use bce_auth::Signer;
use bce_auth::encode::uri_encode;
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use crate::client::Fixture;

const CALLS: &str = include_str!("../../../bce-testing/vectors/calls.json");

/// Every request is understood: nothing about it but the ids, which are somebody else's, and a queue that a
/// body lacks is refused.
#[tokio::test]
async fn requests_of_the_official_sdks_are_taken() {
    let file: Value = serde_json::from_str(CALLS).unwrap();
    let requests = file["requests"].as_array().unwrap();
    assert!(requests.len() > 90, "{}", requests.len());
    for request in requests {
        // Services of the same name are in several requests.
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
