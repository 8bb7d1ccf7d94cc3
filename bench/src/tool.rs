//! Measures the command-line tool: the start of its process, a list from a local service, and the
//! size of the released program: `cargo xtask bench tool`.

use std::io::{BufRead, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Instant, SystemTime};

use aihc_emulator::Emulator;
use bce_auth::{Credentials, Signer};
use http::header::{AUTHORIZATION, HOST};
use serde_json::Value;

use crate::report::{self, Figure, Goal, Row};
use crate::rounds::Runs;

type Result<T> = std::result::Result<T, String>;

/// The argument with which this program runs as the local service that the command-line tool calls.
pub(crate) const SERVICE: &str = "tool-service";

const START_MS: f64 = 5.0;
const LIST_MS: f64 = 10.0;
const SIZE_MIB: f64 = 12.0;

const INSTANCES: usize = 50;
/// How often each measured process is started in each of the three runs.
const ROUNDS: usize = 61;
const KEY: [&str; 2] = ["0123456789abcdef0123456789abcdef", "bench"];

/// The index of the process that does nothing, among the measured processes. The next constants are
/// the indexes of the other processes. Each process is measured from its start to its end.
const NOTHING: usize = 0;
const START: usize = 1;
const LIST: usize = 2;
const CURL: usize = 3;

/// Measures the start of the command-line tool, its list of instances, and the size of its program.
/// Prints `tool start X ms, list Y ms, Z MiB` as the last line.
pub(crate) fn run() -> Result<Vec<Row>> {
    let program = build()?;
    let size = std::fs::metadata(&program).map_err(|error| error.to_string())?;
    let size = size.len() as f64 / f64::from(1 << 20);
    let service = Service::start()?;
    let launches = Launches {
        list: Request::of(&service.endpoint)?,
        endpoint: service.endpoint.clone(),
        program,
    };
    let has_curl = launches.check()?;
    let runs = Runs::<4>::run(ROUNDS, |contestant| match contestant {
        CURL if !has_curl => Ok(f64::NAN),
        contestant => launches.milliseconds(contestant),
    })?;
    let nothing = Some(("a process that does nothing", runs.figure(NOTHING)));
    let curl = Some(("the request alone, by curl", runs.figure(CURL)));
    let row = |name: &str, unit, ours, baseline, goal| Row {
        name: name.to_owned(),
        unit,
        ours,
        baseline,
        goal: Goal::AtMost(goal),
    };
    let rows = vec![
        row(
            "start of the tool",
            "ms",
            runs.figure(START),
            nothing,
            START_MS,
        ),
        row(
            "list of 50 instances by the tool",
            "ms",
            runs.figure(LIST),
            curl.filter(|_| has_curl),
            LIST_MS,
        ),
        row(
            "the tool in archives",
            "MiB",
            Figure::exact(size),
            None,
            SIZE_MIB,
        ),
    ];
    report::print_rows(&rows);
    println!(
        "tool start {:.1} ms, list {:.1} ms, {size:.1} MiB",
        rows[0].ours.median, rows[1].ours.median
    );
    Ok(rows)
}

/// Builds the command-line tool with the profile that releases use.
fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--locked", "--quiet", "--profile", "dist"])
        .args(["--package", "aihc-dev-cli", "--bin", "aihc-dev"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err("the tool does not build".to_owned());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut programs = messages.lines().rev().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    programs
        .next()
        .ok_or_else(|| "cargo names no program".to_owned())
}

/// What is needed to start the measured processes: the path of the command-line tool, the endpoint
/// of the service, and the list request for curl.
struct Launches {
    program: PathBuf,
    endpoint: String,
    list: Request,
}

impl Launches {
    /// Checks that the tool prints its version and lists all instances, and that curl receives the
    /// list. Returns `false` if curl is not installed or fails.
    fn check(&self) -> Result<bool> {
        let version = self.run(START)?;
        if !version.stdout.starts_with(b"aihc-dev ") {
            return Err("the tool does not tell its version".to_owned());
        }
        let list = self.run(LIST)?;
        let lines = list.stdout.split(|byte| *byte == b'\n').count();
        // There is one more line for the headings, and an empty part after the last line end.
        if lines != INSTANCES + 2 {
            let error = String::from_utf8_lossy(&list.stderr);
            return Err(format!(
                "the tool does not list {INSTANCES} instances: {error}"
            ));
        }
        match self.run(CURL) {
            Err(_) => Ok(false),
            Ok(output) => match serde_json::from_slice::<Value>(&output.stdout) {
                Ok(list) if list["totalCount"] == INSTANCES => Ok(true),
                _ => Err("curl does not get the list".to_owned()),
            },
        }
    }

    fn milliseconds(&self, contestant: usize) -> Result<f64> {
        let mut command = self.command(contestant);
        let started = Instant::now();
        let output = command.output();
        let taken = started.elapsed().as_secs_f64() * 1e3;
        succeeded(output).map(|_| taken)
    }

    fn run(&self, contestant: usize) -> Result<Output> {
        succeeded(self.command(contestant).output())
    }

    fn command(&self, contestant: usize) -> Command {
        let mut command = match contestant {
            NOTHING => Command::new("/bin/true"),
            CURL => Command::new("curl"),
            _ => Command::new(&self.program),
        };
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", "/nonexistent")
            .stdin(Stdio::null());
        match contestant {
            START => {
                command.arg("--version");
            }
            LIST => {
                let [id, secret] = KEY;
                command
                    .env("BCE_ACCESS_KEY_ID", id)
                    .env("BCE_SECRET_ACCESS_KEY", secret)
                    .env("AIHC_ENDPOINT", &self.endpoint)
                    .arg("list");
            }
            CURL => {
                command.args(["--silent", "--fail", &self.list.url]);
                for header in &self.list.headers {
                    command.args(["--header", header]);
                }
            }
            _ => {}
        }
        command
    }
}

fn succeeded(output: std::io::Result<Output>) -> Result<Output> {
    match output {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A signed list request, for a program that cannot sign.
struct Request {
    url: String,
    headers: Vec<String>,
}

impl Request {
    fn of(endpoint: &str) -> Result<Self> {
        let url = format!("{endpoint}/?action=DescribeDevInstances&pageNumber=1&pageSize=50");
        let [id, secret] = KEY;
        let credentials = Credentials::new(id, secret).map_err(|error| error.to_string())?;
        let host = endpoint.trim_start_matches("http://");
        let request = http::Request::get(&url)
            .header(HOST, host)
            .header("version", "v2");
        let request = request.body(()).map_err(|error| error.to_string())?;
        let mut parts = request.into_parts().0;
        Signer::default()
            .sign(&mut parts, &credentials, SystemTime::now().into())
            .map_err(|error| error.to_string())?;
        let headers = parts.headers.iter();
        let headers =
            headers.filter_map(|(name, value)| Some(format!("{name}: {}", value.to_str().ok()?)));
        let headers: Vec<_> = headers.collect();
        match parts.headers.contains_key(AUTHORIZATION) {
            true => Ok(Self { url, headers }),
            false => Err("the request is not signed".to_owned()),
        }
    }
}

/// A process that runs the local service from which the command-line tool lists instances. The
/// process ends when this value is dropped.
struct Service {
    process: Child,
    endpoint: String,
}

impl Service {
    fn start() -> Result<Self> {
        let failed = |error: std::io::Error| format!("the service: {error}");
        let program = std::env::current_exe().map_err(failed)?;
        let mut process = Command::new(program)
            .arg(SERVICE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let output = process.stdout.take().ok_or("the service has no output")?;
        let mut endpoint = String::new();
        let read = BufReader::new(output).read_line(&mut endpoint);
        read.map_err(failed)?;
        Ok(Self {
            process,
            endpoint: endpoint.trim().to_owned(),
        })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // The service ends when its standard input is closed.
        drop(self.process.stdin.take());
        // There is nowhere to report a failure.
        let _ = self.process.wait();
    }
}

/// Runs the local service from which the command-line tool lists instances: prints its address, and
/// responds until standard input is closed.
pub(crate) fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let [id, secret] = KEY;
    let emulator = Emulator::builder().access_key(id, secret).start();
    let emulator = runtime.block_on(emulator);
    let emulator = emulator.map_err(|error| error.to_string())?;
    emulator.handle().add_instances("bench", INSTANCES);
    println!("{}", emulator.endpoint());
    // The service ends, whether or not this fails.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    Ok(())
}
