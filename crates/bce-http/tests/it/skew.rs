//! A clock that is wrong in either direction, and responses of the service that reveal this.

use bce_auth::{Clock, Credentials};
use bce_http::layer::{Skew, SkewedClock};
use bce_http::rt::Call;
use bce_http::{Body, ClientBuilder, RetryBudget};
use bce_testing::{ManualClock, Script, Scripted};
use http::Request;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tower::{Layer, Service, ServiceExt};

use crate::common::{Animal, FEED, Zoo};

const SERVICE_DATE: (&str, &str) = ("date", "Thu, 20 Aug 2026 12:00:00 GMT");
const SERVICE_TIME: OffsetDateTime = datetime!(2026-08-20 12:00 UTC);
const EXPIRED: Script = Script::AnswerWith(400, &[SERVICE_DATE], r#"{"code":"RequestExpired"}"#);
const DONE: Script = Script::AnswerWith(200, &[SERVICE_DATE], r#"{"requestId":"r"}"#);

fn builder(clock_off_by: Duration) -> ClientBuilder<Zoo> {
    ClientBuilder::new()
        .credentials(Credentials::new("ak", "sk").unwrap())
        .clock(move || SERVICE_TIME + clock_off_by)
}

fn dates(service: &Scripted<Body>) -> Vec<String> {
    let requests = service.requests();
    requests
        .iter()
        .map(|r| r.headers["x-bce-date"].to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_request_that_expired_for_a_wrong_clock_is_repeated_once_at_once() {
    for (off_by, first) in [
        (Duration::hours(-1), "2026-08-20T11:00:00Z"),
        (Duration::hours(1), "2026-08-20T13:00:00Z"),
        (Duration::seconds(45), "2026-08-20T12:00:45Z"),
    ] {
        let service = Scripted::new([EXPIRED, DONE, DONE]);
        let client = builder(off_by)
            .build_with_transport(service.clone())
            .unwrap()
            .0;
        let started = tokio::time::Instant::now();
        Call::new(&client, &FEED).send::<Animal>().await.unwrap();
        assert!(started.elapsed().is_zero());
        Call::new(&client, &FEED).send::<Animal>().await.unwrap();
        assert_eq!(
            dates(&service),
            [first, "2026-08-20T12:00:00Z", "2026-08-20T12:00:00Z"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_refusal_is_the_result() {
    let service = Scripted::new([EXPIRED, EXPIRED, DONE]);
    let client = builder(Duration::hours(2))
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.attempts()),
        (Some("RequestExpired"), 2)
    );
    assert!(!error.may_have_been_applied());
}

#[tokio::test(start_paused = true)]
async fn a_service_whose_clock_jumps_gets_one_repeat_all_the_same() {
    const EARLIER: Script = Script::AnswerWith(
        400,
        &[("date", "Thu, 20 Aug 2026 10:00:00 GMT")],
        r#"{"code":"RequestExpired"}"#,
    );
    let service = Scripted::new([EXPIRED, EARLIER, EXPIRED, EARLIER, DONE]);
    let client = builder(Duration::hours(2))
        .retry_budget(RetryBudget::unlimited())
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), service.requests().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_right_is_no_reason_to_repeat() {
    let service = Scripted::new([EXPIRED, DONE]);
    let client = builder(Duration::seconds(2))
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_correction_can_be_switched_off() {
    let service = Scripted::new([EXPIRED, DONE]);
    let builder = builder(Duration::hours(1)).correct_clock_skew(false);
    let client = builder.build_with_transport(service.clone()).unwrap().0;
    Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(dates(&service), ["2026-08-20T13:00:00Z"]);
}

#[tokio::test(start_paused = true)]
async fn one_client_s_correction_is_not_another_s() {
    let service = Scripted::new([EXPIRED, DONE, DONE]);
    let off = Duration::hours(1);
    let first = builder(off)
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    Call::new(&first, &FEED).send::<Animal>().await.unwrap();
    let second = builder(off)
        .build_with_transport(service.clone())
        .unwrap()
        .0;
    Call::new(&second, &FEED).send::<Animal>().await.unwrap();
    assert_eq!(dates(&service)[2], "2026-08-20T13:00:00Z");
}

/// Returns by how much a clock that is wrong by `off_by` is corrected after this response.
async fn offset_after(script: Script, off_by: Duration) -> Duration {
    let clock = SkewedClock::new(move || SERVICE_TIME + off_by);
    let service = Scripted::<&'static str>::new([script]);
    let request = Request::get("http://localhost/").body("").unwrap();
    Skew::new(clock.clone())
        .layer(service)
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(clock.now(), SERVICE_TIME + off_by + clock.offset());
    clock.offset()
}

#[tokio::test]
async fn only_an_offset_of_minutes_is_corrected_unless_a_signature_expired() {
    let minutes = Duration::minutes;
    assert_eq!(offset_after(DONE, minutes(10)).await, minutes(-10));
    assert_eq!(offset_after(DONE, minutes(-10)).await, minutes(10));
    assert_eq!(offset_after(DONE, minutes(3)).await, Duration::ZERO);
    assert_eq!(offset_after(EXPIRED, minutes(3)).await, minutes(-3));
}

#[tokio::test]
async fn answers_that_say_nothing_about_the_clock_are_not_used() {
    let off = Duration::hours(3);
    let cached = Script::AnswerWith(200, &[SERVICE_DATE, ("age", "10")], "");
    let unreadable = Script::AnswerWith(200, &[("date", "yesterday")], "");
    let gateway = Script::AnswerWith(502, &[SERVICE_DATE], "<html>");
    for script in [cached, unreadable, gateway, Script::Answer(200, "")] {
        assert_eq!(offset_after(script, off).await, Duration::ZERO);
    }
}

/// Returns by how much a clock that is an hour slow is corrected after a response that took this
/// long.
async fn offset_after_round_trip(round_trip: Duration) -> Duration {
    let now = ManualClock::new(SERVICE_TIME - Duration::hours(1));
    let (reading, waiting) = (now.clone(), now.clone());
    let clock = SkewedClock::new(move || reading.now());
    let service = tower::service_fn(move |_: Request<&'static str>| {
        waiting.advance(round_trip);
        let response = http::Response::builder().header(SERVICE_DATE.0, SERVICE_DATE.1);
        std::future::ready(response.body(bytes::Bytes::new()))
    });
    let request = Request::get("http://localhost/").body("").unwrap();
    Skew::new(clock.clone())
        .layer(service)
        .oneshot(request)
        .await
        .unwrap();
    clock.offset()
}

#[tokio::test]
async fn the_date_counts_for_the_middle_of_the_round_trip_if_that_was_short() {
    let minutes = Duration::minutes;
    assert_eq!(offset_after_round_trip(Duration::ZERO).await, minutes(60));
    assert_eq!(offset_after_round_trip(minutes(10)).await, minutes(55));
    assert_eq!(offset_after_round_trip(minutes(16)).await, Duration::ZERO);
}

#[tokio::test]
async fn a_date_that_agreed_is_read_again_when_it_no_longer_does() {
    let seconds = Duration::seconds;
    let now = ManualClock::new(SERVICE_TIME + seconds(14));
    let reading = now.clone();
    let clock = SkewedClock::new(move || reading.now());
    let service = Scripted::<&'static str>::new([DONE, EXPIRED, EXPIRED, EXPIRED]);
    let mut skew = Skew::new(clock.clone()).layer(service);
    let mut offset_later = async |later| {
        now.advance(later);
        let request = Request::get("http://localhost/").body("").unwrap();
        skew.ready().await.unwrap().call(request).await.unwrap();
        clock.offset()
    };
    assert_eq!(offset_later(Duration::ZERO).await, Duration::ZERO);
    assert_eq!(offset_later(seconds(13)).await, Duration::ZERO);
    assert_eq!(offset_later(seconds(4)).await, seconds(-31));
    // It agreed then, but not with the current correction.
    assert_eq!(offset_later(seconds(-30)).await, seconds(-1));
}
