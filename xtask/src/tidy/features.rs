//! Checks that the documentation of each crate mentions all of its features, because nobody would
//! find them otherwise.

use crate::project::Project;

pub(super) fn check(project: &Project) -> Vec<String> {
    let mut problems = Vec::new();
    for package in project.published() {
        let folder = project.folder(package);
        let page: String = ["README.md", "src/lib.rs"]
            .iter()
            .filter_map(|name| project.file(&format!("{folder}/{name}")))
            .map(|file| match file.path.ends_with(".md") {
                true => file.text.clone(),
                false => crate_docs(&file.text),
            })
            .collect();
        for feature in package.features.keys().filter(|name| *name != "default") {
            if !page.contains(&format!("`{feature}`")) {
                problems.push(format!(
                    "{}: its documentation does not mention `{feature}`",
                    package.name
                ));
            }
        }
    }
    problems
}

/// Returns the `//!` lines of a file.
fn crate_docs(text: &str) -> String {
    let docs = text.lines().filter(|line| line.starts_with("//!"));
    docs.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::{small, with};

    #[test]
    fn a_feature_must_be_named_in_the_page_and_not_only_in_code() {
        let mut project = with(small(), "crates/top/src/lib.rs", "// `extra`\n//! Page.\n");
        project.packages[0]
            .features
            .insert("default".to_owned(), Vec::new());
        project.packages[0]
            .features
            .insert("extra".to_owned(), Vec::new());
        assert_eq!(
            check(&project),
            ["top: its documentation does not mention `extra`"]
        );
        let project = with(project, "crates/top/README.md", "| `extra` | more |");
        assert!(check(&project).is_empty());
    }
}
