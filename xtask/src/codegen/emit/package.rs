//! Generates the files that turn generated modules into a crate: manifest, README, crate root and
//! test.

use std::path::PathBuf;

use super::files::File;
use crate::codegen::api::Api;
use crate::codegen::docs;
use crate::codegen::names::is_taken_crate;
use crate::codegen::source::{Source, first_line_of_once};

/// The manifest of this workspace, from which the versions of dependencies are taken.
const WORKSPACE: &str = include_str!("../../../../Cargo.toml");

/// The dependencies of generated code, apart from the crates of this workspace.
const DEPENDENCIES: &[&str] = &["bytes", "http", "serde", "time", "tower-service"];

/// Clippy lints that generated crates must allow, because only the API determines the names of
/// members and operations, the depth of types, and the number of values in an enum.
const UNFITTING_LINTS: &[&str] = &[
    "match_single_binding",
    "new_ret_no_self",
    "self_named_constructors",
    "should_implement_trait",
    "type_complexity",
];

/// The place from which a generated crate gets its dependencies on the crates of this SDK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dependencies {
    /// A folder that contains the crates of this SDK; the path is relative to the generated crate.
    Folder(PathBuf),
    /// A registry that contains the crates of this SDK in this version.
    Version(String),
    /// The address of a git repository that contains the crates of this SDK.
    Git(String),
}

/// Returns all files of a crate.
///
/// # Errors
///
/// If a crate cannot have the name, if a path is not UTF-8, or if the manifest of this workspace
/// lacks one of the lines that are copied from it.
pub(crate) fn emit(api: &Api, dependencies: &Dependencies) -> Result<Vec<File>, String> {
    let mut files = vec![
        manifest(api, dependencies)?,
        readme(api),
        root(api),
        super::smoke::emit(api),
    ];
    for file in super::generated(api) {
        files.push(File {
            path: format!("src/generated/{}", file.path),
            ..file
        });
    }
    Ok(files)
}

fn manifest(api: &Api, dependencies: &Dependencies) -> Result<File, String> {
    let name = &api.service.crate_name;
    let legal = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    if !legal || is_taken_crate(name) {
        return Err(format!(
            "`{name}` cannot be a crate name; set `rust.crate_name` of the service, or --name"
        ));
    }
    let mut text = first_line_of_once("#", &api.source);
    text.push_str(&format!(
        "\n[package]\nname = {name:?}\ndescription = {}\nversion = \"0.1.0\"\n\
         edition = \"2024\"\nrust-version = \"1.88\"\n{}\nreadme = \"README.md\"\n\
         \n[dependencies]\n",
        toml_text(&format!(
            "Client of {}",
            super::with_article(&api.service.title)
        )),
        line_of_workspace("license")?,
    ));
    text.push_str(&ours(dependencies)?);
    for name in DEPENDENCIES {
        text.push_str(line_of_workspace(name)?);
        text.push('\n');
    }
    let tokio = line_of_workspace("tokio")?.trim_end_matches(" }");
    text.push_str(&format!(
        "\n[dev-dependencies]\n{tokio}, features = [\"macros\", \"rt\"] }}\n"
    ));
    text.push_str("\n[lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"warn\"\n");
    text.push_str("\n# An API chooses names and types without clippy.\n[lints.clippy]\n");
    for lint in UNFITTING_LINTS {
        text.push_str(&format!("{lint} = \"allow\"\n"));
    }
    text.push_str("\n# A separate workspace, wherever it is.\n[workspace]\n");
    Ok(File {
        path: "Cargo.toml".to_owned(),
        text,
    })
}

/// Returns the lines of a generated manifest for the dependencies on the crates of this SDK.
///
/// # Errors
///
/// If a path is not UTF-8.
pub(crate) fn ours(dependencies: &Dependencies) -> Result<String, String> {
    let mut text = String::new();
    for ours in ["bce-auth", "bce-http"] {
        let place = match dependencies {
            Dependencies::Folder(way) => {
                let path = way.join(ours);
                let path = path
                    .to_str()
                    .ok_or("the path of the workspace is not UTF-8")?;
                format!("path = {}", toml_text(&path.replace('\\', "/")))
            }
            Dependencies::Version(version) => format!("version = {}", toml_text(version)),
            Dependencies::Git(address) => format!("git = {}", toml_text(address)),
        };
        text.push_str(&format!("{ours} = {{ {place} }}\n"));
    }
    Ok(text)
}

/// Returns the line of this workspace's manifest that sets `key`.
fn line_of_workspace(key: &str) -> Result<&'static str, String> {
    WORKSPACE
        .lines()
        .find(|line| line.split(" =").next() == Some(key))
        .ok_or_else(|| format!("the manifest of the workspace has no {key}"))
}

/// Quotes a string for a manifest. TOML and JSON use the same escapes.
fn toml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns the name of the crate as it is written in Rust.
pub(super) fn library(api: &Api) -> String {
    api.service.crate_name.replace('-', "_")
}

fn readme(api: &Api) -> File {
    let service = &api.service;
    let library = library(api);
    let title = docs::escape(&super::with_article(&service.title));
    let mut regions = service.regions.iter();
    let default = regions
        .clone()
        .find(|it| it.value == service.default_region);
    let region = match default.or(regions.next()) {
        Some(region) => format!("\n    .region({library}::Region::{})", region.name),
        None => String::new(),
    };
    let text = format!(
        "A client of {title}.

```no_run
# fn main() -> Result<(), Box<dyn std::error::Error>> {{
use {library}::{{Client, Credentials}};

let client = Client::builder()
    .credentials(Credentials::new(\"ACCESS_KEY_ID\", \"SECRET_ACCESS_KEY\")?){region}
    .build()?;
# let _ = client;
# Ok(())
# }}
```

`Client` has a method for each operation of the API ({count}). `Client::from_env()` takes credentials, region and
endpoint from the environment; the endpoint is that of the region, unless `{env}` or the builder names another. Errors,
retries, timeouts and proxies are those of `bce-http`.

`cargo xtask codegen` overwrites `src/generated` and `tests/smoke.rs`; all other files are yours. `cargo test`
sends a request of every operation to a service in memory.
",
        count = api.operations.len(),
        env = service.endpoint_env,
    );
    File {
        path: "README.md".to_owned(),
        text,
    }
}

fn root(api: &Api) -> File {
    let mut source = Source::default();
    source.line("#![doc = include_str!(\"../README.md\")]\n");
    source.line("mod generated;\n");
    source.line("pub use bce_auth::{Credentials, Secret};");
    // Names that callers use: those of arguments, responses and errors.
    source.line("pub use bce_http::{");
    source.line(
        "Body, ClientBuilder, Error, ErrorKind, Json, JsonReply, Reply, ServiceError, Timestamp,",
    );
    source.line("};");
    source.line("");
    let names = super::modules::exported(api).join(", ");
    source.line(format!("pub use self::generated::{{{names}}};"));
    File {
        path: "src/lib.rs".to_owned(),
        text: source.finish_once(&api.source),
    }
}
