//! `cargo xtask fuzz`: coverage-guided fuzzing of everything that parses foreign input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::{Value, json};

use crate::codegen;
use crate::project::output;

/// The targets, with the sources of their initial inputs.
const TARGETS: [(&str, Seeds); 8] = [
    ("canonical", seeds_of_requests),
    ("emulator", seeds_of_calls),
    ("encode", seeds_of_requests),
    ("endpoint", seeds_of_addresses),
    ("mask", seeds_of_quotes),
    ("profile", seeds_of_profiles),
    ("response", seeds_of_responses),
    ("verifier", seeds_of_authorizations),
];

/// Creates initial inputs from the folder of vectors.
type Seeds = fn(&Path) -> Result<Vec<Vec<u8>>, String>;

/// The flags for libFuzzer's instrumentation: coverage counters and traced comparisons. All of them
/// work with a stable compiler.
const INSTRUMENTATION: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Number of responses that the target `response` reads.
const RESPONSES: usize = 61;

/// The longest input in bytes; longer ones are only slower.
const LONGEST: usize = 4096;

/// Runs all targets in turn, or a single one.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let (seconds, only) = match arguments {
        [flag, seconds] if flag == "--seconds" => (seconds, None),
        [flag, seconds, target] if flag == "--seconds" => (seconds, Some(target.as_str())),
        _ => return crate::usage_error(),
    };
    let Ok(seconds) = seconds.parse::<u64>() else {
        return crate::usage_error();
    };
    match fuzz(&codegen::root(), seconds, only) {
        Ok((executions, crashes)) => {
            println!("{executions} executions, {crashes} crashes");
            ExitCode::from(u8::from(crashes > 0))
        }
        Err(problem) => {
            eprintln!("fuzz: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the numbers of executions and crashes of all targets together.
fn fuzz(root: &Path, seconds: u64, only: Option<&str>) -> Result<(u64, u64), String> {
    let targets: Vec<_> = TARGETS
        .into_iter()
        .filter(|(name, _)| only.is_none_or(|only| only == *name))
        .collect();
    if targets.is_empty() {
        return Err(format!("no such target: {}", only.unwrap_or_default()));
    }
    // libFuzzer takes 0 as no limit.
    let each = (seconds / targets.len() as u64).max(1);
    let binaries = build(root)?;
    let (mut executions, mut crashes) = (0, 0);
    for (name, seeds) in targets {
        let corpus = root.join("fuzz/corpus").join(name);
        plant(&corpus, &seeds(&root.join("crates/bce-testing/vectors"))?)?;
        let run = attack(root, name, &binaries.join(name), &corpus, each)?;
        println!("{name}: {} executions in {each} s", run.executions);
        executions += run.executions;
        if let Some(crash) = run.crash {
            crashes += 1;
            println!("{name}: {crash}");
        }
    }
    Ok((executions, crashes))
}

/// Builds the targets, and returns their folder.
fn build(root: &Path) -> Result<PathBuf, String> {
    let about = output(root, "rustc", &["-vV"])?;
    let host = about
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc does not report its host")?;
    let folder = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("fuzz/target"), |folder| root.join(folder));
    // With --target, so that build scripts are not instrumented.
    let status = Command::new("cargo")
        .args(["build", "--locked", "--release", "--bins", "--target", host])
        .arg("--target-dir")
        .arg(&folder)
        .current_dir(root.join("fuzz"))
        .env("RUSTFLAGS", INSTRUMENTATION)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .map_err(|error| format!("cargo build: {error}"))?;
    if !status.success() {
        return Err(format!("cannot build the targets: {status}"));
    }
    Ok(folder.join(host).join("release"))
}

/// Writes initial inputs to the corpus; inputs from earlier runs stay.
fn plant(corpus: &Path, seeds: &[Vec<u8>]) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", corpus.display());
    fs::create_dir_all(corpus).map_err(failed)?;
    for (index, seed) in seeds.iter().enumerate() {
        fs::write(corpus.join(format!("seed-{index}")), seed).map_err(failed)?;
    }
    Ok(())
}

/// The outcome of one target.
struct Run {
    executions: u64,
    crash: Option<String>,
}

fn attack(
    root: &Path,
    name: &str,
    binary: &Path,
    corpus: &Path,
    seconds: u64,
) -> Result<Run, String> {
    let artifacts = root.join("fuzz/artifacts").join(name);
    let failed = |error| format!("{name}: {error}");
    fs::create_dir_all(&artifacts).map_err(failed)?;
    let done = Command::new(binary)
        .arg(corpus)
        // Inputs of earlier crashes are tried again.
        .arg(&artifacts)
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={LONGEST}"))
        .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"])
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    let said = String::from_utf8_lossy(&done.stderr);
    judge(name, &said, done.status.success())
}

/// Parses the output of libFuzzer.
fn judge(name: &str, said: &str, success: bool) -> Result<Run, String> {
    // Without counters the fuzzer would guess blindly and still seem to work.
    if !said.contains("inline 8-bit counters") {
        return Err(format!("{name} was built without coverage:\n{said}"));
    }
    let executions = said
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|count| count.trim().parse().ok());
    let crash = (!success).then(|| {
        let told = |line: &&str| {
            [
                "panicked at",
                "ERROR:",
                "SUMMARY:",
                "Test unit written",
                "Base64:",
            ]
            .iter()
            .any(|sign| line.contains(sign))
        };
        // The line after the location of a panic is its message.
        let lines: Vec<_> = said.lines().collect();
        let panic = lines.iter().position(|line| line.contains("panicked at"));
        let message = panic.and_then(|at| lines.get(at + 1)).copied();
        let shown = lines.iter().copied().filter(|line| told(line));
        shown.chain(message).collect::<Vec<_>>().join("\n  ")
    });
    match (executions, crash) {
        (Some(executions), crash) => Ok(Run { executions, crash }),
        // It crashed before it could print its count.
        (None, Some(crash)) if !crash.is_empty() => Ok(Run {
            executions: 0,
            crash: Some(crash),
        }),
        (None, _) => Err(format!("{name} printed no result:\n{said}")),
    }
}

/// Reads the cases in a file of vectors.
fn cases(vectors: &Path, file: &str, member: &str) -> Result<Vec<Value>, String> {
    let path = vectors.join(file);
    let failed = |error: String| format!("{}: {error}", path.display());
    let text = fs::read(&path).map_err(|error| failed(error.to_string()))?;
    let mut document: Value =
        serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?;
    match document.get_mut(member).map(Value::take) {
        Some(Value::Array(cases)) => Ok(cases),
        _ => Err(failed(format!("has no list {member:?}"))),
    }
}

/// Returns the request of a signing vector: method, target and headers, one per line.
fn head(case: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = |member: &str| -> Vec<(String, String)> {
        let list = case[member].as_array().into_iter().flatten();
        list.map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
    };
    let query: Vec<_> = pairs("query")
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let mut head = format!(
        "{}\n{}?{}",
        text(&case["method"]),
        text(&case["path"]),
        query.join("&")
    );
    for (name, value) in pairs("headers") {
        head += &format!("\n{name}: {value}");
    }
    head
}

fn seeds_of_requests(vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    let cases = cases(vectors, "signing.json", "cases")?;
    Ok(cases.iter().map(|case| head(case).into_bytes()).collect())
}

fn seeds_of_authorizations(vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    let cases = cases(vectors, "signing.json", "cases")?;
    let signed = cases.iter().map(|case| {
        let authorization = case["expected"]["authorization"].as_str();
        let authorization = authorization.unwrap_or_default();
        format!("{}\nauthorization: {authorization}", head(case)).into_bytes()
    });
    Ok(signed.collect())
}

/// Returns the requests of the official SDKs: the head, an empty line and the body.
fn seeds_of_calls(vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let sent = |request: &Value, path: &str, body: String| {
        let query = request["query"].as_array().into_iter().flatten();
        let query: Vec<_> = query
            .map(|pair| format!("{}={}", text(&pair[0]), text(&pair[1])))
            .collect();
        let method = text(&request["method"]);
        let headers = "version: v2\ncontent-type: application/json";
        format!("{method}\n{path}?{}\n{headers}\n\n{body}", query.join("&")).into_bytes()
    };
    let mut seeds = Vec::new();
    for request in cases(vectors, "wire.json", "requests")? {
        let path = text(&request["path"]);
        seeds.push(sent(&request, &path, text(&request["body_raw"])));
    }
    for request in cases(vectors, "calls.json", "requests")? {
        let body = match &request["body"] {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        seeds.push(sent(&request, "/", body));
    }
    Ok(seeds)
}

/// Returns the operation, the status and the body, as the target reads them.
fn seeds_of_responses(vectors: &Path) -> Result<Vec<Vec<u8>>, String> {
    let of_dev_instances = cases(vectors, "responses.json", "responses")?;
    let seeds = of_dev_instances.iter().enumerate().map(|(index, case)| {
        let status = case["status"].as_u64().unwrap_or(200);
        let body = case["body"].as_str().unwrap_or_default();
        // Every body goes to one operation; the fuzzer tries the others.
        let mut seed = vec![(index % RESPONSES) as u8, u8::from(status >= 400)];
        seed.extend(body.as_bytes());
        seed
    });
    // A description contains the members of the creation.
    let calls = cases(vectors, "calls.json", "requests")?;
    let bodies = calls.iter().map(|case| &case["body"]);
    let bodies = bodies.filter(|body| body.is_object()).enumerate();
    let of_calls = bodies.map(|(index, body)| {
        let answer = json!({"requestId": "r", "job": body, "jobs": [body], "service": body});
        let mut seed = vec![(index % RESPONSES) as u8, 0];
        seed.extend(answer.to_string().as_bytes());
        seed
    });
    Ok(seeds.chain(of_calls).collect())
}

fn seeds_of_addresses(_: &Path) -> Result<Vec<Vec<u8>>, String> {
    let texts = [
        "https://aihc.bj.baidubce.com",
        "http://[::1]:8080/",
        "http://user:p%40ss@proxy.corp:3128\n*.corp,10.0.0.0/8,[2001:db8::7]:443",
        "socks5h://user@[fe80::1]:1080\n*",
        "10.1.2.3\n.corp 192.0.2.7",
    ];
    Ok(texts.map(|text| text.as_bytes().to_vec()).to_vec())
}

/// Returns inputs of secret, place, spelling, length, and a text that quotes the secret.
fn seeds_of_quotes(_: &Path) -> Result<Vec<Vec<u8>>, String> {
    let texts: [&[u8]; 3] = [
        b"session token '\xff' rejected",
        b"x-bce-security-token: \xff\nAuthorization=\xff&x",
        b"{\"password\":\"\xff\"}",
    ];
    let places = 0..9;
    let seeds = places.flat_map(|place| {
        texts.iter().enumerate().map(move |(number, text)| {
            let head = [place + number as u8, place, place * 2 + number as u8, 12];
            [&head[..], b"ABCdef+/=%41", text].concat()
        })
    });
    Ok(seeds.collect())
}

fn seeds_of_profiles(_: &Path) -> Result<Vec<Vec<u8>>, String> {
    let texts = [
        r#"{"current":"a","profiles":[{"name":"a","access_key_id":"k","secret_access_key":"s"}]}"#,
        "[default]\naccess_key_id = k\nsecret_access_key = \"s\" ; c\nsession_token=t\n",
        "[a]\n# c\n[default]\r\naccess_key_id: k\n",
    ];
    Ok(texts.map(|text| text.as_bytes().to_vec()).to_vec())
}

#[cfg(test)]
mod tests {
    use super::judge;

    const LOADED: &str = "INFO: Loaded 1 modules (9 inline 8-bit counters)\n";

    #[test]
    fn a_run_without_coverage_is_an_error() {
        assert!(judge("x", "stat::number_of_executed_units: 7\n", true).is_err());
    }

    #[test]
    fn a_run_that_does_not_count_is_an_error() {
        assert!(judge("x", LOADED, true).is_err());
    }

    #[test]
    fn executions_are_counted_and_a_crash_is_told() {
        let said = format!("{LOADED}stat::number_of_executed_units: 7\n");
        let run = judge("x", &said, true).unwrap();
        assert_eq!((run.executions, run.crash), (7, None));
        let said = format!("{said}thread panicked at a.rs:1\nwhy\n");
        let crash = judge("x", &said, false).unwrap().crash.unwrap();
        assert!(crash.contains("a.rs:1") && crash.contains("why"));
    }
}
