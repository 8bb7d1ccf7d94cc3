//! Tests of the command `list`, and of output formats.

use std::process::Stdio;

use crate::golden::{assert_golden, steady};
use crate::support::Lab;

/// Creates three instances. One of them is stopped, and the other two have Chinese names.
async fn three(lab: &Lab) -> [String; 3] {
    let ids = [
        lab.running("训练机-一").await,
        lab.running("plain").await,
        lab.running("带空格 的名字很长很长很长很长很长很长").await,
    ];
    lab.run(&["stop", &ids[1], "--wait", "--interval", "5ms"])
        .ok();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_aligned_also_with_chinese_names() {
    let lab = Lab::new().await;
    three(&lab).await;
    assert_golden("list.txt", &steady(&lab.run(&["list"]).ok().stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_fits_a_narrow_terminal() {
    let lab = Lab::new().await;
    three(&lab).await;
    let run = lab.run_with(&[("COLUMNS", "72")], &["list"]).ok();
    assert_golden("list-72.txt", &steady(&run.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_says_the_same() {
    let lab = Lab::new().await;
    three(&lab).await;
    let json = lab.run(&["list", "-o", "json"]).ok().json();
    let lines = lab.run(&["list", "-o", "jsonl"]).ok().lines();
    let yaml = lab.run(&["list", "-o", "yaml"]).ok().stdout;
    let yaml: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
    assert_eq!(json.as_array().unwrap(), &lines);
    assert_eq!(json, yaml);
    assert_eq!(json[2]["name"], "训练机-一");
    assert_eq!(json[2]["status"], "running");
    assert_eq!(json[2]["statusCode"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_are_read_and_one_page_says_that_there_are_more() {
    let lab = Lab::new().await;
    for number in 0..5 {
        lab.create(&format!("instance-{number}")).await;
    }
    let page = lab
        .run(&["list", "--page-size", "2", "-o", "jsonl"])
        .ok()
        .says("2 of 5");
    assert_eq!(page.lines().len(), 2);
    let last = lab
        .run(&["list", "--page-size", "2", "--page", "3", "-o", "jsonl"])
        .ok();
    assert_eq!((last.lines().len(), last.stderr.as_str()), (1, ""));
    for form in ["json", "jsonl"] {
        let before = lab.count("DescribeDevInstances");
        let all = lab
            .run(&["list", "--all-pages", "--page-size", "2", "-o", form])
            .ok();
        let all = if form == "json" {
            all.json().as_array().unwrap().clone()
        } else {
            all.lines()
        };
        assert_eq!(all.len(), 5, "{form}");
        assert!(lab.count("DescribeDevInstances") >= before + 3, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_reach_the_service() {
    let lab = Lab::new().await;
    let ids = three(&lab).await;
    let found = |arguments: &[&str]| {
        let run = lab
            .run(&[&["list", "-o", "jsonl"], arguments].concat())
            .ok();
        run.lines()
            .iter()
            .map(|i| i["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&["--status", "stopped"]), [ids[1].clone()]);
    assert_eq!(found(&["--status", "STOPPED"]), [ids[1].clone()]);
    assert_eq!(found(&["--status", "5"]), [ids[1].clone()]);
    assert_eq!(found(&["--name", "训练"]), [ids[0].clone()]);
    assert_eq!(found(&["--creator", "nobody"]), Vec::<String>::new());
    assert_eq!(
        found(&["--pool", "cce-1", "--queue", "default", "--mine"]).len(),
        3
    );
    assert_eq!(found(&["--order", "oldest"]), ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_is_no_failure() {
    let lab = Lab::new().await;
    let run = lab.run(&["list"]).ok().says("no instances");
    assert_eq!(run.stdout, "");
    assert_eq!(lab.run(&["list", "-o", "json"]).ok().stdout, "[]\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_has_seen_enough_is_no_failure() {
    let lab = Lab::new().await;
    lab.create("one").await;
    let mut command = lab.command(&["list", "--all-pages", "-o", "jsonl"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_go_to_standard_error_without_secrets() {
    let lab = Lab::new().await;
    lab.create("one").await;
    let run = lab
        .run(&["list", "-o", "json", "--log-level", "trace"])
        .ok();
    assert!(run.stderr.contains("DescribeDevInstances"), "{run:#?}");
    assert!(
        !run.stderr.contains("my-secret-key") && !run.stderr.contains("bce-auth-v1/"),
        "{run:#?}"
    );
    assert_eq!(run.json().as_array().unwrap().len(), 1);
    assert_eq!(lab.run(&["list", "--log-level", "off"]).ok().stderr, "");
}
