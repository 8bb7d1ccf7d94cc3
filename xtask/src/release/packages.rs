//! Checks packages from the files that would be uploaded.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::absolute_target;
use crate::project::{Package, Project, run as command};

/// Unpacks the packages that `cargo package --target-dir FOLDER` has written, and runs
/// `cargo check` for each of them. They depend on one another as they will in the registry, and
/// each has only the features that its own manifest turns on.
///
/// `cargo package` itself builds each package, and once more for each package that depends on it.
/// That takes several times as long, and tells no more about the files of a package: they are all
/// read before code is generated. `cargo publish` builds them in any case.
pub(super) fn check(root: &Path, project: &Project, folder: &Path) -> Result<(), String> {
    let packed = folder.join("package");
    let unpacked = folder.join("unpacked");
    let failed = |error: std::io::Error| format!("{}: {error}", unpacked.display());
    let packages = project.published();
    fs::create_dir_all(&unpacked).map_err(failed)?;
    for package in &packages {
        let file = packed.join(format!("{}.crate", place(package)));
        let file = file.to_str().ok_or("the path is not UTF-8")?;
        // Without `m`, every file would have the one date that cargo gives to all files of packages,
        // and cargo would take a changed file for one that it has compiled.
        command(&unpacked, "tar", &["-xzmf", file])?;
    }
    fs::write(unpacked.join("Cargo.toml"), workspace(&packages)).map_err(failed)?;
    fs::copy(root.join("Cargo.lock"), unpacked.join("Cargo.lock")).map_err(failed)?;
    let target = absolute_target(root)?;
    let target = target.to_str().ok_or("the path is not UTF-8")?;
    for package in packages {
        let args = ["check", "--quiet", "--target-dir", target, "--package"];
        command(&unpacked, "cargo", &[&args[..], &[&package.name]].concat())?;
    }
    Ok(())
}

/// Returns the name of the folder that a package contains.
fn place(package: &Package) -> String {
    format!("{}-{}", package.name, package.version)
}

/// Returns the manifest of a workspace of the unpacked packages, in which dependencies on one
/// another are taken from the workspace instead of the registry.
fn workspace(packages: &[&Package]) -> String {
    let members: Vec<String> = packages.iter().map(|package| place(package)).collect();
    let mut text =
        format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[patch.crates-io]\n");
    let dependencies = packages.iter().flat_map(|package| &package.dependencies);
    let needed: BTreeSet<&str> = dependencies
        .filter(|dependency| dependency.kind.as_deref() != Some("dev"))
        .map(|dependency| &*dependency.name)
        .collect();
    // Cargo warns of a patch for which there is no use.
    for package in packages.iter().filter(|it| needed.contains(&*it.name)) {
        let place = place(package);
        text += &format!("{} = {{ path = {place:?} }}\n", package.name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::small;

    #[test]
    fn packages_depend_on_one_another_and_not_on_a_registry() {
        let expected = "[workspace]\nresolver = \"3\"\nmembers = [\"base-0.1.0\", \"top-0.1.0\"]\n\n\
                        [patch.crates-io]\nbase = { path = \"base-0.1.0\" }\n";
        assert_eq!(workspace(&small().published()), expected);
    }
}
