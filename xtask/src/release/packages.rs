//! The packages, built from the files that would be uploaded.

use crate::project::{Project, run};

/// Packs every published crate and builds it from its package, each against the packages of those
/// it depends on: cargo keeps a registry of them for the time of the command.
pub(super) fn build(project: &Project) -> Result<(), String> {
    let packages = project.published();
    let names: Vec<&str> = packages.iter().map(|package| &*package.name).collect();
    println!("        packages, in order: {}", names.join(", "));
    // Changes are not committed yet when a release is made.
    let mut args = vec!["package", "--quiet", "--locked", "--allow-dirty"];
    for name in &names {
        args.extend(["--package", name]);
    }
    run(&project.root, "cargo", &args)?;
    println!(
        "ok      {} packages build from their own files",
        names.len()
    );
    Ok(())
}
