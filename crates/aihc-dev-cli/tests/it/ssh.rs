//! Tests of the commands `ssh`, `cp` and `port-forward`.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use bce_testing::RawServer;
use serde_json::json;

use crate::support::{Directory, Lab, Run};

/// A folder for PATH. The programs `ssh` and `scp` in it record their arguments, one per line.
struct FakeOpenSsh(Directory);

impl FakeOpenSsh {
    fn new(then: &str) -> Self {
        let directory = Directory::new("openssh");
        for program in ["ssh", "scp"] {
            let record = format!("{}/{program}.arguments", directory.path());
            let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > '{record}'\n{then}\n");
            let path = directory.write(program, &script);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self(directory)
    }

    fn run(&self, lab: &Lab, arguments: &[&str]) -> Run {
        lab.run_with(&[("PATH", self.0.path())], arguments)
    }

    /// Returns the arguments that a program was called with.
    fn arguments(&self, program: &str) -> Vec<String> {
        let record = format!("{}/{program}.arguments", self.0.path());
        let text = std::fs::read_to_string(record).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn was_called(&self) -> bool {
        ["ssh", "scp"].iter().any(|program| {
            let record = format!("{}/{program}.arguments", self.0.path());
            std::path::Path::new(&record).exists()
        })
    }
}

/// Returns the arguments of `ssh` or `scp` for the port of an instance and for the check of its
/// host key. `port` is the name of the option for the port, such as `-p`.
fn leading(id: &str, port: &str) -> [String; 8] {
    [
        port.to_owned(),
        "30022".to_owned(),
        "-o".to_owned(),
        format!("HostKeyAlias={id}"),
        "-o".to_owned(),
        "CheckHostIP=no".to_owned(),
        "-o".to_owned(),
        "StrictHostKeyChecking=accept-new".to_owned(),
    ]
}

const HOST: [&str; 2] = ["--host", "192.0.2.7"];

#[tokio::test(flavor = "multi_thread")]
async fn ssh_is_led_to_the_instance_and_its_end_is_the_end() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let openssh = FakeOpenSsh::new("echo out; echo err >&2; exit 42");
    let run = openssh
        .run(&lab, &[&["ssh", &id][..], &HOST].concat())
        .fails(42);
    assert_eq!((&*run.stdout, &*run.stderr), ("out\n", "err\n"));
    let mut expected = leading(&id, "-p").to_vec();
    expected.extend(["-a", "root@192.0.2.7"].map(str::to_owned));
    assert_eq!(openssh.arguments("ssh"), expected);

    // The process was replaced, so a signal ends it in the same way as its replacement.
    let openssh = FakeOpenSsh::new("kill -KILL $$");
    let run = openssh.run(&lab, &["ssh", &id, "--internal"]);
    assert_eq!(run.code, None, "{run:?}");
    let arguments = openssh.arguments("ssh");
    assert_eq!(arguments[..2], ["-p", "22"]);
    assert_eq!(arguments.last().unwrap(), "root@10.0.0.9");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_command_and_options_reach_ssh_as_they_are() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let openssh = FakeOpenSsh::new("exit 0");
    let words = ["-oProxyCommand=touch /tmp/x", "$(id)", "a b", "*", "it's;"];
    #[rustfmt::skip]
    let options = [
        "ssh", &id, "--host", "h", "--user", "work", "--port", "40022", "-A", "-t", "-i", "my key",
        "-L", "8888:localhost:8888", "--forward", "80", "--ssh-option", "ProxyJump=bastion",
        "--host-key", "refuse", "--",
    ];
    openssh.run(&lab, &[&options[..], &words].concat()).ok();
    let alias = format!("HostKeyAlias={id}");
    #[rustfmt::skip]
    let expected = [
        "-p", "40022", "-o", &alias, "-o", "CheckHostIP=no", "-o", "StrictHostKeyChecking=yes",
        "-i", "my key", "-o", "ProxyJump=bastion", "-o", "ExitOnForwardFailure=yes",
        "-L", "8888:localhost:8888", "-L", "80:localhost:80", "-A", "-t", "work@h", "--",
    ];
    assert_eq!(openssh.arguments("ssh"), [&expected[..], &words].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn port_forward_runs_no_shell() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let openssh = FakeOpenSsh::new("exit 0");
    let arguments = ["port-forward", &id, "8888", "8080:80", HOST[0], HOST[1]];
    openssh
        .run(&lab, &arguments)
        .ok()
        .says("forwarding 8888:localhost:8888");
    let mut expected = leading(&id, "-p").to_vec();
    #[rustfmt::skip]
    let rest = [
        "-o", "ExitOnForwardFailure=yes", "-L", "8888:localhost:8888", "-L", "8080:localhost:80",
        "-a", "-N", "root@192.0.2.7",
    ];
    expected.extend(rest.map(str::to_owned));
    assert_eq!(openssh.arguments("ssh"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn cp_copies_both_ways() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let openssh = FakeOpenSsh::new("exit 1");
    let there = format!("{id}:/work/a b");
    let to = ["cp", "-r", "./a:b", "data", &there, HOST[0], HOST[1]];
    openssh.run(&lab, &to).fails(1);
    let mut expected = leading(&id, "-P").to_vec();
    let rest = ["-r", "--", "./a:b", "data", "root@192.0.2.7:/work/a b"];
    expected.extend(rest.map(str::to_owned));
    assert_eq!(openssh.arguments("scp"), expected);

    let sources = [format!("{id}:a"), format!("{id}:")];
    #[rustfmt::skip]
    let from = [
        "cp", "--preserve", "--host", "2001:db8::1", "--", &sources[0], &sources[1], "-there",
    ];
    openssh.run(&lab, &from).fails(1);
    let rest = [
        "-p",
        "--",
        "root@[2001:db8::1]:a",
        "root@[2001:db8::1]:",
        "./-there",
    ];
    let arguments = openssh.arguments("scp");
    assert_eq!(arguments[arguments.len() - 5..], rest);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_found_and_a_context_says_where() {
    let lab = Lab::new().await;
    let id = lab.running("训练").await;
    let openssh = FakeOpenSsh::new("exit 0");
    let contexts = format!("{}/contexts.json", openssh.0.path());
    let run = |arguments: &[&str]| {
        let variables = [
            ("PATH", openssh.0.path()),
            ("AIHC_CONTEXTS_FILE", &contexts),
        ];
        lab.run_with(&variables, arguments)
    };
    let alias = format!("HostKeyAlias={id}");
    run(&["context", "set", "lab", "--host", "lb.example"]).ok();
    run(&["ssh", "训练"])
        .ok()
        .says("context lab: host lb.example");
    let arguments = openssh.arguments("ssh");
    assert!(arguments.contains(&alias), "{arguments:?}");
    assert_eq!(arguments.last().unwrap(), "root@lb.example");
    run(&["cp", "训练:a", "."]).ok();
    let from = &openssh.arguments("scp")[9..];
    assert_eq!(from, ["root@lb.example:a", "."]);
    // An option takes precedence over the context.
    run(&["ssh", "训练", "--internal"]).ok();
    assert_eq!(openssh.arguments("ssh").last().unwrap(), "root@10.0.0.9");
    run(&["ssh", "训练", "--context", "none"]).fails(1);

    std::fs::remove_file(format!("{}/ssh.arguments", openssh.0.path())).unwrap();
    std::fs::remove_file(format!("{}/scp.arguments", openssh.0.path())).unwrap();
    let text = std::fs::read_to_string(&contexts).unwrap();
    std::fs::write(&contexts, text.replace("lb.example", "-oProxyCommand=x")).unwrap();
    run(&["ssh", "训练"])
        .fails(2)
        .says("is not the address of a host");
    run(&["ssh", "训", "--internal"]).fails(1).says("训练");
    lab.create("训练").await;
    run(&["ssh", "训练", "--internal"]).fails(1).says(&id);
    assert!(!openssh.was_called());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leads_nowhere_is_said_before_anything_runs() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let openssh = FakeOpenSsh::new("exit 0");
    for arguments in [
        &["cp", "a", "b"][..],
        &["cp", "dv-00000001:a", "dv-00000002:b"],
        &["cp", "dv-00000001:a", "dv-00000002:b", "."],
        &["cp", "a"],
        &["ssh", &id, "--host", "-oProxyCommand=x"],
        &["ssh", &id, "--host", "u@h"],
        &["ssh", &id, "--user", "a b"],
        &["ssh", &id, "--user=-l"],
        &["ssh", &id, "--port", "0"],
        &["ssh", &id, "--ssh-option", "ProxyCommand"],
        &["ssh", &id, "-L", "http"],
        &["ssh", &id, "-N", "--", "true"],
        &["port-forward", &id, "0"],
    ] {
        openssh.run(&lab, arguments).fails(2);
    }
    let from = format!("{id}:a");
    for arguments in [
        &["ssh", &id][..],
        &["cp", &from, "."],
        &["port-forward", &id, "80"],
    ] {
        openssh.run(&lab, arguments).fails(1).says("--host");
    }
    lab.run(&["stop", &id, "--wait", "--interval", "5ms"]).ok();
    for arguments in [
        &["ssh", &id][..],
        &["cp", &from, "."],
        &["port-forward", &id, "80"],
    ] {
        openssh
            .run(&lab, &[arguments, &HOST].concat())
            .fails(1)
            .says("it is stopped, not running; `aihc-dev start");
    }
    openssh.run(&lab, &["ssh", "dv-00000000"]).fails(1);
    assert!(!openssh.was_called());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_openssh_it_is_said_what_is_missing() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let empty = Directory::new("path");
    let path = [("PATH", empty.path())];
    let from = format!("{id}:a");
    for (arguments, program) in [(&["ssh", &id][..], "ssh"), (&["cp", &from, "."], "scp")] {
        lab.run_with(&path, &[arguments, &HOST].concat())
            .fails(127)
            .says(&format!("cannot run {program}: "))
            .says("OpenSSH");
    }
    empty.write("ssh", "no program");
    lab.run_with(&path, &[&["ssh", &id][..], &HOST].concat())
        .fails(126);
}

/// Returns a service with an instance that has this address and this port.
async fn hostile(address: &str, port: i64) -> RawServer {
    let access = json!({
        "sshEnable": true,
        "portInfo": [{"name": "dev_ssh", "port": port, "accessPort": port}],
    });
    let instance = json!({
        "id": "dv-00000001", "name": "a", "status": 3, "conf": {"access": access},
        "serviceInstanceInfo": {"internalIP": address, "publicIP": address},
    });
    let body = json!({"requestId": "r", "devInstance": instance}).to_string();
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close");
    RawServer::start(format!("{head}\r\n\r\n{body}").into_bytes())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_sends_runs_nothing() {
    let lab = Lab::new().await;
    let openssh = FakeOpenSsh::new("exit 0");
    let addresses = [
        ("-oProxyCommand=touch x", 22),
        ("a b", 22),
        ("$(touch x)", 22),
        ("h\n-oProxyCommand=x", 22),
        ("192.0.2.7", 0),
        ("192.0.2.7", -22),
        ("192.0.2.7", 65558),
    ];
    for (address, port) in addresses {
        let server = hostile(address, port).await;
        let url = server.url();
        for command in [
            &["ssh", "dv-00000001"][..],
            &["ssh", "dv-00000001", "--internal"],
            &["cp", "dv-00000001:a", "."],
            &["port-forward", "dv-00000001", "80"],
            &["ssh-command", "dv-00000001"],
        ] {
            let run = openssh.run(&lab, &[command, &["--endpoint", &url]].concat());
            assert_eq!(run.fails(1).stdout, "", "{address} {port}");
        }
    }
    assert!(!openssh.was_called());
}

fn real_ssh() -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut folders = std::env::split_paths(&path);
    folders.find_map(|folder| Some(folder.join("ssh")).filter(|ssh| ssh.is_file()))
}

/// Runs the tool, and returns the value of `StrictHostKeyChecking` that it passed to `ssh` or
/// `scp`.
#[track_caller]
fn checking(openssh: &FakeOpenSsh, lab: &Lab, arguments: &[&str]) -> String {
    openssh.run(lab, arguments).ok();
    let program = match arguments[0] {
        "cp" => "scp",
        _ => "ssh",
    };
    let arguments = openssh.arguments(program);
    let mut found = arguments
        .iter()
        .filter_map(|word| word.strip_prefix("StrictHostKeyChecking="));
    found.next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn host_keys_are_never_checked_less_than_the_settings_of_ssh_say() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let from = format!("{id}:a");
    let commands = [
        &["ssh", &id][..],
        &["cp", &from, "."],
        &["port-forward", &id, "80"],
    ];
    for (settings, expected) in [
        ("stricthostkeychecking true", "yes"),
        ("stricthostkeychecking yes", "yes"),
        ("stricthostkeychecking ask", "accept-new"),
        ("stricthostkeychecking false", "accept-new"),
        ("hostname stricthostkeychecking true", "accept-new"),
    ] {
        let settings = format!("[ \"$1\" != -G ] || printf 'user root\\n{settings}\\n'");
        let openssh = FakeOpenSsh::new(&format!("{settings}; exit 0"));
        for command in commands {
            let with =
                |more: &[&'static str]| checking(&openssh, &lab, &[command, &HOST, more].concat());
            assert_eq!(with(&[]), expected, "{settings} {command:?}");
            // An option takes precedence over the settings of ssh.
            assert_eq!(with(&["--host-key", "accept-new"]), "accept-new");
            assert_eq!(with(&["--host-key", "refuse"]), "yes");
        }
    }
}

/// Tests that the tool understands the settings which the real ssh prints for a host.
#[tokio::test(flavor = "multi_thread")]
async fn the_real_ssh_says_how_strict_its_settings_are() {
    let Some(real) = real_ssh() else {
        eprintln!("there is no ssh here: nothing is tried");
        return;
    };
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let settings = Directory::new("ssh-config");
    let config = settings.write(
        "config",
        "Host 192.0.2.7\n  StrictHostKeyChecking yes\nHost 192.0.2.8\n  StrictHostKeyChecking no\n",
    );
    let openssh = FakeOpenSsh::new(&format!(
        "[ \"$1\" != -G ] || exec '{}' -F '{config}' \"$@\"",
        real.display()
    ));
    for (host, more, expected) in [
        ("192.0.2.7", &[][..], "yes"),
        ("192.0.2.7", &["--host-key", "ask"], "ask"),
        ("192.0.2.8", &[], "accept-new"),
        ("192.0.2.9", &[], "accept-new"),
        (
            "192.0.2.9",
            &["--ssh-option", "StrictHostKeyChecking=yes"],
            "yes",
        ),
    ] {
        let arguments = [&["ssh", &id, "--host", host], more].concat();
        assert_eq!(checking(&openssh, &lab, &arguments), expected, "{host}");
    }
}

/// Tests that the real ssh understands the options that the tool passes to it.
#[tokio::test(flavor = "multi_thread")]
async fn the_real_ssh_takes_the_options_as_they_are_meant() {
    let Some(real) = real_ssh() else {
        eprintln!("there is no ssh here: nothing is tried");
        return;
    };
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let openssh = FakeOpenSsh::new("exit 0");
    #[rustfmt::skip]
    let arguments = [
        "ssh", &id, "--host", "192.0.2.7", "--user", "work", "-A", "-L", "8888", "--ssh-option",
        "StrictHostKeyChecking=no", "--", "-oProxyCommand=never",
    ];
    openssh.run(&lab, &arguments).ok();
    let shown = Command::new(real)
        .args(["-F", "none", "-G"])
        .args(openssh.arguments("ssh"))
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let alias = format!("hostkeyalias {id}");
    for line in [
        "hostname 192.0.2.7",
        "user work",
        "port 30022",
        "forwardagent yes",
        "stricthostkeychecking accept-new",
        "checkhostip no",
        "exitonforwardfailure yes",
        "localforward 8888 [localhost]:8888",
        &alias,
    ] {
        assert!(shown.lines().any(|found| found == line), "{line}: {shown}");
    }
    assert!(!shown.contains("proxycommand"), "{shown}");
}

/// Tests ssh on a terminal, which `script` of util-linux provides.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_and_its_ctrl_c_are_those_of_ssh() {
    use std::io::{Read as _, Write as _};
    use std::process::Stdio;

    let script = std::path::Path::new("/usr/bin/script");
    if !script.is_file() {
        eprintln!("there is no script here: nothing is tried");
        return;
    }
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let openssh = FakeOpenSsh::new(
        "trap 'echo caught; exit 9' INT\n[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo ready; read line",
    );
    let tool = lab.command(&[]);
    let line = format!(
        "exec '{}' ssh {id} --internal",
        env!("CARGO_BIN_EXE_aihc-dev")
    );
    let mut command = Command::new(script);
    command.args(["-qec", &line, "/dev/null"]).env_clear();
    let variables = tool.get_envs();
    command.envs(variables.filter_map(|(name, value)| Some((name, value?))));
    command
        .env("PATH", openssh.0.path())
        .env("SHELL", "/bin/sh");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut text = Vec::new();
    while !text.windows(5).any(|five| five == b"ready") {
        let mut byte = [0];
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "{text:?}");
        text.extend(byte);
    }
    stdin.write_all(b"\x03").unwrap();
    stdout.read_to_end(&mut text).unwrap();
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("caught"), "{text}");
    assert!(!text.contains("interrupted"), "{text}");
    assert_eq!(child.wait().unwrap().code(), Some(9), "{text}");
}
