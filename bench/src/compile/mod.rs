//! Measures how long a release build of a crate that depends on `aihc-dev` takes from scratch, and
//! how long `cargo check` takes for a generated crate with many operations:
//! `cargo xtask bench compile`.
//!
//! The measured crates are in a temporary folder, outside the workspace. They are built with the
//! default profiles of cargo, with two jobs, and with the versions in the lock files of
//! `programs/`. Their dependencies are downloaded first, and cargo does not use the network in the
//! measured builds.

mod description;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::report::{self, Figure, Goal, Row};
use crate::rounds::Rounds;

type Result<T> = std::result::Result<T, String>;

const BUILD_SECONDS: f64 = 90.0;
const CHECK_SECONDS: f64 = 20.0;
const ROUNDS: usize = 3;
const OURS: usize = 0;
const REQWEST: usize = 1;

/// The path of the API description of dev instances.
const DESCRIPTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/spec/aihc-dev.json");

/// The dependency on reqwest, with features that correspond to those of `aihc-dev`: rustls with
/// ring, and the root certificates of the platform. The default features would include aws-lc,
/// whose C code takes long to build.
const REQWEST_DEPENDENCIES: &str = r#"
reqwest = { version = "0.13", default-features = false, features = ["json", "rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
"#;

/// Measures a release build of a crate that depends on `aihc-dev` and of one that depends on
/// reqwest, and `cargo check` of a generated crate with many operations.
pub(crate) fn run() -> Result<Vec<Row>> {
    let folder = std::env::temp_dir().join(format!("compile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let figures = measure(&folder);
    // It does no harm if the folder cannot be removed.
    let _ = std::fs::remove_dir_all(&folder);
    let (builds, check) = figures?;
    let (build, reqwest) = (builds.figure(OURS), builds.figure(REQWEST));
    let row = |name: String, ours, baseline, goal| Row {
        name,
        unit: "s",
        ours,
        baseline,
        goal,
    };
    let rows = vec![
        row(
            "clean release build".to_owned(),
            build,
            Some(("reqwest", reqwest)),
            Goal::AtMost(BUILD_SECONDS),
        ),
        row(
            format!("check of {} operations", description::OPERATIONS),
            check,
            None,
            Goal::AtMost(CHECK_SECONDS),
        ),
    ];
    report::print_rows(&rows);
    println!(
        "compile build {:.1} s, check {:.1} s, reqwest {:.1} s",
        build.median, check.median, reqwest.median
    );
    Ok(rows)
}

/// Returns the build times of a crate that depends on `aihc-dev` and of one that depends on
/// reqwest, and the time of `cargo check` for a generated crate with many operations.
fn measure(folder: &Path) -> Result<(Rounds<2>, Figure)> {
    let ours = format!(
        "aihc-dev = {{ path = {:?} }}",
        workspace().join("crates/aihc-dev")
    );
    let crates = [
        dependent(folder, "ours", &ours)?,
        dependent(folder, "reqwest", REQWEST_DEPENDENCIES)?,
    ];
    let synthesised = synthesised(folder)?;
    for folder in [&crates[OURS], &crates[REQWEST], &synthesised] {
        fetch(folder);
    }
    let check = || {
        let mut check = cargo(&synthesised);
        check.arg("check");
        check
    };
    // The dependencies are checked only once.
    succeed(check())?;
    let checks = Rounds::<1>::run(ROUNDS, |_| {
        let mut clean = cargo(&synthesised);
        clean.args(["clean", "--package", "synthesised"]);
        succeed(clean)?;
        timed(check())
    })?;
    let builds = Rounds::<2>::run(ROUNDS, |contestant| {
        let dependent = &crates[contestant];
        let mut build = cargo(dependent);
        build.args(["build", "--release"]);
        let taken = timed(build)?;
        std::fs::remove_dir_all(dependent.join("target")).map_err(|error| error.to_string())?;
        Ok::<_, String>(taken)
    })?;
    Ok((builds, checks.figure(OURS)))
}

/// Creates a crate that has dependencies but no code. The versions of the dependencies are those in
/// the lock file of the program `name` in `programs/`.
fn dependent(folder: &Path, name: &str, dependencies: &str) -> Result<PathBuf> {
    let dependent = folder.join(name);
    let manifest = format!(
        "[package]\nname = \"dependent\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[dependencies]\n{dependencies}\n"
    );
    write(&dependent.join("Cargo.toml"), &manifest)?;
    write(&dependent.join("src/lib.rs"), "")?;
    lock(&dependent, name)?;
    Ok(dependent)
}

/// Generates a crate from the API description of 180 operations, and returns its folder.
fn synthesised(folder: &Path) -> Result<PathBuf> {
    let real = std::fs::read_to_string(DESCRIPTION);
    let real = real.map_err(|error| format!("{DESCRIPTION}: {error}"))?;
    let description = folder.join("synthesised.json");
    write(&description, &description::synthesise(&real)?)?;
    let made = folder.join("synthesised");
    let mut codegen = Command::new(cargo_program());
    codegen
        .args(["run", "--quiet", "--package", "xtask", "--", "codegen"])
        .arg("--spec")
        .arg(&description)
        .arg("--out")
        .arg(&made)
        .current_dir(workspace());
    succeed(codegen)?;
    lock(&made, "ours")?;
    Ok(made)
}

/// Gives a crate the lock file of a program in `programs/`. Cargo removes the packages that the
/// crate does not need.
fn lock(folder: &Path, program: &str) -> Result<()> {
    let locked = workspace().join(format!("bench/programs/{program}/Cargo.lock"));
    let copied = std::fs::copy(&locked, folder.join("Cargo.lock"));
    copied.map_err(|error| format!("{}: {error}", locked.display()))?;
    Ok(())
}

fn workspace() -> PathBuf {
    let parent = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    parent.unwrap_or(Path::new(".")).to_owned()
}

fn write(file: &Path, text: &str) -> Result<()> {
    let written = match file.parent() {
        Some(parent) => std::fs::create_dir_all(parent).and_then(|()| std::fs::write(file, text)),
        None => std::fs::write(file, text),
    };
    written.map_err(|error| format!("{}: {error}", file.display()))
}

fn cargo_program() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Returns a command that runs cargo in a crate outside the workspace, offline and with two jobs.
/// Removes the environment variables with the user's settings for builds.
fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(cargo_program());
    cargo
        .current_dir(folder)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_TERM_QUIET", "true");
    // These are the user's settings for builds.
    let names = std::env::vars_os().map(|(name, _)| name);
    let sets_a_build = |name: &std::ffi::OsString| {
        let name = name.to_string_lossy();
        let beginnings = ["CARGO_PROFILE_", "CARGO_BUILD_", "RUSTC_"];
        name.ends_with("RUSTFLAGS")
            || name == "CARGO_INCREMENTAL"
            || beginnings.iter().any(|it| name.starts_with(it))
    };
    for name in names.filter(sets_a_build) {
        cargo.env_remove(name);
    }
    cargo.env("CARGO_BUILD_JOBS", "2");
    cargo
}

/// Downloads the missing dependencies of a crate.
fn fetch(folder: &Path) {
    let mut fetch = cargo(folder);
    fetch.arg("fetch").env("CARGO_NET_OFFLINE", "false");
    // Without network, all that is needed may be there, although dependencies for other systems are
    // missing. If not, the build fails.
    if let Err(problem) = succeed(fetch) {
        eprintln!("{problem}");
    }
}

fn timed(command: Command) -> Result<f64> {
    let started = Instant::now();
    succeed(command)?;
    Ok(started.elapsed().as_secs_f64())
}

fn succeed(mut command: Command) -> Result<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
