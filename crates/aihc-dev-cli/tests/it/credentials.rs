//! Tests of the sources of credentials, and of the command `session-token`.

use crate::support::{ACCESS_KEY, Directory, Lab, SECRET_KEY, bare, run_bare};

/// Returns a home directory with a profile of this name.
fn home(name: &str, secret: &str) -> Directory {
    let directory = Directory::new("home");
    let profile = serde_json::json!({
        "current": name,
        "profiles": [{
            "name": name, "mode": "AK",
            "access_key_id": ACCESS_KEY, "secret_access_key": secret, "region": "gz",
        }],
    });
    let name = ".bce/config.json";
    directory.write(name, &profile.to_string());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = std::path::Path::new(directory.path()).join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    directory
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_asked_for_wins_over_the_environment() {
    let lab = Lab::new().await;
    let home = home("work", SECRET_KEY);
    let wrong = [("HOME", home.path()), ("BCE_SECRET_ACCESS_KEY", "wrong")];
    lab.run_with(&wrong, &["list", "--profile", "work"]).ok();
    lab.run_with(&wrong, &["list"]).fails(3);
    let run = lab
        .run_with(&wrong, &["list", "--profile", "play"])
        .fails(3);
    run.says("no profile `play`").says("the file has `work`");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_variables_the_current_profile_is_used() {
    let lab = Lab::new().await;
    let home = home("work", SECRET_KEY);
    let output = bare()
        .args(["doctor", "--endpoint", lab.endpoint()])
        .env("HOME", home.path())
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}");
    assert!(stdout.contains("from profile work of"), "{stdout}");
}

#[test]
fn no_credentials_is_code_3_and_says_what_to_set() {
    let run = run_bare(&["list"]).fails(3);
    run.says("BCE_ACCESS_KEY_ID").says("config.json").says(
        "hint: save an access key in a profile with `aihc-dev configure`, set BCE_ACCESS_KEY_ID",
    );
}

#[test]
fn half_a_pair_is_code_3() {
    let output = bare()
        .arg("list")
        .env("BCE_ACCESS_KEY_ID", "a")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_code_3_and_stays_hidden() {
    let lab = Lab::new().await;
    let run = lab
        .run_with(&[("BCE_SECRET_ACCESS_KEY", "hunter2")], &["list"])
        .fails(3);
    let run = run
        .says("SignatureDoesNotMatch")
        .says("hint: the secret access key");
    assert!(!run.stderr.contains("hunter2"), "{run:#?}");
    lab.run_with(&[("BCE_ACCESS_KEY_ID", "nobody")], &["list"])
        .fails(3)
        .says("InvalidAccessKeyId");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_session_token_signs() {
    let lab = Lab::new().await;
    let run = lab
        .run(&["session-token", "--duration", "1h", "--export"])
        .ok();
    let lines = run
        .stdout
        .lines()
        .map(|line| line.strip_prefix("export ").unwrap());
    let variables: Vec<_> = lines.map(|line| line.split_once('=').unwrap()).collect();
    let names: Vec<_> = variables.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "BCE_ACCESS_KEY_ID",
            "BCE_SECRET_ACCESS_KEY",
            "BCE_SECURITY_TOKEN"
        ]
    );
    lab.run_with(&variables, &["list"]).ok();
    assert_eq!(lab.handle().sessions().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_token_comes_from_the_endpoint_that_is_given() {
    let lab = Lab::new().await;
    let arguments = ["session-token", "-o", "json", "--endpoint", lab.endpoint()];
    let json = lab
        .run_with(&[("BCE_STS_ENDPOINT", "http://127.0.0.1:1")], &arguments)
        .ok()
        .json();
    assert!(
        json["sessionToken"].is_string() && json["expiration"].is_string(),
        "{json}"
    );
    // Secrets must not be sent over plain http.
    let run = lab.run(&["session-token", "--endpoint", "http://sts.example.com"]);
    let run = run.fails(2).says("use https://");
    assert!(!run.stderr.contains("allow_plain_http"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_of_a_profile_that_is_not_used_is_mentioned_once_and_to_people() {
    let closed = bce_testing::ClosedPort::take().unwrap();
    let home = home("work", SECRET_KEY);
    let config = std::fs::read_to_string(format!("{}/.bce/config.json", home.path())).unwrap();
    let config = config.replace(
        "\"region\"",
        "\"endpoint\":\"bcc.bj.baidubce.com\",\"region\"",
    );
    home.write(".bce/config.json", &config);
    // The proxy makes every other host unreachable.
    let proxy = format!("http://{}", closed.address());
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = bare();
        command
            .args(["--proxy", &proxy, "--retries", "0"])
            .args(arguments);
        command
            .env("HOME", home.path())
            .envs(variables.iter().copied());
        let stderr = command.output().unwrap().stderr;
        let stderr = String::from_utf8(stderr).unwrap();
        stderr
            .matches("the endpoint in profile work is not used")
            .count()
    };
    assert_eq!(run(&["list"], &[]), 1);
    assert_eq!(run(&["list", "--profile", "work"], &[]), 1);
    assert_eq!(
        run(
            &["update", "dv-00000001", "--set", "startCmd=x", "--dry-run"],
            &[]
        ),
        1
    );
    assert_eq!(run(&["list", "-o", "json"], &[]), 0);
    assert_eq!(run(&["list", "--endpoint", &proxy], &[]), 0);
    assert_eq!(run(&["list"], &[("AIHC_ENDPOINT", &proxy)]), 0);
    let keys = [("BCE_ACCESS_KEY_ID", "a"), ("BCE_SECRET_ACCESS_KEY", "s")];
    assert_eq!(run(&["list"], &keys), 0);
}
