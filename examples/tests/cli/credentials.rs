//! Where credentials come from, and `session-token`

use crate::support::{ACCESS_KEY, Directory, Lab, SECRET_KEY, bare, run_bare};

/// A home directory with a profile of this name.
fn home(name: &str, secret: &str) -> Directory {
    let directory = Directory::new("home");
    let profile = serde_json::json!({
        "current": name,
        "profiles": [{
            "name": name, "mode": "AK",
            "access_key_id": ACCESS_KEY, "secret_access_key": secret, "region": "gz",
        }],
    });
    let path = directory.write(".bce/config.json", &profile.to_string());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
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
    run.says("no profile `play`").says("there is `work`");
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
    run.says("BCE_ACCESS_KEY_ID")
        .says("config.json")
        .says("hint: set BCE_ACCESS_KEY_ID");
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
    // Secrets do not travel readable.
    lab.run(&["session-token", "--endpoint", "http://sts.example.com"])
        .fails(2);
}
