//! Tests that values from the service are completed in real shells.

#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bce_testing::{RawRequest, RawServer};
use serde_json::json;

use crate::support::{Directory, Run, bare, run_bare};

/// Names of instances, with characters that shells treat specially.
const NAMES: [&str; 7] = [
    "web",
    "two words",
    "it's",
    "say \"hi\" $HOME `id`",
    "训练 一",
    "a:b:c",
    "star*[x]{y};&|~#\\",
];

/// Returns a service with pools, queues, and instances that have the names in [`NAMES`]. It can
/// filter instances by name.
async fn service() -> RawServer {
    let answer = |request: &RawRequest| {
        let body = match request.head.as_str() {
            head if head.contains("DescribeResourcePools") => json!({
                "resourcePools": [{"resourcePoolId": "cce-1", "name": "first", "phase": "running"}],
                "totalCount": 1,
            }),
            head if head.contains("DescribeQueues") => {
                let inner = json!([{"queueName": "inner"}]);
                json!({"queues": [{"queueName": "outer", "children": inner}], "totalCount": 1})
            }
            _ => {
                let wanted = queried_name(request);
                let fits = |name: &&&str| wanted.as_ref().is_none_or(|text| name.contains(text));
                let instances: Vec<_> = NAMES
                    .iter()
                    .filter(fits)
                    .enumerate()
                    .map(|(n, name)| json!({"id": format!("dv-0000000{n}"), "name": name, "status": 3}))
                    .collect();
                json!({"devInstances": instances, "totalCount": instances.len()})
            }
        };
        let body = body.to_string();
        let head = format!("content-length: {}\r\nconnection: close", body.len());
        format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").into_bytes()
    };
    RawServer::answering(answer).await.unwrap()
}

/// Returns the name by which a request filters the list of instances; `None` if the request does
/// not filter by name.
fn queried_name(request: &RawRequest) -> Option<String> {
    let (_, rest) = request.head.split_once("queryVal=")?;
    let end = rest.find(['&', ' '])?;
    let mut bytes = Vec::new();
    let mut text = rest[..end].bytes();
    while let Some(byte) = text.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [text.next()?, text.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// A home directory with the completion scripts of bash, zsh and fish.
struct Shells {
    home: Directory,
    endpoint: String,
}

impl Shells {
    fn new(endpoint: &str) -> Self {
        let home = Directory::new("values");
        for (shell, name) in [("bash", "bash"), ("zsh", "_aihc-dev"), ("fish", "fish")] {
            home.write(name, &run_bare(&["completions", shell]).ok().stdout);
        }
        let endpoint = endpoint.to_owned();
        Self { home, endpoint }
    }

    fn variables(&self) -> [(&str, &str); 7] {
        [
            ("PATH", "/usr/bin:/bin"),
            ("TERM", "dumb"),
            ("LANG", "C.UTF-8"),
            ("HOME", self.home.path()),
            ("BCE_ACCESS_KEY_ID", "a"),
            ("BCE_SECRET_ACCESS_KEY", "s"),
            ("AIHC_ENDPOINT", &self.endpoint),
        ]
    }

    /// Types lines into a shell, in which a function takes the place of `aihc-dev` and prints its
    /// last argument. Returns what the function prints for each line.
    fn arguments(&self, shell: &[&str], setup: &str, lines: &[String]) -> Vec<String> {
        let output = Command::new("python3")
            .args(["-c", TYPE, setup, &lines.join("\n")])
            .args(shell)
            .env_clear()
            .envs(self.variables())
            .output()
            .unwrap();
        let run = Run::of(output).ok();
        run.stdout.lines().map(str::to_owned).collect()
    }
}

/// A Python program that types lines, which contain tabs, into a shell. After each tab, it waits
/// until the screen has changed and no longer changes. It prints the text that appears between
/// `<<<` and `>>>` after each line.
const TYPE: &str = r#"
import os, pty, select, sys, time
setup, lines = sys.argv[1], sys.argv[2].split('\n')
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
screen = ''
def read(seconds):
    global screen
    if select.select([terminal], [], [], seconds)[0]:
        screen += os.read(terminal, 65536).decode(errors='replace')
        return True
    return False
def until(text):
    limit = time.monotonic() + 20
    while text not in screen and time.monotonic() < limit:
        read(0.1)
os.write(terminal, (setup + '; echo ready-$((1 + 1))\n').encode())
until('ready-2\r\n')
for line in lines:
    while read(0.1):
        pass
    for key in line:
        if key == '\t':
            while read(0.1):
                pass
            os.write(terminal, b'\t')
            read(5)
            while read(0.2):
                pass
        else:
            os.write(terminal, key.encode())
    screen = ''
    os.write(terminal, b'\n')
    until('>>>')
    start, end = screen.find('<<<'), screen.find('>>>')
    print(screen[start + 3:end] if 0 <= start < end else 'nothing in %r' % screen)
    if not 0 <= start < end:
        break
os.kill(pid, 9)
"#;

/// Returns the shells bash and zsh, if they are installed. Each item contains the name of the
/// shell, the command that starts it, and a line that replaces the tool with a function that prints
/// its last argument.
fn shells(shells: &Shells) -> Vec<(&'static str, Vec<&'static str>, String)> {
    let home = shells.home.path();
    let all = vec![
        (
            "bash",
            vec!["bash", "--norc", "--noprofile"],
            format!("aihc-dev() {{ echo \"<<\"\"<${{@: -1}}>\"\">>\"; }}; . {home}/bash"),
        ),
        (
            "zsh",
            vec!["zsh", "-f"],
            format!(
                "autoload -U compinit; compinit -u -D; aihc-dev() {{ print -r -- \"<<\"\"<${{@[-1]}}>\"\">>\" }}; \
                 source {home}/_aihc-dev"
            ),
        ),
    ];
    let is_there = |shell: &str| {
        let version = Command::new(shell)
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        let there = version.is_ok_and(|status| status.success());
        if !there {
            eprintln!("skipped: {shell} is not installed");
        }
        there
    };
    all.into_iter()
        .filter(|(shell, ..)| is_there(shell))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_and_zsh_hand_over_the_very_name_that_they_complete() {
    let server = service().await;
    let home = Shells::new(&server.url());
    let cases = [
        ("web", "web"),
        ("we", "web"),
        ("tw", "two words"),
        ("two\\ w", "two words"),
        ("'two w", "two words"),
        ("\"two w", "two words"),
        ("it", "it's"),
        ("sa", "say \"hi\" $HOME `id`"),
        ("\"sa", "say \"hi\" $HOME `id`"),
        ("训", "训练 一"),
        ("a", "a:b:c"),
        ("a:b", "a:b:c"),
        ("a:", "a:b:c"),
        ("st", "star*[x]{y};&|~#\\"),
        ("dv-00000000", "dv-00000000"),
    ];
    let lines = cases.map(|(keys, _)| format!("aihc-dev show {keys}\t"));
    for (shell, command, setup) in shells(&home) {
        let found = home.arguments(&command, &setup, &lines);
        assert_eq!(found, cases.map(|(_, expected)| expected), "{shell}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fish_offers_every_name_with_its_state_and_id() {
    let server = service().await;
    let home = Shells::new(&server.url());
    let fish = |line: &str| {
        let script = format!("source {}/fish; complete -C \"{line}\"", home.home.path());
        let output = Command::new("fish")
            .args(["--no-config", "-c", &script])
            .env_clear()
            .envs(home.variables())
            .output();
        output.ok().map(Run::of)
    };
    let Some(run) = fish("aihc-dev show ") else {
        eprintln!("skipped: fish is not installed");
        return;
    };
    let run = run.ok();
    let expected: Vec<_> = NAMES
        .iter()
        .enumerate()
        .map(|(n, name)| format!("{name}\trunning, dv-0000000{n}"))
        .collect();
    let found: Vec<_> = run.stdout.lines().take(NAMES.len()).collect();
    assert_eq!(found, expected, "{run:?}");
    assert_eq!(run.stderr, "");
}

/// Requests candidates from the tool in the same way as the completion script of fish. `more`
/// contains additional environment variables.
fn answers(home: &Shells, more: &[(&str, &str)], words: &[&str]) -> Run {
    let mut command = bare();
    command
        .arg("--")
        .arg("aihc-dev")
        .args(words)
        .env("HOME", home.home.path())
        .env("AIHC_DEV_COMPLETE", "fish");
    let variables = home
        .variables()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    command.envs(variables).envs(more.iter().copied());
    Run::of(command.output().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn pools_and_queues_come_from_the_service_and_the_service_looks_for_names() {
    let server = service().await;
    let home = Shells::new(&server.url());
    let pools = answers(&home, &[], &["create", "--pool", ""]).ok();
    assert_eq!(pools.stdout, "cce-1\tfirst, running\nserverless\n");
    let queues = answers(&home, &[], &["create", "--pool", "cce-1", "--queue", ""]).ok();
    let values: Vec<_> = queues
        .stdout
        .lines()
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    assert_eq!(values, ["inner", "outer"]);
    // Without a pool there are no queues.
    let queues = answers(&home, &[], &["create", "--queue", ""]).ok();
    assert_eq!(queues.stdout, "");
    // A context may name the pool instead.
    let contexts = json!({"current": "c", "contexts": [{"name": "c", "pool": "cce-1"}]});
    home.home
        .write(".config/aihc-dev/contexts.json", &contexts.to_string());
    let queues = answers(&home, &[], &["create", "--queue=o"]).ok();
    assert_eq!(queues.stdout, "--queue=outer\n");
    answers(&home, &[], &["stop", "we"]).ok();
    let last = server.requests().pop().unwrap();
    assert!(last.head.contains("queryVal=we"), "{}", last.head);
}

/// The time within which a completion ends whose time limit is passed. It is longer than the limit,
/// since the machine may be busy, and shorter than a call would take without it.
const AT_MOST: Duration = Duration::from_secs(15);

/// Tests completion with services that accept connections without responding or do not accept them,
/// and with services that do not exist: within the time limit, there are neither candidates nor
/// messages.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_come_in_time_does_not_come_at_all() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    let closed = bce_testing::ClosedPort::take().unwrap();
    let closed = format!("http://{}", closed.address());
    let deaf = bce_testing::DeafPort::take().await.unwrap();
    let deaf = format!("https://{}", deaf.address());
    for endpoint in [&silent, &closed, &deaf, "nonsense /"] {
        let home = Shells::new(endpoint);
        for words in [
            &["show", "w"][..],
            &["create", "--pool", ""],
            &["create", "--pool", "p", "--queue", ""],
            &["jobs", "show", "j"],
            &["services", "show", "s"],
        ] {
            let started = Instant::now();
            let run = answers(&home, &[], words).ok();
            let took = started.elapsed();
            assert!(took < AT_MOST, "{endpoint} {words:?}: {took:?}");
            assert_eq!(
                (run.stdout.as_str(), run.stderr.as_str()),
                ("", ""),
                "{words:?}"
            );
        }
    }
    // This needs no shell.
    let home = Shells::new(&silent);
    let nobody = [("BCE_ACCESS_KEY_ID", ""), ("RUST_LOG", "trace")];
    let run = answers(&home, &nobody, &["show", "w"]).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    // A read from this file blocks.
    let pipe = format!("{}/pipe", home.home.path());
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let started = Instant::now();
    let run = answers(&home, &[("AIHC_CA_FILE", &pipe)], &["show", "w"]).ok();
    assert!(started.elapsed() < AT_MOST);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}
