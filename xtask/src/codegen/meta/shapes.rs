//! The types of requests: parameters that have members, and the names of their types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::schema::Parameter;
use super::secrets::is_secret;
use super::texts::Texts;
use crate::codegen::names;
use crate::codegen::resolve::FORMAT_TYPES;

/// Moves parameters with names such as `a[].b` and `a.b` into their parents. Of several parameters
/// with the same name and position, only the first is kept.
pub(super) fn unflatten(parameters: Vec<Parameter>) -> Vec<Parameter> {
    let mut tree: Vec<Parameter> = Vec::new();
    for parameter in parameters {
        insert(&mut tree, parameter);
    }
    for parameter in &mut tree {
        parameter.sub_parameters = unflatten(std::mem::take(&mut parameter.sub_parameters));
    }
    tree
}

fn insert(tree: &mut Vec<Parameter>, mut parameter: Parameter) {
    let (head, rest) = match parameter.name.split_once('.') {
        Some((head, rest)) => (head.to_owned(), Some(rest.to_owned())),
        None => (parameter.name.clone(), None),
    };
    let (name, is_list) = match head.strip_suffix("[]") {
        Some(name) => (name.to_owned(), true),
        None => (head, false),
    };
    let existing = tree
        .iter()
        .position(|it| it.name == name && it.position == parameter.position);
    match (rest, existing) {
        (None, Some(_)) => {}
        (None, None) => {
            parameter.name = name;
            if is_list {
                let element = parameter_type(&parameter, &|_| None);
                parameter.corrected_type = Some(format!("List<{element}>"));
            }
            tree.push(parameter);
        }
        (Some(rest), existing) => {
            let index = existing.unwrap_or(tree.len());
            if existing.is_none() {
                tree.push(Parameter {
                    name,
                    ty: if is_list { "List" } else { "Object" }.to_owned(),
                    required: parameter.required,
                    position: parameter.position.take(),
                    ..Parameter::default()
                });
            }
            parameter.position = None;
            parameter.name = rest;
            if let Some(holder) = tree.get_mut(index) {
                insert(&mut holder.sub_parameters, parameter);
            }
        }
    }
}

/// The names of the types in one product. Members that have the same name and the same shape share
/// a type, which is named after them. If members with the same name have different shapes, the name
/// of each type begins with the name of the operation or parameter that contains the member.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// The names that [`settle`](Self::settle) has given to the types. The key of a type consists
    /// of the name that [`plain_name`] derives from the parameter, and the string that [`shape`]
    /// returns for the parameter.
    names: BTreeMap<(String, String), String>,
    owners: BTreeMap<(String, String), String>,
    /// The module names that are taken. A type whose module would have one of them gets another
    /// name.
    taken: BTreeSet<String>,
}

impl Shapes {
    /// Reserves a type name, so that no other type gets it.
    pub(super) fn reserve(&mut self, name: &str) {
        self.taken.insert(names::module(&names::type_name(name)));
    }

    /// Records the types of all parameters that have members, at any depth. A parameter whose type
    /// an overlay corrects is skipped, together with its members. `operation` is the beginning of
    /// the long type names: the name of the operation, and in recursive calls also the names of the
    /// enclosing parameters.
    pub(super) fn note(&mut self, operation: &str, parameters: &[Parameter]) {
        for parameter in parameters.iter().filter(|it| has_type(it)) {
            let key = (plain_name(parameter), shape(parameter));
            self.owners
                .entry(key)
                .or_insert_with(|| operation.to_owned());
            let holder = format!("{operation}-{}", plain_name(parameter));
            self.note(&holder, &parameter.sub_parameters);
        }
    }

    /// Determines the names of all types that were recorded.
    pub(super) fn settle(&mut self) {
        // A type that is named after a member `json` or `list` must not have the name of a type of
        // the format.
        for name in FORMAT_TYPES {
            self.reserve(name);
        }
        let mut shapes: BTreeMap<&str, usize> = BTreeMap::new();
        for (plain, _) in self.owners.keys() {
            *shapes.entry(plain).or_default() += 1;
        }
        for ((plain, shape), operation) in &self.owners {
            let alone = shapes.get(plain.as_str()) == Some(&1);
            let long = names::type_name(&format!("{operation}-{plain}"));
            let short = names::type_name(plain);
            let wanted = if alone {
                vec![short, long.clone()]
            } else {
                vec![long.clone()]
            };
            let name = wanted
                .into_iter()
                .chain(names::numbered_camel(&long).skip(1))
                .find(|name| self.taken.insert(names::module(name)));
            self.names
                .insert((plain.clone(), shape.clone()), name.unwrap_or_default());
        }
    }

    /// Returns the description of a member. Adds the descriptions of the types that the member
    /// needs to `types`.
    pub(super) fn member(
        &self,
        parameter: &Parameter,
        texts: &Texts,
        types: &mut serde_json::Map<String, Value>,
    ) -> Value {
        let name = |parameter: &Parameter| {
            let key = (plain_name(parameter), shape(parameter));
            has_type(parameter)
                .then(|| self.names.get(&key).cloned())
                .flatten()
        };
        if let Some(name) = name(parameter)
            && !types.contains_key(&name)
        {
            // Inserted before its members are described, since a type may contain itself.
            types.insert(name.clone(), Value::Null);
            let fields: Vec<Value> = parameter
                .sub_parameters
                .iter()
                .map(|inner| self.member(inner, texts, types))
                .collect();
            let desc = texts.get(parameter.desc_key.as_deref());
            types.insert(name, json!({ "desc": desc, "fields": fields }));
        }
        let ty = parameter_type(parameter, &name);
        let mut member = json!({
            "name": parameter.name,
            "type": ty,
            "required": parameter.required,
            "sensitive": is_sensitive(parameter, &ty),
        });
        let text = parameter.desc.as_deref();
        if let Some(desc) = text.or_else(|| texts.get(parameter.desc_key.as_deref()))
            && let Some(member) = member.as_object_mut()
        {
            member.insert("desc".to_owned(), desc.into());
        }
        member
    }
}

/// Returns whether a member is a secret. If no overlay decides that, it depends on the name of the
/// member, provided that its type is a string, any JSON, or a list or map of these.
pub(super) fn is_sensitive(parameter: &Parameter, ty: &str) -> bool {
    let may_be_text = ["String", "Json"].contains(&super::responses::leaf(ty));
    parameter
        .sensitive
        .unwrap_or_else(|| may_be_text && is_secret(&parameter.name))
}

/// Returns whether a parameter in the metadata is a secret, as [`is_sensitive`] decides. A
/// parameter that has members of its own is a secret only if an overlay says so.
pub(super) fn is_secret_parameter(parameter: &Parameter) -> bool {
    match has_type(parameter) {
        true => parameter.sensitive == Some(true),
        false => is_sensitive(parameter, &parameter_type(parameter, &|_| None)),
    }
}

fn has_type(parameter: &Parameter) -> bool {
    !parameter.sub_parameters.is_empty() && parameter.corrected_type.is_none()
}

/// Returns the type of a parameter, in the notation of API descriptions. For a parameter that has
/// members, `name` returns the name of its type.
fn parameter_type(parameter: &Parameter, name: &dyn Fn(&Parameter) -> Option<String>) -> String {
    if let Some(corrected) = &parameter.corrected_type {
        return corrected.clone();
    }
    let name = name(parameter);
    match (parameter.ty.as_str(), name) {
        ("String", _) => "String".to_owned(),
        ("Integer", _) => "Int32".to_owned(),
        ("Long", _) => "Int64".to_owned(),
        ("Boolean", _) => "Bool".to_owned(),
        ("Double" | "Float", _) => "Double".to_owned(),
        ("Object", Some(name)) => name,
        ("List", Some(name)) => format!("List<{name}>"),
        // The metadata does not tell the type of the items. It is assumed to be a string, unless an
        // official SDK has another type.
        ("List", None) => "List<String>".to_owned(),
        _ => "Json".to_owned(),
    }
}

/// Returns a name for the type of a parameter, derived from the name of the parameter. The type of
/// a list's items gets a name in the singular.
fn plain_name(parameter: &Parameter) -> String {
    let camel = names::camel(&parameter.name);
    if parameter.ty != "List" {
        return camel;
    }
    let one = |end: &str, replacement: &str| {
        camel
            .strip_suffix(end)
            .filter(|rest| rest.len() > 1)
            .map(|rest| format!("{rest}{replacement}"))
    };
    one("List", "")
        .or_else(|| one("ies", "y"))
        .or_else(|| one("sses", "ss"))
        .or_else(|| one("ss", "ss"))
        .or_else(|| one("s", ""))
        .unwrap_or(camel.clone())
}

/// Returns a string that is different for different types: it contains the names and types of all
/// members, at any depth, and whether they are required or secret.
fn shape(parameter: &Parameter) -> String {
    let members: Vec<String> = parameter
        .sub_parameters
        .iter()
        .map(|it| {
            let ty = it.corrected_type.as_deref().unwrap_or(&it.ty);
            let sensitive = it.sensitive.map_or("", |it| if it { "!" } else { "?" });
            format!("{}:{ty}:{}{sensitive}{}", it.name, it.required, shape(it))
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(text: &str) -> Vec<Parameter> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_may_be_a_text_is_a_secret_by_its_name() {
        let secret = |text: &str| is_secret_parameter(&parameters(&format!("[{text}]"))[0]);
        assert!(secret(r#"{"name": "credential", "type": "Object"}"#));
        assert!(secret(r#"{"name": "passwords", "type": "List"}"#));
        assert!(!secret(r#"{"name": "token", "type": "Integer"}"#));
        assert!(!secret(
            r#"{"name": "credential", "type": "Object", "sub_parameters": [{"name": "a", "type": "String"}]}"#
        ));
    }

    #[test]
    fn flattened_names_become_members() {
        let tree = unflatten(parameters(
            r#"[{"name": "a", "type": "List", "position": "BODY", "required": true},
                {"name": "a[].b", "type": "String", "position": "BODY"},
                {"name": "c.d[].e", "type": "Integer", "position": "BODY"},
                {"name": "f[]", "type": "Integer", "position": "BODY"},
                {"name": "a", "type": "String", "position": "BODY"},
                {"name": "a", "type": "String", "position": "QUERY"}]"#,
        ));
        let names: Vec<&str> = tree.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a", "c", "f", "a"]);
        assert!(tree[0].required);
        assert_eq!(tree[0].sub_parameters[0].name, "b");
        let inner = &tree[1].sub_parameters[0];
        assert_eq!((inner.name.as_str(), inner.ty.as_str()), ("d", "List"));
        assert_eq!(inner.sub_parameters[0].name, "e");
        assert_eq!(tree[2].corrected_type.as_deref(), Some("List<Int32>"));
    }

    #[test]
    fn one_shape_has_one_type_and_different_ones_have_names_apart() {
        let tags = r#"[{"name": "tags", "type": "List", "sub_parameters": [
            {"name": "key", "type": "String"}]}]"#;
        let (first, second) = (parameters(tags), parameters(tags));
        let third = parameters(&tags.replace("key", "text"));
        let mut shapes = Shapes::default();
        shapes.reserve("Other");
        for (operation, parameters) in [("A", &first), ("B", &second)] {
            shapes.note(operation, parameters);
        }
        shapes.settle();
        let ty = |shapes: &Shapes, parameter: &Parameter| {
            let mut types = serde_json::Map::new();
            let member = shapes.member(parameter, &Texts::default(), &mut types);
            member["type"].as_str().unwrap().to_owned()
        };
        assert_eq!(ty(&shapes, &first[0]), "List<Tag>");
        assert_eq!(ty(&shapes, &second[0]), "List<Tag>");
        let mut shapes = Shapes::default();
        for (operation, parameters) in [("A", &first), ("B", &second), ("C", &third)] {
            shapes.note(operation, parameters);
        }
        shapes.settle();
        assert_eq!(ty(&shapes, &second[0]), "List<ATag>");
        assert_eq!(ty(&shapes, &third[0]), "List<CTag>");
    }
}
