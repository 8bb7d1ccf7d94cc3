//! `cargo xtask codegen --meta DIR`: generates crates from Baidu's official API metadata.
//!
//! `schema` reads the metadata, `overlay` corrects it, and `describe` converts it to an API
//! description, with the help of the other modules. The rest of the generator does not know where
//! an API description comes from.

mod class;
mod describe;
mod overlay;
mod paging;
mod responses;
mod schema;
mod secrets;
mod shapes;
mod texts;
mod uri;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::describe::Description;
use self::overlay::Overlay;
use self::responses::Responses;
use self::schema::{Metadata, Product};
use super::api::Api;
use super::package;
use super::spec::Spec;

/// The options of `cargo xtask codegen --meta`: where Baidu's API metadata is read from, and where
/// crates are written to.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) meta: PathBuf,
    /// The product for which a crate is generated; `None` for all products.
    pub(crate) product: Option<String>,
    pub(crate) out: PathBuf,
    pub(crate) responses: Option<PathBuf>,
    pub(crate) overlay: Option<PathBuf>,
    pub(crate) check: bool,
    pub(crate) package: package::Options,
}

/// Baidu's metadata, the response types and the corrections from which API descriptions are made.
/// The operations and the texts of a product are only read when its description is made.
#[derive(Debug)]
pub(crate) struct Sources {
    pub(crate) metadata: Metadata,
    responses: Responses,
    overlays: Vec<Overlay>,
}

/// A product whose metadata has been read: its API description, and the API that results from it.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) api: Api,
    description: Description,
}

impl Sources {
    /// Reads the list of products, the response types and the corrections.
    pub(crate) fn read(options: &Options) -> Result<Self, String> {
        let mut overlays = vec![Overlay::shipped()?];
        if let Some(path) = &options.overlay {
            overlays.push(Overlay::read(path)?);
        }
        let product = options.product.as_deref();
        let responses = options.responses.as_deref();
        let metadata = Metadata::read(&options.meta)?;
        // Checked before anything that takes a long time.
        if let Some(code) = product {
            metadata.product(code)?;
        }
        for overlay in &overlays {
            overlay.expect_products(metadata.products())?;
        }
        let responses = responses.map(|folder| Responses::read(folder, product));
        Ok(Self {
            metadata,
            responses: responses.transpose()?.unwrap_or_default(),
            overlays,
        })
    }

    /// Returns the product that has this code, or all products if `code` is `None`.
    pub(crate) fn products(&self, code: Option<&str>) -> Result<Vec<&Product>, String> {
        match code {
            Some(code) => Ok(vec![self.metadata.product(code)?]),
            None => Ok(self.metadata.products().iter().collect()),
        }
    }

    /// Converts the metadata of a product to an API from which code can be generated. Operations
    /// that no client could call, and those that a correction leaves out, are missing from it.
    pub(crate) fn product(&self, product: &Product) -> Result<Reading, String> {
        let overlays: Vec<_> = self
            .overlays
            .iter()
            .map(|it| it.product(&product.code))
            .collect();
        let models = self.responses.product(&product.code);
        let mut description = describe::describe(&self.metadata, product, &overlays, &models)?;
        if self.responses.lacks(&product.code) {
            let note = "there is no package for it, so its responses have no types";
            description.notes.push(note.to_owned());
        }
        let resolve = |description: &Description| {
            let spec = serde_json::Value::Object(description.spec.clone());
            let spec = Spec::from_value(&spec)?;
            let source = format!("the official metadata of {}", product.code);
            super::resolve::resolve(&spec, &source)
        };
        let failed = |problems: Vec<String>| format!("{}: {}", product.code, problems.join("\n  "));
        let in_vain = |description: &Description| {
            let in_vain = overlays.iter();
            let in_vain: Vec<String> = in_vain
                .flat_map(|it| it.in_vain(&description.left_out))
                .collect();
            match in_vain.is_empty() {
                true => Ok(()),
                false => Err(in_vain.join("\n")),
            }
        };
        let api = match resolve(&description) {
            Ok(api) => api,
            Err(problems) => {
                // Leaves out each operation that cannot be resolved even if it is the only one.
                for name in description.operations() {
                    if let Err(problems) = resolve(&description.only(&name)) {
                        let reason = problems.first().cloned().unwrap_or_default();
                        description.leave_out(&name, reason);
                    }
                }
                in_vain(&description)?;
                resolve(&description).map_err(|_| failed(problems))?
            }
        };
        in_vain(&description)?;
        Ok(Reading { api, description })
    }
}

impl Reading {
    /// Returns the operations that were left out, each with the reason.
    pub(crate) fn left_out(&self) -> &BTreeMap<String, String> {
        &self.description.left_out
    }

    /// Writes the crate to a folder of its own in `out`.
    pub(crate) fn write(&mut self, out: &Path) -> Result<(), String> {
        let folder = out.join(&self.api.service.crate_name);
        let tree = package::package(&mut self.api, &package::Options::default(), &folder)?;
        tree.write().map(drop).map_err(|error| error.to_string())
    }
}

/// Generates crates, and reports about each. If crates are generated for all products, a failure
/// for one of them does not prevent the others.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let sources = Sources::read(options)?;
    let mut report = Report::default();
    let products = sources.products(options.product.as_deref())?;
    println!(
        "{:<16}{:>10}{:>9}{:>9}{:>7}{:>9}",
        "product", "operations", "left out", "secrets", "typed", "lines"
    );
    for product in products {
        match report.make(&sources, product, options) {
            Ok(()) => {}
            Err(problem) if options.product.is_some() => return Err(problem),
            Err(problem) => report.failed.push((product.code.clone(), problem)),
        }
    }
    println!();
    for note in &report.notes {
        println!("{note}");
    }
    for (code, problem) in &report.failed {
        println!("no crate: {code}: {problem}");
    }
    println!(
        "{} products, {} operations, {} left out",
        report.products, report.operations, report.left_out
    );
    match report.failed.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => Err(format!(
            "no crate could be generated for {}",
            report.failed.len()
        )),
    }
}

/// The results of generating crates.
#[derive(Debug, Default)]
struct Report {
    products: usize,
    operations: usize,
    left_out: usize,
    notes: Vec<String>,
    /// The products for which no crate was generated, each with the reason.
    failed: Vec<(String, String)>,
    /// The products, by the names of their crates. The names are in lower case, with `_` instead of
    /// `-`.
    crates: BTreeMap<String, String>,
}

impl Report {
    /// Generates the crate of a product, and prints a line about it.
    fn make(
        &mut self,
        sources: &Sources,
        product: &Product,
        options: &Options,
    ) -> Result<(), String> {
        let code = &product.code;
        let mut reading = sources.product(product)?;
        let operations = reading.api.operations.len();
        let name = options.package.crate_name(code);
        let name = name.unwrap_or_else(|| reading.api.service.crate_name.clone());
        let same = name.to_ascii_lowercase().replace('-', "_");
        if let Some(other) = self.crates.get(&same) {
            return Err(format!(
                "its crate name `{name}` is already used by {other}"
            ));
        }
        let tree = package::package(&mut reading.api, &options.package, &options.out.join(&name))?;
        super::finish(&tree, options.check)?;
        self.crates.insert(same, code.clone());
        let description = &reading.description;
        println!(
            "{:<16}{:>10}{:>9}{:>9}{:>7}{:>9}",
            code,
            operations,
            description.left_out.len(),
            description.secrets.len(),
            description.typed.len(),
            tree.lines(),
        );
        let notes = description.notes.iter();
        self.notes
            .extend(notes.map(|note| format!("{code}: {note}")));
        for (name, reason) in &description.left_out {
            self.notes
                .push(format!("left out: {code} {name}: {reason}"));
        }
        if !description.secrets.is_empty() {
            let secrets: Vec<&str> = description.secrets.iter().map(String::as_str).collect();
            self.notes
                .push(format!("secrets: {code}: {}", secrets.join(", ")));
        }
        self.products += 1;
        self.operations += operations;
        self.left_out += description.left_out.len();
        Ok(())
    }
}
