//! Tests of the command `doctor`.

use bce_testing::ClosedPort;
#[cfg(target_os = "linux")]
use bce_testing::{FakeProxy, ProxyMode, TestAuthority, TlsFront};
use serde_json::Value;

use crate::golden::{assert_golden, steady};
use crate::support::{Directory, Lab, Run, run_bare};

/// Returns the names of the checks that failed, from the output of `doctor`.
fn failed(run: &Run) -> Vec<String> {
    let checks = run.json();
    let failed = checks
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == Value::Bool(false));
    failed
        .map(|check| check["check"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_found_well() {
    let lab = Lab::new().await;
    let text = lab.run(&["doctor"]).ok().stdout;
    let took = text
        .split("open after ")
        .nth(1)
        .and_then(|rest| rest.split(" ms").next())
        .unwrap();
    assert_golden(
        "doctor.txt",
        &steady(&text.replace(&format!("after {took} ms"), "after N ms")),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_shows_in_its_own_check_and_says_what_to_do() {
    let lab = Lab::new().await;
    let closed = ClosedPort::take().unwrap();
    let dead = format!("http://{}", closed.address());
    let wrong = [("BCE_SECRET_ACCESS_KEY", "wrong")];
    let run = lab.run_with(&wrong, &["doctor", "-o", "json"]).fails(3);
    assert_eq!(failed(&run), ["signed read"]);

    let run = lab
        .run(&["doctor", "-o", "json", "--endpoint", &dead])
        .fails(4);
    assert_eq!(failed(&run), ["connection", "signed read"]);
    assert!(run.stdout.contains("\"advice\""), "{run:#?}");

    let run = run_bare(&["doctor", "-o", "json"]).fails(3);
    assert_eq!(failed(&run), ["credentials"]);
    assert!(run.stdout.contains("BCE_ACCESS_KEY_ID"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_is_named_without_its_login() {
    let lab = Lab::new().await;
    let closed = ClosedPort::take().unwrap();
    let proxy = format!("http://user:hunter2@{}", closed.address());
    let run = lab
        .run(&["doctor", "-o", "json", "--proxy", &proxy])
        .fails(4);
    let checks = run.json();
    let found = checks
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["check"] == "proxy")
        .unwrap();
    assert!(
        proxy.ends_with(found["found"].as_str().unwrap()),
        "{run:#?}"
    );
    assert!(
        !run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"),
        "{run:#?}"
    );
    lab.run(&["doctor", "--proxy", "none"]).ok();
}

/// Returns what a check has found, from the output of `doctor`.
#[cfg(target_os = "linux")]
fn found(run: &Run, check: &str) -> String {
    let checks = run.json();
    let mut checks = checks.as_array().unwrap().iter();
    let check = checks.find(|found| found["check"] == check).unwrap();
    check["found"].as_str().unwrap().to_owned()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_connection_is_made_as_calls_make_it() {
    let lab = Lab::new().await;
    let authority = TestAuthority::new().unwrap();
    let identity = authority.issue("127.0.0.1").unwrap();
    let upstream = lab.endpoint().strip_prefix("http://").unwrap();
    let front = TlsFront::start(identity, upstream.parse().unwrap())
        .await
        .unwrap();
    let endpoint = format!("https://{}", front.address());
    let directory = Directory::new("doctor");
    let roots = directory.write("roots.pem", &authority.pem());
    let trusting = [("SSL_CERT_FILE", roots.as_str())];

    let checks = ["doctor", "-o", "json", "--endpoint", &endpoint];
    let run = lab.run_with(&trusting, &checks).ok();
    assert!(
        found(&run, "connection").starts_with("open after "),
        "{run:#?}"
    );

    // The file contains another authority, so the certificate must be found among the roots of the
    // system.
    let others = directory.write("others.pem", &TestAuthority::new().unwrap().pem());
    let others = [("SSL_CERT_FILE", others.as_str())];
    lab.run_with(&others, &checks).fails(4);
    lab.run_with(&others, &[&checks[..], &["--ca-file", &roots]].concat())
        .ok();
    let list = ["list", "--endpoint", &endpoint];
    let by_variable = [others[0], ("AIHC_CA_FILE", roots.as_str())];
    lab.run_with(&by_variable, &list).ok();
    let create = ["session-token", "--endpoint", &endpoint];
    lab.run_with(&by_variable, &create).ok();

    let strangers = TestAuthority::new().unwrap().pem();
    let strangers = directory.write("strangers.pem", &strangers);
    let run = lab.run_with(&[("SSL_CERT_FILE", &strangers)], &checks);
    let run = run.fails(4);
    assert_eq!(failed(&run), ["connection", "signed read"]);
    let text = found(&run, "connection");
    assert!(text.contains("certificate is not trusted"), "{run:#?}");

    let answer = "HTTP/1.1 407 x\r\ncontent-length: 0\r\n\r\n";
    let proxy = FakeProxy::start(ProxyMode::Answer(answer)).await.unwrap();
    let address = format!("http://{}", proxy.address());
    let run = lab
        .run_with(&trusting, &[&checks[..], &["--proxy", &address]].concat())
        .fails(4);
    assert_eq!(failed(&run), ["connection", "signed read"]);
    assert!(
        found(&run, "connection").contains("responded with 407"),
        "{run:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_roots_is_refused_before_anything_is_sent() {
    let lab = Lab::new().await;
    let directory = Directory::new("roots");
    let text = directory.write("text.pem", "hello\n");
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let broken = directory.write("broken.pem", broken);
    let absent = format!("{}/absent.pem", directory.path());
    for (path, what) in [
        (text.as_str(), "contains no certificate"),
        (&broken, "not a certificate"),
        (&absent, "No such file"),
        (directory.path(), "directory"),
        ("", "is empty"),
    ] {
        let run = lab.run(&["list", "--ca-file", path]).fails(2).says(what);
        let run = run.says(&format!("--ca-file {path}"));
        assert!(!run.stderr.contains("root PEM("), "{run:?}");
    }
    lab.run_with(&[("AIHC_CA_FILE", "")], &["list"])
        .fails(2)
        .says("unset AIHC_CA_FILE");
    assert!(lab.handle().request_counts().is_empty());
}
