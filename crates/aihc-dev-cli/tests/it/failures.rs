//! Tests of commands whose service does not exist, does not respond or fails.

use std::io::{Read, Write as _};
use std::net::TcpListener;

use bce_testing::{ClosedPort, FakeProxy, ProxyMode};

use crate::support::{ACCESS_KEY, Directory, Lab, SECRET_KEY, always, response};

#[rustfmt::skip]
const CREATE: [&str; 17] = [
    "create", "--name", "n", "--creator", "c", "--creator-id", "i", "--queue", "q", "--cpus", "1",
    "--memory", "1", "--image", "i", "--disk", "100",
];
const BROKEN: &str = r#"{"code":"InternalError","message":"try again"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_endpoint_is_code_4_for_reads_and_writes() {
    let lab = Lab::new().await;
    let closed = ClosedPort::take().unwrap();
    let endpoint = format!("http://{}", closed.address());
    let global = ["--endpoint", &endpoint, "--retries", "0"];
    let run = lab.run(&[&["list"], &global[..]].concat()).fails(4);
    run.says("cannot connect").says("aihc-dev doctor");
    let run = lab
        .run(&[&["stop", "dv-00000001"], &global[..]].concat())
        .fails(4);
    run.says("the change was not made");
}

/// Tests that one message, which contains the operation and the number of attempts, reports a
/// failed call. Single attempts are logged only if the user sets a log level.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_told_once_and_its_attempts_only_to_those_who_ask() {
    let lab = Lab::new().await;
    let closed = ClosedPort::take().unwrap();
    let endpoint = format!("http://{}", closed.address());
    let broken = always("500 Internal Server Error", BROKEN).await;
    for endpoint in [endpoint, broken.url()] {
        let list = ["list", "--endpoint", &endpoint, "--retries", "1"];
        let run = lab.run(&list);
        let first = run.stderr.lines().next().unwrap();
        assert!(
            first.starts_with("aihc-dev: DescribeDevInstances failed: ")
                && first.contains("2 attempts, "),
            "{run:#?}"
        );
        let rest = run.stderr.lines().skip(1);
        assert!(rest.clone().all(|line| line.starts_with("  ")), "{run:#?}");
        assert!(!run.stderr.contains("WARN"), "{run:#?}");
        for level in ["warn", "debug"] {
            lab.run(&[&list[..], &["--log-level", level]].concat())
                .says("WARN")
                .says("attempt failed, trying again");
        }
    }
}

/// Tests that a warning which no error repeats is shown by default.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn warnings_about_what_does_not_fail_are_shown() {
    use std::os::unix::fs::PermissionsExt as _;

    let lab = Lab::new().await;
    let home = Directory::new("failures");
    let profile = format!(
        r#"{{"profiles":[{{"name":"p","access_key_id":"{ACCESS_KEY}","secret_access_key":"{SECRET_KEY}"}}]}}"#
    );
    let path = home.write(".bce/config.json", &profile);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let list = ["list", "--profile", "p", "--endpoint", lab.endpoint()];
    lab.run_with(&[("HOME", home.path())], &list)
        .ok()
        .says("other users may read this file of credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_stays_closed_is_tried_once() {
    let lab = Lab::new().await;
    let answer = "HTTP/1.1 407 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let proxy = FakeProxy::start(ProxyMode::Answer(answer)).await.unwrap();
    let wrong_login = format!("http://user:wrong@{}", proxy.address());
    for (proxy, text) in [
        (wrong_login.as_str(), "responded with 407"),
        // This cannot be the name of a host.
        ("http://a..b:3128", "cannot connect to proxy a..b:3128"),
    ] {
        let way = ["--endpoint", "http://zoo.test", "--proxy", proxy];
        for command in [&CREATE[..], &["list"]] {
            let run = lab.run(&[command, &way].concat()).fails(4);
            run.says(text).says("(1 attempt, ");
        }
        let run = lab.run(&[&CREATE[..], &way].concat());
        run.fails(4).says("the change was not made");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_answer_is_code_5_for_reads_and_6_for_writes() {
    let lab = Lab::new().await;
    // The operating system accepts connections, but nothing reads from them.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let global = ["--endpoint", &endpoint, "--timeout", "1s"];
    let run = lab.run(&[&["list"], &global[..]].concat()).fails(5);
    run.says("allow more time with --timeout");
    let run = lab.run(&[&["stop", "dv-00000001", "-o", "jsonl"], &global[..]].concat());
    let run = run.fails(6);
    let run = run
        .says("the change may have been made")
        .says("aihc-dev show ID");
    // Machine-readable output contains the same information.
    let error = &run.lines()[0]["error"];
    let sent = error["sentRequestIds"][0].as_str().unwrap();
    assert!(error["message"].as_str().unwrap().contains(sent));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_may_have_happened_says_to_look_first() {
    let lab = Lab::new().await;
    let server = always("500 Internal Server Error", BROKEN).await;
    let global = ["--endpoint", &server.url(), "--retries", "0"];
    let run = lab.run(&[&CREATE[..], &global].concat());
    let run = run
        .fails(6)
        .says("warning: could not check whether there already is an instance named ")
        .says("500 InternalError: try again")
        .says("1 attempt");
    run.says("the change may have been made")
        .says("aihc-dev list --mine --name");
}

/// Returns the address of a service that closes the connection without a response when it gets a
/// request to create an instance. The service lists the instance after this request or, if
/// `is_older` is set, from the beginning.
fn forgetful(is_older: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        let list = format!(
            r#"{{"totalCount":1,"devInstances":[{{"id":"dv-made","name":"n","createdAt":{now}}}]}}"#
        );
        let mut is_there = is_older;
        for mut stream in listener.incoming().map_while(Result::ok) {
            let is_list = read_head(&mut stream).contains("DescribeDevInstances");
            let answer = match (is_list, is_there) {
                (true, true) => response("200 OK", &list),
                (true, false) => response("200 OK", r#"{"totalCount":0,"devInstances":[]}"#),
                (false, _) => String::new(),
            };
            is_there |= !is_list;
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    endpoint
}

fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_lost_creation_is_looked_for() {
    let lab = Lab::new().await;
    let run = lab.run(&[&CREATE[..], &["--endpoint", &forgetful(false)]].concat());
    let run = run
        .fails(6)
        .says("an instance with this name was created: dv-made; `aihc-dev wait dv-made`");
    assert!(!run.stderr.contains("there is already"), "{run:#?}");
    // An instance that existed before was not created by this command.
    let run = lab.run(&[&CREATE[..], &["--endpoint", &forgetful(true)]].concat());
    let run = run
        .fails(6)
        .says("there is already an instance named n: dv-made;")
        .says("no instance with this name is listed yet");
    assert!(!run.stderr.contains("was created"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn throttles_and_gateways_have_hints_of_their_own() {
    let lab = Lab::new().await;
    let server = always("429 Too Many Requests", r#"{"code":"TooManyRequests"}"#).await;
    let global = ["--endpoint", &server.url(), "--retries", "0"];
    let run = lab
        .run(&[&["stop", "dv-00000001"], &global[..]].concat())
        .fails(1);
    run.says("the change was not made")
        .says("hint: the service is overloaded: try again later");
    let server = always("502 Bad Gateway", "<html>").await;
    let global = ["--endpoint", &server.url(), "--retries", "0"];
    let run = lab.run(&[&["list"], &global[..]].concat()).fails(1);
    run.says("hint: a gateway or proxy responded");
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_are_as_many_as_asked_for() {
    let lab = Lab::new().await;
    let server = always("500 Internal Server Error", BROKEN).await;
    let url = server.url();
    let arguments = [
        "list",
        "--endpoint",
        &url,
        "--log-level",
        "off",
        "--retries",
    ];
    lab.run(&[&arguments[..], &["0"]].concat())
        .fails(1)
        .says("1 attempt,");
    lab.run(&[&arguments[..], &["1"]].concat())
        .fails(1)
        .says("2 attempts,");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_code_1() {
    let lab = Lab::new().await;
    let server = always("200 OK", "hello").await;
    lab.run(&["list", "--endpoint", &server.url()])
        .fails(1)
        .says("cannot be read");
}
