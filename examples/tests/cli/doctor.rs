//! `doctor` and `emulator`

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use bce_testing::{ClosedPort, FakeProxy, ProxyMode, TestAuthority, TlsFront};
use serde_json::Value;

use crate::golden::{assert_golden, steady};
use crate::support::{Directory, Lab, Run, bare, run_bare};

/// The checks that failed.
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

/// What a check says.
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
        found(&run, "connection").contains("answered 407"),
        "{run:#?}"
    );
}

#[cfg(unix)]
#[test]
fn the_emulator_prints_the_settings_that_lead_to_it_and_ends_with_ctrl_c() {
    let mut child = bare()
        .args(["emulator", "--listen", "127.0.0.1:0", "--time-scale", "100"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut settings = Vec::new();
    for line in lines.take(4).map(Result::unwrap) {
        let (name, value) = line
            .strip_prefix("export ")
            .unwrap()
            .split_once('=')
            .unwrap();
        settings.push((name.to_owned(), value.to_owned()));
    }
    let list = bare()
        .args(["list", "-o", "json"])
        .envs(settings)
        .output()
        .unwrap();
    assert!(list.status.success(), "{list:?}");
    crate::interrupt::interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_is_wrong_usage() {
    let lab = Lab::new().await;
    let address = lab.endpoint().strip_prefix("http://").unwrap();
    run_bare(&["emulator", "--listen", address])
        .fails(2)
        .says("cannot listen on");
}
