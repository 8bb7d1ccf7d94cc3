//! Measures the number of crates on which `aihc-dev` depends, and the build time, size and peak
//! memory of a program that uses it: `cargo xtask bench footprint`.
//!
//! The programs are in `programs/`, outside the workspace. One uses `aihc-dev`, the other uses
//! reqwest and does not sign. The sources of their dependencies are downloaded first. Both are built
//! from scratch, without network, with the versions in their lock files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::list_server::ListServer;
use crate::report::{self, Figure, Goal, Row};
use crate::rounds::Rounds;

type Result<T> = std::result::Result<T, String>;

const BINARY_MIB: f64 = 4.0;
const PEAK_MIB: f64 = 6.0;
const BUILD_RATIO: f64 = 1.0;
const PROGRAMS: [&str; 2] = ["ours", "reqwest"];
const OURS: usize = 0;

/// Measures the number of crates on which `aihc-dev` depends, and the build time, size and peak
/// memory of a program that uses it.
pub(crate) fn run() -> Result<Vec<Row>> {
    let folder = std::env::temp_dir().join(format!("footprint-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let rows = measure(&folder);
    // It does no harm if the folder cannot be removed.
    let _ = std::fs::remove_dir_all(&folder);
    let rows = rows?;
    report::print_rows(&rows);
    Ok(rows)
}

fn measure(folder: &Path) -> Result<Vec<Row>> {
    let (crates, budget) = crates()?;
    let mut rows = vec![Row {
        name: "crates under aihc-dev".to_owned(),
        unit: "crates",
        ours: Figure::exact(crates),
        baseline: None,
        goal: Goal::AtMost(budget),
    }];
    rows.push(build_times(folder)?);

    let target = folder.join("release");
    build("ours", &target, true)?;
    let program = target.join("release/list-ours");
    let size = std::fs::metadata(&program).map_err(|error| error.to_string())?;
    rows.push(Row {
        name: "stripped release binary, with TLS".to_owned(),
        unit: "MiB",
        ours: Figure::exact(size.len() as f64 / f64::from(1 << 20)),
        baseline: None,
        goal: Goal::AtMost(BINARY_MIB),
    });

    let server = ListServer::start_with_tls(1_000)?;
    let roots = trusted(folder, &server)?;
    let peaks = Rounds::<1>::run(5, |_| peak_mib(&program, &server.endpoint, &roots))?;
    rows.push(Row {
        name: "peak of a list over TLS, platform roots".to_owned(),
        unit: "MiB",
        ours: peaks.figure(OURS),
        baseline: None,
        goal: Goal::AtMost(PEAK_MIB),
    });
    Ok(rows)
}

/// Returns the number of crates on which `aihc-dev` depends, and the permitted maximum, both from
/// `cargo xtask deps`.
fn crates() -> Result<(f64, f64)> {
    let mut cargo = cargo();
    cargo
        .args(["run", "--quiet", "--package", "xtask", "--", "deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = cargo.output().map_err(|error| format!("cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let counted = text.lines().find_map(|line| {
        let (count, budget) = line
            .strip_prefix("aihc-dev: ")?
            .split_once(" crates, budget ")?;
        Some((count.parse().ok()?, budget.parse().ok()?))
    });
    counted.ok_or_else(|| "cargo xtask deps does not count the crates below aihc-dev".to_owned())
}

/// Measures debug builds from scratch of the program that uses `aihc-dev` and of the one that uses
/// reqwest, in turn. If the sources of reqwest cannot be downloaded, returns a row without results,
/// which counts as a missed goal.
fn build_times(folder: &Path) -> Result<Row> {
    let row = |ours, baseline, measured| Row {
        name: "clean debug build of a list program".to_owned(),
        unit: "s",
        ours,
        baseline,
        goal: Goal::Ratio {
            measured,
            at_most: BUILD_RATIO,
            accepted: None,
        },
    };
    let fetched = cargo()
        .args(["fetch", "--locked", "--quiet"])
        .current_dir(program_folder("reqwest"))
        .env("CARGO_NET_OFFLINE", "false")
        .status();
    if !fetched.is_ok_and(|status| status.success()) {
        let cause = "the sources of reqwest cannot be downloaded";
        println!("{cause}");
        let none = Figure::exact(f64::NAN);
        return Ok(row(none, Some((cause, none)), f64::NAN));
    }
    let times = Rounds::<2>::run(2, |program| {
        let target = folder.join("debug");
        let started = Instant::now();
        build(PROGRAMS[program], &target, false)?;
        let taken = started.elapsed().as_secs_f64();
        std::fs::remove_dir_all(&target).map_err(|error| error.to_string())?;
        Result::Ok(taken)
    })?;
    let reqwest = Some(("on reqwest", times.figure(1)));
    Ok(row(times.figure(OURS), reqwest, times.ratio(OURS, 1)))
}

fn build(program: &str, target: &Path, release: bool) -> Result<()> {
    let mut cargo = cargo();
    cargo
        .args(["build", "--locked", "--offline", "--quiet"])
        .args(release.then_some("--release"))
        .current_dir(program_folder(program))
        .env("CARGO_TARGET_DIR", target);
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("programs/{program} does not build")),
        Err(error) => Err(format!("cargo: {error}")),
    }
}

fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(program)
}

fn program_folder(program: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("programs")
        .join(program)
}

/// Writes the root certificates of the platform and the certificate of `server` to a file, and
/// returns its path. The file makes a program read as many certificates at its start as usual.
fn trusted(folder: &Path, server: &ListServer) -> Result<PathBuf> {
    const PLATFORM: &str = "/etc/ssl/certs/ca-certificates.crt";
    let mut pem =
        std::fs::read_to_string(PLATFORM).map_err(|error| format!("{PLATFORM}: {error}"))?;
    pem.push_str(server.certificate.as_deref().unwrap_or_default());
    let file = folder.join("roots.pem");
    std::fs::write(&file, pem).map_err(|error| error.to_string())?;
    Ok(file)
}

/// Runs a program, and returns its peak memory, which it prints in its last line.
fn peak_mib(program: &Path, endpoint: &str, roots: &Path) -> Result<f64> {
    let output = Command::new(program)
        .arg(endpoint)
        .env("SSL_CERT_FILE", roots)
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines().rev();
    let peak = lines.next().and_then(|line| line.strip_suffix(" kB"));
    match (peak.map(str::parse::<f64>), lines.count()) {
        (Some(Ok(kib)), 10) => Ok(kib / 1024.0),
        _ => Err(format!(
            "the list program failed: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}
