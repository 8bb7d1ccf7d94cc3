//! Tests of the commands `pack-image` and `pack-status`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::golden::{assert_golden, steady};
use crate::support::Lab;

const PASSWORD: (&str, &str) = ("AIHC_REGISTRY_PASSWORD", "hunter2");
const IMAGE: [&str; 10] = [
    "--registry",
    "r.example.com",
    "--namespace",
    "team",
    "--username",
    "robot",
    "--name",
    "train",
    "--tag",
    "v1",
];

fn pack<'a>(id: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["pack-image", id], &IMAGE[..], more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_packed_and_waited_for() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let run = lab
        .run_with(&[PASSWORD], &pack(&id, &["--wait", "--interval", "5ms"]))
        .ok();
    let run = run.says("completed");
    assert!(!run.stderr.contains("hunter2"), "{run:#?}");
    assert_golden("pack-status.txt", &steady(&run.stdout));
    assert_eq!(
        lab.handle().image_pack_jobs()[0].image,
        "r.example.com/team/train:v1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_comes_through_a_pipe_and_the_job_can_be_looked_at() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let run = lab
        .run_fed("hunter2\n", &pack(&id, &["--password-stdin", "-o", "json"]))
        .ok();
    let job = run.json()["imagePackJobId"].as_str().unwrap().to_owned();
    let status = lab
        .run(&["pack-status", &id, &job, "-o", "json"])
        .ok()
        .json();
    assert_eq!(status["id"], job);
    for instance in [&id, "a"] {
        let run = lab.run(&["pack-status", instance, "tk-nope"]).fails(1);
        let run = run.says("NotFound").says("`aihc-dev pack-image` prints");
        assert!(!run.stderr.contains("deleted since"), "{run:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_password_nothing_is_sent() {
    let lab = Lab::new().await;
    lab.run(&pack("dv-00000001", &[]))
        .fails(2)
        .says("AIHC_REGISTRY_PASSWORD");
    lab.run_fed("\n", &pack("dv-00000001", &["--password-stdin"]))
        .fails(2)
        .says("is empty");
    // As `pass show` prints an entry with more than a password.
    let several = lab.run_fed(
        "hunter2\nurl: r\n",
        &pack("dv-00000001", &["--password-stdin"]),
    );
    let several = several.fails(2).says("more than the password");
    assert!(!several.stderr.contains("hunter2"), "{several:?}");
    lab.run(&pack("dv-00000001", &["--password", "hunter2"]))
        .fails(2);
    assert!(lab.handle().request_counts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_while_it_is_waited_for_is_code_1() {
    let mut delays = aihc_emulator::Delays::default();
    delays.image_packing = std::time::Duration::from_secs(3600 * 200);
    let lab = Lab::with(200.0, delays).await;
    let id = lab.running("a").await;
    let mut command = lab.command(&pack(&id, &["--wait", "--interval", "5ms"]));
    command.env(PASSWORD.0, PASSWORD.1).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    let job = line.trim().rsplit(' ').next().unwrap();
    lab.handle().fail_image_pack_job(&id, job).unwrap();
    let mut text = String::new();
    stderr.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{text}");
    assert!(text.contains("failed"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packing_is_watched_to_its_end() {
    let mut delays = aihc_emulator::Delays::default();
    delays.image_packing = std::time::Duration::from_secs(3600 * 200);
    let lab = Lab::with(200.0, delays).await;
    let id = lab.running("a").await;
    let run = lab.run_with(&[PASSWORD], &pack(&id, &["-o", "json"])).ok();
    let job = run.json()["imagePackJobId"].as_str().unwrap().to_owned();
    let mut command = lab.command(&["pack-status", &id, &job, "--watch", "--interval", "20ms"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains(&format!("added    {job}  ")), "{line}");
    lab.handle().fail_image_pack_job(&id, &job).unwrap();
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert!(
        text.contains("changed  ") && text.contains("-> failed"),
        "{text}"
    );
    assert_eq!(child.wait().unwrap().code(), Some(0), "{text}");
    lab.run(&["pack-status", &id, "tk-nope", "--watch"])
        .fails(1)
        .says("NotFound");
}
