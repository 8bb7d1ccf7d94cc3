//! Tests of names in place of ids, and of ids on standard input.

use aihc_emulator::{Fault, FaultRule};
use serde_json::json;

use crate::support::Lab;

/// Returns the operations of all requests to the emulator that make changes.
fn changes(lab: &Lab) -> Vec<&'static str> {
    let counts = lab.handle().request_counts();
    let operations = counts.into_iter().filter(|(_, count)| *count > 0);
    let operations = operations.map(|(operation, _)| operation);
    operations
        .filter(|operation| !operation.starts_with("Describe"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_takes_a_name() {
    let lab = Lab::new().await;
    let id = lab.running("训练-1").await;
    lab.create("other").await;
    let pack = lab.run_with(
        &[("AIHC_REGISTRY_PASSWORD", "hunter2")],
        &[
            "pack-image",
            "训练-1",
            "--registry",
            "r.example.com",
            "--namespace",
            "n",
            "--username",
            "u",
            "--name",
            "n",
            "--tag",
            "t",
            "--wait",
            "--interval",
            "5ms",
        ],
    );
    let pack = pack.ok().says(&format!("packing 训练-1 ({id}): job tk-"));
    let job = pack.stderr.split("job ").nth(1).unwrap();
    let job = job.split_whitespace().next().unwrap();
    for (arguments, shown) in [
        (&["show", "训练-1", "-o", "json"][..], id.as_str()),
        (&["get", "训练-1"], &id),
        (&["describe", "训练-1"], &id),
        (&["events", "训练-1"], "Normal"),
        (&["pack-status", "训练-1", job], &id),
        (&["wait", "训练-1"], "running"),
        (
            &["ssh-command", "训练-1", "--host", "192.0.2.7"],
            "root@192.0.2.7",
        ),
        (&["open", "训练-1"], "http"),
        (&["timed-stop", "训练-1", "--after", "2h"], "in 2h"),
        (
            &["update", "训练-1", "--set", "resources.cpus=8", "--dry-run"],
            &id,
        ),
        (
            &[
                "update",
                "训练-1",
                "--set",
                "resources.cpus=8",
                "--wait",
                "--interval",
                "5ms",
            ],
            "cpus",
        ),
        (
            &["stop", "训练-1", "--wait", "--interval", "5ms"],
            "stopped",
        ),
        (
            &["start", "训练-1", "--wait", "--interval", "5ms"],
            "running",
        ),
        (
            &["delete", "训练-1", "--yes", "--wait", "--interval", "5ms"],
            "deleted",
        ),
    ] {
        let run = lab.run(arguments).ok();
        assert!(run.stdout.contains(shown), "{arguments:?}: {run:?}");
    }
    assert_eq!(lab.status(&id), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_has_what_was_typed_and_the_id() {
    let lab = Lab::new().await;
    let (a, b) = (lab.running("a").await, lab.running("b").await);
    let run = lab.run(&["stop", "a", &b, &a, "-o", "jsonl"]).ok();
    let by_id = |line: &serde_json::Value| line["id"].as_str().unwrap().to_owned();
    let mut lines = run.lines();
    lines.sort_by_key(|line| by_id(line) == b);
    // The name `a` and its id are the same instance.
    let expected = [
        json!({"id": a, "name": "a", "result": "accepted"}),
        json!({"id": b, "result": "accepted"}),
    ];
    assert_eq!(lines, expected);
    let wait = ["wait", "a", &b, "--for", "stopped", "--interval", "5ms"];
    let table = lab.run(&wait).ok().stdout;
    assert!(table.starts_with("ID "), "{table}");
    assert!(table.lines().next().unwrap().contains("NAME"), "{table}");
    let changed = lab
        .run(&["update", "b", "--set", "startCmd=a", "-o", "json"])
        .ok()
        .json();
    assert_eq!((&changed["id"], &changed["name"]), (&json!(b), &json!("b")));
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_sent_as_they_are_without_a_list() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    lab.run(&["stop", &id, "dv-0000dead"]).fails(1);
    lab.run(&["show", &id]).ok();
    assert_eq!(lab.count("DescribeDevInstances"), 0);
    assert_eq!(lab.count("StopDevInstance"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_wins_over_a_name_that_is_shaped_like_one() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let namesake = lab.running(&id).await;
    lab.run(&["stop", &id, "--wait", "--interval", "5ms"]).ok();
    assert_eq!((lab.status(&id), lab.status(&namesake)), (5, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_does_nothing_at_all_and_shows_what_is_near() {
    let lab = Lab::new().await;
    let (train, eval) = (lab.running("train").await, lab.running("eval").await);
    lab.running("notebook").await;
    for command in ["stop", "start", "delete"] {
        let yes: &[&str] = if command == "delete" { &["--yes"] } else { &[] };
        let run = lab.run(&[&[command, "trian", &eval, "eval"], yes].concat());
        let run = run
            .fails(1)
            .says("no instance is named \"trian\"")
            .says(&format!("  {train}  train  running\n"))
            .says("nothing was done")
            .says("aihc-dev list --name");
        assert!(
            !run.stderr.contains("notebook") && run.stdout.is_empty(),
            "{run:?}"
        );
    }
    // If there is no similar name, none is suggested.
    let run = lab.run(&["show", "zzz"]).fails(1);
    assert!(!run.stderr.contains("similar"), "{run:?}");
    let dry = ["update", "trian", "--set", "resources.cpus=8", "--dry-run"];
    lab.run(&dry).fails(1).says("trian");
    assert!(
        changes(&lab)
            .iter()
            .all(|name| *name == "CreateDevInstance")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ambiguous_name_shows_all_that_have_it_and_does_nothing() {
    let lab = Lab::new().await;
    let (a, b) = (lab.running("train").await, lab.running("train").await);
    let longer = lab.running("train-2").await;
    let run = lab.run(&["delete", "train", &longer, "--yes"]).fails(1);
    let run = run
        .says("2 instances are named \"train\": give the id")
        .says(&format!("  {a}  train  running"))
        .says(&format!("  {b}  train  running"))
        .says("nothing was done");
    assert!(!run.stderr.contains("train-2"), "{run:?}");
    assert_eq!(lab.count("DeleteDevInstance"), 0);
    // A name that other names begin with still matches only one instance.
    let shown = lab.run(&["show", "train-2", "-o", "json"]).ok().json();
    assert_eq!(shown["id"], longer);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_begins_like_an_id_is_asked_for_when_nothing_has_the_name() {
    let lab = Lab::new().await;
    let id = lab.running("dv-train").await;
    let shown = lab.run(&["show", "dv-train", "-o", "json"]).ok().json();
    assert_eq!(shown["id"], id);
    lab.run(&["stop", "dv-gone"])
        .fails(1)
        .says("no instance is named \"dv-gone\"");
    assert_eq!(lab.count("StopDevInstance"), 0);
    // The service may have ids of another form, which must not be taken for names.
    let server = crate::texts::answering(
        r#"{"devInstances":[],"totalCount":0,"devInstance":{"id":"dv-X9"}}"#,
    )
    .await;
    let other = ["show", "dv-X9", "-o", "json", "--endpoint", &server.url()];
    assert_eq!(lab.run(&other).ok().json()["id"], "dv-X9");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_names_are_looked_up_in_few_requests() {
    let lab = Lab::new().await;
    lab.handle().add_instances("train-", 200);
    let names: Vec<_> = lab
        .handle()
        .instances()
        .into_iter()
        .map(|one| one.name)
        .collect();
    let run = lab
        .run_fed(&names.join("\n"), &["show", "-", "-o", "jsonl"])
        .ok();
    assert_eq!(run.lines().len(), 200);
    assert!(lab.count("DescribeDevInstances") <= 4);
    // If there are many instances, a few names are looked up one by one.
    lab.handle().add_instances("other-", 1000);
    lab.handle().clear_requests();
    let few: Vec<_> = names.iter().skip(120).take(3).map(String::as_str).collect();
    lab.run(&[&["show"], &few[..]].concat()).ok();
    let lists = lab.handle().requests();
    let lists = lists
        .iter()
        .filter(|request| request.operation == Some("DescribeDevInstances"));
    assert_eq!(lists.count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_fails_is_that_failure_and_nothing_is_done() {
    let lab = Lab::new().await;
    lab.running("a").await;
    lab.refuse(
        "DescribeDevInstances",
        403,
        "AccessDenied",
        "no lists for you",
    );
    lab.run(&["stop", "a"]).fails(1).says("no lists for you");
    lab.handle().clear_faults();
    let broken = FaultRule::new(Fault::new().status(500).code("InternalError"));
    let broken = broken.action("DescribeDevInstances").always();
    lab.handle().inject(broken).unwrap();
    lab.run(&["stop", "a", "--retries", "0"])
        .fails(1)
        .says("InternalError");
    assert_eq!(lab.count("StopDevInstance"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_deleted_after_it_was_found_is_told_with_its_name() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    lab.refuse("StopDevInstance", 403, "NotFound", "no such instance");
    lab.refuse("DescribeDevInstance", 403, "NotFound", "no such instance");
    for command in ["stop", "show", "open"] {
        let run = lab.run(&[command, "a"]).fails(1);
        run.says(&format!("aihc-dev: a ({id}): "))
            .says("it was found by its name, but has been deleted since");
    }
    let json = lab.run(&["stop", "a", "-o", "json"]).fails(1).json();
    assert_eq!(
        (&json[0]["id"], &json[0]["name"]),
        (&json!(id), &json!("a"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_and_names_come_from_standard_input() {
    let lab = Lab::new().await;
    let (a, b, c) = (
        lab.running("a").await,
        lab.running("b").await,
        lab.running("c").await,
    );
    let input = format!("\u{feff}# tonight\r\n{a}\r\n\r\n  b  # mine\r\n");
    let run = lab.run_fed(&input, &["stop", "-", "c", "--wait", "--interval", "5ms"]);
    run.ok();
    assert_eq!([&a, &b, &c].map(|id| lab.status(id)), [5, 5, 5]);
    // A command with one argument accepts one line.
    let shown = lab.run_fed("a\n", &["events", "-"]).ok();
    assert!(shown.stdout.contains("Normal"), "{shown:?}");
    lab.run_fed("a b\n", &["events", "-"])
        .fails(2)
        .says("2 ids or names");
    lab.run_fed("", &["events", "-"])
        .fails(2)
        .says("no id or name");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_standard_input_is_nothing_to_do() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    for input in ["", "\n \r\n", "# none\n"] {
        for command in [
            &["stop"][..],
            &["show"],
            &["delete", "--yes"],
            &["jobs", "stop", "--yes"],
        ] {
            let run = lab.run_fed(input, &[command, &["-", "-o", "json"]].concat());
            let run = run.ok().says("nothing to do");
            assert_eq!(run.json(), json!([]), "{command:?}");
        }
    }
    assert_eq!((lab.status(&id), lab.count("DescribeDevInstances")), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_list_of_ids_is_refused_before_anything_is_sent() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    lab.handle().clear_requests();
    let long = "a ".repeat(1024 * 1024);
    for (input, arguments, said) in [
        ("[{\"id\": \"dv-1\"}]", &["stop", "-"][..], "is JSON"),
        (&long, &["stop", "-"], "longer than 1 MiB"),
        (&id, &["stop", "-", "-"], "twice"),
        ("-\n", &["stop", "-"], "`-`"),
        (&id, &["delete", "-"], "--yes"),
        (&id, &["jobs", "stop", "-"], "--yes"),
        (&id, &["stop", ""], "empty"),
        (&id, &["update", "-", "--file", "-"], "read only once"),
        (
            &id,
            &[
                "pack-image",
                "-",
                "--password-stdin",
                "--registry",
                "r",
                "--namespace",
                "n",
                "--username",
                "u",
                "--name",
                "n",
                "--tag",
                "t",
            ],
            "--password-stdin",
        ),
    ] {
        lab.run_fed(input, arguments).fails(2).says(said);
    }
    assert!(lab.handle().requests().is_empty());
    let mut command = lab.command(&["stop", "-"]);
    let path = std::env::temp_dir().join(format!("aihc-dev-latin-{}", std::process::id()));
    std::fs::write(&path, b"\xe4\n").unwrap();
    command.stdin(std::fs::File::open(&path).unwrap());
    let run = crate::support::Run::of(command.output().unwrap());
    std::fs::remove_file(&path).unwrap();
    run.fails(2).says("UTF-8");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_names_of_others_do_no_harm_to_the_terminal() {
    let body = json!({"devInstances": [
        {"id": "dv-00000001", "name": "tr\u{202e}ain\u{1b}[31m", "status": 3},
        {"id": "dv-00000002", "name": "tr\u{202e}ain\u{1b}[31m", "status": 3},
    ], "totalCount": 2});
    let server = crate::texts::answering(&body.to_string()).await;
    let lab = Lab::new().await;
    for typed in ["train", "tr\u{202e}ain\u{1b}[31m", "\u{2066}x"] {
        let run = lab
            .run(&["stop", typed, "--endpoint", &server.url()])
            .fails(1);
        let bare = |c: char| c == '\u{1b}' || c == '\u{202e}' || c == '\u{2066}';
        assert!(!run.stderr.contains(bare), "{:?}", run.stderr);
        run.says("\\u{20");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_may_be_that_of_one_that_was_not_listed() {
    let one = json!({"id": "dv-00000001", "name": "a", "status": 3});
    let body = json!({"devInstances": [one], "totalCount": 200});
    let server = crate::texts::answering(&body.to_string()).await;
    let lab = Lab::new().await;
    let run = lab
        .run(&["stop", "a", "--endpoint", &server.url()])
        .fails(1);
    run.says("give the id").says("dv-00000001  a  running");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_go_by_their_names_wherever_they_are() {
    let lab = Lab::with_long_jobs().await;
    let (train, eval) = (lab.job("train", 1).await, lab.job("eval", 1).await);
    let place = ["--pool", "cce-emulator", "--queue", "default"];
    for place in [&[][..], &place[..2], &place] {
        let show = lab.run(&[&["jobs", "get", "train", &eval, "-o", "json"], place].concat());
        let show = show.ok().json();
        let ids = [&show[0]["jobId"], &show[1]["jobId"]];
        assert_eq!(ids, [&json!(train), &json!(eval)], "{place:?}");
    }
    let twice = lab
        .run_fed("train\n", &["jobs", "show", "-", &train, "-o", "json"])
        .ok();
    assert_eq!(twice.json()["jobId"], train);
    lab.run(&["jobs", "logs", "evil"])
        .fails(1)
        .says(&format!("  {eval}  eval  "));
    let second = lab.job("train", 1).await;
    let run = lab
        .run(&["jobs", "stop", "eval", "train", "--yes"])
        .fails(1);
    run.says("2 jobs are named \"train\"")
        .says(&second)
        .says("nothing was done");
    assert_eq!(lab.count("StopJob"), 0);
    let dry = lab.run(&["jobs", "stop", "eval", "--dry-run"]).ok();
    assert!(dry.stdout.contains(&eval), "{dry:?}");
    let stop = lab
        .run(&["jobs", "stop", "eval", "--yes", "-o", "json"])
        .ok();
    assert_eq!(
        stop.json(),
        json!([{"id": eval, "name": "eval", "result": "accepted"}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_whose_jobs_cannot_be_listed_may_have_another_of_that_name() {
    let lab = Lab::new().await;
    lab.job("train", 1).await;
    lab.refuse("DescribeJobs", 403, "AccessDenied", "not this pool");
    let run = lab.run(&["jobs", "stop", "train", "--yes"]).fails(1);
    run.says("not this pool").says("nothing was done");
    assert_eq!(lab.count("StopJob"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn services_go_by_their_names() {
    let lab = Lab::new().await;
    let id = lab.service("chat").await;
    let show = lab.run(&["services", "describe", "chat"]).ok();
    assert!(show.stdout.contains(&id), "{show:?}");
    lab.run(&["services", "show", "caht"])
        .fails(1)
        .says(&format!("  {id}  chat"));
}
