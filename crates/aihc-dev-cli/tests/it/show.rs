//! Tests of the command `show`.

use crate::golden::{assert_golden, steady};
use crate::support::{Lab, always};

#[tokio::test(flavor = "multi_thread")]
async fn one_instance_is_shown_whole_but_for_its_secrets() {
    let lab = Lab::new().await;
    let id = lab.running("训练机-一").await;
    assert_golden("show.txt", &steady(&lab.run(&["show", &id]).ok().stdout));
    for form in ["table", "json", "jsonl", "yaml"] {
        let run = lab.run(&["show", &id, "-o", form]).ok();
        assert!(
            run.stdout.contains("TOKEN") && !run.stdout.contains("hunter2"),
            "{run:#?}"
        );
    }
    let json = lab.run(&["show", &id, "-o", "json"]).json();
    assert_eq!(json["conf"]["resources"]["cpus"], 4);
    assert_eq!(json["conf"]["envs"]["TOKEN"], "***");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_those_that_are_there_are_shown() {
    let lab = Lab::new().await;
    let (a, b) = (lab.create("a").await, lab.create("b").await);
    let run = lab.run(&["show", &a, "dv-0000dead", &b, &a, "-o", "json"]);
    let run = run
        .fails(1)
        .says("dv-0000dead: DescribeDevInstance failed: 403 NotFound");
    let names: Vec<_> = run
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["name"].clone())
        .collect();
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_id_says_where_to_look() {
    let lab = Lab::new().await;
    let run = lab.run(&["show", "dv-0000dead", "-o", "json"]).fails(1);
    let run = run
        .says("request id")
        .says("1 attempt")
        .says("hint: `aihc-dev list`");
    assert_eq!(run.stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_the_service_does_not_know_is_not_1970() {
    let lab = Lab::new().await;
    let body = r#"{"requestId":"r","totalCount":1,"count":1,
        "devInstance":{"id":"dv-00000001","createdAt":0,"updatedAt":"",
            "timedStopDevInstance":{"startTime":0,"delaySec":60}},
        "devInstances":[{"id":"dv-00000001","createdAt":0,"updatedAt":"0"}],
        "events":[{"reason":"Queued","firstTimestamp":0,"lastTimestamp":0}],
        "devInstanceImagePackJob":{"imagePackJobId":"tk-1","createdAt":0,"updatedAt":0}}"#;
    let server = always("200 OK", body).await;
    let url = server.url();
    for command in [
        &["show", "dv-00000001"][..],
        &["list"],
        &["events", "dv-00000001"],
        &["pack-status", "dv-00000001", "tk-1"],
    ] {
        for format in ["table", "json", "yaml"] {
            let run = lab.run(&[command, &["--endpoint", &url, "-o", format]].concat());
            let run = run.ok();
            for date in ["1970", "At: 0", "At\": 0", "imestamp\": 0", "20000d"] {
                assert!(!run.stdout.contains(date), "{command:?}: {}", run.stdout);
            }
        }
    }
}
