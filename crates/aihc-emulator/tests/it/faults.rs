//! Tests of injected faults.

use std::time::{Duration, Instant};

use aihc_emulator::{Close, Fault, FaultRule};
use bce_auth::Signer;
use serde_json::json;

use crate::client::{Fixture, create_body};
use crate::http::exchange;

const LIST: &str = "DescribeDevInstances";

/// Returns the bytes of a signed request for a new instance.
fn create_bytes(fixture: &Fixture) -> Vec<u8> {
    let mut parts = fixture.head("POST", "/?action=CreateDevInstance");
    let credentials = fixture.emulator.credentials();
    Signer::default()
        .sign(&mut parts, credentials, fixture.now())
        .unwrap();
    let body = create_body("dev").to_string();
    let mut head = String::from("POST /?action=CreateDevInstance HTTP/1.1\r\n");
    for (name, value) in &parts.headers {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn inject(fixture: &Fixture, rule: FaultRule) -> u64 {
    fixture.emulator.handle().inject(rule).unwrap()
}

#[tokio::test]
async fn a_status_takes_the_place_of_the_answer_and_nothing_is_done() {
    let fixture = Fixture::start().await;
    let fault = Fault::new().status(503).retry_after(2).message("try later");
    inject(&fixture, FaultRule::new(fault).action("CreateDevInstance"));
    let answer = fixture
        .post("CreateDevInstance", "", &create_body("a"))
        .await;
    assert_eq!(answer.refusal(), (503, "ServiceUnavailable"));
    assert_eq!(answer.body["message"], "try later");
    assert_eq!(answer.headers["retry-after"], "2");
    assert_eq!(
        answer.headers["x-bce-request-id"],
        answer.body["requestId"].as_str().unwrap()
    );
    assert_eq!(fixture.emulator.handle().instances(), []);
    // The rule has affected one request, and does not affect any other.
    fixture.create("a").await;
}

#[tokio::test]
async fn the_nth_request_of_an_action_is_hit() {
    let fixture = Fixture::start().await;
    let rule = FaultRule::new(Fault::throttle(1))
        .action(LIST)
        .nth(2)
        .times(2);
    let id = inject(&fixture, rule);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(fixture.get(LIST, "").await.status);
        fixture
            .get("DescribeDevInstance", "&devInstanceId=dv-1")
            .await;
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    let given = fixture.emulator.handle().faults();
    assert_eq!((given[0].id, given[0].seen, given[0].hits), (id, 4, 2));
    let records = fixture.emulator.handle().requests();
    assert_eq!(records[2].fault, Some(id));
    assert_eq!((records[2].status, records[2].code), (429, None));
    assert_eq!(records[0].fault, None);
}

#[tokio::test]
async fn a_business_error_comes_with_status_200() {
    let fixture = Fixture::start().await;
    inject(
        &fixture,
        FaultRule::new(Fault::business_error("Forbidden").message("no")),
    );
    let answer = fixture.get(LIST, "").await;
    assert_eq!(answer.refusal(), (200, "Forbidden"));
    assert_eq!(answer.body["message"], "no");
}

#[tokio::test]
async fn a_connection_closes_before_or_after_the_request_is_read() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    for close in [Close::BeforeReading, Close::AfterReading] {
        inject(&fixture, FaultRule::new(Fault::new().close(close)));
        let answer = exchange(fixture.emulator.endpoint(), &create_bytes(&fixture)).await;
        assert_eq!(answer, b"", "{close:?}");
    }
    assert_eq!(handle.instances(), []);
    let fault = Fault::new().close(Close::AfterReading).execute();
    inject(&fixture, FaultRule::new(fault));
    let answer = exchange(fixture.emulator.endpoint(), &create_bytes(&fixture)).await;
    assert_eq!(answer, b"");
    assert_eq!(handle.instances().len(), 1);
    let statuses: Vec<u16> = handle.requests().iter().map(|one| one.status).collect();
    assert_eq!(statuses, [0, 0, 0]);
}

#[tokio::test]
async fn a_cut_body_announces_more_than_it_sends() {
    let fixture = Fixture::start().await;
    inject(&fixture, FaultRule::new(Fault::new().cut_body(5)));
    let answer = exchange(fixture.emulator.endpoint(), &create_bytes(&fixture)).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.len(), 5, "{answer}");
    let announced = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    assert!(announced.unwrap().parse::<usize>().unwrap() > 5);
    assert_eq!(fixture.emulator.handle().instances().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_json_and_a_wrong_date() {
    let fixture = Fixture::start().await;
    let fault = Fault::new().status(502).body("<html>Bad Gateway</html>");
    inject(&fixture, FaultRule::new(fault));
    let answer = fixture.get(LIST, "").await;
    assert_eq!((answer.status, answer.body), (502, json!(null)));
    assert_eq!(answer.headers["content-type"], "text/html");
    inject(&fixture, FaultRule::new(Fault::new().date_skew(-7200)));
    let answer = fixture.get(LIST, "").await;
    assert_eq!(answer.headers["date"], "Wed, 19 Aug 2026 22:00:00 GMT");
    answer.ok();
}

#[tokio::test]
async fn a_gateway_answers_for_a_service_that_may_have_acted() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    let page = Fault::gateway(503).retry_after(1);
    let foreign = Fault::gateway(200).json(r#"{"success":false}"#).server("");
    let nothing = Fault::gateway(204).empty().server("squid/5.7");
    for (fault, status, kind, server, body) in [
        (page, 503, Some("text/html"), Some("nginx"), json!(null)),
        (
            foreign,
            200,
            Some("application/json"),
            None,
            json!({"success": false}),
        ),
        (nothing, 204, None, Some("squid/5.7"), json!(null)),
    ] {
        for executed in [false, true] {
            let instances = handle.instances().len();
            let fault = if executed {
                fault.clone().execute()
            } else {
                fault.clone()
            };
            let id = inject(&fixture, FaultRule::new(fault).action("CreateDevInstance"));
            let answer = fixture
                .post("CreateDevInstance", "", &create_body("a"))
                .await;
            assert_eq!((answer.status, &answer.body), (status, &body));
            let header = |name| {
                answer
                    .headers
                    .get(name)
                    .map(|value| value.to_str().unwrap())
            };
            assert_eq!((header("content-type"), header("server")), (kind, server));
            assert_eq!(header("retry-after"), (status == 503).then_some("1"));
            let ids = [header("x-bce-request-id"), header("x-bce-debug-id")];
            assert_eq!(ids, [None, None]);
            assert_eq!(handle.instances().len(), instances + usize::from(executed));
            let records = handle.requests();
            let last = records.last().unwrap();
            assert_eq!((last.status, last.fault), (status, Some(id)));
        }
    }
}

#[tokio::test]
async fn every_answer_of_the_service_has_a_request_id() {
    let fixture = Fixture::start().await;
    fixture.create("dev").await;
    inject(&fixture, FaultRule::new(Fault::new().status(502)).nth(5));
    inject(
        &fixture,
        FaultRule::new(Fault::new().status(200).body("x")).nth(6),
    );
    let unsigned = fixture.head("GET", "/?action=DescribeDevInstances");
    let nowhere = fixture.head("GET", "/nowhere");
    let answers = [
        fixture.get(LIST, "").await,
        fixture
            .get("DescribeDevInstance", "&devInstanceId=dv-1")
            .await,
        fixture.send(&unsigned, b"").await,
        fixture.send(&nowhere, b"").await,
        fixture.get(LIST, "").await,
        fixture.get(LIST, "").await,
        fixture.post("StopDevInstance", "", &json!({})).await,
    ];
    let statuses = answers.each_ref().map(|answer| answer.status);
    assert_eq!(statuses, [200, 403, 400, 404, 502, 200, 400]);
    for answer in answers {
        let id = answer.headers["x-bce-request-id"].to_str().unwrap();
        assert_eq!(answer.headers["x-bce-debug-id"], id);
        assert!(!id.is_empty() && (answer.body.is_null() || answer.body["requestId"] == id));
    }
}

#[tokio::test]
async fn a_delay_comes_after_the_operation_and_before_the_answer() {
    let fixture = Fixture::start().await;
    let delay = Duration::from_millis(200);
    inject(&fixture, FaultRule::new(Fault::new().delay(delay)));
    let begun = Instant::now();
    fixture.create("dev").await;
    assert!(begun.elapsed() >= delay);
}

#[tokio::test]
async fn a_server_whose_clock_is_wrong_says_so() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    handle.set_clock_skew(3600).unwrap();
    let answer = fixture.get(LIST, "").await;
    assert_eq!(answer.refusal(), (400, "RequestExpired"));
    assert_eq!(answer.headers["date"], "Thu, 20 Aug 2026 01:00:00 GMT");
    assert_eq!(handle.clock_skew(), 3600);
    handle.set_clock_skew(0).unwrap();
    for skew in [i64::MAX, i64::MIN, 300_000_000_000] {
        assert!(handle.set_clock_skew(skew).is_err());
        let fault = FaultRule::new(Fault::new().date_skew(skew));
        assert!(handle.inject(fault).is_err());
    }
    assert_eq!((handle.clock_skew(), handle.faults()), (0, vec![]));
    fixture.get(LIST, "").await.ok();
}

#[tokio::test]
async fn rules_can_be_taken_back() {
    let fixture = Fixture::start().await;
    let handle = fixture.emulator.handle();
    let id = inject(&fixture, FaultRule::new(Fault::new().status(500)).always());
    assert_eq!(fixture.get(LIST, "").await.status, 500);
    assert!(handle.remove_fault(id));
    assert!(!handle.remove_fault(id));
    fixture.get(LIST, "").await.ok();
    inject(&fixture, FaultRule::new(Fault::new().status(500)).always());
    handle.clear_faults();
    fixture.get(LIST, "").await.ok();
    let unknown = FaultRule::new(Fault::throttle(1)).action("StopInstance");
    assert!(handle.inject(unknown).is_err());
}
