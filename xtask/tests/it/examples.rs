//! Tests that crates are generated from the examples in `spec/README.md`, that they compile, and
//! that they send requests.

use std::fs;
use std::path::Path;

use crate::readme;
use crate::third_service::{cargo, codegen, scratch, text, with_features};

/// All examples are crates of one workspace, so that they are compiled together.
#[test]
fn examples_of_the_readme_compile() {
    let all = scratch("examples");
    let examples = readme::examples();
    assert!(examples.len() > 5, "{}", examples.len());
    for (line, example) in examples {
        let out = all.join(format!("line-{line}"));
        fs::create_dir_all(&out).unwrap();
        let spec = all.join(format!("line-{line}.json"));
        fs::write(&spec, example.to_string()).unwrap();
        let name = format!("line-{line}");
        let made = codegen(&spec, &out, &["--name", &name]);
        let report = text(&made.stderr);
        assert!(made.status.success(), "example at line {line}: {report}");
        as_member(&out.join("Cargo.toml"));
    }
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"line-*\"]\n";
    fs::write(all.join("Cargo.toml"), workspace).unwrap();
    let checked = cargo(&all)
        .args(["clippy", "--workspace", "--all-targets"])
        .args(["--", "-D", "warnings"])
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    // One is enough for the features of all.
    let line = readme::examples()[0].0;
    let manifest = all.join(format!("line-{line}/Cargo.toml"));
    let written = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, with_features(&written)).unwrap();
    // Every operation for which the smoke test has values.
    let tested = cargo(&all)
        .args(["test", "--workspace", "--test", "smoke"])
        .output()
        .unwrap();
    assert!(tested.status.success(), "{}", text(&tested.stdout));
}

/// Makes a crate a member of the surrounding workspace, with all warnings denied.
fn as_member(manifest: &Path) {
    let text = fs::read_to_string(manifest).unwrap();
    let member = text
        .replace(
            "missing_docs = \"warn\"",
            "missing_docs = \"deny\"\nwarnings = \"deny\"",
        )
        .replace("[workspace]\n", "");
    fs::write(manifest, member).unwrap();
}
