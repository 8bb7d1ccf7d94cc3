//! Tests of the operations that read data about a job: events, logs, metrics, a terminal.

use std::time::Duration;

use aihc_emulator::{Delays, JobStatus};
use serde_json::{Value, json};

use crate::client::Fixture;
use crate::described::texts;
use crate::jobs::{QUEUE, create, job};

#[tokio::test]
async fn events_of_jobs_and_pods_follow_the_time_line() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    fixture.advance(10);
    let of_job = fixture
        .ask("DescribeJobEvents", QUEUE, &json!({"jobId": id}))
        .await
        .ok();
    assert_eq!(of_job["total"], 5);
    assert_eq!(of_job["events"][0]["reason"], "SuccessfulCreatePod");
    assert_eq!(
        of_job["events"][0]["firstTimestamp"],
        "2026-08-20 00:00:02 +0000 UTC"
    );
    let pod = format!("{id}-worker-0");
    let named = json!({"jobId": id, "podName": pod});
    let of_pod = fixture.ask("DescribePodEvents", QUEUE, &named).await.ok();
    assert_eq!(
        texts(&of_pod["events"], "reason"),
        ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
    );
    let late = json!({"jobId": id, "podName": pod, "startTime": "1787184007"});
    let of_pod = fixture.ask("DescribePodEvents", QUEUE, &late).await.ok();
    assert_eq!(of_pod["total"], 3);
    let none = json!({"jobId": id, "podName": "other"});
    let refused = fixture.ask("DescribePodEvents", QUEUE, &none).await;
    assert_eq!(refused.refusal(), (403, "NotFound"));
}

#[tokio::test]
async fn logs_are_read_by_marker_until_there_are_no_more() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    let pod = format!("{id}-master-0");
    let read = async |more: Value| {
        let mut body = json!({"jobId": id, "podName": pod});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        fixture.ask("DescribeJobLogs", QUEUE, &body).await
    };
    fixture.advance(7);
    assert_eq!(
        read(json!({})).await.ok()["logs"].as_array().unwrap().len(),
        1
    );
    fixture.advance(24);
    let (mut all, mut marker, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = read(json!({"maxLines": "10", "marker": marker})).await.ok();
        all.extend(page["logs"].as_array().unwrap().clone());
        pages += 1;
        marker = page["nextMarker"].as_str().unwrap().to_owned();
        if marker.is_empty() {
            break;
        }
    }
    assert_eq!((all.len(), pages), (25, 3));
    assert_eq!(json!(all), read(json!({})).await.ok()["logs"]);
    let chunks = read(json!({"chunkSize": "10"})).await.ok();
    assert_eq!(chunks["logs"].as_array().unwrap().len(), 3);
    let found = read(json!({"keywords": "step 2"})).await.ok();
    assert_eq!(found["logs"].as_array().unwrap().len(), 6);
    let window = read(json!({"startTime": "1787184010", "endTime": "1787184012"}))
        .await
        .ok();
    assert_eq!(window["logs"].as_array().unwrap().len(), 3);
    for wrong in [
        json!({"maxLines": "ten"}),
        json!({"maxLines": "0"}),
        json!({"marker": "x"}),
        json!({"startTime": "yesterday"}),
    ] {
        assert_eq!(
            read(wrong.clone()).await.refusal(),
            (400, "InvalidParameter"),
            "{wrong}"
        );
    }
    // A job that has ended does not write any more.
    fixture.advance(3600);
    assert_eq!(
        read(json!({})).await.ok()["logs"].as_array().unwrap().len(),
        61
    );
}

#[tokio::test]
async fn metrics_have_a_point_for_each_step() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    let ask = async |more: Value| {
        let mut body = json!({"jobId": id, "metricType": "GpuUsage"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        fixture.ask("DescribeJobMetrics", QUEUE, &body).await
    };
    assert_eq!(ask(json!({})).await.ok()["metrics"], json!([]));
    fixture.advance(27);
    let metrics = ask(json!({"timeStep": "10s"})).await.ok();
    let points = metrics["metrics"][0]["metrics"].as_array().unwrap();
    let times: Vec<i64> = points
        .iter()
        .map(|point| point["time"].as_i64().unwrap())
        .collect();
    assert_eq!(times, [1_787_184_007, 1_787_184_017, 1_787_184_027]);
    let value: f64 = points[0]["value"].as_str().unwrap().parse().unwrap();
    assert!((0.0..=1.0).contains(&value), "{value}");
    assert_eq!(
        texts(&metrics["metrics"], "podName")[1],
        format!("{id}-worker-0")
    );
    let late = ask(json!({"startTime": "1787184020", "timeStep": "1s"}))
        .await
        .ok();
    assert_eq!(late["metrics"][0]["metrics"].as_array().unwrap().len(), 8);
    for wrong in [
        json!({"timeStep": "5 minutes"}),
        json!({"metricType": "Mood"}),
    ] {
        assert_eq!(
            ask(wrong.clone()).await.refusal(),
            (400, "InvalidParameter"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_pod_that_runs_has_a_terminal() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    let body = json!({"jobId": id, "podName": format!("{id}-master-0"), "pingTimeoutSecond": "60"});
    let early = fixture.ask("DescribeJobWebterminal", QUEUE, &body).await;
    assert_eq!(early.refusal(), (403, "NotFound"));
    fixture.advance(10);
    let answer = fixture
        .ask("DescribeJobWebterminal", QUEUE, &body)
        .await
        .ok();
    let url = answer["webTerminalUrl"].as_str().unwrap();
    assert!(
        url.ends_with("?handshakeTimeoutSecond=30&pingTimeoutSecond=60"),
        "{url}"
    );
    let mut wrong = body.clone();
    wrong["pingTimeoutSecond"] = json!("3601");
    let refused = fixture.ask("DescribeJobWebterminal", QUEUE, &wrong).await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

/// Tests the log of a job whose first steps take no time, and therefore have the same time stamp.
#[tokio::test]
async fn a_job_that_starts_at_once_writes_on() {
    let mut delays = Delays::default();
    delays.queued = Duration::ZERO;
    delays.deploying = Duration::ZERO;
    let fixture = Fixture::start_with(|builder| builder.delays(delays)).await;
    let id = create(&fixture, &job("train")).await;
    fixture.advance(9);
    let body = json!({"jobId": id, "podName": format!("{id}-master-0")});
    let logs = fixture.ask("DescribeJobLogs", QUEUE, &body).await.ok();
    assert_eq!(logs["logs"].as_array().unwrap().len(), 10);
    fixture
        .emulator
        .handle()
        .set_job_status(&id, JobStatus::Running, "")
        .unwrap();
    fixture.advance(1);
    let logs = fixture.ask("DescribeJobLogs", QUEUE, &body).await.ok();
    assert_eq!(logs["logs"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_job_that_is_put_into_a_state_by_hand_has_its_pods() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, &job("train")).await;
    fixture
        .emulator
        .handle()
        .set_job_status(&id, JobStatus::Running, "")
        .unwrap();
    let body = json!({"jobId": id, "needDetail": true});
    let described = fixture.ask("DescribeJob", QUEUE, &body).await.ok();
    assert_eq!(texts(&described["pods"], "status"), ["Running", "Running"]);
}
