//! Checks the dependencies of the published crates. Each of them costs users build time and audits.

use std::collections::BTreeSet;
use std::path::Path;

use crate::project::{Project, output};

/// The maximum number of crates in the dependency tree of a client on Linux, including the client
/// itself. The command-line tool has no maximum, because no other program depends on it.
pub(crate) const BUDGETS: &[(&str, usize)] = &[("aihc", 85), ("aihc-dev", 85)];

/// The platform for which the crates are counted, so that the number is the same everywhere.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

pub(super) fn budgets(project: &Project) -> Vec<String> {
    let mut problems = Vec::new();
    for (package, budget) in BUDGETS {
        match below(&project.root, package) {
            Ok(crates) => problems.extend(over(package, crates.len(), *budget)),
            Err(problem) => problems.push(problem),
        }
    }
    problems
}

fn over(package: &str, count: usize, budget: usize) -> Option<String> {
    (count > budget).then(|| {
        format!("{package}: {count} crates, budget {budget}; `cargo xtask deps` lists them")
    })
}

/// Returns the name and the version of each crate that is built for `package`, including itself,
/// with its default features.
pub(crate) fn below(root: &Path, package: &str) -> Result<BTreeSet<String>, String> {
    let args = [
        "tree",
        "--locked",
        "--package",
        package,
        "--edges",
        "normal,build",
        "--target",
        PLATFORM,
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let tree = output(root, "cargo", &args)?;
    Ok(tree.lines().filter_map(name_and_version).collect())
}

/// Returns the name and the version, such as `name v1.2.3`, from a line such as
/// `name v1.2.3 (path or mark)`; `None` if the line has fewer than two words.
fn name_and_version(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    Some(format!("{} {}", words.next()?, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_crate_too_many_is_found() {
        assert_eq!(over("a", 85, 85), None);
        assert!(over("a", 86, 85).is_some());
    }

    #[test]
    fn the_same_crate_counts_once() {
        let lines = ["a v1.0.0 (/somewhere)", "b v2.0.0", "b v2.0.0 (*)", ""];
        let crates: BTreeSet<_> = lines
            .iter()
            .filter_map(|line| name_and_version(line))
            .collect();
        assert_eq!(
            crates.into_iter().collect::<Vec<_>>(),
            ["a v1.0.0", "b v2.0.0"]
        );
    }
}
