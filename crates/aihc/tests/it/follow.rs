//! Tests of following a log as it grows.

use aihc::Error;
use aihc::FollowedLogs;

use crate::common::Service;

fn logs(lines: &[&str], next: &str) -> String {
    serde_json::json!({"requestId": "r", "logs": lines, "nextMarker": next}).to_string()
}

fn job(status: &str) -> String {
    format!(r#"{{"requestId":"r","status":"{status}"}}"#)
}

fn follow(answers: &[String]) -> (Service, FollowedLogs) {
    let service = Service::answering(answers.iter().map(String::as_str));
    let logs = service.client().follow_job_logs("p", "q", "job-1", "pod-0");
    (service, logs)
}

async fn all(mut logs: FollowedLogs) -> Result<Vec<String>, Error> {
    let mut records = Vec::new();
    while let Some(record) = logs.try_next().await? {
        records.push(record);
    }
    Ok(records)
}

/// Returns one string for each request. If the request reads the log, the string is the marker that
/// it sends, or `-` if it sends none; if the request reads the job, the string is `?`.
fn asked(service: &Service) -> Vec<String> {
    let sent = service.sent().into_iter();
    let asked = sent.map(|sent| match sent.query.contains("DescribeJobLogs") {
        true => sent.body["marker"].as_str().unwrap_or("-").to_owned(),
        false => "?".to_owned(),
    });
    asked.collect()
}

#[tokio::test(start_paused = true)]
async fn the_last_marker_is_kept_and_no_record_comes_twice() {
    let (service, followed) = follow(&[
        logs(&["a", "b"], "m1"),
        logs(&["c"], ""),
        job("Running"),
        logs(&["c", "d"], ""),
        job("Running"),
        logs(&["c", "d", "e"], "m2"),
        logs(&[], ""),
        job("Succeeded"),
        logs(&["f"], ""),
    ]);
    assert_eq!(all(followed).await.unwrap(), ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(
        asked(&service),
        ["-", "m1", "?", "m1", "?", "m1", "m2", "?", "m2"]
    );
}

#[tokio::test(start_paused = true)]
async fn the_log_of_a_job_that_has_ended_takes_no_pause() {
    let began = tokio::time::Instant::now();
    let (_, followed) = follow(&[logs(&["a"], ""), job("Failed"), logs(&["a", "b"], "")]);
    assert_eq!(all(followed).await.unwrap(), ["a", "b"]);
    assert!(began.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_marker_that_stays_is_the_end_of_what_there_is() {
    let (_, followed) = follow(&[
        logs(&["a"], "m1"),
        logs(&["b"], "m1"),
        job("Running"),
        logs(&["b", "c"], "m1"),
        r#"{"code":"NotFound","requestId":"r"}"#.to_owned(),
        logs(&["b", "c"], "m1"),
    ]);
    assert_eq!(all(followed).await.unwrap(), ["a", "b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_has_become_shorter_is_read_from_its_beginning() {
    let (_, followed) = follow(&[
        logs(&["a", "b"], ""),
        job("Running"),
        logs(&["x"], ""),
        job("Stopped"),
        logs(&["x"], ""),
    ]);
    assert_eq!(all(followed).await.unwrap(), ["a", "b", "x"]);
}

/// Tests a job that was restarted, and whose log has grown to its former length in the meantime.
#[tokio::test(start_paused = true)]
async fn a_log_that_was_replaced_is_read_from_its_beginning() {
    let (_, followed) = follow(&[
        logs(&["run 1", "a"], ""),
        job("Running"),
        logs(&["run 2", "b", "c"], ""),
        job("Stopped"),
        logs(&["run 2", "b", "c"], ""),
    ]);
    assert_eq!(
        all(followed).await.unwrap(),
        ["run 1", "a", "run 2", "b", "c"]
    );
}

#[tokio::test(start_paused = true)]
async fn markers_without_records_come_to_an_end() {
    let mut answers = vec![logs(&["a"], "m")];
    answers.extend((0..8).map(|number| logs(&[], &format!("m{number}"))));
    answers.extend([job("Succeeded"), logs(&[], "m8")]);
    let (service, followed) = follow(&answers);
    assert_eq!(all(followed).await.unwrap(), ["a"]);
    assert_eq!(service.sent().len(), answers.len());
}

#[tokio::test(start_paused = true)]
async fn a_log_can_be_read_from_a_marker_on() {
    let (service, followed) = follow(&[
        logs(&["b"], "m1"),
        job("Running"),
        logs(&["b", "c"], "m1"),
        job("Succeeded"),
        logs(&["b", "c"], "m1"),
    ]);
    let followed = followed.from_marker("m1");
    assert_eq!(all(followed).await.unwrap(), ["b", "c"]);
    assert_eq!(asked(&service), ["m1", "?", "m1", "?", "m1"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_does_not_end_a_log() {
    let denied = r#"{"code":"AccessDenied","requestId":"r"}"#.to_owned();
    let (_, mut followed) = follow(&[
        logs(&["a"], "m1"),
        denied,
        logs(&["b"], ""),
        job("Succeeded"),
        logs(&["b"], ""),
    ]);
    assert_eq!(followed.try_next().await.unwrap().as_deref(), Some("a"));
    let error = followed.try_next().await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDenied"));
    assert_eq!(all(followed).await.unwrap(), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn reads_ask_for_what_they_are_told_to() {
    let (service, followed) = follow(&[logs(&[], ""), job("Succeeded"), logs(&[], "")]);
    let followed = followed.reads(|logs| logs.keywords("loss").max_lines(50).chunk_size(10));
    all(followed).await.unwrap();
    let first = &service.sent()[0].body;
    // A record of several lines could still grow.
    assert_eq!(first["chunkSize"], "1");
    assert_eq!(
        (&first["keywords"], &first["maxLines"]),
        (&"loss".into(), &"50".into())
    );
}

#[tokio::test(start_paused = true)]
async fn a_log_may_begin_before_its_pod() {
    let missing = r#"{"code":"NotFound","requestId":"r"}"#.to_owned();
    let (service, followed) = follow(&[
        missing.clone(),
        job("Created"),
        missing.clone(),
        job("Starting"),
        logs(&["a"], ""),
        job("Succeeded"),
        logs(&["a", "b"], ""),
    ]);
    assert_eq!(all(followed).await.unwrap(), ["a", "b"]);
    assert_eq!(asked(&service), ["-", "?", "-", "?", "-", "?", "-"]);

    // A job that has started has its pods, and one that cannot be read gives no information.
    for answer in [job("Running"), job("Failed"), missing.clone()] {
        let (_, followed) = follow(&[missing.clone(), answer]);
        let error = all(followed).await.unwrap_err();
        assert_eq!(error.operation(), Some("DescribeJobLogs"));
        assert!(error.is_not_found());
    }
}
