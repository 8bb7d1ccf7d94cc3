//! Checks that manifests fulfil the requirements of a registry and of its users.
//!
//! `repository` is not required, because the project has no public address yet. Once it has one,
//! set it in `[workspace.package]` and require it here.

use crate::project::{Package, Project};

/// The maximum number of keywords and of categories on crates.io.
const MAX_TAGS: usize = 5;

pub(super) fn check(project: &Project) -> Vec<String> {
    let mut problems = Vec::new();
    for package in project.published() {
        for missing in missing(package) {
            problems.push(format!("{}: {missing}", package.name));
        }
    }
    problems
}

fn missing(package: &Package) -> Vec<String> {
    let mut missing = Vec::new();
    let mut demand = |there: bool, what: &str| {
        if !there {
            missing.push(what.to_owned());
        }
    };
    let filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    demand(filled(&package.description), "no description");
    demand(filled(&package.license), "no license");
    demand(filled(&package.rust_version), "no rust-version");
    demand(filled(&package.readme), "no README.md");
    let few = |tags: &[String]| (1..=MAX_TAGS).contains(&tags.len());
    demand(few(&package.keywords), "keywords: one to five");
    demand(few(&package.categories), "categories: one to five");
    let docs = package.metadata.pointer("/docs/rs");
    let all = docs.and_then(|docs| docs.get("all-features"));
    demand(
        all.and_then(serde_json::Value::as_bool) == Some(true),
        "package.metadata.docs.rs: all-features = true",
    );
    let args = docs.and_then(|docs| docs.get("rustdoc-args"));
    demand(
        args.is_some_and(|args| *args == serde_json::json!(["--cfg", "docsrs"])),
        "package.metadata.docs.rs: rustdoc-args = [\"--cfg\", \"docsrs\"]",
    );
    missing
}

/// Checks that dev-dependencies on our own crates have no version. If they had one, the dependency
/// would have to be in the registry before the crate that is tested with it.
pub(super) fn dev_dependencies(project: &Project) -> Vec<String> {
    let mut problems = Vec::new();
    for package in project.published() {
        for dependency in &package.dependencies {
            let ours = dependency.path.is_some();
            if ours && dependency.kind.as_deref() == Some("dev") && dependency.req != "*" {
                problems.push(format!(
                    "{}: the dev-dependency {} has the version {}; give only its path",
                    package.name, dependency.name, dependency.req
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::small;

    #[test]
    fn each_missing_item_is_named() {
        let mut project = small();
        project.packages.truncate(1);
        assert_eq!(check(&project).len(), 8);
        let package = &mut project.packages[0];
        package.description = Some("a".to_owned());
        package.license = Some("MIT".to_owned());
        package.rust_version = Some("1.88".to_owned());
        package.readme = Some("README.md".to_owned());
        package.keywords = vec!["a".to_owned()];
        package.categories = vec!["a".to_owned(); 6];
        package.metadata = serde_json::json!(
            {"docs": {"rs": {"all-features": true, "rustdoc-args": ["--cfg", "docsrs"]}}}
        );
        assert_eq!(check(&project), ["top: categories: one to five"]);
        project.packages[0].categories.truncate(5);
        assert!(check(&project).is_empty());
    }

    #[test]
    fn a_version_on_a_dev_dependency_of_ours_is_found() {
        let mut project = small();
        assert!(dev_dependencies(&project).is_empty());
        project.packages[0].dependencies[0].kind = Some("dev".to_owned());
        assert_eq!(dev_dependencies(&project).len(), 1);
        project.packages[0].dependencies[0].req = "*".to_owned();
        assert!(dev_dependencies(&project).is_empty());
    }
}
