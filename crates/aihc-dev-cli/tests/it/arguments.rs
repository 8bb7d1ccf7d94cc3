//! Tests of wrong command lines, and of options in any position.

use crate::support::{Lab, run_bare};

#[test]
fn wrong_usage_is_code_2_and_explained() {
    for (arguments, explanation) in [
        (&["frobnicate"][..], "frobnicate"),
        (&["list", "--nonsense"], "--nonsense"),
        (
            &["list", "--output", "xml"],
            "table, wide, name, id, csv, json, jsonl, yaml",
        ),
        (&["list", "--status", "sleepy"], "running"),
        (&["list", "--page", "0"], ": must be at least 1"),
        (&["list", "--retries", "x"], ": must be a whole number"),
        (&["create", "--cpus", "four"], ": must be a whole number"),
        (&["create", "--memory", "8GiB"], "a whole number of GiB"),
        (&["create", "--disk", "1.5"], "a whole number of GB"),
        (
            &["create", "--name", "n", "--env", "FOO"],
            "--env requires NAME=VALUE",
        ),
        (
            &["stop", "a", "--timeout", "3"],
            "write 3s for seconds, 3m for minutes",
        ),
        (
            &["events", "a", "--since", "yesterday"],
            ": must be a time such as",
        ),
        (&["emulator", "--listen", "99"], "must be HOST:PORT"),
        (
            &["emulator", "--scenario", "foo=1"],
            "unknown name foo; known names are read-after-write, capacity",
        ),
        (
            &["ssh", "a", "--port", "0"],
            "must be a port from 1 to 65535",
        ),
        (&["emulator", "--time-scale", "fast"], ": must be a number"),
        (&["login"], "'ssh'"),
        (&["logs"], "'events', 'jobs logs'"),
        (&["list", "--timeout", "soon"], "such as 90s"),
        (&["list", "--log-level", "loud"], "trace"),
        (&["show"], "<ID|NAME>"),
        (&["stop"], "<ID|NAME>"),
        (&["stop", "dv-00000001", "--mine"], "--mine"),
        (&["timed-stop", "dv-00000001"], "--after"),
        (
            &["timed-stop", "dv-00000001", "--after", "2h", "--off"],
            "--off",
        ),
        (
            &["timed-stop", "dv-00000001", "--at", "tonight"],
            "2027-03-01T08:30:00+08:00",
        ),
        (
            &["wait", "dv-00000001", "--for", "christmas"],
            "running, stopped, deleted",
        ),
        (&["update", "dv-00000001"], "--set"),
        (&["create", "--dry-run", "--wait"], "--wait"),
    ] {
        let run = run_bare(arguments).fails(2).says(explanation);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

#[test]
fn no_command_shows_the_help() {
    run_bare(&[]).fails(2).says("Usage: aihc-dev");
}

#[tokio::test(flavor = "multi_thread")]
async fn global_options_stand_before_or_after_the_command() {
    let lab = Lab::new().await;
    lab.create("one").await;
    let before = lab
        .run(&["--output", "json", "--retries", "0", "list"])
        .ok();
    let after = lab.run(&["list", "--retries=0", "--output=json"]).ok();
    assert_eq!(before.json()[0]["id"], after.json()[0]["id"]);
    let elsewhere = ["--endpoint", lab.endpoint(), "list", "-o", "json"];
    assert!(
        lab.run_with(&[("AIHC_ENDPOINT", "http://127.0.0.1:1")], &elsewhere)
            .ok()
            .json()
            .is_array()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_asked_for_wins_over_the_endpoint_of_the_environment() {
    let lab = Lab::new().await;
    // The address stands for a service that a test must not reach.
    let elsewhere = [("AIHC_ENDPOINT", "http://192.0.2.1")];
    let region = ["list", "--region", "gz", "--retries", "0"];
    let arguments = [&region[..], &["--proxy", "http://127.0.0.1:1"]].concat();
    let run = lab.run_with(&elsewhere, &arguments);
    run.fails(4).says("aihc.gz.baidubce.com");
}

#[test]
fn settings_that_no_client_can_use_are_wrong_usage() {
    let keys = [("BCE_ACCESS_KEY_ID", "a"), ("BCE_SECRET_ACCESS_KEY", "s")];
    for arguments in [
        ["list", "--endpoint", "ftp://host"],
        ["list", "--region", "B J"],
        ["list", "--proxy", "ftp://user:hunter2@host"],
    ] {
        let output = crate::support::bare()
            .args(arguments)
            .envs(keys)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_is_there_but_empty_is_refused() {
    let lab = Lab::new().await;
    for option in ["--endpoint", "--region", "--profile", "--proxy"] {
        for empty in ["", " "] {
            lab.run(&["list", option, empty])
                .fails(2)
                .says("leave the option out");
        }
    }
    // An empty filter would select everything.
    for filter in ["--name", "--creator", "--pool", "--queue"] {
        lab.run(&["list", filter, ""]).fails(2).says("is empty");
    }
    lab.run_with(&[("AIHC_ENDPOINT", "")], &["list"])
        .fails(2)
        .says("AIHC_ENDPOINT is empty: unset it");
    lab.run_with(&[("BCE_STS_ENDPOINT", "")], &["session-token"])
        .fails(2)
        .says("BCE_STS_ENDPOINT is empty: unset it");
    assert!(lab.handle().request_counts().is_empty());
    // An option takes precedence over a variable.
    let elsewhere = ["list", "--endpoint", lab.endpoint()];
    lab.run_with(&[("AIHC_ENDPOINT", "")], &elsewhere).ok();
    lab.run_with(&[("BCE_STS_ENDPOINT", "")], &["list"]).ok();
}
