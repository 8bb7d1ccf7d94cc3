//! Tests of crates that are generated from a fixture, which has the format of Baidu's official API
//! metadata and its oddities.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::third_service::{cargo, contents, fixture, scratch, text, without_dev_dependencies};

fn codegen(out: &Path, more: &[&str]) -> Output {
    let meta = fixture("meta");
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["codegen", "--meta"])
        .arg(&meta)
        .arg("--out")
        .arg(out)
        .arg("--overlay")
        .arg(meta.join("overlay.json"))
        .arg("--responses")
        .arg(meta.join("packages"))
        .args(more)
        .output()
        .unwrap()
}

fn assert_says(report: &str, expected: &[&str]) {
    for line in expected {
        assert!(report.contains(line), "{line}\n{report}");
    }
}

#[test]
fn every_product_becomes_a_crate_and_what_is_left_out_is_said() {
    let out = scratch("metadata");
    let made = codegen(&out, &["--all"]);
    let report = text(&made.stdout);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert_says(
        &report,
        &[
            "left out: attic WhoAmI: its header `Authorization` is set by signing",
            "left out: cellar OldName: its name is `Renamed`, but that of its file is `OldName`",
            "left out: cellar RemoteRead: its parameter `remoteUrl` has no place in the path",
            "left out: shed Lost: its path contains `{place}`, which is not a parameter",
            "secrets: attic: BoxModel.secretKey, CreateBox.adminPass, CreateBoxResponse.initialPassword, \
             ReadBox.x-attic-access-token",
        ],
    );
    assert_eq!(
        report.lines().last(),
        Some("3 products, 14 operations, 4 left out")
    );
    let mut folders: Vec<_> = fs::read_dir(&out)
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    folders.sort();
    assert_eq!(folders, ["bce-attic", "bce-cellar", "bce-shed"]);

    // Generating again changes nothing, and a single product is the same as among all.
    let again = scratch("metadata-again");
    assert!(codegen(&again, &["--product", "attic"]).status.success());
    assert_eq!(
        contents(&again.join("bce-attic")),
        contents(&out.join("bce-attic"))
    );
    assert!(
        codegen(&again, &["--product", "attic", "--check"])
            .status
            .success()
    );
    assert_documented(&out.join("bce-attic"));

    // A response of attic contains a password.
    for (name, requires_https) in [("bce-attic", true), ("bce-shed", false)] {
        let service = out.join(name).join("src/generated/service.rs");
        let service = fs::read_to_string(service).unwrap();
        assert_says(&service, &[&format!("requires_https: {requires_https}")]);
    }
}

/// Asserts that rustdoc reports no warnings about a generated crate, although the texts in its
/// documentation contain HTML, Markdown, brackets and addresses.
fn assert_documented(folder: &Path) {
    let manifest = folder.join("Cargo.toml");
    let written = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, without_dev_dependencies(&written)).unwrap();
    let done = cargo(folder).args(["doc", "--no-deps"]).output().unwrap();
    assert!(done.status.success(), "{}", text(&done.stderr));
}

/// Returns the text of a file without line breaks and the marks of doc comments.
fn unwrapped(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let words = text.split_whitespace().filter(|word| *word != "///");
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_the_metadata_says_is_in_the_crate() {
    let out = scratch("metadata-read");
    let made = codegen(&out, &["--all"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let read = |path: &str| unwrapped(&out.join(path));
    let create = read("bce-attic/src/generated/operation/create_box.rs");
    assert_says(&create, &["creates a box.", "impl Into<Secret>"]);
    assert!(
        !create.contains("<b>") && !create.contains("nbsp"),
        "{create}"
    );
    let client = read("bce-attic/src/generated/client.rs");
    let expected = "ame of the box; see the rules (<https://example.org/rules>) and nothing else: a, \\[b\\], \\<c>";
    assert_says(&client, &[expected]);
    let update = read("bce-attic/src/generated/operation/update_box.rs");
    assert_says(
        &update,
        &[
            "\"/v2/box/{boxId}\"",
            "query_key(\"rename\")",
            "Idempotency::NonIdempotent",
        ],
    );
    let describe = read("bce-attic/src/generated/operation/describe_box.rs");
    assert_says(&describe, &["Idempotency::Safe"]);
    // Two shapes with one name get separate names.
    let models = read("bce-attic/src/generated/model/mod.rs");
    assert_says(
        &models,
        &[
            "CreateBoxTag",
            "CreateBoxNestedTag",
            "BoxModel",
            "DescribeBoxResponse",
        ],
    );
    let job = read("bce-cellar/src/generated/operation/cellar_describe_job.rs");
    assert_says(&job, &["Idempotency::Safe", "\"action\", \"DescribeJob\""]);
}

#[test]
fn an_overlay_that_does_not_fit_is_an_error() {
    let out = scratch("metadata-overlay");
    fs::create_dir_all(&out).unwrap();
    let overlay = out.join("overlay.json");
    let run = |content: &str| {
        fs::write(&overlay, content).unwrap();
        let meta = fixture("meta");
        let made = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["codegen", "--product", "shed", "--meta"])
            .arg(meta)
            .arg("--out")
            .arg(out.join("crates"))
            .arg("--overlay")
            .arg(&overlay)
            .output()
            .unwrap();
        (
            made.status.success(),
            text(&made.stdout) + &text(&made.stderr),
        )
    };
    let (done, report) =
        run(r#"{"products": {"shed": {"operations": {"GetTool": {"why": "", "url": "/"}}}}}"#);
    let expected = "products.shed.operations.GetTool: unknown key \"url\", did you mean \"uri\"?";
    assert!(!done && report.contains(expected), "{report}");
    let (done, report) =
        run(r#"{"products": {"shed": {"operations": {"GetTools": {"why": "w"}}}}}"#);
    let expected = "GetTools: there is no such operation, did you mean \"GetTool\"?";
    assert!(!done && report.contains(expected), "{report}");
    let (done, report) = run(
        r#"{"products": {"shed": {"operations": {"GetTool": {"why": "w", "parameters": {"tool": {}}}}}}}"#,
    );
    assert!(
        !done && report.contains("GetTool.parameters.tool: there is no parameter `tool`"),
        "{report}"
    );
    // Omissions that would otherwise be silent.
    let (done, report) = run(
        r#"{"products": {"shed": {"operations": {"GetTool": {"why": "w", "uri": "no/slash"}}}}}"#,
    );
    let expected = "overlay.json: products.shed.operations.GetTool: the operation is left out: ";
    assert!(!done && report.contains(expected), "{report}");
    let (done, report) = run(r#"{"products": {"shad": {}}}"#);
    let expected = "products.shad: there is no such product, did you mean \"shed\"?";
    assert!(!done && report.contains(expected), "{report}");
}

#[test]
fn what_is_asked_for_and_not_there_is_an_error() {
    let out = scratch("metadata-missing");
    let run = |args: &[&str]| {
        let made = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["codegen", "--out"])
            .arg(&out)
            .arg("--meta")
            .arg(fixture("meta"))
            .args(args)
            .output()
            .unwrap();
        assert!(!made.status.success() && made.stdout.is_empty());
        text(&made.stderr)
    };
    let report = run(&["--product", "atic"]);
    assert!(
        report.contains("there is no product `atic`, did you mean `attic`?"),
        "{report}"
    );
    let packages = fixture("meta").join("packages").display().to_string();
    let report = run(&["--product", "shed", "--responses", &packages]);
    assert!(
        report.contains("there is no baiducloud_python_sdk_shed/models below it"),
        "{report}"
    );
    let report = run(&["--product", "attic", "--responses", "/no/folder"]);
    assert!(
        report.contains("/no/folder: it is not a folder"),
        "{report}"
    );
}

#[test]
fn a_correction_names_the_type_of_an_answer_and_the_token() {
    let out = scratch("metadata-names");
    fs::create_dir_all(&out).unwrap();
    let overlay = out.join("overlay.json");
    let content = r#"{"products": {"attic": {"operations": {
        "UpdateBox": {"why": "w", "response": "DescribeBoxResponse", "class": "state_guarded",
            "token": "requestKey", "parameters": {"requestKey": {"add": true, "position": "HEADER"}}}}}}}"#;
    fs::write(&overlay, content).unwrap();
    let meta = fixture("meta");
    let made = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["codegen", "--product", "attic", "--meta"])
        .arg(&meta)
        .arg("--out")
        .arg(&out)
        .arg("--responses")
        .arg(meta.join("packages"))
        .arg("--overlay")
        .arg(&overlay)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    let update = unwrapped(&out.join("bce-attic/src/generated/operation/update_box.rs"));
    assert_says(
        &update,
        &[
            "Result<DescribeBoxResponse, Error>",
            "Idempotency::StateGuarded",
            "Each call has its own `requestKey`",
        ],
    );
}
