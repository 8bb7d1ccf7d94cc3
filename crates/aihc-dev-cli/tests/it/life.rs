//! Tests of the commands `start`, `stop`, `delete` and `timed-stop`.

use aihc_emulator::{Fault, FaultRule};

use crate::golden::{assert_golden, steady};
use crate::support::Lab;

const NOW: [&str; 3] = ["--wait", "--interval", "5ms"];

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_stops_starts_and_goes() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    for (command, result) in [
        ("stop", "stopped"),
        ("start", "running"),
        ("delete", "deleted"),
    ] {
        let yes = if command == "delete" {
            &["--yes"][..]
        } else {
            &[]
        };
        let run = lab
            .run(&[&[command, &id], &NOW[..], yes].concat())
            .ok()
            .says(result);
        assert_golden(&format!("{command}.txt"), &steady(&run.stdout));
    }
    assert_eq!(lab.status(&id), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_has_its_own_result_and_the_worst_code_counts() {
    let lab = Lab::new().await;
    let (a, b) = (lab.running("a").await, lab.running("b").await);
    let run = lab
        .run(&["stop", &a, "dv-0000dead", &b, &a, "-o", "json"])
        .fails(1);
    let run = run
        .says("dv-0000dead: StopDevInstance failed: 403 NotFound")
        .says("the change was not made");
    let results = run.json();
    let result = |at: usize| {
        (
            results[at]["id"].as_str().unwrap(),
            results[at]["result"].as_str().unwrap(),
        )
    };
    assert_eq!(result(0), (a.as_str(), "accepted"));
    assert_eq!(result(1), ("dv-0000dead", "failed"));
    assert_eq!(result(2), (b.as_str(), "accepted"));
    let error = &results[1]["error"];
    assert_eq!(error["code"], "NotFound");
    assert_eq!(error["mayHaveBeenApplied"], false);
    assert_eq!(error["exitCode"], 1);
    assert_eq!(lab.count("StopDevInstance"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_mine_stops_tonight() {
    let lab = Lab::new().await;
    let (a, b) = (lab.running("a").await, lab.running("b").await);
    lab.run(&[&["stop", &a], &NOW[..]].concat()).ok();
    lab.run(&["stop", "--mine"]).fails(2).says("--yes");
    assert_eq!(lab.count("StopDevInstance"), 1);
    let run = lab
        .run(&[&["stop", "--mine", "--yes", "-o", "jsonl"], &NOW[..]].concat())
        .ok();
    assert_eq!(
        run.lines(),
        [serde_json::json!({"id": b, "result": "stopped"})]
    );
    assert_eq!((lab.status(&a), lab.status(&b)), (5, 5));
    let again = lab
        .run(&["stop", "--mine", "--yes"])
        .ok()
        .says("nothing to stop");
    assert_eq!(again.stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_when_nobody_can_be_asked() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let before = lab.handle().request_counts();
    let run = lab.run(&["delete", &id]).fails(2).says("--yes");
    assert_eq!(run.stdout, "");
    lab.run_fed("y\n", &["delete", &id])
        .fails(2)
        .says("nothing was sent");
    assert_eq!(lab.handle().request_counts(), before);
    assert_eq!(lab.status(&id), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timed_stop_is_armed_and_taken_back() {
    let lab = Lab::with(1.0, fast_start()).await;
    let id = lab.running("first").await;
    let timer = async || {
        let detail = lab
            .client()
            .query_dev_instance_detail(&id)
            .await
            .unwrap()
            .dev_instance;
        detail
            .timed_stop_dev_instance
            .and_then(|timer| timer.delay_sec)
    };
    let run = lab.run(&["timed-stop", &id, "--after", "2h"]).ok();
    assert!(run.stdout.contains("(in 2h)"), "{run:#?}");
    assert_eq!(timer().await, Some(7200));
    let at = time::OffsetDateTime::now_utc() + time::Duration::hours(3);
    let at = at
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    lab.run(&["timed-stop", &id, "--at", &at]).ok();
    assert!((10_700..=10_800).contains(&timer().await.unwrap()));
    let run = lab.run(&["timed-stop", &id, "--after", "90m"]).ok();
    assert_eq!(timer().await, Some(5400));
    run.says("may round it up to whole hours, 2h");
    let before = time::OffsetDateTime::now_utc();
    let json = ["timed-stop", &id, "--after", "2h", "-o", "json"];
    let document = lab.run(&json).ok().json();
    assert_eq!(document[0]["result"], "accepted");
    let format = &time::format_description::well_known::Rfc3339;
    let at = time::OffsetDateTime::parse(document[0]["stopsAt"].as_str().unwrap(), format);
    let minutes = (at.unwrap() - before).whole_minutes();
    assert!((119..=121).contains(&minutes), "{document}");
    let run = lab.run(&["timed-stop", &id, "--off", "-o", "json"]).ok();
    let off = serde_json::json!([{"id": id, "result": "accepted", "stopsAt": null}]);
    assert_eq!(run.json(), off);
    assert_eq!(timer().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_of_day_is_that_of_the_clocks_here() {
    let lab = Lab::with(1.0, fast_start()).await;
    let id = lab.running("first").await;
    let offset = time::UtcOffset::from_hms(8, 0, 0).unwrap();
    let then = time::OffsetDateTime::now_utc().to_offset(offset) + time::Duration::hours(3);
    let format = time::macros::format_description!("[hour]:[minute]");
    let at = then.format(&format).unwrap();
    let arguments = ["timed-stop", &id, "--at", &at];
    // In POSIX, a positive number is west of Greenwich.
    let run = lab.run_with(&[("TZ", "CST-8")], &arguments).ok();
    let result = run.stdout;
    let expected = format!("stops at {} {at}:00 +08:00 (in 2h", then.date());
    let on_the_minute = format!("stops at {} {at}:00 +08:00 (in 3h)", then.date());
    assert!(
        result.contains(&expected) || result.contains(&on_the_minute),
        "{result}"
    );
    let detail = lab.client().query_dev_instance_detail(&id).await.unwrap();
    let timer = detail.dev_instance.timed_stop_dev_instance.unwrap();
    assert!((10_700..=10_800).contains(&timer.delay_sec.unwrap()));
    lab.run_with(&[("TZ", "Mars/Base")], &arguments)
        .fails(2)
        .says("the time zone of this computer is unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_that_the_service_does_not_take_is_not_sent() {
    let lab = Lab::new().await;
    for (after, said) in [
        (
            "90",
            "it has no unit; write 90s for seconds, 90m for minutes",
        ),
        ("30m", "an hour or more; `stop` stops at once"),
        ("100y", "too far in the future"),
    ] {
        lab.run(&["timed-stop", "dv-00000001", "--after", after])
            .fails(2)
            .says(said);
    }
    assert!(lab.handle().request_counts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_has_passed_is_wrong_usage() {
    let lab = Lab::new().await;
    lab.run(&["timed-stop", "dv-00000001", "--at", "2020-01-01T00:00:00Z"])
        .fails(2)
        .says("has passed");
    assert!(lab.handle().request_counts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_state_forbids_is_explained() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    lab.run(&["start", &id])
        .fails(1)
        .says("403 Forbidden")
        .says("hint: its state or your permissions");
}

/// Returns delays for an emulator: instances run almost immediately, even if the emulator's time
/// passes as fast as real time.
fn fast_start() -> aihc_emulator::Delays {
    let mut delays = aihc_emulator::Delays::default();
    delays.creating = std::time::Duration::ZERO;
    delays.queued = std::time::Duration::ZERO;
    delays.deploying = std::time::Duration::ZERO;
    delays
}

#[tokio::test(flavor = "multi_thread")]
async fn several_slow_down_when_the_service_asks_for_it() {
    let lab = Lab::new().await;
    let (a, b) = (lab.running("a").await, lab.running("b").await);
    let throttle = FaultRule::new(Fault::throttle(0)).action("StopDevInstance");
    // This is more than two calls can repeat.
    lab.handle().inject(throttle.times(9)).unwrap();
    lab.run(&["stop", &a, &b]).ok();
    assert_eq!(lab.count("StopDevInstance"), 11);
}
