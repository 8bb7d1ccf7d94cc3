//! The arguments of `cargo xtask codegen`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{meta, package};

pub(super) const USAGE: &str = "\
usage: cargo xtask codegen [--check]
       cargo xtask codegen --spec FILE --out DIR [--check] [OPTIONS]
       cargo xtask codegen --meta DIR (--product P | --all) --out DIR [--responses DIR]
                           [--overlay FILE] [--check] [OPTIONS]

Writes the generated modules of this workspace, a whole crate from the description of another
service, or crates from the official metadata. With --check nothing is written: differences are
shown, and the exit status is 1 if there are any.

  --spec FILE      a description; its format is in xtask/spec/README.md
  --meta DIR       the official metadata (schema, i18n): a crate bce-PRODUCT for a product
  --out DIR        with --spec the folder of the crate, with --meta the folder around the crates
  --responses DIR  types of responses from official Python packages, unpacked anywhere below DIR;
                   needs python3, which parses them without running their code
  --overlay FILE   corrections of the metadata, in addition to those of xtask/spec/overlay.json

Options for whole crates:
  --name NAME      name of the crate
  --prefix P       prefix of the crate name, before the code of the service
  --dep-version V  our crates from a registry, instead of their folders here
  --dep-git URL    our crates from a git repository";

/// What the command line requests.
#[derive(Debug)]
pub(super) enum Task {
    Help,
    /// Generate the code of the client crates in this workspace.
    Workspace,
    /// Generate a crate from an API description in a file.
    Spec(PathBuf, PathBuf, package::Options),
    /// Generate crates from Baidu's official API metadata.
    Meta(meta::Options),
}

/// The parsed command line.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) check: bool,
    pub(super) task: Task,
}

impl Arguments {
    /// Parses the arguments after `codegen`.
    ///
    /// # Errors
    ///
    /// If the arguments are invalid. The error includes the usage.
    pub(super) fn parse(args: &[String]) -> Result<Self, String> {
        Self::read(args).map_err(|problem| format!("{problem}\n{USAGE}"))
    }

    fn read(args: &[String]) -> Result<Self, String> {
        if args.iter().any(|arg| arg == "--help" || arg == "-h") {
            let task = Task::Help;
            return Ok(Self { check: false, task });
        }
        let (mut check, mut all) = (false, false);
        let (mut spec, mut folder, mut out) = (None, None, None);
        let mut package = package::Options::default();
        let mut meta = meta::Options::default();
        let mut seen = BTreeSet::new();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if !seen.insert(arg) {
                return Err(format!("{arg} is given twice"));
            }
            let mut value = || match args.next() {
                Some(value) if !value.starts_with("--") => Ok(value.clone()),
                _ => Err(format!("{arg} takes a value")),
            };
            match arg.as_str() {
                "--check" => check = true,
                "--all" => all = true,
                "--spec" => spec = Some(value()?),
                "--out" => out = Some(value()?),
                "--name" => package.name = Some(value()?),
                "--prefix" => package.prefix = Some(value()?),
                "--dep-version" => package.version = Some(value()?),
                "--dep-git" => package.git = Some(value()?),
                "--meta" => folder = Some(value()?),
                "--product" => meta.product = Some(value()?),
                "--responses" => meta.responses = Some(value()?.into()),
                "--overlay" => meta.overlay = Some(value()?.into()),
                _ => return Err(format!("unknown argument `{arg}`")),
            }
        }
        let said = |problem: &str| Err(problem.to_owned());
        if package.version.is_some() && package.git.is_some() {
            return said("--dep-version and --dep-git exclude each other");
        }
        if package.name.is_some() && package.prefix.is_some() {
            return said("--name and --prefix exclude each other");
        }
        if package
            .version
            .as_deref()
            .is_some_and(|it| !is_requirement(it))
        {
            return said("--dep-version must be a version, such as 0.1");
        }
        if package.git.as_deref().is_some_and(|it| !is_address(it)) {
            return said("--dep-git must be an address, such as https://git.example/sdk");
        }
        if out.as_deref() == Some("") {
            return said("--out requires a folder");
        }
        let of_meta =
            all || meta.product.is_some() || meta.responses.is_some() || meta.overlay.is_some();
        let task = match (spec, folder, out) {
            (None, Some(folder), Some(out)) => {
                if all == meta.product.is_some() {
                    return said("--meta requires either --product or --all");
                }
                if all && package.name.is_some() {
                    return said("--name cannot be used with --all");
                }
                Task::Meta(meta::Options {
                    meta: folder.into(),
                    out: out.into(),
                    check,
                    package,
                    ..meta
                })
            }
            (_, Some(_), _) => return said("--meta requires --out, and excludes --spec"),
            _ if of_meta => {
                return said("--product, --all, --responses and --overlay require --meta");
            }
            (Some(spec), None, Some(out)) => Task::Spec(spec.into(), out.into(), package),
            (None, None, None) if package.is_default() => Task::Workspace,
            (None, None, None) => return said("options for whole crates require --spec or --meta"),
            _ => return said("--spec and --out require each other"),
        };
        Ok(Self { check, task })
    }
}

/// Returns whether the string may be a version requirement. Cargo reports any remaining errors.
fn is_requirement(text: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || " .,-+*^~=<>".contains(c);
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(is_legal)
}

/// Returns whether the string may be the address of a repository.
fn is_address(text: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_graphic() && !"\"\\".contains(c);
    text.contains("://") && text.chars().all(is_legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &str) -> Result<Arguments, String> {
        let args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
        Arguments::parse(&args)
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_the_usage() {
        for args in [
            "--spec a.json",
            "--spec",
            "--spec --out b",
            "--chekc",
            "--out b",
            "--name n",
            "--spec a.json --out b --dep-version 1 --dep-git u",
            "--spec a.json --out b --all",
            "--spec a.json --out b --out c",
            "--spec a.json --out b --name n --prefix p-",
            "--spec a.json --out b --dep-version ^^",
            "--spec a.json --out b --dep-git somewhere",
            "--meta m --out b",
            "--meta m --out b --all --product p",
            "--meta m --out b --all --name n",
            "--meta m --spec a.json --out b --all",
            "--meta m --all",
            "--responses r",
        ] {
            let problem = parse(args).unwrap_err();
            assert!(problem.ends_with(USAGE), "{args}: {problem}");
        }
    }

    #[test]
    fn what_goes_together_is_understood() {
        let spec = parse("--spec a.json --out b --check --prefix p- --dep-git u://v").unwrap();
        assert!(spec.check);
        assert!(
            matches!(spec.task, Task::Spec(_, _, options) if options.git.as_deref() == Some("u://v"))
        );
        let meta = parse("--meta m --product p --out b --name n").unwrap();
        assert!(matches!(meta.task, Task::Meta(options) if options.package.name.is_some()));
        assert!(matches!(parse("").unwrap().task, Task::Workspace));
        assert!(matches!(parse("--spec --help").unwrap().task, Task::Help));
    }
}
