//! Tests that secret members of responses do not appear in the output of commands. Commands about
//! instances are tested elsewhere.

use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::support::{Lab, Run};

/// A string that the values of all secret members contain, and no other value.
const SECRET: &str = "hunter2";

/// Returns the address of a service whose responses contain the secret members of jobs and
/// services.
fn talkative() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let request = read(&mut stream);
            let (_, rest) = request.split_once("action=").unwrap_or_default();
            let action = rest.split([' ', '&']).next().unwrap_or_default();
            let body = answer(action).to_string();
            let head = format!("content-length: {}\r\nconnection: close", body.len());
            let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").as_bytes());
        }
    });
    endpoint
}

/// Reads a complete request.
fn read(stream: &mut TcpStream) -> String {
    let (mut text, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or_default() {
                return whole;
            }
        }
        match stream.read(&mut part) {
            Ok(read @ 1..) => text.extend_from_slice(&part[..read]),
            _ => return whole,
        }
    }
}

fn answer(action: &str) -> Value {
    let secret = |place: &str| format!("{place}-{SECRET}");
    let envs = json!([{"name": "TOKEN", "value": secret("env")}]);
    let spec = json!({
        "image": "i:v1", "replicas": 1, "envs": envs,
        "imageConfig": {"username": "u", "password": secret("password")},
    });
    let pod = json!({"name": "pod-1", "status": "Running", "replicaType": "master", "envs": envs});
    let job = |spec: Value| {
        json!({
            "jobId": "job-1", "name": "train", "status": "Running", "queue": "default",
            "jobType": "pytorch", "jobSpec": spec, "pods": [pod], "historyPods": [pod],
            "advancedSettings": {"runtimeEnv": secret("runtime")},
        })
    };
    let container = json!({
        "name": "main", "cpus": 1, "memory": 1, "acceleratorCount": 0,
        "envs": {"TOKEN": secret("env")},
        "image": {"imageType": 2, "imageUrl": "i:v1", "password": secret("password")},
    });
    match action {
        "DescribeResourcePools" => json!({"totalCount": 1, "resourcePools": [
            {"resourcePoolId": "cce-1", "name": "own", "type": "common"}]}),
        "DescribeResourcePool" => json!({"resourcePoolId": "cce-1", "type": "common"}),
        "DescribeQueues" => json!({"totalCount": 1, "queues": [
            {"queueId": "queue-1", "queueName": "default"}]}),
        "DescribeDatasets" => json!({"totalCount": 1, "datasets": [{"id": "ds-1", "name": "d"}]}),
        "DescribeJobs" => json!({"totalCount": 2, "jobs": [
            job(spec.clone()), job(json!([secret("other form")]))]}),
        "DescribeJob" => job(json!({"Worker": spec, "Master": spec})),
        "DescribeJobLogs" => json!({"jobId": "job-1", "logs": ["a line"], "nextMarker": ""}),
        "StopJob" => json!({"jobId": "job-1"}),
        "DescribeServices" => json!({"totalCount": 1, "services": [{"id": "s-1", "name": "chat"}]}),
        "DescribeService" => json!({
            "service": {"name": "chat", "containers": [container]},
            "status": {"briefStat": {"status": 2}, "aiGateway": {"basePath": "/s-1/", "tokens": {
                "serveless": secret("Bearer gateway")}}},
            "instances": [{"instanceId": "i-1", "containers": [{"container": container}]}],
        }),
        _ => json!({}),
    }
}

const COMMANDS: [&[&str]; 10] = [
    &["pools"],
    &["queues"],
    &["datasets"],
    &["jobs", "list"],
    &["jobs", "show", "job-1"],
    &["jobs", "stop", "job-1", "--dry-run"],
    &["jobs", "stop", "job-1", "--yes"],
    &["jobs", "logs", "job-1"],
    &["services", "list"],
    &["services", "show", "s-1"],
];

#[track_caller]
fn assert_silent(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        for secret in [SECRET, "my-secret-key", "bce-auth-v1/"] {
            assert!(!text.contains(secret), "{secret} in {run:#?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_an_answer_is_shown_or_logged() {
    let lab = Lab::new().await;
    let endpoint = talkative();
    for command in COMMANDS {
        for form in ["table", "json", "jsonl", "yaml"] {
            let options = ["--endpoint", &endpoint, "-o", form, "--log-level", "trace"];
            let run = lab.run(&[command, &options].concat()).ok();
            assert_silent(&run);
            assert!(run.stdout.len() > 5, "{run:#?}");
        }
    }
    let names = |command: &[&str]| {
        let run = lab.run(&[command, &["--endpoint", &endpoint, "-o", "json"]].concat());
        let run = run.ok();
        assert!(
            run.stdout.contains("TOKEN") && run.stdout.contains("***"),
            "{run:#?}"
        );
    };
    names(COMMANDS[4]);
    names(COMMANDS[9]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_the_caller_comes_back_with_a_refusal() {
    let lab = Lab::new().await;
    for action in [
        "DescribeResourcePools",
        "DescribeQueues",
        "DescribeDatasets",
        "DescribeServices",
    ] {
        lab.refuse(action, 403, "AccessDenied", "not with my-secret-key");
    }
    for command in [&COMMANDS[..7], &COMMANDS[7..9]].concat() {
        let run = lab.run(&[command, &["--log-level", "trace"]].concat());
        assert_silent(&run.fails(1));
    }
}
