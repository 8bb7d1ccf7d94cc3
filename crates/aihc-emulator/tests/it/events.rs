//! Tests of the events of dev instances.

use aihc_emulator::Failure;
use serde_json::{Value, json};

use crate::client::{Fixture, START};

const WHOLE: &str = "&startTime=2026-08-20T00:00:00.000Z&endTime=2026-08-21T00:00:00.000Z";

async fn events(fixture: &Fixture, id: &str, query: &str) -> Value {
    let query = format!("&devInstanceId={id}{query}");
    fixture.get("DescribeDevInstanceEvents", &query).await.ok()
}

fn reasons(events: &Value) -> Vec<&str> {
    let events = events["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["reason"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn events_tell_a_deployment_newest_first() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let all = events(&fixture, &id, WHOLE).await;
    assert_eq!(
        reasons(&all),
        [
            "Started",
            "Created",
            "Pulled",
            "Pulling",
            "Scheduled",
            "SuccessfulCreate"
        ]
    );
    assert_eq!(all["totalCount"], 6);
    let at = START.unix_timestamp() + 8;
    assert_eq!(
        all["events"][0],
        json!({
            "reason": "Started", "message": "Started container main", "firstTimestamp": at,
            "lastTimestamp": at, "count": 1, "type": "Normal",
        })
    );
}

#[tokio::test]
async fn the_window_holds_both_its_ends() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let window = |start: &str, end: &str| {
        format!("&startTime=2026-08-20T00:00:{start}Z&endTime=2026-08-20T00:00:{end}Z")
    };
    for (start, end, expected) in [
        ("03.000", "03.000", 2),
        ("03.001", "07.999", 0),
        ("03.000", "08.000", 5),
        ("08.000", "03.000", 0),
    ] {
        let found = events(&fixture, &id, &window(start, end)).await;
        assert_eq!(found["totalCount"], expected, "{start} {end}");
    }
}

#[tokio::test]
async fn events_are_filtered_by_type_and_message_and_paged() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    fixture
        .emulator
        .handle()
        .fail_instance(&id, Failure::Failed, "disk is full")
        .unwrap();
    let warnings = events(&fixture, &id, &format!("{WHOLE}&eventType=Warning")).await;
    assert_eq!(reasons(&warnings), ["Failed"]);
    assert_eq!(warnings["events"][0]["message"], "disk is full");
    let normal = events(&fixture, &id, &format!("{WHOLE}&eventType=Normal")).await;
    assert_eq!(normal["totalCount"], 6);
    let container = events(&fixture, &id, &format!("{WHOLE}&message=container%20main")).await;
    assert_eq!(reasons(&container), ["Started", "Created"]);
    let page = events(&fixture, &id, &format!("{WHOLE}&pageNumber=2&pageSize=3")).await;
    assert_eq!(reasons(&page), ["Pulled", "Pulling", "Scheduled"]);
    assert_eq!(page["totalCount"], 7);
}

#[tokio::test]
async fn stopping_packing_and_rebuilding_leave_events() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    fixture
        .post(
            "CreateDevInstanceImagePackJob",
            "",
            &crate::image_pack::job_body(&id),
        )
        .await
        .ok();
    fixture.advance(8);
    fixture.power("StopDevInstance", &id).await.ok();
    let all = events(&fixture, &id, WHOLE).await;
    assert_eq!(
        reasons(&all)[..3],
        ["Killing", "ImagePacked", "ImagePacking"]
    );
    assert_eq!(
        all["events"][1]["message"],
        "Successfully packed image ccr.example/team/torch:2.6"
    );
}

#[tokio::test]
async fn a_window_that_is_no_date_is_refused() {
    let fixture = Fixture::start().await;
    let id = fixture.create("dev").await;
    for (start, end) in [
        ("2025-05-18T17:12:20.761Z", "2025-06-4T05:30:23.337Z"),
        ("yesterday", "2025-06-04T05:30:23.337Z"),
    ] {
        let query = format!("&devInstanceId={id}&startTime={start}&endTime={end}");
        let answer = fixture.get("DescribeDevInstanceEvents", &query).await;
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{start} {end}");
    }
    let query = format!("&devInstanceId={id}{WHOLE}&eventType=Fatal");
    let answer = fixture.get("DescribeDevInstanceEvents", &query).await;
    assert_eq!(answer.refusal(), (400, "InvalidParameter"));
    let query = format!("&devInstanceId=dv-0{WHOLE}");
    let answer = fixture.get("DescribeDevInstanceEvents", &query).await;
    assert_eq!(answer.refusal(), (403, "NotFound"));
}
