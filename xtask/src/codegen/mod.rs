//! `cargo xtask codegen`: from the API descriptions in `xtask/spec` to Rust.
//!
//! `spec` reads a description, `resolve` gives it Rust names and finds what is wrong with it,
//! `emit` writes files from the result, and `tree` compares them with the disk.

pub(crate) mod api;
mod diff;
mod docs;
mod emit;
mod format;
pub(crate) mod meta;
mod names;
mod resolve;
mod source;
mod spec;
mod tree;

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use self::api::Api;
use self::spec::Spec;
use self::tree::Tree;

const USAGE: &str = "\
usage: cargo xtask codegen [--check]
       cargo xtask codegen --spec FILE --out DIR [--check]
       cargo xtask codegen --meta DIR (--product P | --all) --out DIR [--responses DIR]
                           [--overlay FILE] [--check]

Writes the generated modules of this workspace, or a whole crate from the description of
another service. With --check nothing is written: differences are shown, and the exit status
is 1 when there are any.

  --meta DIR       the official metadata (schema, i18n): a crate bce-PRODUCT for a product
  --responses DIR  types of answers from official Python packages, unpacked anywhere below DIR;
                   needs python3, which parses them and runs none of their code
  --overlay FILE   corrections of the metadata, beside those of xtask/spec/overlay.json";

/// The client crates of this workspace and their descriptions.
const CRATES: &[(&str, &str)] = &[("aihc-dev", "aihc-dev.json"), ("bce-sts", "sts.json")];

/// The client whose requests people write for the command-line tool.
const DESCRIBED_TO_THE_TOOL: &str = "aihc-dev";

/// Runs the command with the arguments after `codegen`.
pub(crate) fn run(args: &[String]) -> ExitCode {
    let outcome = Arguments::parse(args).and_then(|arguments| {
        if let Some(options) = &arguments.meta {
            return meta::run(options);
        }
        let tree = match &arguments.package {
            Some((spec, out)) => package(spec, out)?,
            None => workspace()?,
        };
        finish(&tree, arguments.check)
    });
    match outcome {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, Default)]
struct Arguments {
    check: bool,
    package: Option<(PathBuf, PathBuf)>,
    meta: Option<meta::Options>,
}

impl Arguments {
    fn parse(args: &[String]) -> Result<Self, String> {
        let (mut check, mut spec, mut out) = (false, None, None);
        let (mut folder, mut all) = (None, false);
        let mut meta = meta::Options::default();
        let value = |value: Option<&String>, option: &str| match value {
            Some(value) if !value.starts_with("--") => Ok(value.clone()),
            _ => Err(format!("{option} takes a value\n{USAGE}")),
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--check" => check = true,
                "--spec" => spec = Some(value(args.next(), arg)?),
                "--meta" => folder = Some(value(args.next(), arg)?),
                "--product" => meta.product = Some(value(args.next(), arg)?),
                "--all" => all = true,
                "--responses" => meta.responses = Some(value(args.next(), arg)?.into()),
                "--overlay" => meta.overlay = Some(value(args.next(), arg)?.into()),
                "--out" => out = Some(value(args.next(), arg)?),
                _ => return Err(format!("unknown argument `{arg}`\n{USAGE}")),
            }
        }
        if let Some(folder) = folder {
            let (None, Some(out)) = (spec, out) else {
                return Err(format!(
                    "--meta goes with --out and without --spec\n{USAGE}"
                ));
            };
            if all == meta.product.is_some() {
                return Err(format!(
                    "--meta goes with either --product or --all\n{USAGE}"
                ));
            }
            let (meta, out) = (meta, out.into());
            let meta = meta::Options {
                meta: folder.into(),
                out,
                check,
                ..meta
            };
            return Ok(Self {
                check,
                package: None,
                meta: Some(meta),
            });
        }
        if all || meta.product.is_some() || meta.responses.is_some() || meta.overlay.is_some() {
            return Err(format!(
                "--product, --all, --responses and --overlay go with --meta\n{USAGE}"
            ));
        }
        let package = match (spec, out) {
            (None, None) => None,
            (Some(spec), Some(out)) => Some((PathBuf::from(spec), PathBuf::from(out))),
            _ => return Err(format!("--spec and --out go together\n{USAGE}")),
        };
        Ok(Self {
            check,
            package,
            meta: None,
        })
    }
}

/// The generated modules of this workspace.
fn workspace() -> Result<Tree, String> {
    let root = root();
    let mut tree = Tree::default();
    let mut apis = Vec::new();
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
            emit::generated(&api)?,
        );
        apis.push(api);
        if *name == DESCRIBED_TO_THE_TOOL {
            add(
                root.join("crates/aihc-dev-cli/src/generated"),
                emit::tool::generated(&spec, &source)?,
            );
        }
    }
    add(
        root.join("crates/aihc-emulator/src/generated"),
        emit::emulator::generated(&apis),
    );
    tree.format()?;
    Ok(tree)
}

/// A whole crate from one description. What is not below `src/generated` is written once, and belongs to its
/// authors from then on: they add modules and dependencies there.
fn package(spec: &Path, out: &Path) -> Result<Tree, String> {
    let source = spec
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into());
    let (_, api) = load(spec, &source)?;
    let out = std::path::absolute(out).map_err(|error| format!("{}: {error}", out.display()))?;
    crate_tree(&api, &out)
}

/// The files of a crate in an absolute folder.
fn crate_tree(api: &Api, out: &Path) -> Result<Tree, String> {
    let crates = relative(&real(out), &real(&root()).join("crates"));
    let generated = out.join("src/generated");
    if out.join("Cargo.toml").exists() && !generated.exists() {
        return Err(format!(
            "{} is a crate that was not generated: choose another folder",
            out.display()
        ));
    }
    let mut tree = Tree::default();
    for file in emit::package::emit(api, &crates)? {
        let path = out.join(file.path);
        if path.starts_with(&generated) || !path.exists() {
            tree.add(path, file.text);
        }
    }
    tree.own(generated);
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

/// Compares the generated modules with the disk; the differences are the error.
pub(crate) fn check() -> Result<(), String> {
    let report = workspace()?
        .differences()
        .map_err(|error| error.to_string())?;
    match report.is_empty() {
        true => Ok(()),
        false => Err(format!("{report}run `cargo xtask codegen`")),
    }
}

/// The root of the workspace: the folder above this crate.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A path without symbolic links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(path), ..) => path,
        (Err(_), Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_path_buf(),
    }
}

/// The way from one folder to another; `to` itself when they are on different drives.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return to.iter().collect();
    }
    let up = from.iter().skip(common).map(|_| Component::ParentDir);
    up.chain(to.iter().skip(common).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_folders_is_relative() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b/c", "/a/d"), Path::new("../../d"));
        assert_eq!(way("/a", "/a/crates"), Path::new("crates"));
    }

    #[test]
    fn spec_and_out_go_together() {
        let parse = |args: &[&str]| {
            Arguments::parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
        };
        assert!(parse(&["--spec", "a.json"]).is_err());
        assert!(parse(&["--spec"]).is_err());
        assert!(parse(&["--spec", "--out", "b"]).is_err());
        assert!(parse(&["--spec", "a.json", "--out", "b", "--check"]).is_ok_and(|a| a.check));
        assert!(parse(&["--chekc"]).is_err());
    }
}
