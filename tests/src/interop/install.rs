//! Installs the official SDKs below the target directory, once for each set of pinned versions.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::sdk::Sdk;

const PYTHON_SDK: &str = "bce-python-sdk";
const NODE_SDK: &str = "@baiducloud/sdk";

/// The file that is written last, so that an incomplete installation is not used.
const STAMP: &str = "installed";

/// Returns the official Python SDK, after installing it if necessary.
pub(super) fn python() -> Result<Sdk, String> {
    let sources = sources("python");
    let pins = read(&sources.join("requirements.txt"))?;
    let name = pins
        .lines()
        .find_map(|line| line.strip_prefix(PYTHON_SDK)?.strip_prefix("=="))
        .and_then(|line| line.split_whitespace().next())
        .map(|version| format!("{PYTHON_SDK} {version}"))
        .ok_or("requirements.txt does not pin the Python SDK")?;
    let stamp = format!("{}\n{pins}", version_of("python3")?);
    let place = once("python", &stamp, |place| {
        run(
            &name,
            Command::new("python3").args(["-m", "venv"]).arg(place),
        )?;
        let mut pip = Command::new(place.join("bin").join("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--no-input"]);
        pip.args(["--disable-pip-version-check", "--only-binary", ":all:"]);
        pip.args(["--require-hashes", "--no-deps", "--requirement"]);
        run(&name, pip.arg(sources.join("requirements.txt")))
    })?;
    Ok(Sdk::python(name, &place, sources))
}

/// Returns the official JavaScript SDK, after installing it if necessary.
pub(super) fn node() -> Result<Sdk, String> {
    let sources = sources("node");
    let lock = read(&sources.join("package-lock.json"))?;
    let document: Value =
        serde_json::from_str(&lock).map_err(|error| format!("package-lock.json: {error}"))?;
    let version = document.pointer("/packages/node_modules~1@baiducloud~1sdk/version");
    let version = version.and_then(Value::as_str);
    let name = version
        .map(|version| format!("{NODE_SDK} {version}"))
        .ok_or("package-lock.json does not pin the JavaScript SDK")?;
    let stamp = format!("{}\n{lock}", version_of("node")?);
    let place = once("node", &stamp, |place| {
        fs::create_dir_all(place).map_err(|error| format!("{}: {error}", place.display()))?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(sources.join(file), place.join(file))
                .map_err(|error| format!("cannot copy {file}: {error}"))?;
        }
        let mut npm = Command::new("npm");
        npm.args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]);
        run(&name, npm.current_dir(place))
    })?;
    Ok(Sdk::node(name, &place, sources))
}

fn sources(language: &str) -> PathBuf {
    let proofs = Path::new(env!("CARGO_MANIFEST_DIR"));
    proofs.join("interop").join(language)
}

/// Returns the directory in which the SDK for a language is installed. Calls `install` to fill it,
/// unless a previous installation with the same `stamp` is complete. The stamp contains the
/// versions.
fn once(
    language: &str,
    stamp: &str,
    install: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let place = target_directory()?.join("interop").join(language);
    let stamp_file = place.join(STAMP);
    if fs::read_to_string(&stamp_file).is_ok_and(|installed| installed == stamp) {
        return Ok(place);
    }
    let failed = |error| format!("{}: {error}", place.display());
    if place.exists() {
        fs::remove_dir_all(&place).map_err(failed)?;
    }
    install(&place)?;
    fs::write(&stamp_file, stamp).map_err(failed)?;
    Ok(place)
}

/// Returns the target directory, which is three levels above this program:
/// `TARGET/PROFILE/deps/interop-…`.
pub(super) fn target_directory() -> Result<PathBuf, String> {
    let program = std::env::current_exe()
        .map_err(|error| format!("the target directory is unknown: {error}"))?;
    let target = program.ancestors().nth(3);
    target
        .map(Path::to_path_buf)
        .ok_or_else(|| "the target directory is unknown".to_owned())
}

fn version_of(interpreter: &str) -> Result<String, String> {
    let output = Command::new(interpreter).arg("--version").output();
    let output = output.map_err(|error| format!("cannot start {interpreter}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn run(what: &str, command: &mut Command) -> Result<(), String> {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(OsStr::new("?"))
        .to_string_lossy()
        .into_owned();
    eprintln!("interop: installing {what} ({program})");
    let output = command
        .output()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{what} could not be installed; can the package registry be reached? {program} printed:\n{}",
        super::reports::last_lines(&output.stderr)
    ))
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}
