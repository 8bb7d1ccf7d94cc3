//! `cargo xtask deps`: the dependencies that users of the published crates compile, with their
//! number and their licences.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use serde::Deserialize;

use crate::codegen;
use crate::project::{Project, output, run as command};
use crate::tidy::{BUDGETS, below};

/// Prints the dependency tree of each published crate, then the number of dependencies, then their
/// licences.
pub(crate) fn run() -> ExitCode {
    match report(&codegen::root()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("deps: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn report(root: &Path) -> Result<(), String> {
    let project = Project::read(root)?;
    let mut all = BTreeSet::new();
    let mut counts = Vec::new();
    for package in project.published() {
        let args = [
            "tree",
            "--locked",
            "--package",
            &package.name,
            "--edges",
            "normal,build",
        ];
        command(root, "cargo", &args)?;
        println!();
        let crates = below(root, &package.name)?;
        let budget = BUDGETS.iter().find(|(name, _)| *name == package.name);
        let budget = budget.map_or(String::new(), |(_, budget)| format!(", budget {budget}"));
        counts.push(format!("{}: {} crates{budget}", package.name, crates.len()));
        all.extend(crates);
    }
    for count in counts {
        println!("{count}");
    }
    println!();
    for (licence, crates) in by_licence(&licences(root)?, &all) {
        println!("{licence}: {}", crates.join(", "));
    }
    println!("\n{} crates below the published ones", all.len());
    Ok(())
}

/// Returns the licence of each crate. A key consists of the name and the version, in the format of
/// [`below`].
fn licences(root: &Path) -> Result<BTreeMap<String, String>, String> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
        license: Option<String>,
    }
    let args = [
        "metadata",
        "--locked",
        "--all-features",
        "--format-version",
        "1",
    ];
    let text = output(root, "cargo", &args)?;
    let metadata: Metadata = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let licence = |package: Package| {
        let licence = package.license.unwrap_or_else(|| "none stated".to_owned());
        (format!("{} v{}", package.name, package.version), licence)
    };
    Ok(metadata.packages.into_iter().map(licence).collect())
}

/// Groups the crates by licence. `MIT/Apache-2.0` is the old notation for `MIT OR Apache-2.0`, and
/// the order of alternatives makes no difference.
fn by_licence<'a>(
    licences: &BTreeMap<String, String>,
    crates: &'a BTreeSet<String>,
) -> BTreeMap<String, Vec<&'a str>> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in crates {
        let licence = licences.get(name).map_or("unknown", String::as_str);
        let licence = licence.replace('/', " OR ");
        let mut choices: Vec<&str> = licence.split(" OR ").collect();
        if !licence.contains('(') && !licence.contains(" AND ") {
            choices.sort_unstable();
        }
        let name = name.split(' ').next().unwrap_or(name);
        groups.entry(choices.join(" OR ")).or_default().push(name);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_choice_written_in_three_ways_is_one_group() {
        let written = ["MIT OR Apache-2.0", "Apache-2.0 OR MIT", "MIT/Apache-2.0"];
        let names = ["a v1.0.0", "b v1.0.0", "c v1.0.0"].map(str::to_owned);
        let licences = names
            .iter()
            .cloned()
            .zip(written.map(str::to_owned))
            .collect();
        let crates = names.into_iter().chain(["d v1.0.0".to_owned()]).collect();
        let groups = by_licence(&licences, &crates);
        assert_eq!(groups["Apache-2.0 OR MIT"], ["a", "b", "c"]);
        assert_eq!(groups["unknown"], ["d"]);
    }
}
