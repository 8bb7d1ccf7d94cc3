//! Tests of the command `emulator`.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use crate::interrupt::send;
use crate::support::{Directory, Lab, Run, bare, run_bare};

const TOOL: &str = env!("CARGO_BIN_EXE_aihc-dev");

/// Runs `aihc-dev emulator`, which starts an emulator and runs the shell command `command`.
/// `variables` are set in the environment.
fn beside(command: &str, variables: &[(&str, &str)]) -> Run {
    let mut tool = bare();
    tool.args(["emulator", "--time-scale", "100", "--", "sh", "-c", command])
        .env("PATH", "/usr/bin:/bin")
        .env("TOOL", TOOL)
        .envs(variables.iter().copied());
    Run::of(tool.output().unwrap())
}

#[test]
fn a_command_runs_against_a_fresh_service_and_ends_it() {
    let run = beside("echo $AIHC_ENDPOINT; \"$TOOL\" list -o json; exit 7", &[]).fails(7);
    let (endpoint, list) = run.stdout.split_once('\n').unwrap();
    assert_eq!(list, "[]\n");
    let address = endpoint.strip_prefix("http://").unwrap();
    assert!(std::net::TcpStream::connect(address).is_err(), "{run:?}");
    beside("exit 0", &[]).ok();
    beside("exit 255", &[]).fails(255);
    beside("kill -KILL $$", &[]).fails(137);
    run_bare(&["emulator", "--", "/nonexistent/program"])
        .fails(127)
        .says("cannot run /nonexistent/program");
    run_bare(&["emulator", "--", "/"]).fails(126);
}

#[test]
fn a_region_does_not_lead_out_of_the_emulator() {
    // With the real service, this would fail: a test cannot reach it, and it does not know the key.
    let run = beside("\"$TOOL\" list --region gz -o json", &[]).ok();
    assert_eq!(run.stdout, "[]\n");
}

#[test]
fn what_leads_to_an_account_is_taken_out_of_the_environment() {
    let callers = [
        ("BCE_ACCESS_KEY_ID", "real"),
        ("BCE_SECRET_ACCESS_KEY", "real"),
        ("BCE_SECURITY_TOKEN", "real"),
        ("BCE_SESSION_TOKEN", "real"),
        ("BCE_PROFILE", "real"),
        ("BCE_REGION", "real"),
        ("BCE_STS_ENDPOINT", "http://192.0.2.1"),
        ("AIHC_ENDPOINT", "http://192.0.2.1"),
        ("BAIDUCLOUD_ACCESS_KEY", "real"),
        ("BAIDUCLOUD_SECRET_KEY", "real"),
        ("BAIDUCLOUD_SESSION_TOKEN", "real"),
        ("HTTP_PROXY", "http://192.0.2.1"),
        ("MINE", "kept"),
    ];
    let run = beside(
        "\"$TOOL\" list && \"$TOOL\" session-token > /dev/null && env",
        &callers,
    )
    .ok();
    assert!(run.stdout.contains("MINE=kept"), "{run:?}");
    let others = run.stdout.lines().filter(|line| {
        line.contains("=real") || (line.contains("192.0.2.1") && !line.starts_with("HTTP_PROXY"))
    });
    assert_eq!(others.count(), 0, "{run:?}");
}

#[test]
fn a_signal_reaches_the_command_and_its_end_is_told() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let mut child = bare()
            .args([
                "emulator",
                "--",
                "/bin/sh",
                "-c",
                "echo ready; exec sleep 600",
            ])
            .env("PATH", "/usr/bin:/bin")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        send(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        // The pipe has no writer any more, so the command has ended as well.
        assert_eq!(stdout.read(&mut [0; 8]).unwrap(), 0);
    }
}

#[test]
fn it_prints_the_settings_that_lead_to_it_and_ends_with_a_signal() {
    for signal in ["INT", "TERM"] {
        let mut child = bare()
            .args(["emulator", "--listen", "127.0.0.1:0", "--time-scale", "100"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let settings: Vec<_> = lines.take(5).map(Result::unwrap).collect();
        let script = format!("{}\n\"$TOOL\" list -o json", settings.join("\n"));
        let list = Command::new("sh")
            .args(["-c", &script])
            .env_clear()
            .envs([
                ("TOOL", TOOL),
                ("BCE_SECURITY_TOKEN", "real"),
                ("BCE_PROFILE", "real"),
            ])
            .output()
            .unwrap();
        assert!(list.status.success(), "{list:?}");
        send(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn the_file_with_settings_is_there_when_the_service_runs_and_for_its_owner_alone() {
    let directory = Directory::new("settings");
    directory.write("other", "kept");
    let path = directory.write("local.sh", "exit 9\n");
    let mut child = bare()
        .args(["emulator", "--listen", "127.0.0.1:0", "--settings", &path])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    assert!(said.contains(&path), "{said}");
    let list = Command::new("sh")
        .args(["-c", ". \"$FILE\" && \"$TOOL\" list -o json"])
        .env_clear()
        .envs([("TOOL", TOOL), ("FILE", &path)])
        .output()
        .unwrap();
    assert!(list.status.success(), "{list:?}");
    send(&child, "INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut names: Vec<_> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["local.sh", "other"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_start_leaves_the_file_as_it_was() {
    let lab = Lab::new().await;
    let directory = Directory::new("settings");
    let path = directory.write("local.sh", "as it was");
    let address = lab.endpoint().strip_prefix("http://").unwrap();
    run_bare(&["emulator", "--listen", address, "--settings", &path])
        .fails(2)
        .says("cannot listen on");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "as it was");
    let link = format!("{}/link", directory.path());
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for no_file in [
        directory.path(),
        "/dev/null",
        &link,
        "/nonexistent/local.sh",
    ] {
        run_bare(&["emulator", "--settings", no_file, "--", "true"])
            .fails(2)
            .says(&format!("--settings {no_file}: "));
    }
}

#[test]
fn the_demo_has_an_instance_in_each_of_several_states() {
    let listing = "\"$TOOL\" list -o jsonl && \"$TOOL\" queues --pool cce-i8zab7dh >/dev/null";
    let run = demo(&["--demo", "--time-scale", "100"], listing).ok();
    let mut found: Vec<_> = run
        .lines()
        .iter()
        .map(|instance| instance["name"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    let names = [
        "evaluation",
        "notebook",
        "preprocessing",
        "train",
        "train-70b",
    ];
    assert_eq!(found, names);
    for (state, count) in [("running", 2), ("stopped", 1), ("failed", 1)] {
        let command = format!("\"$TOOL\" list --status {state} -o jsonl");
        let run = demo(&["--demo"], &command).ok();
        assert_eq!(run.lines().len(), count, "{state}");
    }
    let wait = "\"$TOOL\" list --status queued -o jsonl | grep train-70b";
    let wait = format!("until {wait}; do :; done");
    demo(&["--demo", "--time-scale", "100"], &wait).ok();
}

/// Tests that the examples in the help work as they are shown. Examples that need files, other
/// programs or a terminal are left out, and so are most of those that change something.
#[test]
fn the_examples_of_the_help_work_in_the_demo() {
    const READING: [&str; 14] = [
        "list",
        "show",
        "events",
        "pools",
        "queues",
        "datasets",
        "jobs",
        "services",
        "open",
        "pack-status",
        "whoami",
        "doctor",
        "version",
        "wait",
    ];
    let directory = Directory::new("examples");
    std::os::unix::fs::symlink(TOOL, format!("{}/aihc-dev", directory.path())).unwrap();
    let mut tried = 0;
    let mut script =
        String::from("PATH=$DIRECTORY:$PATH; failed() { echo \"FAILED: $1\"; exit 1; }\n");
    for (command, words) in crate::help::all_commands() {
        if !READING.contains(&words[0]) || words.contains(&"stop") {
            continue;
        }
        let help = Run::of(bare().args(&words).arg("--help").output().unwrap()).ok();
        let examples = help
            .stdout
            .lines()
            .filter_map(|line| line.strip_prefix("  "));
        let examples =
            examples.filter(|line| line.starts_with("aihc-dev ") && !line.ends_with('\\'));
        for example in examples {
            // A remark would become a comment that hides the rest of the script.
            let example = example.split(" #").next().unwrap().trim_end();
            let needs_more = [
                "--watch",
                "--follow",
                "--browser",
                "jq",
                "--profile",
                "stopped",
            ];
            if needs_more.iter().any(|what| example.contains(what)) || example.contains(" stop ") {
                continue;
            }
            script += &format!(
                "{example} >/dev/null || failed '{}'\n",
                example.replace('\'', "\"")
            );
            tried += 1;
        }
        assert!(tried > 0, "{command}");
    }
    // Two of the five instances belong to the caller, and no example uses those of others.
    script += "test \"$(aihc-dev list --mine -o name | sort | tr '\\n' ' ')\" = 'notebook train ' || failed mine\n";
    script += "aihc-dev update dv-f458ede5 --set envs.LANG=C.UTF-8 --dry-run >/dev/null || failed update\n";
    script += "aihc-dev clone dv-f458ede5 --name second --set startCmd=null --dry-run >/dev/null || failed clone\n";
    script += "aihc-dev jobs stop job-0a1b2c3d --dry-run >/dev/null || failed stop\n";
    script += "aihc-dev timed-stop dv-f458ede5 --after 90m >/dev/null || failed timed-stop\n";
    script += "aihc-dev stop --mine --yes >/dev/null || failed stop\n";
    script += "test \"$(aihc-dev list --status running -o name)\" = '' || failed running\n";
    assert!(tried > 30, "{tried}");
    let mut tool = bare();
    tool.args(["emulator", "--demo", "--", "sh", "-c", &script])
        .env("PATH", "/usr/bin:/bin")
        .env("DIRECTORY", directory.path());
    let run = Run::of(tool.output().unwrap());
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:#?}");
}

#[test]
fn what_is_saved_is_there_again() {
    let directory = Directory::new("saved");
    let file = format!("{}/state.json", directory.path());
    demo(&["--demo", "--save", &file], "exit 3").fails(3);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let run = demo(&["--restore", &file], "\"$TOOL\" list -o jsonl").ok();
    assert_eq!(run.lines().len(), 5);
    let broken = directory.write("broken.json", "{}");
    demo(&["--restore", &broken], "exit 0")
        .fails(2)
        .says(&format!("--restore {broken}: "));
    // The folder is gone when it is to be saved; the code of the command counts more.
    let gone = directory.write("gone/state.json", "");
    let command = format!("rm -r '{}/gone'; exit 9", directory.path());
    demo(&["--save", &gone], &command).fails(9).says("--save ");
    demo(&["--save", "/nonexistent/state.json"], "exit 0")
        .fails(2)
        .says("--save /nonexistent/state.json: ");
    demo(&["--demo", "--restore", &file], "exit 0").fails(2);
}

#[test]
fn a_scenario_is_that_of_the_emulator() {
    for (list, said) in [
        ("places=1", "unknown name places"),
        ("capacity=few", "capacity cannot be \"few\""),
        ("deployment-failure=2", "is not a probability"),
    ] {
        demo(&["--scenario", list], "exit 0").fails(2).says(said);
    }
    let create = "\"$TOOL\" create --name n --creator c --creator-id i --pool cce-emulator \
        --queue default --cpus 1 --memory 1 --image i --disk 100 --wait --interval 5ms";
    let arguments = ["--time-scale", "200", "--scenario", "deployment-failure=1"];
    demo(&arguments, create).fails(1).says("failed");
}

/// Runs `aihc-dev emulator` with these options, which starts an emulator and runs the shell command
/// `command`.
fn demo(options: &[&str], command: &str) -> Run {
    let mut tool = bare();
    tool.arg("emulator").args(options);
    tool.args(["--", "sh", "-c", command])
        .env("PATH", "/usr/bin:/bin")
        .env("TOOL", TOOL);
    Run::of(tool.output().unwrap())
}
