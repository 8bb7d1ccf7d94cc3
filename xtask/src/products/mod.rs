//! `cargo xtask products`: compares what is generated from metadata with the results of a second
//! program, which shares no code with the generator.
//!
//! That program, `reader.py`, reads the same metadata. Its descriptions are compared with the
//! resolved descriptions of every product, and its requests with those of some of the generated
//! crates.

mod build;
mod compare;
mod facts;
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

use self::build::Scratch;
use crate::codegen::api::Api;
use crate::codegen::meta::{Options, Reading, Sources};

const USAGE: &str = "\
usage: cargo xtask products --meta DIR [--responses DIR] [--overlay FILE] [--requests OUT]

Generates the crates of all products of the official metadata into a temporary folder; compares the
description of every operation with that of a second reader; compiles bcc, vpc, iam, bls and oos (all
products where there are few), and compares every request that they build. These requests and their
values are written to OUT, one line of JSON each. Needs python3.";

/// The products whose crates are compiled. If there are no more products than these, the crates of
/// all products are.
const COMPILED: &[&str] = &["bcc", "vpc", "iam", "bls", "oos"];

const READER: &str = include_str!("reader.py");

/// The path of the overlay, a file of corrections to Baidu's metadata. The Python program
/// `reader.py` reads it.
const SHIPPED: &str = "xtask/spec/overlay.json";

type Expected = BTreeMap<(String, String, String), Value>;

/// The numbers of comparisons that have passed and failed.
#[derive(Debug, Default)]
struct Score {
    passed: usize,
    failed: usize,
}

impl Score {
    fn note(&mut self, case: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(problem) => {
                self.failed += 1;
                println!("{case}: {problem}");
            }
        }
    }
}

/// Runs the task with the arguments after `products`.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    if arguments.iter().any(|it| it == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let score =
        options(arguments).and_then(|(options, file)| compare_all(&options, file.as_deref()));
    match score {
        Ok(score) => {
            println!("{} passed, {} failed", score.passed, score.failed);
            ExitCode::from(u8::from(score.failed > 0))
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Parses the options for the files to read, and the path of the file to which the requests are to
/// be written, if there is one.
fn options(arguments: &[String]) -> Result<(Options, Option<PathBuf>), String> {
    let (mut meta, mut requests, mut options) = (None, None, Options::default());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let value = arguments.next().filter(|value| !value.starts_with("--"));
        let value =
            PathBuf::from(value.ok_or_else(|| format!("{argument} takes a value\n{USAGE}"))?);
        match argument.as_str() {
            "--meta" => meta = Some(value),
            "--responses" => options.responses = Some(value),
            "--requests" => requests = Some(value),
            "--overlay" => options.overlay = Some(value),
            _ => return Err(format!("unknown argument `{argument}`\n{USAGE}")),
        }
    }
    options.meta = meta.ok_or_else(|| format!("--meta is missing\n{USAGE}"))?;
    Ok((options, requests))
}

fn compare_all(options: &Options, file: Option<&Path>) -> Result<Score, String> {
    let scratch = Scratch::new()?;
    let sources = Sources::read(options)?;
    let expected = expected(options)?;
    let mut score = Score::default();
    let mut readings = Vec::new();
    for product in sources.products(None)? {
        let mut reading = sources.product(product)?;
        reading.write(scratch.path())?;
        descriptions(&product.code, &reading, &expected, &mut score);
        readings.push(reading);
    }
    let described = score.passed + score.failed;
    println!("{described} descriptions of {} products", readings.len());
    let few = readings.len() <= COMPILED.len();
    let compiled: Vec<&Api> = readings
        .iter()
        .map(|reading| &reading.api)
        .filter(|api| few || COMPILED.contains(&api.service.code.as_str()))
        .collect();
    let lines = requests(scratch.path(), &compiled, &expected, &mut score)?;
    if let Some(file) = file {
        fs::write(file, lines).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(score)
}

/// Runs the Python program `reader.py`, and returns what it expects of each operation.
fn expected(options: &Options) -> Result<Expected, String> {
    let mut python = Command::new("python3");
    python
        .args(["-I", "-c", READER])
        .arg(&options.meta)
        .arg(crate::codegen::root().join(SHIPPED))
        .args(&options.overlay)
        .stderr(Stdio::inherit());
    let output = python
        .output()
        .map_err(|error| format!("cannot run python3: {error}"))?;
    if !output.status.success() {
        return Err("the second reader cannot read the metadata".to_owned());
    }
    compare::lines(&String::from_utf8_lossy(&output.stdout), "")
}

/// Compares the generator's descriptions of a product with the `expected` ones, which the Python
/// program `reader.py` has written. The generator and `reader.py` must also leave out the same
/// operations.
fn descriptions(product: &str, reading: &Reading, expected: &Expected, score: &mut Score) {
    let api = &reading.api;
    let mut found: BTreeMap<&str, Value> = BTreeMap::new();
    for operation in &api.operations {
        found.insert(&operation.wire, facts::facts(api, operation));
    }
    for ((code, name, _), line) in expected {
        if code != product {
            continue;
        }
        let result = match (found.remove(name.as_str()), line.get("left_out")) {
            (Some(found), None) => compare::description(&found, line),
            (None, Some(_)) if reading.left_out().contains_key(name) => Ok(()),
            (Some(_), Some(reason)) => Err(format!("the second reader leaves it out: {reason}")),
            (None, _) => Err(format!("left out: {:?}", reading.left_out().get(name))),
        };
        score.note(&format!("{product} {name}"), result);
    }
    for name in found.into_keys() {
        score.note(
            &format!("{product} {name}"),
            Err("the second reader does not have it".to_owned()),
        );
    }
}

/// Compares the requests of generated crates with the `expected` ones, which the Python program
/// `reader.py` has written. Returns a line for each request that was sent.
fn requests(
    folder: &Path,
    apis: &[&Api],
    expected: &Expected,
    score: &mut Score,
) -> Result<String, String> {
    let mut lines = String::new();
    let sent = compare::lines(&build::run(folder, apis)?, "variant")?;
    for api in apis {
        for operation in &api.operations {
            let code = api.service.code.clone();
            let key = (code.clone(), operation.wire.clone(), String::new());
            let expected = expected.get(&key).unwrap_or(&Value::Null);
            for variant in ["full", "least"] {
                let key = (code.clone(), operation.wire.clone(), variant.to_owned());
                let line = sent.get(&key).unwrap_or(&Value::Null);
                let result = match line.get("refused") {
                    Some(reason) => Err(format!("refused: {reason}")),
                    None => compare::request(&line["sent"], &expected[variant]),
                };
                if line.get("sent").is_some() {
                    let mut line = line.clone();
                    line["values"] = expected[variant]["values"].clone();
                    line["made"] = expected[variant]["made"].clone();
                    lines.push_str(&format!("{line}\n"));
                }
                score.note(&format!("{code} {} ({variant})", operation.wire), result);
            }
        }
    }
    println!("{} requests of {} crates", sent.len(), apis.len());
    Ok(lines)
}
