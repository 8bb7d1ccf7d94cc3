//! The packages, built from the files that would be uploaded.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::project::{self, Project, run};

/// Packs every published crate and builds it from its package, each against the packages of those
/// it depends on: cargo keeps a registry of them for the time of the command.
pub(super) fn build(project: &Project) -> Result<(), String> {
    let packages = project.published();
    let names: Vec<&str> = packages.iter().map(|package| &*package.name).collect();
    println!("        packages, in order: {}", names.join(", "));
    let folder = folder(&project.root)?;
    let path = folder.to_str().ok_or("the path is no text")?;
    // Changes are not committed yet when a release is made.
    let mut args = vec!["package", "--quiet", "--locked", "--allow-dirty"];
    args.extend(["--target-dir", path]);
    for name in &names {
        args.extend(["--package", name]);
    }
    run(&project.root, "cargo", &args)
        .and_then(|()| keep_packages(&folder))
        .inspect_err(|_| drop(fs::remove_dir_all(&folder)))?;
    fs::remove_dir_all(&folder).map_err(|error| format!("{path}: {error}"))?;
    println!(
        "ok      {} packages build from their own files",
        names.len()
    );
    Ok(())
}

/// A folder that has never been. Cargo unpacks each version once for all time, and knows the registry
/// only by its path: in a folder used before, it would build what the packages held then.
fn folder(root: &Path) -> Result<PathBuf, String> {
    let target = std::path::absolute(project::target(root)).map_err(|error| error.to_string())?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanos = now.map_err(|error| error.to_string())?.as_nanos();
    Ok(target.join(format!("packages-{nanos}")))
}

/// Moves the packages to where cargo leaves them as a rule: `package` in the target folder.
fn keep_packages(folder: &Path) -> Result<(), String> {
    let kept = folder.with_file_name("package");
    let moved = fs::create_dir_all(&kept).and_then(|()| {
        for entry in fs::read_dir(folder.join("package"))? {
            let package = entry?.path();
            if let Some(name) = package.file_name()
                && package.extension().is_some_and(|kind| kind == "crate")
            {
                fs::rename(&package, kept.join(name))?;
            }
        }
        Ok(())
    });
    moved.map_err(|error| format!("{}: {error}", kept.display()))
}
