//! A new member of the workspace is a decision, so it is written down here.

use crate::project::Project;

/// The crates that go to the registry.
const PUBLISHED: &[&str] = &[
    "aihc-dev",
    "aihc-dev-cli",
    "aihc-emulator",
    "bce-auth",
    "bce-http",
    "bce-log",
    "bce-sts",
];

/// Those that never do.
const PRIVATE: &[&str] = &["bce-testing", "bench", "examples", "proofs", "xtask"];

pub(super) fn check(project: &Project) -> Vec<String> {
    let mut problems = Vec::new();
    for package in &project.packages {
        let name = &*package.name;
        let published = package.is_published();
        if !PUBLISHED.contains(&name) && !PRIVATE.contains(&name) {
            problems.push(format!("{name} is not in xtask/src/tidy/members.rs"));
        } else if published != PUBLISHED.contains(&name) {
            problems.push(format!(
                "{name}: `publish` is not what tidy/members.rs says"
            ));
        }
    }
    // A crate that is no member is neither tested nor released.
    for file in &project.files {
        let Some(folder) = file
            .path
            .strip_prefix("crates/")
            .and_then(|path| path.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        let is_member = |p| project.folder(p) == format!("crates/{folder}");
        if !folder.contains('/') && !project.packages.iter().any(is_member) {
            problems.push(format!("crates/{folder} is not a member of the workspace"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::{small, with};

    #[test]
    fn unknown_members_and_stray_crates_are_found() {
        let mut project = with(small(), "crates/stray/Cargo.toml", "");
        project.packages[0].name = "bce-auth".to_owned();
        let problems = check(&project);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].starts_with("base is not in"), "{problems:?}");
        assert!(
            problems[1].starts_with("crates/stray is not"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_private_crate_that_could_be_published_is_found() {
        let mut project = small();
        project.packages.truncate(1);
        project.packages[0].name = "xtask".to_owned();
        assert_eq!(check(&project).len(), 1);
        project.packages[0].publish = Some(Vec::new());
        assert!(check(&project).is_empty());
    }
}
