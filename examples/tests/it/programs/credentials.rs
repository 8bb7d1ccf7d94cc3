//! Tests of the programs about credentials.

use std::collections::HashSet;

use bce_auth::{Clock, Credentials, SystemClock, Verifier};

use super::common::{KEY, SECRET, complaint, emulator, environment, lines, run};

#[tokio::test(flavor = "multi_thread")]
async fn sts_session_gets_a_token_for_a_minute_and_lists_with_it() {
    let emulator = emulator().start().await.unwrap();
    let output = run("sts_session", &[], &environment(&emulator));
    let lines = lines(&output);

    let handle = emulator.handle();
    let session = handle.sessions().pop().unwrap();
    let life = session.expires_at - SystemClock.now();
    assert!(life <= time::Duration::MINUTE, "{life}");
    assert_eq!(session.acl, None);
    let key = format!("access key id      {}", session.access_key_id);
    assert_eq!(lines[0], key);
    assert_eq!(lines[1], "secret access key  ***");
    assert_eq!(lines[2], "session token      ***");
    assert_eq!(lines.last().unwrap(), "dev instances      0");
    let list = handle.requests().pop().unwrap();
    let authorization = list.headers["authorization"].to_str().unwrap();
    assert!(authorization.contains(&session.access_key_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn assume_role_refresh_outlives_its_credentials() {
    let emulator = emulator().start().await.unwrap();
    let arguments = ["my-account", "my-role", "2"];
    let output = run("assume_role_refresh", &arguments, &environment(&emulator));
    let lines = lines(&output);

    let keys: HashSet<_> = lines.iter().map(|line| line.rsplit(' ').next()).collect();
    assert!(keys.len() >= 2, "{lines:?}");
    let handle = emulator.handle();
    assert!(handle.request_count("AssumeRole") >= 2);
    assert_eq!(handle.request_count("GetSessionToken"), 0);
    let requests = handle.requests();
    assert!(requests.iter().all(|request| request.status == 200));
    let role = handle.sessions().pop().unwrap().role_name;
    assert_eq!(role.as_deref(), Some("my-role"));

    let output = run(
        "assume_role_refresh",
        &["my-account"],
        &environment(&emulator),
    );
    let complaint = complaint(&output);
    assert!(
        complaint.contains("usage: assume_role_refresh"),
        "{complaint}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_client_signs_what_ureq_sends() {
    let emulator = emulator().start().await.unwrap();
    let output = run("foreign_client", &[], &environment(&emulator));
    let lines = lines(&output);
    assert_eq!(lines[0], "200 OK");
    assert!(lines[1].contains(r#""totalCount":0"#), "{lines:?}");
    assert_eq!(emulator.handle().request_count("DescribeDevInstances"), 1);

    let mut environment = environment(&emulator);
    environment[1].1 = "another-secret";
    let output = run("foreign_client", &[], &environment);
    assert!(complaint(&output).contains("refused"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("SignatureDoesNotMatch"), "{text}");
}

#[test]
fn bos_presigned_url_prints_a_link_that_verifies() {
    let environment = [
        ("BCE_ACCESS_KEY_ID", KEY),
        ("BCE_SECRET_ACCESS_KEY", SECRET),
    ];
    let arguments = ["my-bucket", "reports/访问 1.pdf"];
    let output = run("bos_presigned_url", &arguments, &environment);
    let lines = lines(&output);
    let [link] = &lines[..] else {
        panic!("one line: {lines:?}");
    };
    let path = "https://my-bucket.bj.bcebos.com/reports/%E8%AE%BF%E9%97%AE%201.pdf?";
    assert!(link.starts_with(path), "{link}");

    let request = http::Request::get(link).body(()).unwrap();
    let (head, ()) = request.into_parts();
    let known = |key: &str| (key == KEY).then(|| Credentials::new(KEY, SECRET).unwrap());
    let verified = Verifier::new().verify(&head, SystemClock.now(), known);
    assert_eq!(verified.unwrap().expire_seconds(), 600);
}

#[test]
fn without_a_key_every_program_says_where_it_looked() {
    for (name, arguments) in [
        ("sts_session", &[][..]),
        ("assume_role_refresh", &["my-account", "my-role"]),
        ("foreign_client", &[]),
        ("bos_presigned_url", &["my-bucket", "my-object"]),
    ] {
        let complaint = complaint(&run(name, arguments, &[]));
        assert!(
            complaint.contains("BCE_ACCESS_KEY_ID"),
            "{name}: {complaint}"
        );
        // The error was printed with `Display`.
        assert!(!complaint.contains("kind:"), "{name}: {complaint}");
    }
}
