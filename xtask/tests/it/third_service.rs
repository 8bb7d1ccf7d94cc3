//! Tests that crates are generated from API descriptions of invented services, without any code
//! written for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// Returns the path of a folder for one test, which does not exist yet. `cargo clean` removes it.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
        _ => folder,
    }
}

pub(crate) fn codegen(spec: &Path, out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["codegen", "--spec"])
        .arg(spec)
        .arg("--out")
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

/// Returns a cargo command for the folder of a crate that a test has generated. It uses the target
/// folder of the workspace, where many of the dependencies have been compiled. The crates are built
/// only once, so debug information and incremental state would be of no use.
///
/// The lock file of the workspace is copied for each command, since cargo removes from it what a
/// command does not need, and the next one would have other versions.
pub(crate) fn cargo(folder: &Path) -> Command {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    // If the variables that cargo sets for this test changed, build scripts would run again.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
        .args(["--offline", "--quiet"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTDOCFLAGS", "-D warnings");
    cargo
}

/// Returns a manifest whose tests are built with the dependencies that the workspace's own tests
/// are built with: `tests/features` has all of their features. Those of the manifest alone are
/// enough for the crates that are only checked.
pub(crate) fn with_features(manifest: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let features = root.join("tests/features");
    manifest.replace(
        "[dev-dependencies]\n",
        &format!("[dev-dependencies]\nfeatures = {{ path = {features:?} }}\n"),
    )
}

/// Returns a manifest in which dependencies of tests are dependencies of the crate. Dependencies
/// then have the same features without tests as with them, and are checked only once for all
/// crates.
pub(crate) fn without_dev_dependencies(manifest: &str) -> String {
    manifest.replace("\n[dev-dependencies]\n", "")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns all files below a folder with their texts.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap().to_path_buf();
                files.push((below, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Generates a crate from the fixture `name`, runs its tests, and builds its documentation, with
/// all warnings denied. `tests` is the number of tests that must pass.
fn assert_crate_works(name: &str, tests: usize) {
    let out = scratch(name);
    let made = codegen(&fixture(&format!("{name}.json")), &out, &[]);
    assert!(made.status.success(), "{}", text(&made.stderr));

    fs::copy(
        fixture(&format!("{name}_behaviour.rs")),
        out.join("tests/behaviour.rs"),
    )
    .unwrap();
    let manifest = fs::read_to_string(out.join("Cargo.toml")).unwrap().replace(
        "missing_docs = \"warn\"",
        "missing_docs = \"deny\"\nwarnings = \"deny\"",
    );
    let run = |manifest: &str, args: &[&str]| {
        fs::write(out.join("Cargo.toml"), manifest).unwrap();
        let done = cargo(&out).args(args).output().unwrap();
        let report = text(&done.stdout) + &text(&done.stderr);
        assert!(done.status.success(), "{report}");
        report
    };
    run(&without_dev_dependencies(&manifest), &["doc", "--no-deps"]);
    let manifest = manifest.replace(
        "[dev-dependencies]\n",
        "[dev-dependencies]\nserde_json = \"1\"\n",
    );
    // For a paused clock.
    let manifest = manifest.replace("\"rt\"]", "\"rt\", \"test-util\"]");
    let report = run(&with_features(&manifest), &["test"]);
    assert!(report.contains(&format!("{tests} passed")), "{report}");
}

#[test]
fn a_crate_from_a_description_compiles_and_speaks_the_api() {
    assert_crate_works("depot", 16);
}

#[test]
fn awkward_names_values_and_shapes_make_no_difference() {
    assert_crate_works("bazaar", 12);
}

#[test]
fn numbers_lists_and_json_are_on_the_wire_what_they_are() {
    assert_crate_works("scales", 8);
}

#[test]
fn lists_by_marker_tokens_bytes_and_waits_do_what_the_description_says() {
    assert_crate_works("harbor", 10);
}

#[test]
fn what_has_no_place_in_the_crate_is_said() {
    let made = codegen(&fixture("harbor.json"), &scratch("harbor-says"), &[]);
    let report = text(&made.stderr);
    let expected = "left out: waiter WeatherFine: no members of the response of `GetWeather`";
    assert!(report.contains(expected), "{report}");
}

#[test]
fn the_same_description_gives_the_same_files() {
    let (first, second) = (scratch("depot-first"), scratch("depot-second"));
    for out in [&first, &second] {
        assert!(codegen(&fixture("depot.json"), out, &[]).status.success());
    }
    assert_eq!(contents(&first), contents(&second));
}

#[test]
fn what_authors_have_written_beside_generated_code_stays() {
    let spec = fixture("depot.json");
    let out = scratch("depot-kept");
    assert!(codegen(&spec, &out, &[]).status.success());
    let library = out.join("src/lib.rs");
    let ours = fs::read_to_string(&library).unwrap() + "pub mod convenience;\n";
    fs::write(&library, &ours).unwrap();
    let old = "// Generated by `cargo xtask codegen` from an old one; do not edit.\n";
    fs::write(out.join("src/generated/mod.rs"), old).unwrap();
    assert!(codegen(&spec, &out, &[]).status.success());
    assert_eq!(fs::read_to_string(&library).unwrap(), ours);
    let generated = fs::read_to_string(out.join("src/generated/mod.rs")).unwrap();
    assert_ne!(generated, old);

    let foreign = scratch("somebody-elses");
    fs::create_dir_all(&foreign).unwrap();
    fs::write(foreign.join("Cargo.toml"), "[package]\n").unwrap();
    let refused = codegen(&spec, &foreign, &[]);
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("choose another folder"));
    assert_eq!(contents(&foreign).len(), 1);
}

#[test]
fn check_shows_what_differs_and_changes_nothing() {
    let out = scratch("depot-check");
    let spec = fixture("depot.json");
    let missing = codegen(&spec, &out, &["--check"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        text(&missing.stderr).contains("missing: "),
        "{}",
        text(&missing.stderr)
    );
    assert!(!out.exists());

    assert!(codegen(&spec, &out, &[]).status.success());
    assert!(codegen(&spec, &out, &["--check"]).status.success());

    let edited = out.join("src/generated/model/node.rs");
    let good = fs::read_to_string(&edited).unwrap();
    let bad = good.replace("pub name: String,", "pub name: &'static str,");
    assert_ne!(good, bad);
    fs::write(&edited, &bad).unwrap();
    let stale = out.join("src/generated/model/gone.rs");
    fs::write(&stale, good.lines().next().unwrap()).unwrap();
    let differs = codegen(&spec, &out, &["--check"]);
    assert_eq!(differs.status.code(), Some(1));
    let report = text(&differs.stderr);
    for expected in [
        "different: ",
        "-     pub name: &'static str,",
        "+     pub name: String,",
        "stale: ",
        "gone.rs",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
    assert_eq!(fs::read_to_string(&edited).unwrap(), bad);

    assert!(codegen(&spec, &out, &[]).status.success());
    assert_eq!(fs::read_to_string(&edited).unwrap(), good);
    assert!(!stale.exists());
}

/// Changes the API description in the fixture `depot.json`, generates a crate from it, and returns
/// the problems that are reported. `name` is the name of the test's folder.
fn complaints(name: &str, change: impl FnOnce(&mut serde_json::Value)) -> String {
    complaints_about("depot", name, change)
}

/// Changes the API description in the fixture that `service` names, generates a crate from it, and
/// returns the problems that are reported. `name` is the name of the test's folder.
fn complaints_about(
    service: &str,
    name: &str,
    change: impl FnOnce(&mut serde_json::Value),
) -> String {
    let folder = scratch(name);
    fs::create_dir_all(&folder).unwrap();
    let mut spec: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(fixture(&format!("{service}.json"))).unwrap())
            .unwrap();
    change(&mut spec);
    let path = folder.join("spec.json");
    fs::write(&path, spec.to_string()).unwrap();
    let out = folder.join("out");
    let refused = codegen(&path, &out, &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!out.exists());
    text(&refused.stderr)
}

#[test]
fn operations_of_two_services_are_refused() {
    let report = complaints("two-services", |spec| {
        spec["operations"][0]["service"] = "aihc".into()
    });
    assert!(report.contains("`aihc` and `depot`"), "{report}");
}

#[test]
fn everything_that_is_wrong_with_a_description_is_said_at_once() {
    let report = complaints("wrong", |spec| {
        spec["operations"][0]["uri"] = "/v1/boxes/{boxId}/{lid}".into();
        spec["operations"][0]["parameters"][4]["type"] = "Nothing".into();
        spec["operations"][0]["parameters"][5]["enum"] = "Nowhere".into();
        spec["operations"][0]["parameters"][10]["type"] = "List<Node>".into();
        spec["operations"][1]["parameters"][2]["name"] = "self".into();
        spec["operations"][2]["method"] = "STEAL".into();
        spec["operations"][2]["uri"] = "/v1/things?poke".into();
        spec["operations"][3]["body_kind"] = "none".into();
        spec["operations"][3]["parameters"] =
            serde_json::json!([{ "name": "a", "type": "Map<Int32,String>", "position": "BODY" }]);
        spec["operations"][5]["pagination"]["total"] = "size".into();
        spec["operations"][6]["pagination"]["items"] = "requestId".into();
        spec["types"]["Node"]["fields"][1]["required"] = true.into();
        spec["enums"]["Mode"]["values"][1]["value"] = "short".into();
    });
    for expected in [
        "ListTags: the path names `lid`, but no URL member does",
        "ListTags.slot: the path `/v1/boxes/{boxId}/{lid}` has no place for it",
        "ListTags.type: there is no type `Nothing`",
        "ListTags.limit: there is no enum `Nowhere`",
        "ListTags.ids: `List<Node>` cannot be sent outside the body",
        "PutThing: the member `self` occurs twice",
        "PokeThing: `STEAL` is not a supported HTTP method",
        "PokeThing: the path `/v1/things?poke` contains a query",
        "FireThing: it has no body, but it has BODY members",
        "FireThing.a: `Map<Int32,String>`: the keys of a map must be String",
        "ListNodes: `pagination` names `size`, but `NodePage` has no such integer",
        "ListSlots: `pagination` names `requestId`, but `SlotPage` has no such list",
        "Node: it requires a value of its own type",
        "Mode: the value \"short\" occurs twice",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
}

#[test]
fn what_no_client_could_do_is_refused_where_it_stands() {
    let report = complaints("senseless", |spec| {
        let depot = &mut spec["services"]["depot"];
        depot["endpoint_template"] = "depot.{zone}.baidubce.com".into();
        depot["signing"] = "none".into();
        depot["const_headers"]["two words"] = "x".into();
        let list = &mut spec["operations"][0];
        list["uri"] = "/v1/boxes/{boxid}/tags of/{slot}".into();
        list["const_query"] = serde_json::json!({ "word": "w" });
        list["parameters"][2]["name"] = "Host".into();
        list["parameters"][5]["default"] = "many".into();
        let put = &mut spec["operations"][1]["parameters"];
        put[1]["rust"] = serde_json::json!({ "name": "twin" });
        put[2]["rust"] = serde_json::json!({ "name": "twin" });
        spec["operations"][2]["name"] = "FireThing".into();
        spec["types"]["Thing"]["fields"][13]["aliases"] = serde_json::json!(["id"]);
        spec["types"]["String"] = serde_json::json!({ "fields": [] });
        spec["enums"]["Color"]["repr"] = "Text".into();
        spec["waiters"] =
            serde_json::json!([{ "name": "Gone", "operation": "GoThing", "field": "state" }]);
    });
    for expected in [
        "depot: the endpoint `depot.{zone}.baidubce.com` is not a host, with or without `{region}`",
        "depot: signing must be `bce-auth-v1`, not `none`",
        "depot: `two words` is not a valid header name",
        "ListTags: the path `/v1/boxes/{boxid}/tags of/{slot}` contains ' ', which is not allowed in a path",
        "ListTags.word: it is also a constant of the operation",
        "ListTags.Host: every client sets the header `Host` itself",
        "ListTags.limit: the default `many` is not a `Int32`",
        "PutThing: two members have the name `twin`",
        "FireThing: there are two operations with this name",
        "Thing.seenAt: the alias `id` is the name of another member",
        "String: this is a built-in type, which cannot be described",
        "Color: the repr of an enum must be String, Int32 or Int64, not `Text`",
        "Gone: there is no operation `GoThing`",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
    assert!(!report.contains("boxId"), "{report}");
}

#[test]
fn what_would_be_sent_or_read_wrongly_is_refused() {
    let report = complaints_about("scales", "wrongly", |spec| {
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let of = |spec: &mut serde_json::Value, name: &str, parameter: &str, key: &str, value| {
            let operations = spec["operations"].as_array_mut().unwrap();
            let operation = operations.iter_mut().find(|it| it["name"] == name).unwrap();
            let parameters = operation["parameters"].as_array_mut().unwrap();
            let found = parameters.iter_mut().find(|it| it["name"] == parameter);
            found.unwrap()[key] = value;
        };
        of(spec, "Find", "since", "list_as", "repeat".into());
        of(spec, "Find", "pageNo", "also_send", json(r#"["ids"]"#));
        spec["operations"][0]["const_headers"]["x-none"] = serde_json::Value::Null;
        of(spec, "Order", "codes", "sensitive", true.into());
        of(spec, "Queue", "queue", "same_as", "nobody".into());
        of(spec, "Run", "choice", "type", "Specs".into());
        spec["types"]["Spec"]["one_of"] =
            json(r#"[{"type": "Int32", "recognise": "is a number"}]"#);
        spec["types"]["Choice"]["one_of"][1]["recognise"] = "looks like one".into();
        spec["types"]["Choice"]["one_of"][2]["type"] = "Double".into();
        let again = r#"{"name": "self", "type": "Other", "also_accept": ["List<Other>"]}"#;
        let fields = spec["types"]["Other"]["fields"].as_array_mut().unwrap();
        fields.push(json(again));
    });
    for expected in [
        "Find.since: `list_as` is only for lists",
        "Find.pageNo: `also_send` names `ids`, which is another member",
        "Find: the service has no header `x-none` to remove",
        "Order.codes: a list of secrets in a form requires `list_as`: `repeat`",
        "Queue.queue: `same_as` names `nobody`, but no such member has the same type",
        "Run: `body_type`: the parameter `choice` has another type",
        "Spec: a type has `fields` or `one_of`, not both",
        "Choice.one_of: `recognise` cannot be `looks like one`; it must be",
        "Choice.one_of: `Double` cannot be one of several types",
        "Other.self: `also_accept` with a list is not supported for a type that contains itself",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
    for (body_type, expected) in [
        ("Nobody", "there is no type `Nobody`"),
        ("Choice", "`Choice` is a `one_of`, which has no members"),
        ("Spec", "there is no BODY parameter `image`"),
        ("Empty", "`Empty` has no field `name`"),
    ] {
        let report = complaints_about("scales", "whole-body", |spec| {
            let operations = spec["operations"].as_array_mut().unwrap();
            let run = operations
                .iter_mut()
                .find(|it| it["name"] == "Run")
                .unwrap();
            run["body_type"] = body_type.into();
            spec["types"]["Empty"] = serde_json::json!({"fields": []});
        });
        let expected = format!("Run: `body_type`: {expected}");
        assert!(report.contains(&expected), "{expected}\n{report}");
    }
    let report = complaints_about("scales", "answer", |spec| {
        spec["operations"][0]["response"] = "Choice".into();
    });
    assert!(
        report.contains("Find: a whole response cannot be a `one_of`"),
        "{report}"
    );
}

#[test]
fn what_is_not_of_the_format_is_said_with_its_place() {
    let report = complaints("format", |spec| {
        spec["operations"][0]["parameters"][0]["position"] = "PATH".into();
    });
    let expected =
        "operations.ListTags.parameters.boxId.position: unknown value \"PATH\"; expected one of";
    assert!(report.contains(expected), "{report}");
}

#[test]
fn what_answers_mean_is_not_misspelled() {
    let report = complaints("envelope", |spec| {
        spec["services"]["depot"]["envelope"]["sends_request_ids"] = false.into();
    });
    assert!(
        report.contains("unknown key \"sends_request_ids\", did you mean \"sends_request_id\"?"),
        "{report}"
    );
    let report = complaints("settled", |spec| {
        spec["operations"][2]["idempotency"]["settled_by"]["member"] = "counts".into();
    });
    let expected = "PokeThing: settled_by: the response of `ListNodes` has no `counts`";
    assert!(report.contains(expected), "{report}");
}

#[test]
fn regions_that_the_stack_refuses_are_refused_here() {
    let report = complaints("regions", |spec| {
        spec["services"]["depot"]["regions"][1]["code"] = "CN_1".into();
    });
    let expected =
        "depot: a region consists of lower-case letters, digits and hyphens, unlike `CN_1`";
    assert!(report.contains(expected), "{report}");
}
