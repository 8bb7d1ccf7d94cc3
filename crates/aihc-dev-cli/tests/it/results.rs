//! Tests of results that cannot be written.

#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{CREATE, Lab, Run};

/// Where results cannot be written: to a full disk, or to a pipe that nobody reads.
#[derive(Clone, Copy, Debug)]
enum Lost {
    Full,
    Closed,
}

fn run(mut command: Command, lost: Lost) -> Run {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    match lost {
        Lost::Full => command.stdout(std::fs::File::create("/dev/full").unwrap()),
        Lost::Closed => command.stdout(writer),
    };
    let output = command.stderr(Stdio::piped()).output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::new(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_whose_id_cannot_be_written_is_told_with_it() {
    let lab = Lab::new().await;
    for lost in [Lost::Full, Lost::Closed] {
        for more in [&[][..], &["-o", "json"], &["--wait", "--interval", "5ms"]] {
            let before = lab.handle().instances().len();
            let run = run(lab.command(&[&CREATE[..], more].concat()), lost).fails(6);
            let instances = lab.handle().instances();
            assert_eq!(instances.len(), before + 1, "{lost:?}");
            let id = &instances.last().unwrap().id;
            run.says("cannot write the result")
                .says(&format!("  created {id}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_changes_is_told_when_their_results_cannot_be_written() {
    let lab = Lab::new().await;
    for lost in [Lost::Full, Lost::Closed] {
        for form in ["table", "json", "jsonl", "yaml"] {
            let (a, b) = (lab.running("a").await, lab.running("b").await);
            let run = run(
                lab.command(&["stop", &a, "dv-0000dead", &b, "-o", form]),
                lost,
            )
            .fails(6);
            let run = run
                .says(&format!("{a}: accepted"))
                .says(&format!("{b}: accepted"));
            run.says("dv-0000dead: StopDevInstance failed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_changes_are_told_as_well() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    for lost in [Lost::Full, Lost::Closed] {
        let set = format!("startCmd={lost:?}");
        run(lab.command(&["update", &id, "--set", &set]), lost)
            .fails(6)
            .says(&format!("changed {id}"));
        let same = run(lab.command(&["update", &id, "--set", &set]), lost);
        assert!(!same.stderr.contains("changed"), "{same:?}");
        lab.client().wait_until_running(&id).await.unwrap();
        let mut pack = lab.command(&[
            "pack-image",
            &id,
            "--registry",
            "r.example.com",
            "--namespace",
            "t",
            "--username",
            "u",
            "--name",
            "n",
            "--tag",
            "v1",
        ]);
        pack.env("AIHC_REGISTRY_PASSWORD", "hunter2");
        let packed = run(pack, lost).fails(6);
        let job = lab.handle().image_pack_jobs().last().unwrap().id.clone();
        let packed = packed.says(&job);
        assert!(!packed.stderr.contains("hunter2"), "{packed:?}");
        lab.client()
            .wait_for_image_pack_job(&id, &job)
            .await
            .unwrap();
        for form in [&["--export"][..], &["-o", "json"], &[]] {
            let token = run(lab.command(&[&["session-token"], form].concat()), lost).fails(6);
            let token = token.says("temporary credentials were issued, key ");
            // The id is not secret, and the message contains nothing else.
            assert!(!token.stderr.contains("export"), "{token:?}");
            assert!(token.stderr.len() < 250, "{token:?}");
        }
    }
}

/// Tests changes whose results the query cannot be applied to, which shows only when they are there.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_result_does_not_fit_the_query_is_told_as_well() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let query = ["-o", "json", "--query", "sum(@)"];
    lab.run(&[&["update", &id, "--set", "startCmd=b"], &query[..]].concat())
        .fails(6)
        .says("--query: ")
        .says(&format!("changed {id}"));
    lab.run(&[&["clone", &id, "--name", "b"], &query[..]].concat())
        .fails(6)
        .says("--query: ");
    lab.run(&[&["session-token"], &query[..]].concat())
        .fails(6)
        .says("temporary credentials were issued, key ");
    // These are noticed before.
    let before = lab.handle().request_counts();
    let unknown = ["-o", "json", "--query", "lenght(@)"];
    lab.run(&[&["clone", &id, "--name", "c"], &unknown[..]].concat())
        .fails(2)
        .says("there is no function lenght");
    lab.run(&["session-token", "--columns", "x"]).fails(2);
    assert_eq!(lab.handle().request_counts(), before);
    // A read has changed nothing.
    lab.run(&[&["list"], &query[..]].concat()).fails(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_cannot_be_written_is_a_failure_unless_its_reader_has_seen_enough() {
    let lab = Lab::new().await;
    let id = lab.create("a").await;
    for command in [&["list"][..], &["show", &id], &["events", &id]] {
        run(lab.command(command), Lost::Full)
            .fails(1)
            .says("No space left");
        assert_eq!(run(lab.command(command), Lost::Closed).fails(0).stderr, "");
    }
}

/// Tests that it is no failure if a reader closes its pipe, but a failure if the descriptor cannot
/// be written to.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_to_is_told_from_what_is_read_no_more() {
    let lab = Lab::new().await;
    for name in ["a", "b", "c"] {
        lab.create(name).await;
    }
    let shell = |script: &str| {
        let tool = lab.command(&[]);
        let mut command = Command::new("bash");
        command.args(["-c", script]).env_clear();
        command.envs(
            tool.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        command.env("PATH", "/usr/bin:/bin");
        command.env("TOOL", env!("CARGO_BIN_EXE_aihc-dev"));
        Run::of(command.output().unwrap())
    };
    for arguments in [
        "list -o id",
        "list --all-pages -o jsonl",
        "--help",
        "help list",
    ] {
        let script = format!("\"$TOOL\" {arguments} | head -1; echo ${{PIPESTATUS[0]}}");
        let run = shell(&script).ok();
        let (_, code) = run.stdout.trim_end().rsplit_once('\n').unwrap();
        assert_eq!((code, run.stderr.as_str()), ("0", ""), "{arguments}");
        shell(&format!("\"$TOOL\" {arguments} 1</dev/null"))
            .fails(1)
            .says("standard output: Bad file descriptor");
    }
}

/// Reads one line of a command's output, and closes the pipe. Returns the result of the command,
/// which must end within `limit`.
fn one_line_of(mut command: Command, limit: Duration) -> Run {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut line).unwrap();
    drop(reader);
    let gone = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(gone.elapsed() < limit, "it goes on");
        std::thread::yield_now();
    }
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: line,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn following_ends_when_its_reader_is_gone_also_without_a_new_event() {
    let lab = Lab::with_a_full_queue().await;
    let id = lab.create("a").await;
    for form in ["jsonl", "table"] {
        let follow = lab.command(&["events", &id, "--follow", "-o", form]);
        let run = one_line_of(follow, Duration::from_secs(30)).ok();
        assert!(!run.stdout.is_empty());
        assert_eq!(run.stderr, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_whose_reader_is_gone_ends_and_is_no_success() {
    let lab = Lab::with_a_full_queue().await;
    let (queued, runs) = (lab.create("a").await, lab.create("b").await);
    let running = aihc_emulator::InstanceStatus::RUNNING;
    let handle = lab.handle();
    handle.set_instance_status(&runs, running, "").unwrap();
    let wait = lab.command(&["wait", &runs, &queued, "-o", "jsonl"]);
    let run = one_line_of(wait, Duration::from_secs(30)).fails(1);
    let first: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(first["id"], runs.as_str());
    run.says("the results are no longer read");
}
