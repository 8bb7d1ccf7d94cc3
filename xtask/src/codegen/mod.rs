//! `cargo xtask codegen`: generates Rust code from the API descriptions in `xtask/spec`.
//!
//! `spec` reads a description, `resolve` assigns Rust names and reports errors in the description,
//! `emit` generates files from the result, and `tree` writes them, or compares them with the files
//! on disk.

pub(crate) mod api;
mod arguments;
mod diff;
mod docs;
mod emit;
mod format;
pub(crate) mod meta;
mod names;
mod package;
mod resolve;
mod source;
mod spec;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use self::api::Api;
use self::arguments::{Arguments, Task, USAGE};
use self::emit::answers::Described;
use self::spec::Spec;
use self::tree::Tree;

/// The names of the client crates in this workspace, each with the file of its API description.
const CRATES: &[(&str, &str)] = &[
    ("aihc", "aihc.json"),
    ("aihc-dev", "aihc-dev.json"),
    ("bce-sts", "sts.json"),
];

/// The client crate for which the test suite of `cargo xtask conformance calls` calls operations by
/// name.
const CALLED_BY_THE_PROOFS: &str = "aihc";

/// The names of the client crates for whose services the emulator gets generated tables.
const EMULATED: &[&str] = &["aihc-dev", "bce-sts", "aihc"];

/// The name of the client crate whose request bodies users of the command-line tool write in files.
const DESCRIBED_TO_THE_TOOL: &str = "aihc-dev";

/// The stack size of the generator in bytes. Types may be nested thousands of levels deep.
const STACK: usize = 1 << 28;

/// Runs the command with the arguments after `codegen`.
pub(crate) fn run(args: &[String]) -> ExitCode {
    let outcome = thread::scope(|scope| {
        let task = thread::Builder::new().stack_size(STACK);
        let task = task.spawn_scoped(scope, || outcome(args));
        let task = task.map_err(|error| format!("cannot start a thread: {error}"))?;
        let ended = task.join();
        ended.unwrap_or_else(|_| Err("the generator has panicked; please report it".to_owned()))
    });
    match outcome {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn outcome(args: &[String]) -> Result<ExitCode, String> {
    let arguments = Arguments::parse(args)?;
    match arguments.task {
        Task::Help => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Task::Workspace => finish(&workspace()?, arguments.check),
        Task::Meta(options) => meta::run(&options),
        Task::Spec(spec, out, options) => {
            let source = spec
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into());
            let (_, mut api) = load(&spec, &source)?;
            finish(
                &package::package(&mut api, &options, &out)?,
                arguments.check,
            )
        }
    }
}

/// Returns all generated modules of this workspace.
fn workspace() -> Result<Tree, String> {
    let root = root();
    let mut tree = Tree::default();
    let mut apis = Vec::new();
    let mut specs = Vec::new();
    let mut of_the_tool = Vec::new();
    let mut add = |folder: PathBuf, files: Vec<emit::files::File>| {
        for file in files {
            tree.add(folder.join(file.path), file.text);
        }
        tree.own(folder);
    };
    for (name, spec) in CRATES {
        let source = format!("xtask/spec/{spec}");
        let (spec, api) = load(&root.join(&source), &source)?;
        add(
            root.join("crates").join(name).join("src/generated"),
            emit::generated(&api),
        );
        if *name == CALLED_BY_THE_PROOFS {
            add(
                root.join("tests/src/calls/generated"),
                vec![emit::calls::generated(&api)],
            );
        }
        if EMULATED.contains(name) {
            apis.push(api);
        }
        if *name == DESCRIBED_TO_THE_TOOL {
            of_the_tool.extend(emit::tool::generated(&spec, &source)?);
        }
        specs.push((*name, spec, source));
    }
    let described = specs.iter().map(|(client, spec, origin)| Described {
        client,
        spec,
        origin,
        with_changes: *client == DESCRIBED_TO_THE_TOOL,
    });
    of_the_tool.extend(emit::answers::generated(&described.collect::<Vec<_>>()));
    add(root.join("crates/aihc-dev-cli/src/generated"), of_the_tool);
    add(
        root.join("crates/aihc-emulator/src/generated"),
        emit::emulator::generated(&apis),
    );
    tree.format()?;
    Ok(tree)
}

fn load(path: &Path, source: &str) -> Result<(Spec, Api), String> {
    let failed = |problem: String| format!("{}: {problem}", path.display());
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let spec = Spec::parse(&text).map_err(|problems| failed(problems.join("\n  ")))?;
    let api = resolve::resolve(&spec, source).map_err(|problems| failed(problems.join("\n  ")))?;
    for what in &api.left_out {
        eprintln!("{}: left out: {what}", path.display());
    }
    Ok((spec, api))
}

fn finish(tree: &Tree, check: bool) -> Result<ExitCode, String> {
    if check {
        let report = tree.differences().map_err(|error| error.to_string())?;
        if !report.is_empty() {
            return Err(format!(
                "{report}generated code is out of date: run `cargo xtask codegen`"
            ));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let (written, removed) = tree.write().map_err(|error| error.to_string())?;
    eprintln!("codegen: {written} files written, {removed} removed");
    Ok(ExitCode::SUCCESS)
}

/// Compares the generated modules with the files on disk. The error contains the differences.
pub(crate) fn check() -> Result<(), String> {
    let report = workspace()?
        .differences()
        .map_err(|error| error.to_string())?;
    match report.is_empty() {
        true => Ok(()),
        false => Err(format!("{report}run `cargo xtask codegen`")),
    }
}

/// Returns the root folder of the workspace, which contains the folder of this crate.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
