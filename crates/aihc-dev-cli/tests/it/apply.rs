//! Tests of the commands `apply` and `diff`.

use aihc_emulator::{Fault, FaultRule};
use serde_json::json;

use crate::support::{Directory, Lab, Run};

const FIRST: &str = "\
name: first
creator: 张三
creatorId: u-1
conf:
  resourcePool: {resourcePoolId: cce-1, queueName: default}
  resources: {cpus: 4, memory: 8}
  image: {imageType: 0, imageUrl: 'registry.example.com/a:v1'}
  volumnConfs: [{volumnType: cds, mountPath: /.rootfs, cds: {capacity: 100}}]
  envs: {TOKEN: hunter2}
";

fn second() -> String {
    FIRST.replace("name: first", "name: second")
}

/// Returns the name and the result of each description of an instance in the output of `apply`.
/// Also checks which of the results contain the id of an instance.
fn results(run: &Run) -> Vec<String> {
    let outcomes = run.json();
    let outcomes = outcomes.as_array().unwrap().iter();
    outcomes
        .map(|it| {
            let (name, result) = (it["name"].as_str().unwrap(), it["result"].as_str().unwrap());
            assert_ne!(it["id"], "", "{it}");
            let has_id = it["id"].as_str().is_some_and(|id| id.starts_with("dv-"));
            assert_eq!(has_id, it["error"].is_null() || result == "failed", "{it}");
            format!("{name}: {result}")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_created_and_what_is_there_is_changed_or_left_alone() {
    let lab = Lab::new().await;
    let directory = Directory::new("apply");
    let file = directory.write("both.yaml", &format!("---\n{FIRST}---\n{}---\n", second()));
    let apply = ["apply", "-f", file.as_str(), "-o", "json"];
    let wait = ["--wait", "--interval", "5ms"];
    let run = lab.run(&[&apply[..], &wait].concat()).ok();
    assert_eq!(results(&run), ["first: created", "second: created"]);
    let run = lab.run(&apply).ok();
    assert_eq!(results(&run), ["first: unchanged", "second: unchanged"]);
    assert_eq!(lab.count("ModifyDevInstance"), 0);
    // One description of each kind, in two files.
    let changed = FIRST
        .replace("cpus: 4", "cpus: 8")
        .replace("hunter2", "'***'");
    let (a, b) = (
        directory.write("a.yaml", &changed),
        directory.write("b.yaml", &second()),
    );
    let c = directory.write("c.json", &json!([{"name": "third"}]).to_string());
    let third = FIRST.replace("name: first", "name: third");
    std::fs::write(&c, third).unwrap();
    let run = lab.run(
        &[
            &["apply", "-f", &a, &b, "--file", &c, "-o", "json"],
            &wait[..],
        ]
        .concat(),
    );
    assert_eq!(
        results(&run.ok()),
        ["first: changed", "second: unchanged", "third: created"]
    );
    let id = lab.handle().instances();
    let id = &id.iter().find(|it| it.name == "first").unwrap().id;
    let detail = lab.client().query_dev_instance_detail(id).await.unwrap();
    let conf = detail.dev_instance.conf.unwrap();
    assert_eq!(conf.resources.cpus, 8);
    assert_eq!(conf.envs.unwrap()["TOKEN"].expose(), "hunter2");
    assert_eq!(lab.handle().instances().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_checked_before_the_first_is_sent() {
    let lab = Lab::new().await;
    let directory = Directory::new("apply");
    let good = directory.write("good.yaml", FIRST);
    for (bad, said) in [
        (
            second().replace("cpus: 4", "cpu: 4"),
            "line 6: the API has no member conf.resources.cpu",
        ),
        (
            second().replace("cpus: 4, ", ""),
            "missing: conf.resources.cpus",
        ),
        (
            second().replace("cpus: 4", "cpus: 0"),
            "conf.resources.cpus",
        ),
        (
            second().replace("hunter2", "'***'"),
            "line 9: conf.envs.TOKEN is ***",
        ),
        (
            second().replace("name: second", "name: ''"),
            "the name is missing",
        ),
        (FIRST.to_owned(), "first is described twice, first in"),
        (
            format!("{}---\n{}", second(), second()),
            "second is described twice",
        ),
        ("[]".to_owned(), "contains no description"),
        ("name: [".to_owned(), "is not valid YAML"),
        ("- 1\n".to_owned(), "contains no description"),
    ] {
        let bad = directory.write("bad.yaml", &bad);
        for mode in [&[][..], &["--dry-run"]] {
            let run = lab.run(&[&["apply", "-f", &good, &bad], mode].concat());
            let run = run.fails(2).says(said).says("bad.yaml");
            assert_eq!(run.stdout, "");
        }
    }
    // All problems are reported together.
    let (a, b) = (
        directory.write("a.yaml", "x: 1\n"),
        directory.write("b.yaml", "y: 1\n"),
    );
    let run = lab
        .run(&["apply", "-f", &a, &b, "/nonexistent.yaml"])
        .fails(2);
    run.says("a.yaml, line 1")
        .says("b.yaml, line 1")
        .says("/nonexistent.yaml");
    assert_eq!(lab.handle().instances().len(), 0);
    assert_eq!(lab.count("CreateDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_show_writes_of_several_is_applied_and_what_list_writes_is_told_from_it() {
    let lab = Lab::new().await;
    let both = format!("{FIRST}---\n{}", second());
    lab.run_fed(&both, &["apply", "-f", "-", "--wait", "--interval", "5ms"])
        .ok();
    for form in ["yaml", "json", "jsonl"] {
        let ids = lab.run(&["list", "-o", "id"]).ok().stdout;
        let shown = lab.run_fed(&ids, &["show", "-", "-o", form]).ok().stdout;
        let changed = shown
            .replacen("cpus: 4", "cpus: 8", 1)
            .replacen("\"cpus\": 4", "\"cpus\": 2", 1)
            .replacen("\"cpus\":2", "\"cpus\":4", 1);
        let run = lab
            .run_fed(&changed, &["apply", "-f", "-", "-o", "json"])
            .ok();
        let mut results = results(&run);
        results.sort_by_key(|result| !result.ends_with(": changed"));
        assert!(results[0].ends_with(": changed"), "{form}: {results:?}");
        assert!(results[1].ends_with(": unchanged"), "{form}: {results:?}");
        let listed = lab.run(&["list", "-o", form]).ok().stdout;
        // In JSON, the `[` of a list is on a line of its own.
        let line = if form == "json" { 2 } else { 1 };
        for command in ["apply", "diff", "create"] {
            lab.run_fed(&listed, &[command, "-f", "-"])
                .fails(2)
                .says(&format!(
                    "standard input, line {line}: is what `aihc-dev list` writes"
                ))
                .says("`aihc-dev list -o id | aihc-dev show - -o yaml`");
        }
    }
    assert_eq!(lab.handle().instances().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_update_cannot_change_is_refused_by_its_name() {
    let lab = Lab::new().await;
    lab.run_fed(FIRST, &["apply", "-f", "-"]).ok();
    for (from, to, member) in [
        (
            "queueName: default",
            "queueName: other",
            "conf.resourcePool.queueName",
        ),
        ("cce-1", "cce-2", "conf.resourcePool.resourcePoolId"),
        ("imageType: 0", "imageType: 2", "conf.image.imageType"),
        ("a:v1", "a:v2", "conf.image.imageUrl"),
    ] {
        let changed = format!("{}---\n{}", second(), FIRST.replace(from, to));
        let run = lab.run_fed(&changed, &["apply", "-f", "-"]).fails(2);
        run.says(&format!(
            "standard input, line 11: {member} cannot be changed"
        ));
    }
    assert_eq!(lab.count("ModifyDevInstance"), 0);
    assert_eq!(lab.handle().instances().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_one_name_are_listed_and_nothing_is_done() {
    let lab = Lab::new().await;
    let (a, b) = (lab.running("first").await, lab.running("first").await);
    lab.running("first-of-all").await;
    let run = lab.run_fed(&format!("{}---\n{FIRST}", second()), &["apply", "-f", "-"]);
    let run = run.fails(1).says("several instances are named first");
    assert!(
        run.stderr.contains(&a) && run.stderr.contains(&b),
        "{run:#?}"
    );
    assert_eq!(lab.handle().instances().len(), 3);
    assert_eq!(lab.count("ModifyDevInstance"), 0);
    // The output of `show` contains the id of the instance.
    let shown = lab.run(&["show", &a, "-o", "yaml"]).ok().stdout;
    let shown = shown.replace("cpus: 4", "cpus: 8");
    let run = lab.run_fed(&shown, &["apply", "-f", "-"]).ok();
    assert!(
        run.stdout.contains(&a) && run.stdout.contains("changed"),
        "{run:#?}"
    );
    // A deleted instance is ignored.
    lab.run(&["delete", &b, "--yes", "--wait", "--interval", "5ms"])
        .ok();
    lab.run_fed(FIRST, &["diff", "-f", "-"]).fails(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_sends_nothing_and_shows_no_secret() {
    let lab = Lab::new().await;
    lab.run_fed(FIRST, &["apply", "-f", "-"]).ok();
    let both = format!("{}---\n{}", second(), FIRST.replace("cpus: 4", "cpus: 8"));
    let run = lab
        .run_fed(&both, &["apply", "-f", "-", "--dry-run", "-o", "json"])
        .ok();
    let run = run
        .says("second: would be created")
        .says("would be changed: conf.resources.cpus");
    assert_eq!(run.json()[0]["body"]["name"], "second");
    assert_eq!(run.json()[1]["body"]["conf"]["resources"]["cpus"], 8);
    assert!(!run.stdout.contains("hunter2"), "{run:#?}");
    assert_eq!(
        lab.count("CreateDevInstance") + lab.count("ModifyDevInstance"),
        1
    );
    let run = lab.run_fed(FIRST, &["apply", "-f", "-", "--dry-run"]).ok();
    assert_eq!(run.says("is already as described").stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_of_unknown_fate_is_code_6_and_is_not_repeated() {
    let lab = Lab::new().await;
    let lost = Fault::new().status(500).code("InternalError");
    lab.handle()
        .inject(FaultRule::new(lost).action("CreateDevInstance").always())
        .unwrap();
    let both = format!("{FIRST}---\n{}", second());
    let run = lab
        .run_fed(&both, &["apply", "-f", "-", "-o", "json"])
        .fails(6);
    assert_eq!(results(&run), ["first: unknown", "second: unknown"]);
    run.says("no instance with this name is listed yet");
    assert_eq!(lab.count("CreateDevInstance"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_has_its_own_result_and_the_worst_code_counts() {
    let lab = Lab::new().await;
    lab.run_fed(FIRST, &["apply", "-f", "-"]).ok();
    lab.refuse("ModifyDevInstance", 403, "Forbidden", "not now");
    let both = format!("{}---\n{}", FIRST.replace("cpus: 4", "cpus: 8"), second());
    let run = lab
        .run_fed(&both, &["apply", "-f", "-", "-o", "json"])
        .fails(1);
    assert_eq!(results(&run), ["first: failed", "second: created"]);
    run.says("first (dv-").says("not now");
}

#[tokio::test(flavor = "multi_thread")]
async fn diff_tells_by_its_code_whether_something_differs() {
    let lab = Lab::new().await;
    lab.run_fed(FIRST, &["apply", "-f", "-"]).ok();
    let diff = ["diff", "-f", "-"];
    let run = lab.run_fed(FIRST, &diff).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let other = FIRST
        .replace("cpus: 4", "cpus: 8")
        .replace("hunter2", "s3cret");
    let run = lab.run_fed(&other, &diff).fails(1);
    assert!(
        run.stdout.contains("\n-    cpus: 4\n+    cpus: 8\n"),
        "{run:#?}"
    );
    assert!(run.stdout.contains("*** (another value)") && !run.stdout.contains("s3cret"));
    assert_eq!(run.stderr, "");
    let run = lab
        .run_fed(&other, &[&diff[..], &["-o", "json"]].concat())
        .fails(1);
    assert_eq!(
        run.json()[0]["changes"],
        json!([{"member": "conf.envs.TOKEN", "old": "***", "new": "***"},
               {"member": "conf.resources.cpus", "old": 4, "new": 8}])
    );
    // An instance that does not exist differs in all members.
    let run = lab
        .run_fed(&second(), &diff)
        .fails(1)
        .says("second does not exist");
    assert!(run.stdout.contains("+name: second\n") && !run.stdout.contains("hunter2"));
    // The instance is given by its id, so the name in the file makes no difference.
    let id = lab.handle().instances()[0].id.clone();
    let conf = "conf: {resources: {cpus: 8}}";
    lab.run_fed(conf, &["diff", "-f", "-", &id]).fails(1);
    let same = "conf: {resources: {cpus: 4}}";
    lab.run_fed(same, &["diff", "-f", "-", &id]).ok();
    lab.run_fed(same, &["diff", "-f", "-", "first"]).ok();
    assert_eq!(lab.count("ModifyDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_of_diff_is_not_taken_for_a_difference() {
    let lab = Lab::new().await;
    let diff = ["diff", "-f", "-"];
    lab.run_fed(FIRST, &["diff", "-f", "-", "dv-00000000"])
        .fails(2)
        .says("NotFound");
    lab.run_fed("x: 1", &diff)
        .fails(2)
        .says("the API has no member x");
    lab.run(&["diff", "-f", "a.yaml", "-f", "b.yaml", "dv-00000000"])
        .fails(2)
        .says("one instance requires exactly one file");
    lab.run_fed(
        FIRST,
        &[&diff[..], &["--endpoint", "http://127.0.0.1:1"]].concat(),
    )
    .fails(4);
    lab.running("first").await;
    lab.running("first").await;
    lab.run_fed(FIRST, &diff).fails(2).says("several instances");
    lab.refuse("DescribeDevInstances", 500, "InternalError", "broken");
    lab.run_fed(FIRST, &[&diff[..], &["--retries", "0"]].concat())
        .fails(2);
}
