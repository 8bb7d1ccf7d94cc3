//! Overlays: files with corrections of Baidu's API metadata. Their format is documented in
//! xtask/spec/README.md.

mod read;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use self::read::{Correction as Said, File, ParameterCorrection};
use super::responses::Models;
use super::schema::{Action, Actions, Parameter, Product};
use crate::codegen::spec::read::closest;
use crate::codegen::spec::{parse_json, read_document};

/// The overlay in this repository: corrections of known mistakes in Baidu's API metadata.
const SHIPPED: &str = include_str!("../../../../spec/overlay.json");

/// An overlay: a file of corrections of Baidu's API metadata, by product.
#[derive(Debug)]
pub(crate) struct Overlay {
    /// The path of the file, for messages.
    path: String,
    file: File,
    /// Whether the overlay is the one in this repository. Its corrections may have become
    /// unnecessary with newer metadata, whereas those of a user must fit.
    is_shipped: bool,
}

/// The corrections of one product's metadata in an overlay (a file of corrections).
#[derive(Clone, Copy, Debug)]
pub(super) struct ProductOverlay<'a> {
    overlay: &'a Overlay,
    code: &'a str,
}

/// The corrections of one operation's metadata, combined from all overlays (files of corrections),
/// except those that [`Said::apply`] makes in the metadata.
#[derive(Debug, Default)]
pub(super) struct Correction {
    pub(super) leave_out: Option<String>,
    pub(super) body_kind: Option<String>,
    pub(super) class: Option<String>,
    pub(super) token: Option<String>,
    /// The type of the response: `Json`, or the name of a type in the product's Python package.
    pub(super) response: Option<String>,
    pub(super) const_query: BTreeMap<String, String>,
    pub(super) const_headers: BTreeMap<String, String>,
}

impl Overlay {
    /// Returns the overlay that is part of this crate: corrections of known mistakes in Baidu's API
    /// metadata.
    pub(crate) fn shipped() -> Result<Self, String> {
        Self::parse("xtask/spec/overlay.json".to_owned(), SHIPPED, true)
    }

    /// Reads an overlay: a file of corrections of Baidu's API metadata.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
        Self::parse(shown, &text, false)
    }

    fn parse(path: String, text: &str, is_shipped: bool) -> Result<Self, String> {
        let file = parse_json(text)
            .map_err(|problem| vec![problem])
            .and_then(|document| read_document(&document));
        match file {
            Ok(file) => Ok(Self {
                path,
                file,
                is_shipped,
            }),
            Err(problems) => Err(format!("{path}: {}", problems.join("\n  "))),
        }
    }

    /// Refuses corrections of products that do not exist.
    ///
    /// # Errors
    ///
    /// If the overlay contains such corrections, and is not the one that is part of this crate.
    pub(crate) fn expect_products(&self, products: &[Product]) -> Result<(), String> {
        let known = || products.iter().map(|it| it.code.as_str());
        let unknown = self.file.products.keys();
        let unknown: Vec<String> = unknown
            .filter(|code| !self.is_shipped && known().all(|it| it != *code))
            .map(|code| {
                format!(
                    "products.{code}: there is no such product{}",
                    hint(code, known())
                )
            })
            .collect();
        match unknown.is_empty() {
            true => Ok(()),
            false => Err(format!("{}: {}", self.path, unknown.join("\n  "))),
        }
    }

    /// Returns the overlay's corrections of one product's metadata.
    pub(super) fn product<'a>(&'a self, code: &'a str) -> ProductOverlay<'a> {
        ProductOverlay {
            overlay: self,
            code,
        }
    }
}

impl<'a> ProductOverlay<'a> {
    fn operations(&self) -> impl Iterator<Item = (&'a String, &'a Said)> {
        let product = self.overlay.file.products.get(self.code);
        product.into_iter().flat_map(|it| &it.operations)
    }

    /// Returns the overlay's corrections of one operation's metadata; `None` if there are none.
    pub(super) fn operation(&self, name: &str) -> Option<&'a Said> {
        let product = self.overlay.file.products.get(self.code)?;
        product.operations.get(name)
    }

    /// Returns the names and values that the overlay sets for the service of the product.
    pub(super) fn service(&self) -> impl Iterator<Item = (String, serde_json::Value)> + 'a {
        let product = self.overlay.file.products.get(self.code);
        let service = product.into_iter().flat_map(|it| &it.service);
        service.map(|(key, value)| (key.clone(), value.clone()))
    }

    /// Returns whether the overlay is the one that is part of this crate.
    pub(super) fn is_shipped(&self) -> bool {
        self.overlay.is_shipped
    }

    /// Returns messages about corrections that do not fit the metadata, because it has changed or
    /// because of a mistake.
    pub(super) fn unfit(&self, actions: &Actions, models: &Models) -> Vec<String> {
        let unfit = self.operations().flat_map(|(name, said)| {
            let problems = match actions.get(name) {
                Some(Ok(action)) => said.unfit(action, models),
                Some(Err(_)) => Vec::new(),
                None => {
                    let hint = hint(name, actions.keys().map(String::as_str));
                    vec![format!(": there is no such operation{hint}")]
                }
            };
            let place = self.place(name);
            problems
                .into_iter()
                .map(move |problem| format!("{place}{problem}"))
        });
        unfit.collect()
    }

    /// Returns messages about a user's corrections that have no effect, because the operation that
    /// they correct is left out. Corrections that leave it out themselves are not reported.
    pub(super) fn in_vain(&self, left_out: &BTreeMap<String, String>) -> Vec<String> {
        let in_vain = self.operations().filter_map(|(name, said)| {
            let reason = left_out.get(name)?;
            let is_meant = self.is_shipped() || said.leave_out.is_some();
            (!is_meant)
                .then(|| format!("{}: the operation is left out: {reason}", self.place(name)))
        });
        in_vain.collect()
    }

    fn place(&self, operation: &str) -> String {
        format!(
            "{}: products.{}.operations.{operation}",
            self.overlay.path, self.code
        )
    }
}

impl Correction {
    /// Adds the corrections of an operation from another overlay, except those of its method, its
    /// URI and its parameters.
    pub(super) fn merge(&mut self, said: &Said) {
        let newer = |old: &mut Option<String>, new: Option<&str>| {
            if let Some(new) = new {
                *old = Some(new.to_owned());
            }
        };
        newer(&mut self.leave_out, said.leave_out.as_deref());
        newer(&mut self.body_kind, said.body_kind.as_deref());
        newer(&mut self.response, said.response.as_deref());
        newer(&mut self.token, said.token.as_deref());
        newer(&mut self.class, said.class.as_deref());
        self.const_query.extend(said.const_query.clone());
        self.const_headers.extend(said.const_headers.clone());
    }
}

impl Said {
    /// Corrects an operation. Corrections that do not fit are ignored; [`ProductOverlay::unfit`]
    /// reports them.
    pub(super) fn apply(&self, action: &mut Action) {
        if let Some(method) = &self.method {
            action.method = method.to_string();
        }
        if let Some(uri) = &self.uri {
            action.uri.clone_from(uri);
        }
        for (path, correction) in &self.parameters {
            let _ = correction.apply(path, &mut action.parameters);
        }
    }

    /// Returns messages about wrong corrections of an operation, such as a corrected parameter or a
    /// response type that does not exist, or an added parameter that exists already.
    fn unfit(&self, action: &Action, models: &Models) -> Vec<String> {
        let mut parameters = action.parameters.clone();
        let problems = self.parameters.iter().filter_map(|(path, correction)| {
            let problem = correction.apply(path, &mut parameters).err()?;
            Some(format!(".parameters.{path}: {problem}"))
        });
        let mut problems: Vec<String> = problems.collect();
        if self.why.trim().is_empty() {
            problems.push(
                ".why: a description of the fault in the metadata is \
                expected"
                    .to_owned(),
            );
        }
        if let Some(name) = self.response.as_deref()
            && name != "Json"
            && !models.has(name)
        {
            let hint = hint(name, models.names().chain(["Json"]));
            let problem = "it must be `Json`, or a model in the package below the folder of \
                --responses";
            problems.push(format!(".response: there is no `{name}`{hint}; {problem}"));
        }
        problems
    }
}

/// Returns a suggestion for a mistyped name, for the end of a message; empty if no name is similar.
fn hint<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    match closest(text, names) {
        Some(name) => format!(", did you mean {name:?}?"),
        None => String::new(),
    }
}

impl ParameterCorrection {
    fn apply(&self, path: &str, parameters: &mut Vec<Parameter>) -> Result<(), String> {
        let index = parameters.iter().position(|it| it.name == path);
        let unknown = |name: &str, parameters: &[Parameter]| {
            let hint = hint(name, parameters.iter().map(|it| it.name.as_str()));
            format!("there is no parameter `{name}`{hint}")
        };
        // A name may contain a dot itself, so the whole path is tried first.
        if index.is_none()
            && let Some((head, inner)) = path.split_once('.')
        {
            return match parameters.iter().position(|it| it.name == head) {
                Some(parent) => match parameters.get_mut(parent) {
                    Some(parent) => self.apply(inner, &mut parent.sub_parameters),
                    None => Ok(()),
                },
                None => Err(unknown(head, parameters)),
            };
        }
        match (index, self.add) {
            (Some(_), true) => return Err(format!("there already is a parameter `{path}`")),
            (None, false) => return Err(unknown(path, parameters)),
            (Some(index), false) if self.remove => {
                parameters.remove(index);
                return Ok(());
            }
            (None, true) => parameters.push(Parameter {
                name: path.to_owned(),
                ty: "String".to_owned(),
                ..Parameter::default()
            }),
            (Some(_), false) => {}
        }
        let index = index.unwrap_or(parameters.len() - 1);
        if let Some(parameter) = parameters.get_mut(index) {
            self.correct(parameter);
        }
        Ok(())
    }

    fn correct(&self, parameter: &mut Parameter) {
        if let Some(name) = &self.name {
            parameter.name.clone_from(name);
        }
        if let Some(required) = self.required {
            parameter.required = required;
        }
        if let Some(position) = &self.position {
            parameter.position = Some(position.to_string());
        }
        if self.desc.is_some() {
            parameter.desc.clone_from(&self.desc);
        }
        if self.ty.is_some() {
            parameter.corrected_type.clone_from(&self.ty);
        }
        if self.sensitive.is_some() {
            parameter.sensitive = self.sensitive;
        }
    }
}

#[cfg(test)]
mod tests;
