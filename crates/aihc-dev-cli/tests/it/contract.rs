//! Tests of the command `check-contract`: what it finds in the responses of an emulator, and what
//! its report contains.

use std::time::Duration;

use aihc::jobs::{DataSource, Env, ImageConfig, JobResource, JobSpec};
use aihc::services::ServiceConf;
use aihc_emulator::{
    AccessKey, Builder, Close, Delays, Emulator, Fault, FaultRule, Quirk, Resources,
};
use bce_auth::Credentials;
use serde_json::{Value, json};

use crate::support::{Directory, Lab};

/// Returns the initial resources of an emulator: pools that users run themselves and managed pools,
/// queues inside a queue, datasets and models.
fn resources() -> Resources {
    let node = |name: &str| {
        json!({"name": name, "cpus": 64, "memory": 512, "acceleratorType": "A800-80G",
            "accelerator": "baidu.com/a800_80g_cgpu", "acceleratorCount": 8})
    };
    let resources = json!({
        "pools": [
            {"id": "cce-own", "name": "自建池", "description": "北京 pool", "nodes": [node("10.9.8.7")],
                "queues": [
                    {"id": "queue-1", "name": "cola", "type": "Elastic"},
                    {"id": "queue-2", "name": "训练队列",
                        "accelerators": {"baidu.com/a800_80g_cgpu": 4.0}},
                    {"id": "queue-3", "name": "nightly", "parent": "训练队列"},
                ]},
            {"id": "aihc-managed", "name": "zhangsan-pool", "type": "dedicatedV2",
                "nodes": [node("10.9.8.8")], "queues": [{"id": "queue-9", "name": "team"}]},
        ],
        "datasets": [
            {"id": "ds-own", "name": "corpus", "storageType": "PFS", "storageInstance": "pfs-own",
                "importFormat": "FOLDER", "description": "李四的数据", "visibilityScope": "ALL_PEOPLE",
                "versions": [
                    {"id": "v-one", "storagePath": "/one", "mountPath": "/mnt/one"},
                    {"id": "v-two", "storagePath": "/two", "mountPath": "/mnt/two", "description": "d"},
                ]},
        ],
        "models": [
            {"id": "mo-own", "name": "qwen-of-lisi", "modelFormat": "HuggingFace", "description": "m",
                "visibilityScope": "ONLY_OWNER",
                "versions": [{"id": "mo-own-1", "source": "UserUpload", "storageBucket": "bucket-own",
                    "storagePath": "/qwen", "modelMetrics": "{\"Results\":[]}"}]},
        ],
    });
    Resources::from_json(&resources.to_string()).unwrap()
}

/// Returns an emulator that contains resources of every kind, none of which changes its state
/// during a test.
async fn full(change: impl FnOnce(Builder) -> Builder) -> Lab {
    let mut delays = Delays::default();
    delays.job_running = Duration::from_secs(360_000);
    let builder = Emulator::builder().time_scale(200.0).delays(delays);
    let lab = Lab::started(change(builder.resources(resources()))).await;
    // The responses are ignored, since a quirk may make them unreadable.
    for name in ["dev-zhangsan", "开发机", "third"] {
        let id = lab.create(name).await;
        lab.handle().advance(Duration::from_secs(3600));
        let client = lab.client();
        let timer = client.timed_stop_dev_instance(id).enable(true);
        timer.delay_sec(36_000_000).await.unwrap();
    }
    let spec = JobSpec::new("registry.example.com/team/train:v1", 1)
        .image_config(ImageConfig::new("robot", "pull-hunter2"))
        .resources([JobResource::new("baidu.com/a800_80g_cgpu", 2.0)])
        .envs([Env::new().name("TOKEN").value("env-hunter2")]);
    let data = DataSource::new("pfs", "pfs-own", "/mnt/data").source_path("/");
    let job = lab.aihc().create_job().resource_pool_id("cce-own");
    let job = job
        .queue_id("cola")
        .name("job-of-wangwu")
        .job_spec(spec.into());
    job.command("python train.py")
        .datasources([data])
        .await
        .unwrap();
    let conf = json!({
        "name": "chat-of-wangwu", "acceleratorType": "", "workloadType": "", "instanceCount": 2,
        "resourcePool": {"resourcePoolId": "cce-own", "resourcePoolName": "自建池",
            "queueName": "cola", "resourcePoolType": ""},
        "access": {"publicAccess": true, "networkType": "aiGateway", "aiGateway": {"enableAuth": true}},
        "containers": [{
            "name": "main", "cpus": 1, "memory": 1, "acceleratorCount": 0, "command": ["serve"],
            "ports": [{"name": "HTTP", "port": 8080}], "envs": {"TOKEN": "env-hunter2"},
            "image": {"imageType": 2, "imageUrl": "r.example.com/vllm:1", "username": "u",
                "password": "pull-hunter2"},
        }],
    });
    let conf: ServiceConf = serde_json::from_value(conf).unwrap();
    lab.aihc()
        .create_service()
        .service_conf(conf)
        .await
        .unwrap();
    lab.handle().advance(Duration::from_secs(3600));
    lab
}

/// Runs `check-contract --sts`, which must end with the exit code `code`, and returns the report as
/// JSON.
fn report(lab: &Lab, code: i32) -> Value {
    let run = lab.run(&["check-contract", "--sts", "-o", "json"]);
    run.fails(code).json()
}

/// Returns the operation, the member and the kind of each row in the list `of`, which is
/// `differences` or `notes`.
fn rows(report: &Value, of: &str) -> Vec<[String; 3]> {
    let rows = report[of].as_array().unwrap().iter();
    rows.map(|row| ["operation", "member", "kind"].map(|it| row[it].as_str().unwrap().to_owned()))
        .collect()
}

/// Returns the emulator's ids, names, addresses, keys and secrets, which no report may contain.
fn private(lab: &Lab) -> Vec<String> {
    let handle = lab.handle();
    let mut all: Vec<String> = [
        "zhangsan",
        "张三",
        "李四",
        "lisi",
        "wangwu",
        "开发机",
        "自建池",
        "训练队列",
        "北京",
        "cola",
        "nightly",
        "cce-own",
        "cce-1",
        "aihc-managed",
        "queue-1",
        "queue-9",
        "ds-own",
        "v-one",
        "mo-own",
        "corpus",
        "pfs-own",
        "bucket-own",
        "qwen",
        "10.9.8.7",
        "10.9.8.8",
        "/mnt/",
        "registry.example.com",
        "r.example.com",
        "hunter2",
        "ssh-rsa",
        "lb-1",
        "127.0.0.1",
        "python train.py",
        "my-access-key",
        "my-secret-key",
        "bce-auth-v1",
        "third",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push(lab.endpoint().to_owned());
    all.extend(handle.instances().iter().map(|it| it.id.clone()));
    all.extend(handle.jobs().iter().map(|it| it.id.clone()));
    all.extend(handle.services().iter().map(|it| it.id.clone()));
    all.extend(handle.requests().iter().map(|it| it.request_id.clone()));
    all
}

#[track_caller]
fn assert_tells_nothing(text: &str, private: &[String]) {
    for value in private {
        assert!(!text.contains(value.as_str()), "{value} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_answers_as_described() {
    let lab = full(|it| it).await;
    let report = report(&lab, 0);
    assert_eq!(report["differences"], json!([]));
    let operations = report["operations"].as_array().unwrap();
    let not_called = [
        // A pack job exists only after packing, and a role has to be named.
        "DescribeDevInstanceImagePackJob",
        "AssumeRole",
    ];
    for operation in operations {
        let name = operation["operation"].as_str().unwrap();
        let is_read = name.starts_with("Describe") || name == "GetSessionToken";
        let is_compared = operation["result"] == "compared";
        let expected = is_read && !not_called.contains(&name);
        assert_eq!(is_compared, expected, "{operation}");
    }
    let seen = report["summary"]["membersSeen"].as_u64().unwrap();
    let described = report["summary"]["membersDescribed"].as_u64().unwrap();
    assert!(
        seen * 5 > described * 2 && seen < described,
        "{seen} of {described}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_for_people_goes_into_a_file_and_tells_nothing() {
    let lab = full(|it| it).await;
    let directory = Directory::new("contract");
    for (form, begin) in [("table", "# Responses"), ("json", "{")] {
        let file = format!("{}/report-{form}", directory.path());
        let arguments = ["check-contract", "--sts", "--report", &file, "-o", form];
        let run = lab.run(&arguments).ok().says("0 differences");
        assert_eq!(run.stdout, "");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with(begin), "{text}");
        for part in [
            "DescribeServicePods",
            "devInstances[].createdAt",
            "bootDisk",
        ] {
            assert_eq!(text.contains(part), part != "bootDisk", "{part} in {text}");
        }
        assert_tells_nothing(&text, &private(&lab));
        assert_tells_nothing(
            &run.stderr,
            &["my-secret-key".to_owned(), "hunter2".to_owned()],
        );
    }
    let nowhere = format!("{}/none/report", directory.path());
    let run = lab.run(&["check-contract", "--report", &nowhere]);
    run.fails(1).says("none/report: No such file");
    let run = lab.run(&["check-contract", "-o", "csv"]);
    run.fails(2).says("a report requires --output table");
}

/// Returns the finding that `check-contract` must report if the responses of the emulator vary in
/// this way: whether it is a difference, and its operation, member and kind.
fn finding(quirk: Quirk) -> (bool, [&'static str; 3]) {
    let (is_difference, text) = match quirk {
        Quirk::EventTypes => (
            false,
            "DescribeDevInstanceEvents events[].type accepted-type",
        ),
        Quirk::TimedStopTypes => (
            false,
            "DescribeDevInstance devInstance.timedStopDevInstance.delaySec accepted-type",
        ),
        Quirk::ZeroValues => (
            false,
            "DescribeDevInstances devInstances[].statusReason null",
        ),
        Quirk::InvalidParam => (false, "DescribeDevInstances code code-variant"),
        Quirk::SignatureStatus => (false, "DescribeDevInstances status status-variant"),
        Quirk::StsSecretName => (false, "GetSessionToken secretAccessKey other-name"),
        Quirk::StsResponseShape => (false, "GetSessionToken credential inside"),
        Quirk::StsTimes => (false, "GetSessionToken expiration time-variant"),
        Quirk::RenamedMember => (
            true,
            "DescribeResourcePools resourcePools[].state unknown-member",
        ),
        Quirk::SnakeCase => (
            true,
            "DescribeDevInstances devInstances[].created_at unknown-member",
        ),
        Quirk::MissingMember => (true, "DescribeDevInstance devInstance missing-member"),
        Quirk::ExtraMember => (true, "DescribeJobs jobs[].gpuHours unknown-member"),
        Quirk::CountsAsText => (true, "DescribeServices totalCount other-type"),
        Quirk::AccountsAsNumbers => (
            true,
            "DescribeDevInstances devInstances[].accountId other-type",
        ),
        Quirk::FlagsAsNumbers => (true, "DescribeServices services[].publicAccess other-type"),
        Quirk::ListAsObject => (true, "DescribeDatasets datasets other-type"),
        Quirk::TextForObject => (true, "DescribeDevInstance devInstance.notify other-type"),
        Quirk::TimesWithSpace => (true, "GetSessionToken expiration time-format"),
        Quirk::TimesInMilliseconds => (
            true,
            "DescribeDevInstances devInstances[].createdAt time-format",
        ),
        Quirk::UnknownState => (true, "DescribeJobs jobs[].status unknown-value"),
        Quirk::WrongCount => (true, "DescribeModels totalCount count"),
        Quirk::InData => (true, "DescribeDevInstances data unknown-member"),
        Quirk::NotFoundCode => (true, "DescribeDevInstance code unknown-code"),
        Quirk::NotFoundStatus => (true, "DescribeJob status other-status"),
        Quirk::NoRequestId => (
            true,
            "GetSessionToken header_x-bce-request-id no-request-id",
        ),
        other => panic!("{other} has no finding"),
    };
    let mut words = text.split(' ');
    (is_difference, [(); 3].map(|()| words.next().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_quirk_is_found_by_the_name_of_its_member() {
    let plain = full(|it| it).await;
    let plain = report(&plain, 0);
    for quirk in Quirk::all() {
        let lab = full(|builder| builder.quirk(quirk)).await;
        let (is_difference, finding) = finding(quirk);
        assert_eq!(is_difference, quirk.is_foreign(), "{quirk}");
        let report = report(&lab, i32::from(is_difference));
        let finding = finding.map(|it| it.replace("header_", "header "));
        let (found, others) = match is_difference {
            true => ("differences", "notes"),
            false => ("notes", "differences"),
        };
        assert!(
            rows(&report, found).contains(&finding),
            "{quirk}: no {finding:?} in {:#}",
            report[found]
        );
        assert!(
            !rows(&plain, found).contains(&finding),
            "{quirk} is found without it"
        );
        if !is_difference {
            assert_eq!(report[others], json!([]), "{quirk}");
        }
        assert_tells_nothing(&report.to_string(), &private(&lab));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_account_may_not_call_is_no_difference() {
    let key = |name: &str| AccessKey::new(Credentials::new(name, "s").unwrap());
    let lab = full(|builder| {
        builder
            .add_access_key(key("reader").allow(["DescribeDevInstances"]))
            .add_access_key(key("nobody").allow(["StopJob"]))
    })
    .await;
    let as_key = |name: &str| {
        let variables = [("BCE_ACCESS_KEY_ID", name), ("BCE_SECRET_ACCESS_KEY", "s")];
        lab.run_with(&variables, &["check-contract", "--sts", "-o", "json"])
    };
    let report = as_key("reader").ok().json();
    assert_eq!(report["differences"], json!([]));
    assert_eq!(report["summary"]["compared"], 1);
    assert!(
        report["summary"]["notAllowed"].as_u64().unwrap() > 5,
        "{report:#}"
    );
    let run = as_key("nobody").fails(1).says("nothing could be compared");
    assert_eq!(run.json()["summary"]["compared"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_or_service_it_says_so_as_other_commands_do() {
    let lab = Lab::new().await;
    let wrong = [("BCE_SECRET_ACCESS_KEY", "wrong")];
    let run = lab.run_with(&wrong, &["check-contract"]);
    run.fails(3).says("SignatureDoesNotMatch");
    let closed = bce_testing::ClosedPort::take().unwrap();
    let run = lab.run(&[
        "check-contract",
        "--endpoint",
        &format!("http://{}", closed.address()),
        "--retries",
        "0",
    ]);
    assert_eq!(run.fails(4).stdout, "");
}

const WRITE: [&str; 9] = [
    "check-contract",
    "--write",
    "--yes",
    "--interval",
    "20ms",
    "--image",
    "registry.example.com/team/image:v1",
    "-o",
    "json",
];
const OWNER: [&str; 4] = ["--creator", "张三", "--creator-id", "u-1"];
const PLACE: [&str; 4] = ["--pool", "cce-emulator", "--queue", "default"];

/// Returns the ids of the instances that have not been deleted and are not being deleted.
fn left(lab: &Lab) -> Vec<String> {
    let instances = lab.handle().instances().into_iter();
    let left = instances.filter(|it| ![11, 20].contains(&it.status.code()));
    left.map(|it| it.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_goes_through_its_life_and_is_gone() {
    let lab = Lab::new().await;
    let run = lab.run(&[&WRITE[..], &OWNER, &PLACE].concat()).ok();
    let report = run.json();
    assert_eq!(report["differences"], json!([]), "{run:#?}");
    let operations = report["operations"].as_array().unwrap();
    for name in [
        "CreateDevInstance",
        "DescribeDevInstance",
        "ModifyDevInstance",
        "StartDevInstance",
        "StopDevInstance",
        "TimedStopDevInstance",
        "DescribeDevInstanceEvents",
        "DeleteDevInstance",
    ] {
        let found = operations.iter().find(|it| it["operation"] == name);
        assert_eq!(found.unwrap()["result"], "compared", "{name}");
    }
    let remarks = report["remarks"].as_array().unwrap();
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert_eq!(left(&lab), [""; 0]);
    assert_tells_nothing(&report.to_string(), &private(&lab));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_said_of_the_instance_is_as_in_the_first_of_the_list() {
    let lab = Lab::new().await;
    let id = lab.running("model").await;
    lab.run(&["check-contract", "--write", "--yes", "--interval", "20ms"])
        .ok();
    assert_eq!(left(&lab), [id]);
    let created = lab.handle().requests();
    let created = created
        .iter()
        .rfind(|it| it.operation == Some("CreateDevInstance"));
    let body: Value = serde_json::from_str(created.unwrap().body.as_ref().unwrap()).unwrap();
    assert_eq!(body["creator"], "张三");
    assert_eq!(body["conf"]["resourcePool"]["queueName"], "default");
    assert_eq!(body["conf"]["resources"], json!({"cpus": 1, "memory": 2}));
    let empty = Lab::new().await;
    let run = empty.run(&["check-contract", "--write", "--yes"]);
    run.fails(2).says("--write requires --pool");
    let run = empty.run(&["check-contract", "--write"]);
    run.fails(2).says("pass --yes");
    assert_eq!(empty.count("CreateDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_whose_answer_was_lost_is_found_and_deleted() {
    let lab = Lab::new().await;
    let fault = Fault::new().close(Close::AfterReading).execute();
    let rule = FaultRule::new(fault).action("CreateDevInstance").nth(1);
    lab.handle().inject(rule).unwrap();
    let run = lab.run(&[&WRITE[..], &OWNER, &PLACE].concat()).ok();
    assert_eq!(left(&lab), [""; 0], "{run:#?}");
    assert!(lab.count("DeleteDevInstance") > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_deleted_is_told() {
    let lab = Lab::new().await;
    lab.refuse("DeleteDevInstance", 403, "AccessDenied", "no");
    let run = lab.run(&[&WRITE[..], &OWNER, &PLACE].concat()).fails(6);
    let left = left(&lab);
    let [left] = &left[..] else {
        panic!("{left:?}")
    };
    let run = run.says(&format!(
        "{0} still exists and must be deleted with `aihc-dev delete {0}`",
        left
    ));
    // The report is written despite the failure.
    assert_eq!(run.json()["differences"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_cannot_be_read_do_not_keep_the_instance() {
    for quirk in [
        Quirk::InData,
        Quirk::MissingMember,
        Quirk::TextForObject,
        Quirk::NotFoundCode,
    ] {
        let builder = Emulator::builder().time_scale(200.0).quirk(quirk);
        let lab = Lab::started(builder).await;
        let options = ["--timeout", "5s"];
        let run = lab
            .run(&[&WRITE[..], &OWNER, &PLACE, &options].concat())
            .fails(1);
        assert_eq!(left(&lab), [""; 0], "{quirk}: {run:#?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_deletes_what_was_created() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::Stdio;

    use crate::interrupt::send;

    let lab = Lab::with_a_full_queue().await;
    let mut command = lab.command(&[&WRITE[..], &OWNER, &PLACE].concat());
    command.stderr(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("queued") {
        line.clear();
        assert!(
            stderr.read_line(&mut line).unwrap() > 0,
            "it ended by itself"
        );
    }
    send(&child, "INT");
    let mut text = String::new();
    stderr.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{text}");
    assert!(
        text.contains("interrupted: deleting what was created"),
        "{text}"
    );
    assert!(text.contains("is being deleted"), "{text}");
    assert_eq!(lab.count("DeleteDevInstance"), 1);
}
