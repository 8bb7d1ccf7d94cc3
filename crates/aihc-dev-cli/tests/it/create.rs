//! Tests of the command `create`.

use crate::golden::{assert_golden, steady};
use crate::support::{CREATE, Directory, Lab};

const FILE: &str = "\
name: 训练机-一
creator: 张三
creatorId: u-1
conf:
  resourcePool: {resourcePoolId: cce-1, queueName: default}
  resources: {cpus: 4, memory: 8}
  image: {imageType: 2, imageUrl: 'registry.example.com/a:v1', username: u, password: hunter2}
  volumnConfs: [{volumnType: cds, mountPath: /.rootfs, cds: {capacity: 100}}]
  envs: {SECRET: hunter2}
";

const OPTIONS: [&str; 16] = [
    "--name",
    "first",
    "--creator",
    "me",
    "--creator-id",
    "u-1",
    "--queue",
    "default",
    "--cpus",
    "4",
    "--memory",
    "8",
    "--image",
    "registry.example.com/a:v1",
    "--disk",
    "100",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_file_and_options_on_top_make_an_instance() {
    let lab = Lab::new().await;
    let directory = Directory::new("create");
    let file = directory.write("instance.yaml", FILE);
    let run = lab
        .run(&[
            "create", "--file", &file, "--cpus", "8", "--disk", "200", "-o", "json",
        ])
        .ok();
    let id = run.json()["devInstanceId"].as_str().unwrap().to_owned();
    let shown = lab.run(&["show", &id, "-o", "json"]).ok().json();
    assert_eq!(shown["name"], "训练机-一");
    assert_eq!(shown["conf"]["resources"]["cpus"], 8);
    assert_eq!(shown["conf"]["resources"]["memory"], 8);
    assert_eq!(shown["conf"]["volumnConfs"].as_array().unwrap().len(), 1);
    assert_eq!(shown["conf"]["volumnConfs"][0]["cds"]["capacity"], 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn options_alone_are_enough_and_the_owner_may_stand_in_the_environment() {
    let lab = Lab::new().await;
    let run = lab.run(&[&["create"], &OPTIONS[..]].concat()).ok();
    assert!(run.stdout.starts_with("Id  dv-"), "{run:#?}");
    let owner = [("AIHC_CREATOR", "me"), ("AIHC_CREATOR_ID", "u-1")];
    let without = [&["create", "--name", "second"], &OPTIONS[6..]].concat();
    lab.run_with(&owner, &without).ok();
    assert_eq!(lab.handle().instances().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_comes_through_a_pipe_as_well() {
    let lab = Lab::new().await;
    let yaml: serde_json::Value = serde_saphyr::from_str(FILE).unwrap();
    lab.run_fed(&yaml.to_string(), &["create", "--file", "-"])
        .ok();
    assert_eq!(lab.handle().instances()[0].name, "训练机-一");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_the_request_without_secrets_and_sends_nothing() {
    let lab = Lab::new().await;
    let run = lab
        .run_fed(FILE, &["create", "--file", "-", "--dry-run"])
        .ok();
    assert_golden(
        "create-dry-run.txt",
        &steady(&run.stdout.replace(&user_agent(&run.stdout), "USER AGENT")),
    );
    let json = lab
        .run_fed(FILE, &["create", "--file", "-", "--dry-run", "-o", "json"])
        .ok();
    assert_eq!(json.json()["body"]["conf"]["envs"]["SECRET"], "***");
    assert_eq!(json.json()["headers"]["authorization"], "***");
    for run in [run, json] {
        assert!(
            !run.stdout.contains("hunter2") && !run.stdout.contains("bce-auth-v1"),
            "{run:#?}"
        );
    }
    assert!(lab.handle().request_counts().is_empty());
}

/// Returns the user agent in a printed request. It depends on the compiler and the platform.
fn user_agent(text: &str) -> String {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("user-agent: "));
    line.unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_or_missing_is_named_and_nothing_is_sent() {
    let lab = Lab::new().await;
    let wrong = |input: &str, arguments: &[&str], explanation: &str| {
        let arguments = [&["create", "--file", "-"], arguments].concat();
        let run = lab.run_fed(input, &arguments).fails(2).says(explanation);
        assert!(!run.stderr.contains("hunter2"), "{run:#?}");
    };
    wrong(
        "name: first\n",
        &["--cpus", "4"],
        "conf.resources.memory (--memory)",
    );
    wrong(
        &FILE.replace("cpus", "cpu"),
        &[],
        "did you mean conf.resources.cpus?",
    );
    wrong(
        FILE,
        &["--set", "resources.cpu=4"],
        "did you mean conf.resources.cpus?",
    );
    wrong(
        &FILE.replace("cpus: 4", "cpus: many"),
        &[],
        "standard input, line 6: conf.resources.cpus must be a whole number in plain decimal digits",
    );
    wrong(
        &FILE.replace("cpus: 4", "cpus: 0"),
        &[],
        "conf.resources.cpus",
    );
    wrong(
        &FILE.replace("SECRET: hunter2", "SECRET: '***'"),
        &[],
        "not shown",
    );
    wrong(
        "name: [",
        &[],
        "standard input, line 1, column 7: is not valid YAML",
    );
    wrong(
        &FILE.replace("SECRET: hunter2", "SECRET:"),
        &[],
        "standard input, line 9: conf.envs.SECRET has no value",
    );
    wrong(
        &FILE.replace("password: hunter2", "password: '***'"),
        &[],
        "standard input, line 7: conf.image.password is ***",
    );
    wrong(
        FILE,
        &["--env", "A=***"],
        "conf.envs.A is ***, which stands for a secret that was not shown",
    );
    wrong(
        "a: 1\n---\nb: 2\n",
        &[],
        "line 3: contains more than one description",
    );
    wrong("- a\n- b\n", &[], "no description");
    wrong("", &[], "no description");
    lab.run(&["create", "--file", "/nonexistent/file.yaml"])
        .fails(2)
        .says("/nonexistent/file.yaml");
    lab.run(&["create", "--env", "hunter2"])
        .fails(2)
        .says("NAME=VALUE");
    assert!(lab.handle().request_counts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_until_the_instance_runs() {
    let lab = Lab::new().await;
    let arguments = [
        &["create", "--wait", "--interval", "5ms", "-o", "json"],
        &OPTIONS[..],
    ]
    .concat();
    let run = lab.run(&arguments).ok().says("created dv-").says("running");
    assert_eq!(run.json()["status"], "running");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_goes_into_the_query() {
    let lab = Lab::new().await;
    let arguments = [
        &["create", "--client-token", "t-1", "-o", "json"],
        &OPTIONS[..],
    ]
    .concat();
    let first = lab.run(&arguments).ok().json();
    let second = lab.run(&arguments).ok().json();
    assert_eq!(first["devInstanceId"], second["devInstanceId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn accelerators_need_a_type_and_names_keep_to_their_rule() {
    let lab = Lab::new().await;
    let with = |more: &[&'static str]| [&CREATE[..], more, &["--dry-run"]].concat();
    for more in [
        &["--accelerators", "2"][..],
        &["--set", "resources.acceleratorCount=2"],
    ] {
        lab.run(&with(more)).fails(2).says("--accelerator");
    }
    let kind = [
        "--accelerators",
        "2",
        "--accelerator",
        "baidu.com/a800_80g_cgpu",
    ];
    lab.run(&with(&kind)).ok();
    lab.run(&with(&["--accelerators", "0"])).ok();
    let named = |name: &'static str| {
        let mut arguments = with(&[]);
        arguments[2] = name;
        arguments
    };
    for name in ["UPPER", "训练机-1", "a.b/c_d", "a"] {
        lab.run(&named(name)).ok();
    }
    for name in ["", "1a", "a-", "-a", "a b", "a\u{202e}b", "训练！"] {
        let run = lab.run(&named(name)).fails(2);
        assert!(!run.stderr.contains('\u{202e}'), "{run:?}");
    }
    assert!(lab.handle().requests().is_empty());
}

/// Tests that messages contain the position of a mistake, and no terms of parsers, which authors of
/// files do not know.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_file_is_told_with_its_place() {
    let lab = Lab::new().await;
    for (text, place) in [
        ("name: a\n  b: [\n", "line "),
        ("a: 'x\n", "line "),
        ("a: b: c\n", "line 1, column "),
        ("a: 1\n---\nb: 2\n", "line 3"),
        ("a: *x\n", "line 1, column "),
        ("account: x\n", "line 1: "),
        ("{\"name\": 1,,}", "line 1"),
    ] {
        let run = lab
            .run_fed(text, &["create", "--file", "-", "--dry-run"])
            .fails(2);
        let run = run.says("standard input, ").says(place);
        for api in ["::", "()", "from_", "Parser", "serde"] {
            assert!(!run.stderr.contains(api), "{text:?}: {run:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_warned_of_and_no_more() {
    let lab = Lab::new().await;
    let first = lab.run(&[&CREATE[..], &["-o", "json"]].concat()).ok();
    assert_eq!(first.stderr, "");
    let id = first.json()["devInstanceId"].as_str().unwrap().to_owned();
    lab.running("n-and-more").await;
    let there = "warning: there is already an instance named n: ";
    let second = lab.run(&[&CREATE[..], &["-o", "json"]].concat()).ok();
    assert!(second.json()["devInstanceId"].as_str().unwrap() != id);
    second.says(&format!("{there}{id} ("));
    lab.run(&["clone", "n-and-more", "--name", "n"])
        .ok()
        .says(there)
        .says(&format!("{id} ("));
    assert_eq!(lab.handle().instances().len(), 4);
    // If the existing instances cannot be listed, the creation must not fail because of that.
    lab.refuse("DescribeDevInstances", 403, "AccessDenied", "not allowed");
    let run = lab.run(&[&CREATE[..], &["-o", "json"]].concat()).ok();
    assert_eq!(
        run.stderr,
        "warning: could not check whether there already is an instance named n\n"
    );
    // Invalid requests are found before anything is looked up.
    let asked = lab.count("DescribeDevInstances");
    lab.run(&[&CREATE[..9], &["--cpus", "0"], &CREATE[11..]].concat())
        .fails(2);
    assert_eq!(lab.count("DescribeDevInstances"), asked);
}
