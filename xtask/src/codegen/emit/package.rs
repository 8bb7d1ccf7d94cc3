//! What makes a crate of the generated modules: manifest and crate root.

use std::path::Path;

use super::files::File;
use crate::codegen::api::Api;
use crate::codegen::docs;
use crate::codegen::names::is_taken_crate;
use crate::codegen::source::{Source, first_line};

/// The manifest of this workspace: the versions of what generated crates depend on.
const WORKSPACE: &str = include_str!("../../../../Cargo.toml");

/// Dependencies of generated code beside the crates of this workspace.
const DEPENDENCIES: &[&str] = &["bytes", "http", "serde", "time", "tower-service"];

/// Lints about what only the API decides: how members and operations are called, how deep types
/// are, how many values an enum has.
const UNFITTING_LINTS: &[&str] = &[
    "match_single_binding",
    "new_ret_no_self",
    "self_named_constructors",
    "should_implement_trait",
    "type_complexity",
];

/// All files of a crate. `crates` leads from the crate to the folder of our crates.
///
/// # Errors
///
/// If rustfmt fails or the name is no crate name.
pub(crate) fn emit(api: &Api, crates: &Path) -> Result<Vec<File>, String> {
    let mut files = vec![manifest(api, crates)?, root(api)?];
    for file in super::generated(api)? {
        files.push(File {
            path: format!("src/generated/{}", file.path),
            ..file
        });
    }
    Ok(files)
}

fn manifest(api: &Api, crates: &Path) -> Result<File, String> {
    let name = &api.service.crate_name;
    let legal = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    if !legal || is_taken_crate(name) {
        return Err(format!(
            "`{name}` cannot be the name of the crate; set `rust.crate_name` of the service"
        ));
    }
    let mut text = first_line("#", &api.source);
    text.push_str(&format!(
        "\n[package]\nname = {name:?}\ndescription = {}\nversion = \"0.1.0\"\n\
         edition = \"2024\"\nrust-version = \"1.88\"\n\n[dependencies]\n",
        toml_text(&format!("Client of {}", api.service.title))
    ));
    for ours in ["bce-auth", "bce-http"] {
        let path = crates.join(ours);
        let path = path
            .to_str()
            .ok_or("the path of the workspace is not UTF-8")?;
        text.push_str(&format!(
            "{ours} = {{ path = {} }}\n",
            toml_text(&path.replace('\\', "/"))
        ));
    }
    for name in DEPENDENCIES {
        let line = WORKSPACE
            .lines()
            .find(|line| line.split(" =").next() == Some(name))
            .ok_or_else(|| format!("the workspace does not depend on {name}"))?;
        text.push_str(line);
        text.push('\n');
    }
    text.push_str("\n[lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"warn\"\n");
    text.push_str("\n# An API chooses names and types without clippy.\n[lints.clippy]\n");
    for lint in UNFITTING_LINTS {
        text.push_str(&format!("{lint} = \"allow\"\n"));
    }
    text.push_str("\n# A workspace of its own, wherever it lies.\n[workspace]\n");
    Ok(File {
        path: "Cargo.toml".to_owned(),
        text,
    })
}

/// Text for a manifest: JSON and TOML quote alike.
fn toml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn root(api: &Api) -> Result<File, String> {
    let mut source = Source::default();
    let library = api.service.crate_name.replace('-', "_");
    let title = format!("Client of {}.", docs::escape(&api.service.title));
    source.module_docs(&[&title]);
    source.module_text(&format!(
        "//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {{
//! use {library}::{{Client, Credentials}};
//!
//! let client = Client::builder()
//!     .credentials(Credentials::new(\"access key id\", \"secret access key\")?)
//!     .build()?;
//! # let _ = client;
//! # Ok(())
//! # }}
//! ```
//!
//! The methods of [`Client`] are the operations of the API.
"
    ));
    source.line("mod generated;\n");
    source.line("pub use bce_auth::{Credentials, Secret};");
    source.line("pub use bce_http::{ClientBuilder, Error, ErrorKind, ServiceError, Timestamp};");
    source.line("");
    let names = super::modules::exported(api).join(", ");
    source.line(format!("pub use self::generated::{{{names}}};"));
    File::rust(api, "src/lib.rs", source)
}
