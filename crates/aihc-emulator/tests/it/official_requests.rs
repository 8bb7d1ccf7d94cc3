//! Tests which requests of the official Go SDK each profile accepts.

use aihc_emulator::Profile;
use bce_auth::encode::uri_encode;
use serde_json::Value;

use crate::client::Fixture;

const REQUESTS: &str = include_str!("../../../bce-testing/vectors/wire.json");
const NOTES: &str = include_str!("../../docs/test-your-own-code.md");

/// Returns the operation and the name of each recorded request that is refused, and the total
/// number of requests. A request that is refused with `NotFound` counts as accepted.
async fn refused(profile: Profile) -> (Vec<(String, String)>, usize) {
    let fixture = Fixture::start_with(|builder| builder.profile(profile)).await;
    let file: Value = serde_json::from_str(REQUESTS).unwrap();
    let requests = file["requests"].as_array().unwrap();
    let mut refused = Vec::new();
    for request in requests {
        let pairs = request["query"].as_array().unwrap().iter().map(|pair| {
            let part = |index: usize| uri_encode(pair[index].as_str().unwrap());
            format!("{}={}", part(0), part(1))
        });
        let query: Vec<String> = pairs.collect();
        let path = request["path"].as_str().unwrap();
        let body = match &request["body"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            object => object.to_string(),
        };
        let method = request["method"].as_str().unwrap();
        let target = format!("{path}?{}", query.join("&"));
        let answer = fixture.call(method, &target, &body).await;
        // The ids in the requests do not exist here, but the rest of each request must be valid.
        if answer.status != 200 && answer.body["code"] != "NotFound" {
            assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{target}");
            let text = |member: &str| request[member].as_str().unwrap().to_owned();
            refused.push((text("operation"), text("name")));
        }
    }
    (refused, requests.len())
}

/// Returns the section about the Go SDK in `docs/test-your-own-code.md`.
fn notes() -> &'static str {
    let (_, section) = NOTES.split_once("\n## Go\n").unwrap();
    section.split_once("\n## ").unwrap().0
}

#[tokio::test]
async fn requests_of_the_go_sdk_are_taken_but_for_those_in_the_notes() {
    let named = |names: &[(&str, &str)]| -> Vec<(String, String)> {
        let names = names.iter();
        names
            .map(|(operation, name)| ((*operation).into(), (*name).into()))
            .collect()
    };
    let empty_id = ("DeleteDevInstance", "empty-id");
    let one_digit = ("DescribeDevInstanceEvents", "doc-example");
    let (usual, all) = refused(Profile::Usual).await;
    assert_eq!(usual, named(&[empty_id, one_digit]));
    assert!(all > 20, "{all}");
    for word in [
        "an empty id",
        "2025-06-4T05:30:23.337Z",
        "`--profile lenient`",
    ] {
        assert!(notes().contains(word), "{word}");
    }
    let (lenient, _) = refused(Profile::Lenient).await;
    assert_eq!(lenient, named(&[empty_id]));

    // As the notes say, this profile refuses image type 0, an order, and a delay of one hour.
    let (documented, _) = refused(Profile::Documented).await;
    let expected = [
        ("CreateDevInstance", "doc-example"),
        ("CreateDevInstance", "minimal"),
        ("CreateDevInstance", "maximal"),
        ("DescribeDevInstances", "maximal"),
        ("ModifyDevInstance", "doc-example"),
        ("ModifyDevInstance", "maximal"),
        empty_id,
        ("TimedStopDevInstance", "doc-example"),
        one_digit,
    ];
    assert_eq!(documented, named(&expected));
    for word in ["image type 0", "`OrderBy` and `Order`", "3600"] {
        assert!(notes().contains(word), "{word}");
    }
}
