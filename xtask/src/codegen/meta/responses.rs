//! Response types, read from the source files of Baidu's official Python packages by a script.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::schema::Parameter;

/// The Python script that reads the response types from Baidu's Python packages. It needs Python
/// 3.8 or later, and only its standard library.
const SCRIPT: &str = include_str!("responses.py");

/// The response types in all of Baidu's Python packages that were read, by product and by name.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Responses(BTreeMap<String, Models>);

/// The response types in the Python package of one product, by name.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Models(BTreeMap<String, Vec<Field>>);

/// A member of a type.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Field {
    pub(super) name: String,
    /// The type of the member, in the notation of API descriptions.
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) desc: Option<String>,
}

impl Responses {
    /// Reads the response types from the Python package of a product, or from all packages below a
    /// folder.
    ///
    /// # Errors
    ///
    /// If python3 cannot be run, if a source file cannot be read, or if no package is found.
    pub(crate) fn read(folder: &Path, product: Option<&str>) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("cannot run python3: {error}");
        let output = Command::new("python3")
            .args(["-I", "-c", SCRIPT])
            .arg(folder)
            .args(product)
            .stdin(Stdio::null())
            .output()
            .map_err(failed)?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr)
                .trim_end()
                .to_owned());
        }
        let found: Self = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        let is_there = match product {
            Some(code) => found.0.contains_key(code),
            None => !found.0.is_empty(),
        };
        if !is_there {
            return Err(format!(
                "{}: there is no baiducloud_python_sdk_{}/models below it",
                folder.display(),
                product.unwrap_or("PRODUCT")
            ));
        }
        Ok(found)
    }

    /// Returns whether there are Python packages of other products, but none of this one.
    pub(super) fn lacks(&self, code: &str) -> bool {
        !self.0.is_empty() && !self.0.contains_key(code)
    }

    /// Returns the response types in the Python package of a product; empty if there is no package.
    pub(super) fn product(&self, code: &str) -> Models {
        self.0.get(code).cloned().unwrap_or_default()
    }
}

impl Models {
    /// Returns the name of an operation's response type: the name of the operation followed by
    /// `Response`, regardless of upper and lower case. Returns `None` if there is no such type.
    pub(super) fn response(&self, action: &str) -> Option<&str> {
        let wanted = letters(&format!("{action}Response"));
        let mut names = self.0.keys();
        let name = names.find(|name| letters(name) == wanted)?;
        Some(name)
    }

    /// Returns whether there is a type with this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns the names of all types.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the members of a type.
    pub(super) fn fields(&self, name: &str) -> &[Field] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns a type, and all types that it contains, by name.
    pub(super) fn reachable(&self, name: &str) -> BTreeMap<&str, &[Field]> {
        let mut found = BTreeMap::new();
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            let Some((name, fields)) = self.0.get_key_value(name) else {
                continue;
            };
            if found.insert(name.as_str(), fields.as_slice()).is_none() {
                open.extend(fields.iter().map(|field| leaf(&field.ty)));
            }
        }
        found
    }
}

/// Returns the name of the type inside lists and maps.
pub(super) fn leaf(ty: &str) -> &str {
    let inner = ty.rsplit(['<', ',']).next().unwrap_or(ty);
    inner.trim_end_matches('>')
}

impl From<&Field> for Parameter {
    fn from(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            corrected_type: Some(field.ty.clone()),
            desc: field.desc.clone(),
            ..Self::default()
        }
    }
}

fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_finds_its_answer_whatever_the_capitals() {
        let text = r#"{"GetApikeyResponse": [{"name": "a", "type": "List<Map<String,Item>>"}],
            "Item": [{"name": "b", "type": "Item"}], "Other": []}"#;
        let models: Models = serde_json::from_str(text).unwrap();
        assert_eq!(models.response("GetAPIKey"), Some("GetApikeyResponse"));
        assert_eq!(models.response("Get"), None);
        let reachable: Vec<&str> = models.reachable("GetApikeyResponse").into_keys().collect();
        assert_eq!(reachable, ["GetApikeyResponse", "Item"]);
    }
}
