//! Tests of code generation from unusual API metadata and Python packages: nothing panics, nothing
//! is lost silently, and generated crates compile.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::third_service::{cargo, scratch, text, without_dev_dependencies};

/// API metadata that a test writes to a folder of its own.
struct Metadata(PathBuf);

impl Metadata {
    fn new(name: &str, products: &[&str]) -> Self {
        let root = scratch(name);
        fs::create_dir_all(root.join("i18n/en-US")).unwrap();
        let products: Vec<Value> = products
            .iter()
            .map(|code| json!({ "code": code, "endpoint": { "bj": "a.bj.example.com" } }))
            .collect();
        for product in &products {
            let code = product["code"].as_str().unwrap();
            fs::create_dir_all(root.join("schema").join(code)).unwrap();
        }
        let list = json!({ "products": products }).to_string();
        fs::write(root.join("schema/products.json"), list).unwrap();
        Self(root)
    }

    fn file(&self, product: &str, name: &str, content: impl AsRef<[u8]>) {
        let path = self.0.join("schema").join(product).join(name);
        fs::write(path, content).unwrap();
    }

    fn operation(&self, product: &str, name: &str, operation: Value) {
        let mut whole = json!({ "name": name, "method": "POST", "uri": "/v1/x", "parameters": [] });
        let members = operation.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(members);
        self.file(product, &format!("{name}.json"), whole.to_string());
    }

    fn codegen(&self, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["codegen", "--meta"])
            .arg(&self.0)
            .arg("--out")
            .arg(self.out())
            .args(more)
            .output()
            .unwrap()
    }

    fn out(&self) -> PathBuf {
        self.0.join("out")
    }
}

fn said(made: &Output) -> String {
    text(&made.stdout) + &text(&made.stderr)
}

fn parameter(name: &str, position: &str) -> Value {
    json!({ "name": name, "type": "String", "required": true, "position": position })
}

/// Names with a meaning in Rust, or in generated code.
const NAMES: &[&str] = &[
    "client",
    "Error",
    "Result",
    "Option",
    "new",
    "build",
    "send",
    "clone",
    "self",
    "crate",
    "type",
    "async",
    "Vec",
    "str",
    "Bool",
    "Double",
    "Json",
    "String",
    "call",
    "Endpoint",
    "Envelope",
    "model",
    "operation",
    "items",
    "timeout",
    "body",
    "Default",
    "None",
    "Ok",
    "request_id",
    "ServiceInfo",
    "1st",
    "a-b",
    "a'b",
    "a\"b",
    "x y",
];

/// Texts that are special in Markdown or in comments, or that contain invisible characters.
const TEXTS: &[&str] = &[
    "*/ ends and /* opens",
    "tick ` and `` two",
    "[links] and [a](b) [x]: http://y",
    "]",
    "```\nfn main() {}\n```",
    "a\u{2028}b",
    "\u{202e}right\u{202c} to \u{2066}left",
    "nul \u{0} and bell \u{7}",
    "    deep",
    "~~~",
    "# head",
    "| a |\n|---|",
    "1. one\n2. two",
    "http://example.com/<x",
    "<script>x</script> <T>",
    "\\",
    "*",
    "<!-- a",
    "只有中文",
    "r#\"raw\"#",
    "&lt;b&gt;",
    "$x$",
    "+ a\n- b",
    "https://[::1",
];

#[test]
fn names_and_texts_of_all_kinds_give_a_crate_without_a_warning() {
    let meta = Metadata::new("hostile-names", &["odd"]);
    for (index, name) in NAMES.iter().enumerate() {
        let nested = json!({ "name": name, "type": "Object", "position": "BODY", "required": true,
            "sub_parameters": [{ "name": name, "type": "String" }, { "name": format!("k{index}"), "type": "Long" }] });
        let parameters = json!([
            nested,
            parameter(name, "QUERY"),
            parameter("password", "HEADER")
        ]);
        meta.operation(
            "odd",
            &format!("Put{index}"),
            json!({ "parameters": parameters }),
        );
        if name.chars().all(char::is_alphanumeric) {
            meta.operation("odd", name, json!({}));
        }
    }
    let texts: Vec<Value> = (0..TEXTS.len())
        .map(|index| {
            json!({ "name": format!("m{index}"), "type": "String", "position": "BODY",
            "desc_key": format!("odd.Texts.m{index}") })
        })
        .collect();
    meta.operation(
        "odd",
        "Texts",
        json!({ "parameters": texts, "desc_key": "odd.Texts.m0" }),
    );
    let texts: serde_json::Map<String, Value> = TEXTS
        .iter()
        .enumerate()
        .map(|(index, text)| (format!("m{index}"), (*text).into()))
        .collect();
    fs::create_dir_all(meta.0.join("i18n/en-US/odd")).unwrap();
    let texts = json!({ "Texts": texts }).to_string();
    fs::write(meta.0.join("i18n/en-US/odd/Texts.json"), texts).unwrap();
    let made = meta.codegen(&["--product", "odd"]);
    assert!(made.status.success(), "{}", said(&made));
    assert!(said(&made).contains(", 0 left out"), "{}", said(&made));

    let folder = meta.out().join("bce-odd");
    let manifest = folder.join("Cargo.toml");
    let written = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, without_dev_dependencies(&written)).unwrap();
    for task in [&["check"][..], &["doc", "--no-deps"]] {
        let done = cargo(&folder).args(task).output().unwrap();
        assert!(
            done.status.success() && done.stderr.is_empty(),
            "{}",
            said(&done)
        );
    }
}

#[test]
fn what_no_client_could_do_is_left_out_with_its_reason() {
    let meta = Metadata::new("hostile-operations", &["odd"]);
    let nested = |depth: usize| parameter(&vec!["a"; depth].join("."), "BODY");
    for (name, operation, expected) in [
        (
            "Deep",
            json!({ "parameters": [nested(5000)] }),
            "is one of 64 and more inside of each other",
        ),
        (
            "Twice",
            json!({ "uri": "/x?a=1&a=2" }),
            "its query contains `a` twice",
        ),
        (
            "Half",
            json!({ "uri": "/x?a=b{c}" }),
            "its query contains `a=b{c}`, which is not a valid value",
        ),
        (
            "Dots",
            json!({ "uri": "/v1/../x" }),
            "has a segment of dots",
        ),
        ("Closed", json!({ "uri": "/v1/x}" }), "lacks a {"),
        (
            "Climbing",
            json!({ "uri": "/v{v}/x", "parameters": [
            { "name": "v", "type": "String", "position": "URL", "default": "1/../.." }] }),
            "has a segment of dots",
        ),
    ] {
        meta.operation("odd", name, operation);
        let made = meta.codegen(&["--product", "odd"]);
        let report = said(&made);
        let line = report
            .lines()
            .find(|line| line.starts_with(&format!("left out: odd {name}: ")));
        let said = line.is_some_and(|line| line.contains(expected));
        assert!(
            said || !made.status.success() && report.contains("there are none"),
            "{name}\n{report}"
        );
        meta.operation("odd", "Fine", json!({}));
    }
    for (name, content, expected) in [
        ("Cut.json", "{".as_bytes(), "Cut.json: EOF"),
        (
            "Doubled.json",
            br#"{"name": "Doubled", "name": "Doubled"}"#,
            "Doubled.json: duplicate field",
        ),
        (
            "Latin.json",
            b"{\"name\": \"\xe9\"}",
            "Latin.json: stream did not contain valid UTF-8",
        ),
    ] {
        meta.file("odd", name, content);
        let report = said(&meta.codegen(&["--product", "odd"]));
        assert!(report.contains(expected), "{name}\n{report}");
    }
}

#[test]
fn what_is_only_unusual_is_read() {
    let meta = Metadata::new("hostile-unusual", &["odd"]);
    meta.file(
        "odd",
        "Marked.json",
        "\u{feff}{\"name\": \"Marked\",\r\n\"method\": \"GET\", \"uri\": \"/x\"}",
    );
    meta.operation("odd", "Touch", json!({ "method": "head" }));
    meta.operation(
        "odd",
        "Shown",
        json!({ "uri": "/x?a={a}&b={b}",
        "parameters": [parameter("a", "URL"), parameter("b", "QUERY")] }),
    );
    let made = meta.codegen(&["--product", "odd"]);
    assert!(
        said(&made).contains("1 products, 3 operations, 0 left out"),
        "{}",
        said(&made)
    );
    let read = |name: &str| {
        let path = format!("bce-odd/src/generated/operation/{name}.rs");
        fs::read_to_string(meta.out().join(path)).unwrap()
    };
    assert!(read("touch").contains(".send_raw()"));
    for name in ["a", "b"] {
        let sent = format!(".query({name:?}, &self.{name})");
        assert!(read("shown").contains(&sent), "{}", read("shown"));
    }
}

#[test]
fn a_product_that_is_no_crate_does_not_stop_the_others() {
    let meta = Metadata::new(
        "hostile-products",
        &["a.b", "empty", "fine", "fi_ne", "fi-ne", "http"],
    );
    for product in ["a.b", "fine", "fi_ne", "fi-ne", "http"] {
        meta.operation(product, "Get", json!({}));
    }
    let made = meta.codegen(&["--all"]);
    let report = said(&made);
    assert!(!made.status.success(), "{report}");
    for expected in [
        "no crate: a.b: `bce-a.b` cannot be a crate name",
        "no crate: empty: empty: operations: there are none",
        "no crate: fi_ne: its crate name `bce-fi_ne` is already used by fi-ne",
        "no crate: http: `bce-http` cannot be a crate name",
        "2 products, 2 operations, 0 left out",
        "no crate could be generated for 4",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
}

#[test]
fn files_of_others_are_not_overwritten() {
    let meta = Metadata::new("hostile-files", &["odd"]);
    meta.operation("odd", "Get", json!({}));
    assert!(meta.codegen(&["--product", "odd"]).status.success());
    for path in ["src/generated/client.rs", "tests/smoke.rs"] {
        let path = meta.out().join("bce-odd").join(path);
        let ours = fs::read_to_string(&path).unwrap();
        fs::write(&path, "// mine\n").unwrap();
        let made = meta.codegen(&["--product", "odd"]);
        let report = said(&made);
        assert!(
            !made.status.success() && report.contains("was not generated"),
            "{report}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "// mine\n");
        fs::write(&path, ours).unwrap();
    }
    let folder = meta.out().join("bce-odd/src/generated");
    fs::write(folder.join("mine.rs"), "// mine\n").unwrap();
    meta.operation("odd", "Put", json!({}));
    assert!(meta.codegen(&["--product", "odd"]).status.success());
    assert!(folder.join("operation/put.rs").exists());
    fs::remove_file(meta.0.join("schema/odd/Put.json")).unwrap();
    assert!(meta.codegen(&["--product", "odd"]).status.success());
    assert!(folder.join("mine.rs").exists() && !folder.join("operation/put.rs").exists());
    // A file that cannot be written is named.
    fs::remove_dir_all(meta.out()).unwrap();
    fs::write(meta.out(), "").unwrap();
    let report = said(&meta.codegen(&["--product", "odd"]));
    assert!(report.contains("hostile-files/out/bce-odd"), "{report}");
}

#[test]
fn packages_that_cannot_be_read_are_named() {
    let meta = Metadata::new("hostile-packages", &["odd"]);
    meta.operation("odd", "Get", json!({}));
    let packages = meta.0.join("packages");
    let folder = packages.to_string_lossy().into_owned();
    let run = |product: &str| {
        let made = meta.codegen(&["--product", product, "--responses", &folder]);
        (made.status.success(), said(&made))
    };
    let (done, report) = run("odd");
    assert!(
        !done && report.contains("packages: it is not a folder"),
        "{report}"
    );
    let models = packages.join("baiducloud_python_sdk_odd/models");
    fs::create_dir_all(&models).unwrap();
    let executed = meta.0.join("executed");
    let script = format!("open({:?}, 'w')\n", executed.to_string_lossy());
    fs::write(models.join("__init__.py"), script).unwrap();
    let file = models.join("answer.py");
    for (content, expected) in [
        (
            b"x = 1\n\ndef x(:".as_slice(),
            "answer.py:3: it is not Python 3",
        ),
        (b"print 'x'", "answer.py:1: it is not Python 3"),
        (b"x = '\xe9'", "answer.py"),
        (b"x\0y", "answer.py"),
        (&[b'#'; (4 << 20) + 1], "answer.py: it is larger than"),
    ] {
        fs::write(&file, content).unwrap();
        let (done, report) = run("odd");
        assert!(!done && report.contains(expected), "{expected}\n{report}");
        assert!(
            !report.contains("Traceback") && report.lines().count() < 3,
            "{report}"
        );
    }
    // A type must not be named like one of the format, and a byte order mark is not part of it.
    let model = "\u{feff}class GetResponse:\n    def __init__(self):\n        \"\"\"\n        :type a: Json\n        \"\"\"\n    \
                 def from_dict(self, m):\n        if m.get('a') is not None:\n            self.a = m.get('a')\n\n\nclass Json:\n    pass\n";
    fs::write(&file, model).unwrap();
    let (done, report) = run("odd");
    assert!(
        done && report.contains("1 products, 1 operations, 0 left out"),
        "{report}"
    );
    assert!(!executed.exists());
    // Two versions of a package.
    let other = packages.join("older/baiducloud_python_sdk_odd/models");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("answer.py"), model).unwrap();
    assert!(run("odd").0);
    fs::write(other.join("answer.py"), "class GetResponse:\n    pass\n").unwrap();
    let (done, report) = run("odd");
    assert!(!done && report.contains("differs from"), "{report}");
    // Packages of other products only: a requested one must exist, and `--all` takes the existing
    // ones.
    fs::remove_dir_all(&packages).unwrap();
    fs::create_dir_all(packages.join("baiducloud_python_sdk_other/models")).unwrap();
    let (done, report) = run("odd");
    let expected = "there is no baiducloud_python_sdk_odd/models below it";
    assert!(!done && report.contains(expected), "{report}");
    let made = meta.codegen(&["--all", "--responses", &folder]);
    let report = said(&made);
    assert!(
        made.status.success() && report.contains("odd: there is no package for it"),
        "{report}"
    );
}
