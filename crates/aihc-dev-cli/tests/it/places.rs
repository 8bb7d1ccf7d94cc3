//! Tests of the commands `pools`, `queues` and `datasets`, and of the messages about them in
//! `create`.

use serde_json::{Value, json};

use crate::golden::{assert_golden, steady};
use crate::support::{CREATE, Lab, Run};

/// Returns the initial resources of an emulator: pools that users run themselves, a managed pool,
/// queues inside a queue, and datasets.
pub(crate) fn resources() -> Value {
    let node = |name: &str, count: i64| {
        json!({"name": name, "cpus": 64, "memory": 512, "acceleratorType": "A800-80G",
            "accelerator": "baidu.com/a800_80g_cgpu", "acceleratorCount": count})
    };
    json!({
        "pools": [
            {"id": "cce-own", "name": "own", "nodes": [node("n1", 8), node("n2", 8)], "queues": [
                {"id": "queue-1", "name": "default", "type": "Elastic"},
                {"id": "queue-2", "name": "训练", "accelerators": {"baidu.com/a800_80g_cgpu": 4.0}},
                {"id": "queue-3", "name": "nightly", "parent": "训练", "opened": false,
                    "accelerators": {"baidu.com/a800_80g_cgpu": 2.0}},
            ]},
            {"id": "cce-cpu", "name": "no cards", "nodes": [node("n3", 0)], "queues": [
                {"id": "queue-5", "name": "default"},
            ]},
            {"id": "aihc-managed", "name": "managed", "type": "dedicatedV2", "nodes": [node("n4", 8)],
                "queues": [{"id": "queue-9", "name": "team"}]},
        ],
        "datasets": [
            {"id": "ds-1", "name": "images", "storageType": "PFS", "storageInstance": "pfs-1",
                "versions": [
                    {"id": "v-1", "storagePath": "/1", "mountPath": "/mnt/1"},
                    {"id": "v-2", "storagePath": "/2", "mountPath": "/mnt/2"},
                ]},
            {"id": "ds-2", "name": "words", "storageType": "BOS", "storageInstance": "bucket",
                "versions": [{"id": "v-3", "storagePath": "/3", "mountPath": "/mnt/3"}]},
        ],
    })
}

fn texts<'a>(documents: &'a [Value], name: &str) -> Vec<&'a str> {
    let texts = documents.iter().map(|it| it[name].as_str().unwrap());
    texts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pools_of_both_kinds_come_with_their_ids_and_gpus() {
    let lab = Lab::with_resources(resources()).await;
    let run = lab.run(&["pools"]).ok();
    assert_eq!(run.stderr, "");
    assert_golden("pools.txt", &steady(&run.stdout));
    let json = lab.run(&["pools", "-o", "json"]).ok().json();
    let json = json.as_array().unwrap();
    let ids = texts(json, "resourcePoolId");
    assert_eq!(ids, ["cce-cpu", "cce-own", "aihc-managed"]);
    let kinds = texts(json, "type");
    assert_eq!(kinds, ["common", "common", "dedicatedV2"]);
    let lines = lab.run(&["pools", "-o", "jsonl"]).ok().lines();
    assert_eq!(&lines, json);
    let yaml = lab.run(&["pools", "-o", "yaml"]).ok().stdout;
    let yaml: Value = serde_saphyr::from_str(&yaml).unwrap();
    assert_eq!(yaml.as_array(), Some(json));
    let only = |arguments: &[&str]| {
        let run = lab.run(&[&["pools", "-o", "jsonl"], arguments].concat());
        let lines = run.ok().lines();
        texts(&lines, "name").join(" ")
    };
    assert_eq!(only(&["--type", "dedicatedV2"]), "managed");
    assert_eq!(only(&["--name", "own"]), "own");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_pools_than_a_page_has_all_come() {
    let pools = (0..230).map(|n| json!({"id": format!("cce-{n:03}"), "name": format!("p{n:03}")}));
    let pools: Vec<Value> = pools.collect();
    let lab = Lab::with_resources(json!({ "pools": pools })).await;
    let lines = lab.run(&["pools", "-o", "jsonl"]).ok().lines();
    assert_eq!(lines.len(), 230);
    assert_eq!(lines[229]["resourcePoolId"], "cce-229");
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_of_all_pools_come_with_free_and_all_gpus() {
    let lab = Lab::with_resources(resources()).await;
    assert_golden("queues.txt", &steady(&lab.run(&["queues"]).ok().stdout));
    let json = lab.run(&["queues", "-o", "json"]).ok().json();
    let json = json.as_array().unwrap();
    let names = texts(json, "queueName");
    assert_eq!(names, ["default", "default", "训练", "nightly", "team"]);
    let pools = texts(json, "resourcePoolId");
    assert_eq!(
        pools,
        ["cce-cpu", "cce-own", "cce-own", "cce-own", "aihc-managed"]
    );
    assert_eq!(json[3]["parentQueue"], "训练");
    let of_one = lab.run(&["queues", "--pool", "cce-own", "-o", "jsonl"]);
    assert_eq!(of_one.ok().lines(), json[1..4]);
    let named = lab.run(&["queues", "--name", "night", "-o", "json"]);
    assert_eq!(named.ok().json(), json!([json[3]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_of_managed_pools_come_under_the_name_that_create_takes() {
    let lab = Lab::with_resources(resources()).await;
    for (pools, queues) in [
        (&["--pool", "serverless"][..], "queue-9"),
        (
            &["--pool", "aihc-serverless", "--pool", "aihc-managed"],
            "queue-9",
        ),
        (
            &["--pool", "serverless", "--pool", "cce-cpu"],
            "queue-5 queue-9",
        ),
    ] {
        let run = lab.run(&[&["queues", "-o", "jsonl"], pools].concat()).ok();
        assert_eq!(texts(&run.lines(), "queueId").join(" "), queues);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_takes_from_the_free_gpus_of_its_queue() {
    let lab = Lab::with_resources(resources()).await;
    let create = [
        &CREATE[..7],
        &["--pool", "cce-own", "--queue", "default"],
        &CREATE[9..],
        &[
            "--accelerator",
            "baidu.com/a800_80g_cgpu",
            "--accelerators",
            "3",
        ],
        &["--wait", "--interval", "5ms"],
    ];
    lab.run(&create.concat()).ok();
    let run = lab.run(&["queues", "--pool", "cce-own", "--name", "default"]);
    let run = run.ok();
    let row: Vec<_> = run
        .stdout
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(
        row[5..8],
        ["13", "16", "baidu.com/a800_80g_cgpu"],
        "{run:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_one_pool_does_not_hide_the_others() {
    let lab = Lab::with_resources(resources()).await;
    let run = lab.run(&[
        "queues", "--pool", "cce-own", "--pool", "nope", "-o", "json",
    ]);
    let run = run.fails(1).says("aihc-dev: nope: DescribeQueues failed");
    assert_eq!(run.json().as_array().unwrap().len(), 3);
    let run = lab.run(&["queues", "--pool", "nope"]).fails(1);
    let run = run
        .says("403 NotFound")
        .says("`aihc-dev pools` shows the ids");
    assert_eq!(run.stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_gpus_that_cannot_be_read_leave_the_pools() {
    let lab = Lab::with_resources(resources()).await;
    lab.refuse("DescribeResourcePoolOverview", 403, "AccessDenied", "no");
    let run = lab.run(&["pools"]).ok();
    let run = run.says("cannot read the numbers of GPUs");
    assert!(run.stdout.contains("cce-own"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_no_failure() {
    let lab = Lab::with_resources(json!({})).await;
    for what in ["pools", "queues", "datasets"] {
        let run = lab.run(&[what]).ok().says(&format!("no {what}"));
        assert_eq!(run.stdout, "");
        assert_eq!(lab.run(&[what, "-o", "json"]).ok().stdout, "[]\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn datasets_come_with_their_latest_version() {
    let lab = Lab::with_resources(resources()).await;
    let table = lab.run(&["datasets"]).ok().stdout;
    assert_golden("datasets.txt", &steady(&table));
    let json = lab.run(&["datasets", "-o", "json"]).ok().json();
    let mut versions = texts(json.as_array().unwrap(), "latestVersionId");
    versions.sort_unstable();
    assert_eq!(versions, ["v-2", "v-3"]);
    let names = |arguments: &[&str]| {
        let run = lab.run(&[&["datasets", "-o", "jsonl"], arguments].concat());
        let lines = run.ok().lines();
        texts(&lines, "name").join(" ")
    };
    assert_eq!(names(&["--storage", "bos"]), "words");
    assert_eq!(names(&["--name", "image"]), "images");
    assert_eq!(names(&["--all-pages", "--page-size", "1"]).len(), 12);
    let page = lab.run(&["datasets", "--page-size", "1"]).ok();
    page.says("1 of 2; use --all-pages for all, --page 2 for the next page");
}

/// Runs `create` with a pool and a queue. The service reports that one of them does not exist.
fn refused(lab: &Lab, pool: &[&str], queue: &str) -> Run {
    lab.refuse("CreateDevInstance", 403, "NotFound", "it does not exist");
    let place = [pool, &["--queue", queue]].concat();
    let run = lab.run(&[&CREATE[..7], &place, &CREATE[9..]].concat());
    assert_eq!(lab.count("CreateDevInstance"), 1);
    let run = run.fails(1).says("403 NotFound: it does not exist");
    run.says("the change was not made")
}

#[tokio::test(flavor = "multi_thread")]
async fn create_with_a_wrong_pool_says_which_there_are() {
    let lab = Lab::with_resources(resources()).await;
    let run = refused(&lab, &["--pool", "cce-nope"], "default");
    let run = run.says("the pools are:").says("--pool cce-own  (own)");
    let run = run.says("--pool serverless  (managed: aihc-managed managed)");
    assert!(run.stderr.find("NotFound") < run.stderr.find("the pools are"));
    assert!(!run.stderr.contains("the queues of"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn create_with_a_wrong_queue_says_which_the_pool_has() {
    let lab = Lab::with_resources(resources()).await;
    let run = refused(&lab, &["--pool", "cce-own"], "nope");
    let run = run.says("the queues of cce-own are:");
    let run = run.says("--queue default  (16 free baidu.com/a800_80g_cgpu)");
    run.says("--queue nightly  (closed)");
}

#[tokio::test(flavor = "multi_thread")]
async fn create_in_a_managed_pool_names_its_queues_by_id() {
    let lab = Lab::with_resources(resources()).await;
    let run = refused(&lab, &["--pool", "serverless"], "nope");
    run.says("--pool serverless --queue queue-9  (8 free baidu.com/a800_80g_cgpu)");
    let lab = Lab::new().await;
    let run = refused(&lab, &[], "nope");
    run.says("no managed pools").says("--pool cce-emulator");
}

#[tokio::test(flavor = "multi_thread")]
async fn create_says_nothing_of_places_that_are_there() {
    let lab = Lab::with_resources(resources()).await;
    let run = refused(&lab, &["--pool", "cce-own"], "default");
    assert!(!run.stderr.contains("--queue"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_fails_does_not_hide_why_create_was_refused() {
    let lab = Lab::with_resources(resources()).await;
    lab.refuse("DescribeQueues", 403, "AccessDenied", "not yours");
    lab.refuse("DescribeResourcePools", 500, "InternalError", "broken");
    let run = refused(&lab, &["--pool", "cce-nope"], "q");
    run.says("cannot list the pools and queues: DescribeResourcePools failed: 500");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_is_told_in_a_bounded_number_of_lines() {
    let queues = (0..90).map(|n| json!({"id": format!("q-{n}"), "name": format!("queue{n}")}));
    let queues: Vec<Value> = queues.collect();
    let pool = json!({"id": "cce-own", "name": "own", "queues": queues});
    let lab = Lab::with_resources(json!({"pools": [pool]})).await;
    let run = refused(&lab, &["--pool", "cce-own"], "nope");
    let run = run.says("and 70 more: `aihc-dev queues --pool cce-own`");
    assert!(run.stderr.lines().count() < 30, "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_about_something_else_are_not_looked_into() {
    let lab = Lab::with_resources(resources()).await;
    for (status, code) in [(403, "InvalidAccessKeyId"), (429, "TooManyRequests")] {
        lab.refuse("CreateDevInstance", status, code, "the queue");
        let run = lab.run(&[&CREATE[..], &["--retries", "0"]].concat());
        assert_ne!(run.code, Some(0), "{run:#?}");
        assert_eq!(lab.count("DescribeQueues"), 0, "{run:#?}");
        assert_eq!(lab.count("DescribeResourcePools"), 0, "{run:#?}");
        lab.handle().clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn create_without_a_queue_says_how_to_find_one_and_a_dry_run_looks_for_none() {
    let lab = Lab::with_resources(resources()).await;
    let run = lab.run(&["create", "--name", "n"]).fails(2);
    run.says("(--queue)")
        .says("`aihc-dev pools`")
        .says("`aihc-dev queues`");
    let run = lab.run(&[&CREATE[..], &["--pool", "cce-nope", "--dry-run"]].concat());
    assert_eq!(run.ok().stderr, "");
    assert!(lab.handle().request_counts().is_empty());
}
