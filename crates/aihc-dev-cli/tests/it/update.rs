//! Tests of the command `update`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::Duration;

use bce_testing::RawServer;
use serde_json::json;

use crate::golden::{assert_golden, steady};
use crate::support::{Lab, run_bare};

#[tokio::test(flavor = "multi_thread")]
async fn it_changes_one_thing_and_keeps_the_rest() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let run = lab
        .run(&[
            "update",
            &id,
            "--set",
            "resources.cpus=8",
            "--set",
            "isPublicMgmt=true",
        ])
        .ok();
    assert_golden("update.txt", &steady(&run.stdout));
    let detail = lab
        .client()
        .query_dev_instance_detail(&id)
        .await
        .unwrap()
        .dev_instance;
    let conf = detail.conf.unwrap();
    assert_eq!((conf.resources.cpus, conf.resources.memory), (8, 8));
    assert_eq!(conf.envs.unwrap()["TOKEN"].expose(), "hunter2");
    assert_eq!(detail.is_public_mgmt, Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_changes_without_being_shown() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let run = lab
        .run(&["update", &id, "--set", "envs.TOKEN=s3cret", "-o", "json"])
        .ok();
    let expected = serde_json::json!([{"member": "conf.envs.TOKEN", "old": "***", "new": "***"}]);
    assert_eq!(run.json()["changes"], expected);
    let detail = lab
        .client()
        .query_dev_instance_detail(&id)
        .await
        .unwrap()
        .dev_instance;
    assert_eq!(
        detail.conf.unwrap().envs.unwrap()["TOKEN"].expose(),
        "s3cret"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_same_already_is_not_sent() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let run = lab.run(&["update", &id, "--set", "resources.cpus=4"]).ok();
    assert_eq!(run.stdout, "nothing to change\n");
    assert_eq!(lab.count("ModifyDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_reads_and_changes_nothing() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let arguments = [
        "update",
        &id,
        "--set",
        "resources.cpus=8",
        "--dry-run",
        "-o",
        "json",
    ];
    let run = lab.run(&arguments).ok().says("conf.resources.cpus");
    assert_eq!(run.json()["body"]["conf"]["resources"]["cpus"], 8);
    assert_eq!(run.json()["body"]["conf"]["envs"]["TOKEN"], "***");
    assert_eq!(lab.count("ModifyDevInstance"), 0);
    assert!(lab.count("DescribeDevInstance") > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_members_are_found_before_anything_is_sent() {
    let lab = Lab::new().await;
    for (set, explanation) in [
        ("resources.cpu=4", "did you mean conf.resources.cpus?"),
        ("cpus=4", "did you mean conf.resources.cpus?"),
        ("resources.cpus=many", "must be a whole number"),
        ("resources.cpus", "NAME=VALUE"),
        ("devInstanceId=dv-2", "the API has no member"),
    ] {
        lab.run(&["update", "dv-00000001", "--set", set])
            .fails(2)
            .says(explanation);
    }
    assert!(lab.handle().request_counts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_does_not_change_is_its_refusal() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let run = lab.run(&["update", &id, "--set", "name=second"]).fails(1);
    run.says("400 InvalidParameter")
        .says("the change was not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_until_the_instance_runs_again() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let arguments = [
        "update",
        &id,
        "--set",
        "resources.cpus=8",
        "--wait",
        "--interval",
        "5ms",
    ];
    lab.run(&arguments).ok().says("running");
    assert_eq!(lab.status(&id), 3);
}

/// Tests reads that show the old state until the tool has seen it several times after the change.
#[tokio::test(flavor = "multi_thread")]
async fn while_reads_lag_the_old_state_is_not_taken_for_the_new_one() {
    let lag = Duration::from_secs(200 * 3600);
    for set in [
        "resources.cpus=8",
        // Neither of the two had a value before.
        "startCmd=run",
        "envs.LANG=C.UTF-8",
        "visibleScope.type=1",
    ] {
        let lab = Lab::new().await;
        let id = lab.running("first").await;
        let mut scenario = aihc_emulator::Scenario::default();
        scenario.read_after_write = lag;
        lab.handle().set_scenario(scenario).unwrap();
        let arguments = ["update", &id, "--set", set, "--wait", "--interval", "5ms"];
        let mut command = lab.command(&[&arguments[..], &["--timeout", "60s"]].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut tool = command.spawn().unwrap();
        let mut said = BufReader::new(tool.stderr.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap().contains("running")), "{set}");
        let seen = lab.count("DescribeDevInstance");
        while lab.count("DescribeDevInstance") < seen + 3 {
            let ended = tool.try_wait().unwrap();
            assert!(ended.is_none(), "{set}: {ended:?}");
            std::thread::yield_now();
        }
        lab.handle().advance(lag);
        assert!(tool.wait().unwrap().success(), "{set}");
        let mut told = String::new();
        let mut output = tool.stdout.take().unwrap();
        output.read_to_string(&mut told).unwrap();
        assert!(told.contains(set.split('=').next().unwrap()), "{told}");
        assert_eq!(lab.count("ModifyDevInstance"), 1, "{set}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_shows_nothing_is_not_waited_for() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let mut scenario = aihc_emulator::Scenario::default();
    scenario.read_after_write = Duration::from_secs(200 * 3600);
    lab.handle().set_scenario(scenario).unwrap();
    let password = "conf.image.password=s3cret";
    let run = lab.run(&["update", &id, "--set", password, "--wait"]).ok();
    assert!(!run.stdout.contains("s3cret"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_password_is_refused_where_the_service_shows_none() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    for set in ["image.password=", "conf.image.password=\"\""] {
        let more = ["update", &id, "--set", "resources.cpus=8", "--set", set];
        lab.run(&more).fails(2).says("an empty one changes nothing");
    }
    assert_eq!(lab.count("ModifyDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_show_writes_of_a_configuration_changes_nothing() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let shown = lab.run(&["show", &id, "-o", "yaml"]).ok().stdout;
    let conf = shown.split_once("conf:").unwrap().1;
    let members: String = conf
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(members.contains("password: "), "{members}");
    let file = format!("conf:{members}");
    let run = lab.run_fed(&file, &["update", &id, "--file", "-"]);
    assert_eq!(run.ok().stdout, "nothing to change\n");
    assert_eq!(lab.count("ModifyDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_written_as_asterisks_keeps_its_value() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let conf = async || {
        let detail = lab.client().query_dev_instance_detail(&id).await.unwrap();
        detail.dev_instance.conf.unwrap()
    };
    let file = "conf:\n  resources: {cpus: 8}\n  envs: {TOKEN: '***', VERSION: 1.10}\n";
    let run = lab.run_fed(file, &["update", &id, "--file", "-", "-o", "json"]);
    let changes = run.ok().json()["changes"].clone();
    let members: Vec<_> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["member"].clone())
        .collect();
    assert_eq!(members, ["conf.envs.VERSION", "conf.resources.cpus"]);
    let changed = conf().await;
    let envs = changed.envs.unwrap();
    assert_eq!(
        (envs["TOKEN"].expose(), envs["VERSION"].expose()),
        ("hunter2", "1.10")
    );
    assert_eq!((changed.resources.cpus, changed.resources.memory), (8, 8));

    let keep = [
        "update",
        &id,
        "--set",
        "envs.TOKEN=***",
        "--set",
        "resources.cpus=2",
    ];
    lab.run(&keep).ok();
    assert_eq!(conf().await.envs.unwrap()["TOKEN"].expose(), "hunter2");
    let whole = "envs={\"TOKEN\":\"***\"}";
    lab.run(&["update", &id, "--set", whole]).ok();
    let envs = conf().await.envs.unwrap();
    assert_eq!((envs.len(), envs["TOKEN"].expose()), (1, "hunter2"));

    let sent = lab.count("ModifyDevInstance");
    for (set, member) in [
        ("envs.OTHER=***", "conf.envs.OTHER is ***"),
        ("image.password=***", "conf.image.password is ***"),
    ] {
        let run = lab.run(&["update", &id, "--set", set]).fails(2);
        run.says(member)
            .says("the service shows no value that could be kept");
    }
    let file = "conf:\n  image:\n    password: '***'\n";
    lab.run_fed(file, &["update", &id, "--file", "-"])
        .fails(2)
        .says("standard input, line 3: conf.image.password is ***");
    assert_eq!(lab.count("ModifyDevInstance"), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_changes_is_checked_before_anything_is_sent() {
    let lab = Lab::new().await;
    for (file, explanation) in [
        (
            "conf: {resources: {cpu: 4}}",
            "standard input, line 1: the API has no member",
        ),
        ("id: dv-2\n", "for an instance with another id"),
        ("[]", "contains no description"),
    ] {
        lab.run_fed(file, &["update", "dv-00000001", "--file", "-"])
            .fails(2)
            .says(explanation);
    }
    lab.run(&["update", "dv-00000001", "--set", "id=dv-2"])
        .fails(2)
        .says("cannot be changed");
    assert!(lab.handle().request_counts().is_empty());
}

/// Returns a service whose instance is changed and changed back between two reads, so that only the
/// time of the last change is different.
async fn changed_and_changed_back() -> RawServer {
    let readings = std::sync::atomic::AtomicI64::new(0);
    RawServer::answering(move |_| {
        let reading = readings.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let body = json!({"requestId": "r", "devInstance": {
            "id": "dv-00000001", "name": "n", "creator": "c", "creatorId": "i", "status": 3,
            "conf": {
                "resourcePool": {"queueName": "q"}, "resources": {"cpus": 4, "memory": 8},
                "image": {"imageType": 0, "imageUrl": "i"}, "volumnConfs": [],
                "updatedAt": 1_700_000_000 + reading,
            },
        }})
        .to_string();
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .into_bytes()
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_reverted_meanwhile_is_noticed() {
    let lab = Lab::new().await;
    let file = "conf: {resources: {cpus: 8}}";
    for arguments in [
        &["--set", "resources.cpus=8"][..],
        &["--set", "resources.cpus=8", "--dry-run"],
        &["--file", "-"],
        &["--file", "-", "--dry-run"],
    ] {
        let server = changed_and_changed_back().await;
        let url = server.url();
        let update = ["update", "dv-00000001", "--endpoint", &url];
        let run = lab.run_fed(file, &[&update[..], arguments].concat());
        let run = run
            .fails(1)
            .says("dv-00000001 was not changed: somebody else has");
        assert_eq!(run.stdout, "", "{arguments:?}");
        // The instance was read twice, and nothing was sent.
        assert_eq!(server.requests().len(), 2, "{arguments:?}");
    }
}

#[test]
fn options_of_create_lead_to_members_and_a_file_is_an_answer_too() {
    let run = run_bare(&["update", "dv-00000001", "--cpus", "8"]).fails(2);
    run.says("tip: --set resources.cpus=8\n");
    let run = run_bare(&["update", "dv-00000001"]).fails(2);
    run.says("--set <MEMBER=VALUE>").says("--file <PATH>");
}
