//! Checks that every published package contains the texts of both licences.

use crate::project::Project;

const TEXTS: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

pub(super) fn check(project: &Project) -> Vec<String> {
    let mut problems = Vec::new();
    for package in project.published() {
        for name in TEXTS {
            let folder = package.manifest_path.parent();
            let there = folder.and_then(|folder| std::fs::read(folder.join(name)).ok());
            // The file is a link to the text at the root; on systems without links, it would be a
            // file with one line.
            if there.is_none() || there != std::fs::read(project.root.join(name)).ok() {
                problems.push(format!(
                    "{}: {name} differs from that at the root",
                    package.name
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
    fn a_crate_without_its_licences_is_found() {
        assert_eq!(check(&small()).len(), 4);
    }
}
