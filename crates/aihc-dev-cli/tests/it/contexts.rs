//! Tests of the command `context`, and of the use of contexts by `create`.

use std::process::Command;

use serde_json::json;

use crate::support::{Directory, Lab, Run, bare};

/// The command `create` with all options that it requires, except for those for which a context has
/// values.
const REST: [&str; 11] = [
    "create", "--name", "n", "--cpus", "1", "--memory", "1", "--image", "i", "--disk", "100",
];

/// A user with a home directory, and an emulator.
struct User {
    lab: Lab,
    home: Directory,
}

impl User {
    async fn new() -> Self {
        Self {
            lab: Lab::new().await,
            home: Directory::new("contexts"),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.lab.command(arguments);
        command.env("HOME", self.home.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        Run::of(command.envs(variables.iter().copied()).output().unwrap())
    }

    /// Returns the body that `create --dry-run` shows with these variables and additional options,
    /// and the result of that command.
    fn body(&self, variables: &[(&str, &str)], options: &[&str]) -> (serde_json::Value, Run) {
        let arguments = [&REST[..], &["--dry-run", "-o", "json"], options].concat();
        let run = self.run_with(variables, &arguments).ok();
        (run.json()["body"].clone(), run)
    }

    fn file(&self) -> String {
        format!("{}/.config/aihc-dev/contexts.json", self.home.path())
    }

    fn set_train(&self) {
        let set = "context set train --pool cce-1 --queue q --creator 张三 --creator-id u-1";
        let set: Vec<_> = set.split(' ').collect();
        self.run(&set).ok().says("context train is now in use");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn create_takes_what_is_missing_from_the_context_and_says_so() {
    let user = User::new().await;
    user.set_train();
    let (body, run) = user.body(&[], &[]);
    assert_eq!(body["creator"], "张三");
    assert_eq!(body["creatorId"], "u-1");
    let place = json!({"resourcePoolId": "cce-1", "queueName": "q"});
    assert_eq!(body["conf"]["resourcePool"], place);
    run.says("context train: pool cce-1, queue q, creator 张三, creator id u-1");
    user.run(&REST).ok();
    assert_eq!(user.lab.handle().instances().len(), 1);
}

/// Tests the order of precedence of options, a file that describes an instance, variables and the
/// context, as the help of `create` documents it.
#[tokio::test(flavor = "multi_thread")]
async fn options_count_before_the_file_before_variables_before_the_context() {
    let user = User::new().await;
    user.set_train();
    let file = user.home.write("f.yaml", "creator: of-file\n");
    let variables = [("AIHC_CREATOR", "of-env"), ("AIHC_CREATOR_ID", "of-env")];
    let (body, run) = user.body(&variables, &["--file", &file]);
    assert_eq!(
        (&body["creator"], &body["creatorId"]),
        (&json!("of-file"), &json!("of-env"))
    );
    assert!(!run.stderr.contains("creator"), "{run:?}");
    let (body, _) = user.body(&variables, &["--file", &file, "--creator", "me"]);
    assert_eq!(body["creator"], "me");
    let (body, _) = user.body(&[("AIHC_CREATOR", "")], &["--set", "creator=set"]);
    assert_eq!(
        (&body["creator"], &body["creatorId"]),
        (&json!("set"), &json!("u-1"))
    );
    // A queue is used only together with its pool.
    let other = [&REST[..], &["--pool", "cce-2"]].concat();
    user.run(&other).fails(2).says("(--queue)");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_for_another_region_or_profile_is_refused() {
    let user = User::new().await;
    user.set_train();
    let elsewhere = user.run_with(&[("BCE_REGION", "gz")], &REST).fails(2);
    elsewhere.says("context train is for region bj, but this goes to gz (BCE_REGION)");
    // The context is not used, because all values are set or because `none` was requested.
    let all = [
        "--pool",
        "p",
        "--queue",
        "q",
        "--creator",
        "c",
        "--creator-id",
        "i",
    ];
    let gz = [("BCE_REGION", "gz")];
    user.body(&gz, &all);
    let none = user.run_with(&gz, &[&REST[..], &["--context", "none"]].concat());
    none.fails(2).says("(--queue)");
    let none = user.run_with(&[("AIHC_CONTEXT", "none")], &REST);
    none.fails(2).says("(--queue)");

    let keys = json!({"access_key_id": "a", "secret_access_key": "s", "name": "work"});
    let profiles = json!({"profiles": [keys]}).to_string();
    user.home.write(".bce/config.json", &profiles);
    user.run(&["context", "set", "mine", "--profile", "work", "--pool", "p"])
        .ok();
    let another_key = [&REST[..], &["--context", "mine"]].concat();
    let refused = user.run(&another_key).fails(2);
    refused.says("context mine is for profile work, but another key signs this");
    assert_eq!(user.lab.count("CreateDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_option_names_another_context_and_a_variable_does() {
    let user = User::new().await;
    user.set_train();
    let set =
        "context set other --region bj --pool serverless --queue q-2 --creator a --creator-id b";
    let set: Vec<_> = set.split(' ').collect();
    user.run(&set).ok();
    let serverless = json!({"resourcePoolType": "serverless", "queueName": "q-2"});
    let (body, _) = user.body(&[], &["--context", "other"]);
    assert_eq!(body["conf"]["resourcePool"], serverless);
    let (body, _) = user.body(&[("AIHC_CONTEXT", "other")], &[]);
    assert_eq!(body["conf"]["resourcePool"], serverless);
    let unknown = user.run(&[&REST[..], &["--context", "nope"]].concat());
    unknown
        .fails(2)
        .says("no context `nope`; the file has `train`, `other`");
}

#[tokio::test(flavor = "multi_thread")]
async fn contexts_are_listed_shown_used_changed_and_forgotten() {
    let user = User::new().await;
    user.run(&["context", "list"]).ok().says("no contexts");
    user.run(&["context"]).ok().says("no contexts");
    user.run(&["context", "show"])
        .fails(2)
        .says("no context is in use");
    user.run(&["context", "set", "empty"])
        .fails(2)
        .says("would be empty");
    user.run(&["context", "set", "none", "--pool", "p"])
        .fails(2);
    user.set_train();
    user.run(&[
        "context",
        "set",
        "b",
        "--host",
        "lb.example.com",
        "--region",
        "gz",
    ])
    .ok();
    let list = user.run(&["context", "list", "-o", "json"]).ok().json();
    assert_eq!(list[0]["name"], "train");
    assert_eq!(
        (&list[0]["inUse"], &list[0]["inUseBy"]),
        (&json!(true), &json!("context use"))
    );
    assert_eq!(list[0]["region"], "bj");
    assert_eq!(
        (&list[1]["host"], &list[1]["inUse"]),
        (&json!("lb.example.com"), &json!(false))
    );
    user.run(&["context", "use", "b"]).ok();
    user.run(&["context", "set", "b", "--internal"]).ok();
    let shown = user.run(&["context", "show", "-o", "json"]).ok().json();
    assert_eq!(
        (&shown["internal"], &shown["host"]),
        (&json!(true), &json!(null))
    );
    assert_eq!(shown["region"], "gz");
    user.run(&["context", "set", "train", "--unset", "queue"])
        .ok();
    let shown = user.run(&["context", "show", "train"]).ok().stdout;
    assert!(
        shown.contains("cce-1") && !shown.contains("Queue"),
        "{shown}"
    );
    user.run(&["context", "remove", "b"])
        .ok()
        .says("no context is now in use");
    user.run(&["context", "use", "b"])
        .fails(2)
        .says("the file has `train`");
    user.run(&["context", "use", "none"]).ok();
    let list = user.run(&["context", "ls"]).ok().stdout;
    assert!(list.contains("train") && !list.contains("yes"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_keeps_what_is_not_known_and_a_broken_one_is_kept_as_it_is() {
    let user = User::new().await;
    user.set_train();
    let text = std::fs::read_to_string(user.file()).unwrap();
    let more = text.replace("\"name\"", "\"weight\": 1.50,\n      \"name\"");
    user.home.write(".config/aihc-dev/contexts.json", &more);
    user.run(&["context", "set", "train", "--host", "h"]).ok();
    let text = std::fs::read_to_string(user.file()).unwrap();
    assert!(text.contains("\"weight\": 1.50,"), "{text}");
    for (text, says) in [
        ("{\n \"contexts\": [", "line 2, column"),
        (
            "{\"contexts\": [{\"name\": \"train\", \"pool\": 1}], \"current\": \"train\"}",
            "context `train`: pool is not text",
        ),
    ] {
        user.home.write(".config/aihc-dev/contexts.json", text);
        user.run(&REST).fails(2).says(says).says("contexts.json");
        let kept = std::fs::read_to_string(user.file()).unwrap();
        assert_eq!(kept, text);
    }
}

#[test]
fn the_file_is_where_users_keep_theirs_or_where_a_variable_says() {
    let home = Directory::new("contexts");
    let run = |variables: &[(&str, &str)]| {
        let mut command = bare();
        command.args(["context", "set", "c", "--pool", "p"]);
        command
            .current_dir(home.path())
            .env("HOME", home.path())
            .envs(variables.iter().copied());
        Run::of(command.output().unwrap())
    };
    let path = |name: &str| format!("{}/{name}", home.path());
    run(&[("XDG_CONFIG_HOME", &path("xdg"))]).ok();
    assert!(std::fs::exists(path("xdg/aihc-dev/contexts.json")).unwrap());
    run(&[("AIHC_CONTEXTS_FILE", &path("own.json"))]).ok();
    assert!(std::fs::exists(path("own.json")).unwrap());
    run(&[("AIHC_CONTEXTS_FILE", "bare.json")]).ok();
    assert!(std::fs::exists(path("bare.json")).unwrap());
    assert!(!std::fs::exists(path(".config")).unwrap());
    run(&[("XDG_CONFIG_HOME", "relative")]).ok();
    assert!(std::fs::exists(path(".config/aihc-dev/contexts.json")).unwrap());
    run(&[("HOME", "")])
        .fails(2)
        .says("there is no place for contexts");
}
