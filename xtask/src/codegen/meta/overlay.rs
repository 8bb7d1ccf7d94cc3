//! Corrections beside the metadata. xtask/spec/README.md describes the format.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::schema::{Action, Actions, Parameter, read_json};

/// The corrections that we ship, for the faults that are known.
const SHIPPED: &str = include_str!("../../../spec/overlay.json");

/// Corrections by product.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    /// For readers.
    #[serde(default, rename = "note")]
    _note: serde::de::IgnoredAny,
    #[serde(default)]
    products: BTreeMap<String, ProductOverlay>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductOverlay {
    /// Members of the description's service.
    #[serde(default)]
    pub(super) service: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    pub(super) operations: BTreeMap<String, Correction>,
    /// It is ours. Metadata that is newer may need less of it; somebody's own has to fit.
    #[serde(skip)]
    pub(super) is_shipped: bool,
}

/// What is said of one operation in the place of its metadata.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Correction {
    /// For readers: what is wrong, and where it is known from.
    #[serde(rename = "why")]
    _why: serde::de::IgnoredAny,
    pub(super) leave_out: Option<String>,
    method: Option<String>,
    uri: Option<String>,
    pub(super) body_kind: Option<String>,
    pub(super) class: Option<String>,
    /// `Json`, where a package's type is not what the service answers with.
    pub(super) response: Option<String>,
    #[serde(default)]
    pub(super) const_query: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) const_headers: BTreeMap<String, String>,
    /// By name; a member of a parameter by its path, `a.b`.
    #[serde(default)]
    parameters: BTreeMap<String, ParameterCorrection>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterCorrection {
    name: Option<String>,
    #[serde(rename = "type")]
    ty: Option<String>,
    required: Option<bool>,
    position: Option<String>,
    sensitive: Option<bool>,
    desc: Option<String>,
    /// The metadata lacks it.
    #[serde(default)]
    add: bool,
    /// The metadata has it without cause.
    #[serde(default)]
    remove: bool,
}

impl Overlay {
    /// The corrections that we ship.
    pub(crate) fn shipped() -> Result<Self, String> {
        let mut ours: Self = serde_json::from_str(SHIPPED)
            .map_err(|error| format!("xtask/spec/overlay.json: {error}"))?;
        for product in ours.products.values_mut() {
            product.is_shipped = true;
        }
        Ok(ours)
    }

    /// The corrections of a file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        read_json(path)
    }

    /// What is said of a product.
    pub(super) fn product(&self, code: &str) -> ProductOverlay {
        self.products.get(code).cloned().unwrap_or_default()
    }
}

impl ProductOverlay {
    /// What does not fit the metadata, which has changed then, or is not what was meant.
    pub(super) fn unfit(&self, actions: &Actions) -> Vec<String> {
        let corrections = self.operations.iter();
        let unfit = corrections.flat_map(|(name, correction)| match actions.get(name) {
            Some(Ok(action)) => correction.unfit(action),
            Some(Err(_)) => Vec::new(),
            None => vec![format!("the overlay's operation `{name}` is not there")],
        });
        unfit.collect()
    }
}

impl Correction {
    /// Takes over what another correction says of the operation as a whole.
    pub(super) fn merge(&mut self, other: &Self) {
        let newer = |old: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                old.clone_from(new);
            }
        };
        newer(&mut self.leave_out, &other.leave_out);
        newer(&mut self.body_kind, &other.body_kind);
        newer(&mut self.class, &other.class);
        newer(&mut self.response, &other.response);
        self.const_query.extend(other.const_query.clone());
        self.const_headers.extend(other.const_headers.clone());
    }

    /// Corrects an operation. What does not fit is left, which [`ProductOverlay::unfit`] says.
    pub(super) fn apply(&self, action: &mut Action) {
        if let Some(method) = &self.method {
            action.method.clone_from(method);
        }
        if let Some(uri) = &self.uri {
            action.uri.clone_from(uri);
        }
        for (path, correction) in &self.parameters {
            let _ = correction.apply(path, &mut action.parameters);
        }
    }

    /// What of it does not fit an operation: a parameter is not there that is to be corrected, or is there
    /// that is to be added.
    fn unfit(&self, action: &Action) -> Vec<String> {
        let mut parameters = action.parameters.clone();
        let problems = self.parameters.iter().filter_map(|(path, correction)| {
            let problem = correction.apply(path, &mut parameters).err()?;
            Some(format!("the overlay's `{path}` {problem}"))
        });
        problems.collect()
    }
}

impl ParameterCorrection {
    fn apply(&self, path: &str, parameters: &mut Vec<Parameter>) -> Result<(), &'static str> {
        let index = parameters.iter().position(|it| it.name == path);
        // Names with a point in them are one name.
        if index.is_none()
            && let Some((head, inner)) = path.split_once('.')
        {
            let parent = parameters.iter_mut().find(|it| it.name == head);
            let parent = parent.ok_or("is no parameter of the operation")?;
            return self.apply(inner, &mut parent.sub_parameters);
        }
        match (index, self.add) {
            (Some(_), true) => return Err("is there already"),
            (None, false) => return Err("is no parameter of the operation"),
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
            parameter.position = Some(position.clone());
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
mod tests {
    use super::*;

    fn action() -> Action {
        serde_json::from_str(
            r#"{"name": "Do", "method": "POST", "uri": "/v{version}x", "parameters": [
                {"name": "token", "type": "String", "position": "URL"},
                {"name": "a", "type": "List", "position": "BODY", "sub_parameters": [
                    {"name": "b", "type": "List"}]}]}"#,
        )
        .unwrap()
    }

    fn correction(text: &str) -> Correction {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_said_is_changed_and_nothing_else() {
        let mut action = action();
        let text = r#"{"why": "", "uri": "/v{version}/x", "parameters": {
            "token": {"position": "HEADER", "sensitive": true, "name": "t"},
            "a.b": {"type": "List<Int64>"}, "c": {"add": true, "position": "QUERY"}}}"#;
        correction(text).apply(&mut action);
        assert!(correction(text).unfit(&self::action()).is_empty());
        assert_eq!(action.uri, "/v{version}/x");
        let names: Vec<_> = action
            .parameters
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(names, ["t", "a", "c"]);
        assert_eq!(action.parameters[0].position.as_deref(), Some("HEADER"));
        let inner = &action.parameters[1].sub_parameters[0];
        assert_eq!(inner.corrected_type.as_deref(), Some("List<Int64>"));
    }

    #[test]
    fn a_correction_of_nothing_is_an_error() {
        for text in [
            r#"{"why": "", "parameters": {"tokens": {"required": true}}}"#,
            r#"{"why": "", "parameters": {"a.c": {"required": true}}}"#,
            r#"{"why": "", "parameters": {"token": {"add": true}}}"#,
        ] {
            assert_eq!(correction(text).unfit(&action()).len(), 1, "{text}");
        }
        assert!(serde_json::from_str::<Correction>(r#"{"why": "", "sensitve": true}"#).is_err());
        assert!(
            serde_json::from_str::<Correction>("{}").is_err(),
            "without a reason"
        );
    }

    #[test]
    fn ours_can_be_read() {
        Overlay::shipped().unwrap();
    }
}
