//! Tests of the option `--watch`.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use aihc_emulator::{Fault, FaultRule};
use serde_json::Value;

use crate::interrupt::send;
use crate::support::Lab;

/// A command with `--watch` that does not write to a terminal.
struct Watch {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Watch {
    fn start(lab: &Lab, arguments: &[&str]) -> Self {
        let more = ["--watch", "--interval", "20ms"];
        let mut child = lab
            .command(&[arguments, &more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdout: BufReader::new(child.stdout.take().unwrap()),
            stderr: BufReader::new(child.stderr.take().unwrap()),
            child,
        }
    }

    /// Returns the next line of the command's output, without the time at its beginning.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let (time, rest) = line.trim_end().split_once("  ").unwrap_or_default();
        assert!(time.ends_with('Z'), "{line:?}");
        rest.to_owned()
    }

    fn document(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Reads the standard error of the command until it contains `text`.
    fn says(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(
                self.stderr.read_line(&mut line).unwrap() > 0,
                "it has ended"
            );
        }
    }

    fn end(mut self) -> (Option<i32>, String) {
        let mut text = String::new();
        self.stderr.read_to_string(&mut text).unwrap();
        (self.child.wait().unwrap().code(), text)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_of_a_list_is_a_line() {
    let lab = Lab::new().await;
    let a = lab.running("a").await;
    let mut watch = Watch::start(&lab, &["list"]);
    assert_eq!(watch.line(), format!("added    {a}  a  running"));
    lab.handle()
        .set_instance_status(&a, aihc_emulator::InstanceStatus::ABNORMAL, "")
        .unwrap();
    let changed = watch.line();
    let expected = format!("changed  {a}  a  status: running -> abnormal");
    assert!(changed.starts_with(&expected), "{changed}");
    let b = lab.create("b").await;
    // It depends on the time of the polls which of the intermediate states are seen.
    let runs = |line: &str| line.contains(&format!("  {b}  b  ")) && line.ends_with("running");
    while !runs(&watch.line()) {}
    send(&watch.child, "INT");
    assert_eq!(watch.end().0, Some(130));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_is_a_document_with_jsonl() {
    let lab = Lab::new().await;
    let a = lab.running("a").await;
    let mut watch = Watch::start(&lab, &["list", "-o", "jsonl", "--filter", "status=running"]);
    let added = watch.document();
    assert_eq!(added["change"], "added");
    assert_eq!(added["result"]["id"], a);
    lab.client().stop_dev_instance(&a).await.unwrap();
    // The instance no longer matches the filter.
    let gone = watch.document();
    assert_eq!(
        (&gone["change"], &gone["result"]["id"]),
        (&"gone".into(), &a.into())
    );
    send(&watch.child, "TERM");
    assert_eq!(watch.end().0, Some(143));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_is_watched_until_it_is_gone() {
    let lab = Lab::new().await;
    let a = lab.running("a").await;
    let mut watch = Watch::start(&lab, &["show", "a"]);
    assert_eq!(watch.line(), format!("added    {a}  a  running"));
    lab.client().delete_dev_instance(&a).await.unwrap();
    while !watch.line().starts_with("gone") {}
    let (code, said) = watch.end();
    assert_eq!((code, said.as_str()), (Some(0), ""));
    lab.run(&["show", "dv-0000dead", "--watch"])
        .fails(1)
        .says("NotFound");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_once_and_do_not_end_it_but_refused_credentials_do() {
    let lab = Lab::new().await;
    lab.running("a").await;
    let mut watch = Watch::start(&lab, &["list", "--retries", "0"]);
    watch.line();
    let throttle = FaultRule::new(Fault::throttle(0)).action("DescribeDevInstances");
    lab.handle().inject(throttle.times(3)).unwrap();
    watch.says("; retrying in ");
    let b = lab.running("b").await;
    while !watch.line().contains(&b) {}
    lab.refuse(
        "DescribeDevInstances",
        403,
        "InvalidAccessKeyId",
        "no such key",
    );
    let (code, said) = watch.end();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("InvalidAccessKeyId"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_an_end_where_one_is_asked_for() {
    let lab = Lab::new().await;
    lab.running("a").await;
    let run = lab.run(&[
        "list",
        "--watch",
        "--interval",
        "20ms",
        "--timeout",
        "300ms",
    ]);
    assert_eq!(
        run.fails(5)
            .says("the --timeout has passed")
            .stdout
            .lines()
            .count(),
        1
    );
    lab.run(&["list", "--watch", "-o", "json"])
        .fails(2)
        .says("--watch has no end");
    lab.run(&["list", "--interval", "1s"])
        .fails(2)
        .says("--watch");
    lab.run(&["list", "--watch", "--page", "2"])
        .fails(2)
        .says("--page");
}

/// A Python program that runs the tool on a terminal of a certain size, and records what the
/// terminal shows. It reads commands from standard input, one per line: `until TEXT`, `keys TEXT`,
/// `size COLUMNS ROWS`, `bytes`.
const TERMINAL: &str = r#"
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time
columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
cells, x, y, raw = [''] * 1000, 0, 0, ''
def feed(text):
    """As much of a terminal as is used: lines by index, wide characters as they come."""
    global x, y, cells
    for part in re.findall(r'\x1b\[[0-9;?]*[A-Za-z]|.|\n|\r', text, re.S):
        if part == '\r': x = 0
        elif part == '\n': y += 1
        elif part.startswith('\x1b['):
            n = int(part[2:-1] or 1) if part[2:-1].isdigit() or not part[2:-1] else 1
            if part[-1] == 'A': y = max(0, y - n)
            elif part[-1] == 'K': cells[y] = cells[y][:x]
            elif part[-1] == 'J' and part != '\x1b[2J':
                cells[y] = cells[y][:x]
                for i in range(y + 1, len(cells)): cells[i] = ''
            elif part == '\x1b[2J': cells = [''] * 1000
            elif part[-1] == 'H': x, y = 0, 0
        else:
            cells[y] = cells[y][:x].ljust(x) + part + cells[y][x + 1:]
            x += 1
def read(wait):
    global raw
    if select.select([terminal], [], [], wait)[0]:
        try: text = os.read(terminal, 65536).decode()
        except OSError: return False
        raw += text
        feed(text)
    return True
def screen(): return '\n'.join(cells).rstrip('\n')
for line in sys.stdin:
    verb, _, rest = line.rstrip('\n').partition(' ')
    if verb == 'until':
        limit = time.monotonic() + 20
        while rest not in screen() and time.monotonic() < limit and read(0.1): pass
        if rest not in screen(): print(json.dumps(None), flush=True)
        else: print(json.dumps(screen()), flush=True)
    elif verb == 'bytes':
        print(json.dumps(raw), flush=True)
        raw = ''
    elif verb == 'size':
        c, r = map(int, rest.split())
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', r, c, 0, 0))
        os.kill(pid, signal.SIGWINCH)
        print(json.dumps(''), flush=True)
    elif verb == 'keys':
        os.write(terminal, rest.encode().decode('unicode_escape').encode())
        while read(5): pass
        _, status = os.waitpid(pid, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)
"#;

struct Terminal {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Terminal {
    fn start(lab: &Lab, size: (u16, u16), arguments: &[&str]) -> Self {
        let tool = lab.command(&[]);
        let mut command = Command::new("python3");
        let (columns, rows) = (size.0.to_string(), size.1.to_string());
        command
            .args(["-c", TERMINAL, &columns, &rows])
            .args(["/usr/bin/env", "--default-signal=INT,HUP,TERM"])
            .arg(env!("CARGO_BIN_EXE_aihc-dev"))
            .args(arguments)
            .args(["--watch", "--interval", "20ms"]);
        let variables = tool
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?)));
        let path = std::env::var_os("PATH").unwrap();
        let mut child = command
            .env_clear()
            .envs(variables)
            .env("PATH", path)
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn ask(&mut self, line: &str) -> Value {
        use std::io::Write as _;
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// Waits until the screen contains `text`, and returns what it shows.
    #[track_caller]
    fn until(&mut self, text: &str) -> String {
        let screen = self.ask(&format!("until {text}"));
        screen
            .as_str()
            .unwrap_or_else(|| panic!("no {text}"))
            .to_owned()
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_only_what_changes_is_written() {
    let lab = Lab::new().await;
    let a = lab.running("训练机").await;
    let b = lab.running("plain").await;
    let columns = ["list", "--columns", "name,state", "--sort-by", "name"];
    let mut terminal = Terminal::start(&lab, (80, 24), &columns);
    let screen = terminal.until("训练机");
    assert!(screen.contains("plain"), "{screen}");
    terminal.ask("bytes");
    lab.handle()
        .set_instance_status(&b, aihc_emulator::InstanceStatus::ABNORMAL, "")
        .unwrap();
    terminal.until("abnormal");
    let bytes = terminal.ask("bytes");
    let bytes = bytes.as_str().unwrap();
    assert!(!bytes.contains("训练机"), "{bytes:?}");
    lab.handle()
        .set_instance_status(&a, aihc_emulator::InstanceStatus::ABNORMAL, "")
        .unwrap();
    let rows = |screen: &str| screen.lines().filter(|line| !line.is_empty()).count();
    let mut screen = terminal.until("训练机  abnormal");
    assert_eq!(rows(&screen), 3, "{screen}");
    // If the screen becomes narrower, everything is redrawn.
    terminal.ask("size 30 24");
    lab.running("third").await;
    screen = terminal.until("third");
    assert_eq!(rows(&screen), 4, "{screen}");
    assert_eq!(terminal.ask("keys \\x03"), 130);
    let bytes = terminal.ask("bytes");
    // The terminal is in its normal mode, so nothing has to be restored.
    assert!(!bytes.as_str().unwrap().contains("\x1b[?"), "{bytes}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_longer_than_the_screen_is_cut_and_faults_stand_below() {
    let lab = Lab::new().await;
    for name in ["a", "b", "c", "d", "e"] {
        lab.running(name).await;
    }
    let arguments = [
        "list",
        "--columns",
        "name",
        "--sort-by",
        "name",
        "--retries",
        "0",
    ];
    let mut terminal = Terminal::start(&lab, (60, 5), &arguments);
    let screen = terminal.until("and 3 more lines");
    assert_eq!(screen.lines().count(), 4, "{screen}");
    let throttle = FaultRule::new(Fault::throttle(0)).action("DescribeDevInstances");
    lab.handle().inject(throttle.always()).unwrap();
    let screen = terminal.until("failed");
    assert_eq!(screen.lines().count(), 4, "{screen}");
    assert_eq!(terminal.ask("keys \\x03"), 130);
}

/// Tests a terminal that does not report its size, as on serial lines and in some programs.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_tells_no_size_is_one_of_the_usual_size() {
    let lab = Lab::new().await;
    let id = lab.running(&format!("a-{}", "x".repeat(60))).await;
    for n in 10..40 {
        lab.running(&format!("b-{n}")).await;
    }
    let arguments = [
        "list",
        "--columns",
        "name,state,cpus,memory,queue",
        "--sort-by",
        "name",
    ];
    for size in [(0, 0), (0, 24), (80, 0)] {
        let mut terminal = Terminal::start(&lab, size, &arguments);
        let screen = terminal.until("more lines, which do not fit in this window");
        assert_eq!(screen.lines().count(), 23, "{size:?}: {screen}");
        let widest = screen.lines().map(|line| line.chars().count()).max();
        assert!(widest < Some(80), "{size:?}: {screen}");
        let abnormal = aihc_emulator::InstanceStatus::ABNORMAL;
        lab.handle().set_instance_status(&id, abnormal, "").unwrap();
        let changed = terminal.until("abnormal");
        let lines = |screen: &str| {
            let lines = screen.lines();
            let lines = lines.filter(|line| !line.contains("normal") && !line.contains("running"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(&changed), lines(&screen), "{changed}");
        let running = aihc_emulator::InstanceStatus::RUNNING;
        lab.handle().set_instance_status(&id, running, "").unwrap();
        assert_eq!(terminal.ask("keys \\x03"), 130);
    }
    let run = lab
        .run_on_terminal(&[("COLUMNS", "0")], &["list"], &[])
        .ok();
    let widest = run
        .stdout
        .lines()
        .map(|line| line.trim_end().chars().count());
    assert!(widest.max() <= Some(80), "{run:#?}");
}
