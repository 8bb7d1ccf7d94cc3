//! Compiles a workspace of generated crates and a program that uses them, and runs the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::program;
use crate::codegen::api::Api;
use crate::codegen::root;
use crate::project::foreign;

/// A temporary folder below cargo's target folder. It is removed when the value is dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Creates the temporary folder, after removing what an interrupted run has left in it. The
    /// path is always the same, so that cargo can use what it has built for that path before.
    pub(super) fn new() -> Result<Self, String> {
        let scratch = Self(target().join("products"));
        scratch.remove();
        let folder = scratch.path();
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(scratch)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn remove(&self) {
        // It does no harm if the folder cannot be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Returns the target folder of the workspace.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Compiles the crates in a folder with a program that uses them, and returns the lines that the
/// program prints.
pub(super) fn run(folder: &Path, apis: &[&Api]) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut members = vec!["\"requests\"".to_owned()];
    for api in apis {
        let name = &api.service.crate_name;
        let manifest = folder.join(name).join("Cargo.toml");
        let text = fs::read_to_string(&manifest).map_err(failed)?;
        fs::write(&manifest, as_member(&text)).map_err(failed)?;
        members.push(format!("{name:?}"));
    }
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
        members.join(", ")
    );
    fs::write(folder.join("Cargo.toml"), workspace).map_err(failed)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
    write_program(&folder.join("requests"), apis).map_err(failed)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = foreign(cargo)
        .args(["run", "--offline", "--quiet", "--package", "requests"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        // The crates are built only once, so debug information and incremental state would be of no
        // use.
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
        .env("CARGO_INCREMENTAL", "0")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err("the generated crates do not compile, or their calls fail".to_owned());
    }
    String::from_utf8(output.stdout).map_err(|_| {
        "the output of the program is not \
        UTF-8"
            .to_owned()
    })
}

/// Returns the manifest of a crate without its `[workspace]`, and with warnings as errors.
fn as_member(manifest: &str) -> String {
    let text = manifest.replace("\n[workspace]\n", "\n");
    text.replace(
        "missing_docs = \"warn\"",
        "missing_docs = \"deny\"\nwarnings = \"deny\"",
    )
}

fn write_program(folder: &Path, apis: &[&Api]) -> std::io::Result<()> {
    let source = folder.join("src");
    fs::create_dir_all(&source)?;
    let crates = root().join("crates");
    let mut manifest = format!(
        "[package]\nname = \"requests\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         bce-http = {{ path = {:?} }}\nhttp = \"1\"\nserde_json = \"1\"\ntower-service = \"0.3\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\", \"time\"] }}\n\
         # What the workspace's tests have compiled has these features.\nfeatures = {{ path = {:?} }}\n",
        crates.join("bce-http"),
        root().join("tests/features")
    );
    let (mut modules, mut calls) = (String::new(), String::new());
    for api in apis {
        let name = &api.service.crate_name;
        let module = name.replace('-', "_");
        manifest.push_str(&format!("{name} = {{ path = \"../{name}\" }}\n"));
        modules.push_str(&format!("#[path = \"{module}.rs\"]\nmod {module}_calls;\n"));
        calls.push_str(&format!("    {module}_calls::all(&recorder).await;\n"));
        fs::write(source.join(format!("{module}.rs")), program::module(api))?;
    }
    let main = format!(
        "{}\n{modules}\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() {{\n    \
         let recorder = Recorder::default();\n{calls}}}\n",
        program::MAIN
    );
    fs::write(source.join("main.rs"), main)?;
    fs::write(folder.join("Cargo.toml"), manifest)
}
