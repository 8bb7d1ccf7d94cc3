//! How generated crates are named, and where they find ours.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::third_service::{codegen, fixture, scratch, text};

/// The lines of a manifest that begin so.
fn lines<'m>(manifest: &'m str, start: &str) -> Vec<&'m str> {
    manifest
        .lines()
        .filter(|line| line.starts_with(start))
        .collect()
}

fn manifest(out: &Path, options: &[&str]) -> String {
    let made = codegen(&fixture("depot.json"), out, options);
    assert!(made.status.success(), "{}", text(&made.stderr));
    fs::read_to_string(out.join("Cargo.toml")).unwrap()
}

#[test]
fn a_crate_finds_ours_in_folders_a_registry_or_a_repository() {
    let folders = manifest(&scratch("in-folders"), &[]);
    let expected = ["bce-auth = { path = \"../../../crates/bce-auth\" }"];
    // The target folder may be anywhere.
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        assert_eq!(lines(&folders, "bce-auth"), expected);
    }
    let options = ["--dep-version", "0.1", "--prefix", "cloud-"];
    let registry = manifest(&scratch("in-registry"), &options);
    assert_eq!(
        lines(&registry, "bce-http"),
        ["bce-http = { version = \"0.1\" }"]
    );
    assert_eq!(lines(&registry, "name"), ["name = \"cloud-depot\""]);
    let options = ["--dep-git", "https://git.example/sdk", "--name", "my-depot"];
    let git = manifest(&scratch("in-git"), &options);
    assert_eq!(
        lines(&git, "bce-"),
        [
            "bce-auth = { git = \"https://git.example/sdk\" }",
            "bce-http = { git = \"https://git.example/sdk\" }",
        ]
    );
    assert_eq!(lines(&git, "name"), ["name = \"my-depot\""]);
    assert_eq!(lines(&git, "license"), ["license = \"MIT OR Apache-2.0\""]);
    let library = fs::read_to_string(scratch_of("in-git").join("README.md")).unwrap();
    assert!(
        library.contains("use my_depot::{Client, Credentials};"),
        "{library}"
    );
}

fn scratch_of(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_folder_with_another_crate_is_left_alone() {
    let out = scratch("another-crate");
    let options = ["--name", "first"];
    let first = manifest(&out, &options);
    let refused = codegen(&fixture("harbor.json"), &out, &[]);
    let report = text(&refused.stderr);
    assert!(!refused.status.success());
    let expected = "holds the crate `first`, and not `harbor`: choose another folder, or --name";
    assert!(report.contains(expected), "{report}");
    assert_eq!(manifest(&out, &options), first);
}

#[test]
fn what_is_written_once_is_not_changed_and_that_is_said() {
    let out = scratch("written-once");
    let run = |options: &[&str]| {
        let made = codegen(&fixture("depot.json"), &out, options);
        assert!(made.status.success(), "{}", text(&made.stderr));
        text(&made.stderr)
    };
    let version = ["--dep-version", "0.1"];
    let said = "Cargo.toml is written once: --dep-version and --dep-git no longer change it";
    assert!(!run(&version).contains(said));
    assert!(!run(&version).contains(said));
    assert!(!run(&[]).contains(said));
    assert!(run(&["--dep-version", "0.2"]).contains(said));
    for file in ["Cargo.toml", "src/lib.rs"] {
        let text = fs::read_to_string(out.join(file)).unwrap();
        assert!(
            text.contains("depot.json, which leaves it alone from then on."),
            "{text}"
        );
    }
    let generated = fs::read_to_string(out.join("src/generated/mod.rs")).unwrap();
    assert!(generated.contains("do not edit"), "{generated}");
}

#[test]
fn a_name_that_no_crate_has_is_refused() {
    for name in ["Depot", "a b", "../depot", "std", "", "crate"] {
        let out = scratch("no-name");
        let refused = codegen(&fixture("depot.json"), &out, &["--name", name]);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        let report = text(&refused.stderr);
        assert!(
            report.contains("cannot be the name of the crate"),
            "{report}"
        );
        assert!(!out.exists());
    }
}

#[test]
fn the_test_of_a_crate_follows_its_operations_where_the_manifest_has_what_it_needs() {
    let out = scratch("smoke-follows");
    let manifest = manifest(&out, &[]);
    let smoke = out.join("tests/smoke.rs");
    let written = fs::read_to_string(&smoke).unwrap();
    // All of them have arguments that are known.
    assert!(!written.contains("Not here"), "{written}");
    fs::write(&smoke, "old").unwrap();
    assert!(codegen(&fixture("depot.json"), &out, &[]).status.success());
    assert_eq!(fs::read_to_string(&smoke).unwrap(), written);

    // A crate from before there was such a test.
    fs::remove_file(&smoke).unwrap();
    let (older, _) = manifest.split_once("[dev-dependencies]").unwrap();
    fs::write(out.join("Cargo.toml"), older).unwrap();
    assert!(codegen(&fixture("depot.json"), &out, &[]).status.success());
    assert!(!smoke.exists());
}

#[test]
fn help_is_no_failure() {
    let shown = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["codegen", "--help"])
        .output()
        .unwrap();
    assert!(shown.status.success());
    let usage = text(&shown.stdout);
    for option in [
        "--spec",
        "--meta",
        "--name",
        "--prefix",
        "--dep-version",
        "--dep-git",
    ] {
        assert!(usage.contains(option), "{option}");
    }
}
