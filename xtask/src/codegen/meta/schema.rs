//! The files of Baidu's official API metadata: products, operations and their parameters.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::codegen::spec::read::closest;

/// The folder of the metadata, which contains `schema/products.json`,
/// `schema/<product>/<Action>.json` and `i18n/en-US`.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(super) root: PathBuf,
    products: Vec<Product>,
}

#[derive(Debug, Deserialize)]
struct Products {
    products: Vec<Product>,
}

/// A product and its hosts. Its `protocol` is ignored: a client uses https for a host without a
/// scheme.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Product {
    pub(crate) code: String,
    /// The hosts by region. The key for a host without a region is `global`.
    pub(super) endpoint: BTreeMap<String, String>,
}

/// An operation.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Action {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) uri: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) parameters: Vec<Parameter>,
    pub(super) desc_key: Option<String>,
    pub(super) paginator: Option<Paginator>,
}

/// The operations by file name. For a file that is invalid, there is an error instead.
pub(super) type Actions = BTreeMap<String, Result<Action, String>>;

/// A parameter of an operation, or a member of a parameter.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) ty: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) required: bool,
    /// `URL`, `QUERY`, `HEADER` or `BODY`; `None` for a member of a parameter.
    pub(super) position: Option<String>,
    pub(super) default: Option<Value>,
    pub(super) desc_key: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) sub_parameters: Vec<Parameter>,
    /// The type that an overlay (a file of corrections) sets in place of the one in the metadata,
    /// in the notation of API descriptions.
    #[serde(skip)]
    pub(super) corrected_type: Option<String>,
    /// The text that an overlay (a file of corrections) sets in place of the text with the key
    /// `desc_key`.
    #[serde(skip)]
    pub(super) desc: Option<String>,
    /// Whether the parameter is a secret, if an overlay (a file of corrections) decides that;
    /// `None` otherwise.
    #[serde(skip)]
    pub(super) sensitive: Option<bool>,
}

/// How an operation returns a list in pages.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Paginator {
    pub(super) input_token: Option<String>,
    pub(super) output_token: Option<String>,
    pub(super) limit_key: Option<String>,
    pub(super) more_results: Option<String>,
    pub(super) result_key: Option<String>,
}

impl Metadata {
    /// Reads the list of products.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let list: Products = read_json(&root.join("schema/products.json"))?;
        let mut products = list.products;
        products.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(Self {
            root: root.to_path_buf(),
            products,
        })
    }

    /// Returns all products, sorted by code.
    pub(super) fn products(&self) -> &[Product] {
        &self.products
    }

    /// Returns the product that has this code.
    pub(super) fn product(&self, code: &str) -> Result<&Product, String> {
        let mut products = self.products.iter();
        products
            .find(|product| product.code == code)
            .ok_or_else(|| {
                let known: Vec<&str> = self.products.iter().map(|it| it.code.as_str()).collect();
                match closest(code, known.iter().copied()) {
                    Some(meant) => format!("there is no product `{code}`, did you mean `{meant}`?"),
                    None => format!("there is no product `{code}`, only {}", known.join(", ")),
                }
            })
    }

    /// Reads the operations of a product. Each invalid file yields an error of its own.
    pub(super) fn actions(&self, code: &str) -> Result<Actions, String> {
        let folder = self.root.join("schema").join(code);
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        let mut actions = Actions::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                actions.insert(name.into_owned(), read_json(&path));
            }
        }
        Ok(actions)
    }
}

fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a JSON file. An error contains the path of the file.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let failed = |problem: String| format!("{}: {problem}", path.display());
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    serde_json::from_str(text).map_err(|error| failed(error.to_string()))
}
