//! Tests of the command `jobs`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use aihc::jobs::{DataSource, Env, ImageConfig, JobResource, JobSpec};
use aihc_emulator::{Close, Delays, Fault, FaultRule, JobStatus};
use serde_json::{Value, json};

use crate::golden::{assert_golden, steady};
use crate::support::Lab;

/// Values that no output may contain.
const SECRETS: [&str; 2] = ["env-hunter2", "pull-hunter2"];

/// How long jobs wait in a queue if they are to wait for the whole test.
const QUEUED: Duration = Duration::from_secs(36_000);

impl Lab {
    /// Starts an emulator in which jobs run for hours if they are not stopped.
    pub(crate) async fn with_long_jobs() -> Self {
        let mut delays = Delays::default();
        (delays.queued, delays.deploying) = (Duration::ZERO, Duration::from_millis(1));
        delays.job_running = Duration::from_secs(36_000);
        Self::with(1.0, delays).await
    }

    /// Starts an emulator in which jobs wait in the queue for hours.
    async fn with_waiting_jobs() -> Self {
        let mut delays = Delays::default();
        delays.queued = QUEUED;
        delays.deploying = Duration::from_millis(1);
        delays.job_running = Duration::from_secs(36_000);
        Self::with(1.0, delays).await
    }

    /// Creates a job and waits until it runs. Returns its id.
    async fn running_job(&self, name: &str, workers: i64) -> String {
        let id = self.job(name, workers).await;
        while self.job_status(&id) != JobStatus::Running {
            self.handle().advance(Duration::from_millis(1));
        }
        id
    }

    /// Creates a job. Returns its id.
    pub(crate) async fn job(&self, name: &str, workers: i64) -> String {
        let spec = JobSpec::new("registry.example.com/team/train:v1", workers)
            .image_config(ImageConfig::new("robot", "pull-hunter2"))
            .resources([
                JobResource::new("baidu.com/a800_80g_cgpu", 2.0),
                JobResource::new("cpu", 1.5),
            ])
            .envs([Env::new().name("TOKEN").value("env-hunter2")]);
        let data = DataSource::new("pfs", "pfs-1", "/mnt/data").source_path("/");
        let create = self
            .aihc()
            .create_job()
            .resource_pool_id("cce-emulator")
            .queue_id("default")
            .name(name)
            .job_spec(spec.into())
            .command("python train.py")
            .datasources([data]);
        create.await.unwrap().job_id
    }

    fn set(&self, job: &str, status: JobStatus) {
        let handle = self.handle();
        handle.set_job_status(job, status, "as told").unwrap();
    }

    fn job_status(&self, id: &str) -> JobStatus {
        let jobs = self.handle().jobs();
        jobs.iter().find(|job| job.id == id).unwrap().status
    }

    /// Makes the emulator close the connection without a response, for the next `times` requests
    /// for an operation.
    fn breaks(&self, operation: &str, times: u64) {
        let fault = Fault::new().close(Close::AfterReading);
        let rule = FaultRule::new(fault).action(operation).times(times);
        self.handle().inject(rule).unwrap();
    }
}

fn with_steady_id(text: &str, id: &str) -> String {
    steady(&text.replace(id, "job-000000000000"))
}

#[track_caller]
fn assert_no_secrets(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_all_pools_are_listed_in_every_form() {
    let lab = Lab::with_long_jobs().await;
    let id = lab.running_job("训练-一", 2).await;
    let table = lab.run(&["jobs", "list"]).ok();
    assert_golden("jobs.txt", &with_steady_id(&table.stdout, &id));
    // A second may have passed between the two calls.
    let short = lab.run(&["jobs"]).ok();
    let [short, long] = [&short, &table].map(|run| with_steady_id(&run.stdout, &id));
    assert_eq!(short, long);
    let json = lab.run(&["jobs", "list", "-o", "json"]).ok();
    let job = &json.json()[0];
    assert_eq!(
        (&job["jobId"], &job["name"]),
        (&json!(id), &json!("训练-一"))
    );
    assert_eq!(job["resourcePoolId"], "cce-emulator");
    assert_eq!(job["status"], "Running");
    let lines = lab.run(&["jobs", "list", "-o", "jsonl"]).ok().lines();
    assert_eq!(json.json(), Value::from(lines));
    let yaml = lab.run(&["jobs", "list", "-o", "yaml"]).ok().stdout;
    assert_eq!(serde_saphyr::from_str::<Value>(&yaml).unwrap(), json.json());
    for text in [&json.stdout, &yaml] {
        assert_no_secrets(text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_pages_reach_the_service() {
    let lab = Lab::with_long_jobs().await;
    for number in 0..5 {
        lab.running_job(&format!("job-{number}"), 1).await;
    }
    let stopped = lab.running_job("other", 1).await;
    lab.set(&stopped, JobStatus::Stopped);
    let names = |arguments: &[&str]| {
        let run = lab.run(&[&["jobs", "list", "-o", "jsonl"], arguments].concat());
        let lines = run.ok().lines();
        let names: Vec<_> = lines
            .iter()
            .map(|job| job["name"].as_str().unwrap().to_owned())
            .collect();
        names.join(" ")
    };
    assert_eq!(names(&["--status", "stopped"]), "other");
    assert_eq!(names(&["--name", "job-3"]), "job-3");
    assert_eq!(names(&["--pool", "cce-emulator", "--queue", "train"]), "");
    let all = ["--all-pages", "--page-size", "2"];
    assert_eq!(names(&all).split(' ').count(), 6);
    let pool = ["--pool", "cce-emulator", "--page-size", "2", "--page", "3"];
    assert_eq!(names(&pool).split(' ').count(), 2);
    let run = lab.run(&["jobs", "list", "--page-size", "2"]).ok();
    run.says("2 of 6; use --all-pages for all");
    let run = lab.run(&["jobs", "list", "--page", "2"]).fails(2);
    run.says("--page requires --pool");
    let run = lab.run(&["jobs", "list", "--pool", "nope"]).fails(1);
    run.says("NotFound").says("`aihc-dev pools` shows the ids");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_managed_pools_are_found_by_their_queues() {
    let pool = json!({"id": "aihc-1", "name": "managed", "type": "dedicatedV2",
        "queues": [{"id": "queue-a", "name": "a"}, {"id": "queue-b", "name": "b"}]});
    let lab = Lab::with_resources(json!({"pools": [pool]})).await;
    let create = lab
        .aihc()
        .create_job()
        .resource_pool_id("aihc-serverless")
        .queue_id("queue-b")
        .name("managed-job")
        .job_spec(JobSpec::new("i:v1", 1).into())
        .command("true");
    let id = create.await.unwrap().job_id;
    for place in [&[][..], &["--pool", "serverless"], &["--pool", "aihc-1"]] {
        let list = [&["jobs", "list", "-o", "json"], place].concat();
        let jobs = lab.run(&list).ok().json();
        assert_eq!(jobs.as_array().unwrap().len(), 1, "{place:?}");
        assert_eq!(jobs[0]["jobId"], id, "{place:?}");
        let show = [&["jobs", "show", &id, "-o", "json"], place].concat();
        assert_eq!(lab.run(&show).ok().json()["name"], "managed-job");
    }
    let place = ["--pool", "serverless", "--queue", "queue-b"];
    let show = [&["jobs", "show", &id], &place[..]].concat();
    lab.run(&show).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_shown_with_its_pods_and_without_its_secrets() {
    let lab = Lab::with_long_jobs().await;
    let id = lab.running_job("train", 2).await;
    let text = lab.run(&["jobs", "show", &id]).ok().stdout;
    assert_golden("job.txt", &with_steady_id(&text, &id));
    assert_no_secrets(&text);
    for form in ["json", "jsonl", "yaml"] {
        let run = lab.run(&["jobs", "show", &id, "-o", form, "--log-level", "trace"]);
        let run = run.ok();
        assert_no_secrets(&run.stdout);
        assert_no_secrets(&run.stderr);
        assert!(run.stdout.contains("TOKEN") && run.stdout.contains("***"));
    }
    let place = ["--pool", "cce-emulator", "--queue", "default"];
    let before = lab.count("DescribeJobs");
    let one = lab.run(&[&["jobs", "show", &id, "-o", "json"], &place[..]].concat());
    let one = one.ok().json();
    assert_eq!(one["jobId"], id);
    assert_eq!(one["pods"].as_array().unwrap().len(), 2);
    assert_eq!(lab.count("DescribeJobs"), before, "it is known where it is");
    let other = lab.running_job("other", 1).await;
    let both = lab
        .run(&["jobs", "show", &id, &other, "-o", "json"])
        .ok()
        .json();
    assert_eq!(
        (&both[0]["jobId"], &both[1]["jobId"]),
        (&json!(id), &json!(other))
    );
    let run = lab.run(&["jobs", "show", "job-0000deadbeef"]).fails(1);
    run.says("job job-0000deadbeef is in no list")
        .says("--all-pages");
    let run = lab.run(&["jobs", "show", &id, "job-0000deadbeef", "-o", "json"]);
    let run = run
        .fails(1)
        .says("aihc-dev: job-0000deadbeef: job job-0000deadbeef is in no list");
    assert_eq!(run.json()[0]["jobId"], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_asks_before_and_a_dry_run_stops_nothing() {
    let lab = Lab::with_long_jobs().await;
    let (one, two) = (
        lab.running_job("one", 1).await,
        lab.running_job("two", 1).await,
    );
    let run = lab.run(&["jobs", "stop", &one]).fails(2);
    run.says("pass --yes; nothing was sent");
    let run = lab.run(&["jobs", "stop", &one, "--dry-run"]).ok();
    assert!(run.stdout.contains("action=StopJob"), "{run:#?}");
    assert!(run.stdout.contains(&one) && !run.stdout.contains("my-secret-key"));
    let requests = lab.run(&["jobs", "stop", &one, &two, "--dry-run", "-o", "json"]);
    let requests = requests.ok().json();
    assert_eq!(requests.as_array().unwrap().len(), 2);
    assert_eq!(requests[1]["body"]["jobId"], two);
    assert_eq!(lab.count("StopJob"), 0);
    let run = lab.run(&[
        "jobs",
        "stop",
        &one,
        "job-0000deadbeef",
        "--yes",
        "-o",
        "json",
    ]);
    let run = run.fails(1).says("job job-0000deadbeef is in no list");
    assert_eq!(run.json()[0]["result"], "accepted");
    assert_eq!(run.json()[1]["result"], "failed");
    assert_eq!(lab.job_status(&one), JobStatus::Stopping);
    assert_eq!(lab.job_status(&two), JobStatus::Running);
    let run = lab.run(&["jobs", "stop", &one, "--yes"]).fails(1);
    run.says("403 Forbidden").says("the change was not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_waited_for_and_the_wait_has_a_limit() {
    let mut delays = Delays::default();
    (delays.queued, delays.deploying) = (Duration::ZERO, Duration::from_millis(1));
    delays.job_running = Duration::from_secs(36_000);
    delays.stopping = Duration::from_millis(1);
    let lab = Lab::with(1.0, delays).await;
    let id = lab.job("one", 1).await;
    let stop = ["jobs", "stop", &id, "--yes", "--wait", "--interval", "5ms"];
    let run = lab.run(&[&stop[..], &["-o", "jsonl"]].concat()).ok();
    assert_eq!(run.lines()[0]["result"], "stopped");
    run.says(&format!("{id}: Stop"));
    assert_eq!(lab.job_status(&id), JobStatus::Stopped);
    let lab = Lab::with_long_jobs().await;
    let id = lab.running_job("two", 1).await;
    let stop = ["jobs", "stop", &id, "--yes", "--wait", "--timeout", "300ms"];
    let run = lab.run(&stop).fails(5);
    run.says("Stopping").says("the job continues");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_whose_answer_is_lost_says_where_to_look() {
    let lab = Lab::with_long_jobs().await;
    let id = lab.running_job("one", 1).await;
    lab.breaks("StopJob", 9);
    let run = lab
        .run(&["jobs", "stop", &id, "--yes", "-o", "json"])
        .fails(6);
    let run = run
        .says("the change may have been made")
        .says("aihc-dev jobs show ID");
    assert_eq!(run.json()[0]["result"], "unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_pod_is_printed_in_every_form() {
    let lab = Lab::with_long_jobs().await;
    let id = lab.running_job("train", 2).await;
    lab.handle().advance(Duration::from_secs(3));
    lab.set(&id, JobStatus::Succeeded);
    let run = lab.run(&["jobs", "logs", &id]).ok();
    let run = run.says(&format!("pod {id}-master-0, one of 2; --pod names another"));
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines[0], format!("{id}-master-0: train begins, run 1"));
    assert!(lines.len() >= 4, "{lines:?}");
    for form in ["csv", "name", "id"] {
        lab.run(&["jobs", "logs", &id, "-o", form])
            .fails(2)
            .says("lines of a log have no columns");
    }
    let json = lab.run(&["jobs", "logs", &id, "-o", "json"]).ok().json();
    assert_eq!(json, json!(lines));
    let records = lab.run(&["jobs", "logs", &id, "-o", "jsonl"]).ok().lines();
    assert_eq!(Value::from(records), json);
    let worker = format!("{id}-worker-0");
    let other = lab.run(&[
        "jobs",
        "logs",
        &id,
        "--pod",
        &worker,
        "--contains",
        "begins",
    ]);
    assert_eq!(
        other.ok().stdout,
        format!("{worker}: train begins, run 1\n")
    );
    let later = lab.run(&["jobs", "logs", &id, "--since", "1000h"]).ok();
    assert_eq!(later.stdout, run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_pods_has_no_log_yet() {
    let lab = Lab::with_waiting_jobs().await;
    let id = lab.job("train", 1).await;
    let run = lab.run(&["jobs", "logs", &id]).fails(1);
    run.says("has no pods now; its state is Created");
    let run = lab
        .run(&["jobs", "logs", &id, "--follow", "-o", "json"])
        .fails(2);
    run.says("use --output table or jsonl");
}

/// Starts a command that follows a log. Returns the process, and its standard output.
fn follow(lab: &Lab, arguments: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let follow = ["--follow", "--interval", "5ms"];
    let mut command = lab.command(&[&["jobs", "logs"], arguments, &follow].concat());
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (child, lines)
}

fn next(lines: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    assert!(lines.read_line(&mut line).unwrap() > 0, "it has ended");
    line
}

/// Waits until the command ends. Returns its exit code, the remaining lines of its standard output,
/// and its standard error.
fn end(child: Child, lines: BufReader<ChildStdout>) -> (Option<i32>, Vec<String>, String) {
    let rest = lines.lines().map(Result::unwrap).collect();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), rest, stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn following_goes_on_until_the_job_ends_and_repeats_nothing() {
    let lab = Lab::with_long_jobs().await;
    let id = lab.running_job("train", 1).await;
    let (child, mut lines) = follow(&lab, &[&id]);
    assert!(next(&mut lines).contains("begins, run 1"));
    lab.handle().advance(Duration::from_secs(2));
    assert!(next(&mut lines).contains("step 1 "));
    assert!(next(&mut lines).contains("step 2 "));
    lab.handle().advance(Duration::from_secs(2));
    lab.set(&id, JobStatus::Succeeded);
    let (code, rest, stderr) = end(child, lines);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(rest.len() >= 2 && rest[0].contains("step 3 "), "{rest:?}");
    let whole = lab.run(&["jobs", "logs", &id]).ok().stdout;
    assert_eq!(whole.lines().count(), 3 + rest.len());
    assert!(stderr.contains(&format!("{id}: Succeeded")), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn following_waits_for_a_pod_and_survives_faults() {
    let lab = Lab::with_waiting_jobs().await;
    let id = lab.job("train", 1).await;
    let (mut child, mut lines) = follow(&lab, &[&id, "--retries", "0", "-o", "jsonl"]);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut note = String::new();
    stderr.read_line(&mut note).unwrap();
    assert_eq!(note, format!("{id}: no pod yet; Created\n"));
    lab.breaks("DescribeJob", 2);
    lab.breaks("DescribeJobLogs", 3);
    lab.handle().advance(QUEUED);
    assert!(next(&mut lines).starts_with(&format!("\"{id}-master-0: train begins")));
    lab.breaks("DescribeJobLogs", 2);
    lab.handle().advance(Duration::from_secs(1));
    assert!(next(&mut lines).contains("step 1 "));
    lab.set(&id, JobStatus::Failed);
    let rest: Vec<_> = lines.lines().map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(rest.iter().all(|line| line.contains("step")), "{rest:?}");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut text).unwrap();
    assert!(
        text.contains("cannot be read at the moment, retrying"),
        "{text}"
    );
    assert!(text.contains(&format!("{id}: Failed")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn following_ends_with_a_fault_that_does_not_pass() {
    let lab = Lab::with_long_jobs().await;
    let id = lab.running_job("train", 1).await;
    lab.refuse("DescribeJobLogs", 403, "AccessDenied", "not yours");
    let (child, lines) = follow(&lab, &[&id]);
    let (code, _, stderr) = end(child, lines);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("AccessDenied: not yours"), "{stderr}");
    lab.handle().clear_faults();
    lab.breaks("DescribeJobLogs", 1_000_000);
    let (child, lines) = follow(&lab, &[&id, "--timeout", "300ms", "--retries", "0"]);
    let (code, _, stderr) = end(child, lines);
    assert_eq!(code, Some(4), "{stderr}");
    assert_eq!(
        stderr
            .matches("cannot be read at the moment, retrying")
            .count(),
        1,
        "{stderr}"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_following_with_its_code() {
    let lab = Lab::with_long_jobs().await;
    let id = lab.running_job("train", 1).await;
    let (child, mut lines) = follow(&lab, &[&id]);
    next(&mut lines);
    crate::interrupt::send(&child, "INT");
    let (code, _, stderr) = end(child, lines);
    assert_eq!(code, Some(130), "{stderr}");
    assert!(stderr.contains("aihc-dev: interrupted"), "{stderr}");
}
