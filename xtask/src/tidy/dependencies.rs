//! What lies below the published crates. Users pay for each crate in build time and audit.

use std::collections::BTreeSet;
use std::path::Path;

use crate::project::{Project, output};

/// How many crates may lie below one, itself included, on the first platform of its users. The
/// command-line tool has no budget: it is built once, and nobody's program waits for it.
pub(crate) const BUDGETS: &[(&str, usize)] = &[("aihc", 85), ("aihc-dev", 85)];

/// The platform that budgets are counted for, so that the number is the same everywhere.
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

/// Name and version of each crate that is built for `package`, itself included, by its defaults.
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

/// From `name v1.2.3 (path or mark)`.
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
