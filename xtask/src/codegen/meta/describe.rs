//! Converts Baidu's metadata of a product to an API description in the format of this generator.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::overlay::{Correction, ProductOverlay};
use super::responses::Models;
use super::schema::{Action, Metadata, Parameter, Product};
use super::shapes::{Shapes, is_secret_parameter, is_sensitive, unflatten};
use super::texts::Texts;
use super::uri::{Uri, is_sample};
use super::{class, paging};
use crate::codegen::names;

/// Headers that signing sets, so that they cannot be parameters.
const OWN_HEADERS: &[&str] = &[
    "authorization",
    "host",
    "x-bce-date",
    "x-bce-security-token",
];

/// The API description of a product, the operations that were left out of it, and remarks for the
/// user.
#[derive(Debug, Default)]
pub(super) struct Description {
    pub(super) spec: Map<String, Value>,
    /// The operations that were left out, each with the reason.
    pub(super) left_out: BTreeMap<String, String>,
    /// The names of the secrets in requests and responses, such as `CreateUser.password`.
    pub(super) secrets: BTreeSet<String>,
    /// Remarks for the user, for example about corrections in this repository that are no longer
    /// needed.
    pub(super) notes: Vec<String>,
    /// The names of the operations whose response has a type in the description. Any other response
    /// is read as JSON, or has no body.
    pub(super) typed: BTreeSet<String>,
}

impl Description {
    /// Returns the names of the operations that the description contains.
    pub(super) fn operations(&self) -> Vec<String> {
        let operations = self.spec.get("operations").and_then(Value::as_array);
        let names = operations
            .into_iter()
            .flatten()
            .filter_map(|it| it["name"].as_str());
        names.map(str::to_owned).collect()
    }

    /// Returns a description that contains only this operation.
    pub(super) fn only(&self, name: &str) -> Self {
        let mut spec = self.spec.clone();
        retain(&mut spec, |operation| operation == name);
        Self {
            spec,
            ..Self::default()
        }
    }

    /// Removes an operation from the description.
    pub(super) fn leave_out(&mut self, name: &str, reason: String) {
        retain(&mut self.spec, |operation| operation != name);
        self.secrets
            .retain(|secret| secret.split('.').next() != Some(name));
        self.typed.remove(name);
        self.left_out.insert(name.to_owned(), reason);
    }
}

fn retain(spec: &mut Map<String, Value>, keep: impl Fn(&str) -> bool) {
    if let Some(operations) = spec.get_mut("operations").and_then(Value::as_array_mut) {
        operations.retain(|it| it["name"].as_str().is_some_and(&keep));
    }
}

/// The depth at which nested parameters are refused. It is greater than in any reasonable metadata.
const DEEPEST: usize = 64;

/// Returns the name of a parameter that is nested `left` or more levels deep; `None` if there is
/// none.
fn deeper(parameters: &[Parameter], left: usize) -> Option<&str> {
    parameters.iter().find_map(|parameter| {
        let levels = 1 + parameter.name.matches('.').count();
        let rest = left.checked_sub(levels).filter(|rest| *rest > 0);
        let Some(rest) = rest else {
            return Some(&*parameter.name);
        };
        deeper(&parameter.sub_parameters, rest)
    })
}

/// An operation to which all corrections of Baidu's metadata have been applied.
struct Corrected {
    action: Action,
    correction: Correction,
}

/// Converts the metadata of a product to an API description.
///
/// # Errors
///
/// If the folder of the operations cannot be read, or if a correction in the user's own overlay
/// does not fit the metadata.
pub(super) fn describe(
    metadata: &Metadata,
    product: &Product,
    overlays: &[ProductOverlay<'_>],
    models: &Models,
) -> Result<Description, String> {
    let texts = Texts::read(&metadata.root, &product.code);
    let mut description = Description::default();
    let mut actions = Vec::new();
    let read = metadata.actions(&product.code)?;
    for overlay in overlays {
        let unfit = overlay.unfit(&read, models);
        if overlay.is_shipped() {
            description.notes.extend(unfit);
        } else if !unfit.is_empty() {
            return Err(unfit.join("\n"));
        }
    }
    for (name, action) in read {
        let corrected = action.and_then(|action| correct(action, &name, overlays));
        match corrected {
            Ok(corrected) => actions.push(corrected),
            Err(reason) => {
                description.left_out.insert(name, reason);
            }
        }
    }
    let shapes = shapes(&actions, models);
    let (mut operations, mut types) = (Vec::new(), Map::new());
    for corrected in &actions {
        let name = &corrected.action.name;
        match operation(corrected, &texts, &shapes, models, &mut types) {
            Ok(operation) => {
                let token = class::known_token(&corrected.action);
                note_secrets(&mut description.secrets, name, &corrected.action.parameters);
                debug_assert!(token.is_none_or(|it| !is_sensitive(it, "String")));
                operations.push(operation);
            }
            Err(reason) => {
                description.left_out.insert(name.clone(), reason);
            }
        }
    }
    let mut answers_have_secrets = false;
    for corrected in &actions {
        let name = &corrected.action.name;
        if let Some(response) = response(corrected, models)
            && !description.left_out.contains_key(name)
        {
            description.typed.insert(name.clone());
            for (name, fields) in models.reachable(response) {
                let parameters: Vec<Parameter> = fields.iter().map(Parameter::from).collect();
                let parameters = answer_members(parameters);
                let mut secrets = BTreeSet::new();
                note_secrets(&mut secrets, name, &parameters);
                answers_have_secrets |= !secrets.is_empty();
                description.secrets.append(&mut secrets);
                types.insert(name.to_owned(), answer_type(&shapes, &parameters, &texts));
            }
        }
    }
    let service = service(product, overlays, answers_have_secrets);
    description.spec = spec(product, service, operations, types);
    Ok(description)
}

/// Applies the corrections in `overlays` to an operation. An error is the reason for leaving the
/// operation out.
fn correct(
    mut action: Action,
    name: &str,
    overlays: &[ProductOverlay<'_>],
) -> Result<Corrected, String> {
    if action.name != name {
        return Err(format!(
            "its name is `{}`, but that of its file is `{name}`",
            action.name
        ));
    }
    let mut correction = Correction::default();
    for said in overlays.iter().filter_map(|it| it.operation(name)) {
        said.apply(&mut action);
        correction.merge(said);
    }
    if let Some(reason) = correction.leave_out {
        return Err(reason);
    }
    if let Some(name) = deeper(&action.parameters, DEEPEST) {
        let shown: String = name.chars().take(40).collect();
        return Err(format!(
            "its parameter `{shown}` is nested {DEEPEST} or more levels deep"
        ));
    }
    action.method = action.method.to_ascii_uppercase();
    action.parameters = unflatten(action.parameters);
    Ok(Corrected { action, correction })
}

/// Names the types of all operations. The types of responses keep the names that they have in
/// `models`; the types of requests get names that differ from these and from each other.
fn shapes(actions: &[Corrected], models: &Models) -> Shapes {
    let mut shapes = Shapes::default();
    for corrected in actions {
        if let Some(response) = response(corrected, models) {
            for name in models.reachable(response).into_keys() {
                shapes.reserve(name);
            }
        }
    }
    for Corrected { action, .. } in actions {
        shapes.note(&action.name, &action.parameters);
    }
    shapes.settle();
    shapes
}

fn service(product: &Product, overlays: &[ProductOverlay<'_>], requires_https: bool) -> Value {
    let mut hosts = product.endpoint.clone();
    // A product that has regions does not need a host for all of them.
    if hosts.len() > 1 {
        hosts.remove("global");
    }
    let mut service = json!({
        "title": product.code.to_uppercase(),
        "hosts": hosts,
        "rust": { "crate_name": format!("bce-{}", product.code), "requires_https": requires_https },
    });
    for (key, said) in overlays.iter().flat_map(ProductOverlay::service) {
        match (service.get_mut(&key), said) {
            // An overlay must not change the name of the crate.
            (Some(Value::Object(there)), Value::Object(said)) if key == "rust" => {
                there.extend(said)
            }
            (Some(there), said) => *there = said,
            (None, said) => {
                if let Some(service) = service.as_object_mut() {
                    service.insert(key, said);
                }
            }
        }
    }
    service
}

fn spec(
    product: &Product,
    service: Value,
    operations: Vec<Value>,
    types: Map<String, Value>,
) -> Map<String, Value> {
    let spec = json!({
        "services": { product.code.as_str(): service },
        "operations": operations,
        "types": types,
    });
    match spec {
        Value::Object(spec) => spec,
        _ => Map::new(),
    }
}

/// Returns the name of the response type of an operation: the one that a correction sets, or else
/// the one whose name matches the operation. Returns `None` if there is no such type, if the
/// correction is `Json`, or if the method is HEAD and there is no correction.
fn response<'m>(corrected: &'m Corrected, models: &'m Models) -> Option<&'m str> {
    match corrected.correction.response.as_deref() {
        Some("Json") => None,
        // A shipped correction may name a type of a package that is not available.
        Some(name) => models.has(name).then_some(name),
        // The response has no body.
        None if corrected.action.method == "HEAD" => None,
        None => models.response(&corrected.action.name),
    }
}

/// Returns the description of one operation, and adds the descriptions of the types that it needs
/// to `types`.
fn operation(
    corrected: &Corrected,
    texts: &Texts,
    shapes: &Shapes,
    models: &Models,
    types: &mut Map<String, Value>,
) -> Result<Value, String> {
    let Corrected { action, correction } = corrected;
    let mut request = Request::new(action, correction);
    for parameter in &action.parameters {
        if request.takes(parameter)? {
            let mut member = shapes.member(parameter, texts, types);
            request.settle(parameter, &mut member);
            request.members.push(member);
        }
    }
    request.complete()?;
    let constant = request.const_query.get("action").map(String::as_str);
    let idempotency = class::idempotency(action, constant, correction);
    let response = response(corrected, models);
    let pagination = response.and_then(|name| paging::pagination(action, models.fields(name)));
    let desc = texts.get(action.desc_key.as_deref());
    let mut operation = json!({
        "name": action.name,
        "method": action.method,
        "uri": request.uri.path,
        "const_query": request.const_query,
        "const_headers": request.const_headers,
        "parameters": request.members,
        "idempotency": idempotency,
        "desc": desc.map_or_else(|| sentence(&action.name), str::to_owned),
    });
    // Without a model, the whole response is returned. A response to HEAD consists of its headers.
    let (answer, is) = match action.method.as_str() {
        "HEAD" => ("response_kind", "raw"),
        _ => ("response", response.unwrap_or("Json")),
    };
    let members = [
        ("body_kind", correction.body_kind.clone().map(Value::from)),
        (answer, Some(is.into())),
        ("pagination", pagination),
    ];
    if let Some(operation) = operation.as_object_mut() {
        let members = members.into_iter();
        operation.extend(members.filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    Ok(operation)
}

/// What has been determined about the request of an operation so far.
struct Request<'a> {
    uri: Uri,
    const_query: BTreeMap<String, String>,
    const_headers: BTreeMap<String, String>,
    members: Vec<Value>,
    token: Option<&'a str>,
    correction: &'a Correction,
}

impl<'a> Request<'a> {
    fn new(action: &'a Action, correction: &'a Correction) -> Self {
        let uri = Uri::parse(&action.uri);
        // Values in the overlay take precedence over those in the metadata.
        let mut const_query: BTreeMap<String, String> = uri.query.iter().cloned().collect();
        const_query.extend(correction.const_query.clone());
        let constant = const_query.get("action").map(String::as_str);
        let token = class::token(action, constant, correction);
        Self {
            uri,
            const_query,
            const_headers: correction.const_headers.clone(),
            members: Vec::new(),
            token,
            correction,
        }
    }

    /// Returns whether a parameter becomes a parameter of the call. A parameter whose value the
    /// metadata or an overlay determines becomes a constant instead. A parameter that cannot be
    /// sent is an error.
    fn takes(&mut self, parameter: &Parameter) -> Result<bool, String> {
        let name = &parameter.name;
        match parameter.position.as_deref() {
            Some("URL") => self.takes_in_path(parameter),
            Some("QUERY") => {
                let Some(value) = self.const_query.get(name) else {
                    return Ok(true);
                };
                // A value that may be omitted, or that looks like `xxxx`, is only a placeholder.
                let said = self.correction.const_query.contains_key(name);
                if said || parameter.required && !is_sample(value) {
                    return Ok(false);
                }
                self.const_query.remove(name);
                Ok(true)
            }
            Some("HEADER") => {
                if OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own)) {
                    return Err(format!("its header `{name}` is set by signing"));
                }
                let default = parameter.default.as_ref().and_then(Value::as_str);
                let Some(default) = default else {
                    return Ok(true);
                };
                self.const_headers
                    .entry(name.clone())
                    .or_insert_with(|| default.to_owned());
                Ok(false)
            }
            Some("BODY") => Ok(true),
            position => Err(format!(
                "its parameter `{name}` is in {}, which is not a valid position",
                position.unwrap_or("nothing")
            )),
        }
    }

    /// Returns whether a parameter in the path becomes a parameter of the call. A parameter that
    /// has a default, such as the version, does not: the default becomes part of the path. A
    /// parameter without a placeholder in the path must have a default, or the name of a constant
    /// in the query; otherwise, an error is returned.
    fn takes_in_path(&mut self, parameter: &Parameter) -> Result<bool, String> {
        let name = &parameter.name;
        let default = parameter.default.as_ref().map(|it| match it {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        if self.uri.parameters().contains(&name.as_str()) {
            if let Some(default) = &default {
                self.uri.fill(name, default);
            }
            return Ok(default.is_none());
        }
        if default.is_some() || self.const_query.contains_key(name) {
            return Ok(false);
        }
        Err(format!("its parameter `{name}` has no place in the path"))
    }

    /// Adds the position of a member, and makes a list in the query a string with commas. An
    /// idempotency token becomes optional, because the client generates it.
    fn settle(&self, parameter: &Parameter, member: &mut Value) {
        let Some(member) = member.as_object_mut() else {
            return;
        };
        member.insert("position".to_owned(), parameter.position.clone().into());
        let is_list = member
            .get("type")
            .and_then(Value::as_str)
            .is_some_and(|ty| ty.starts_with("List<"));
        if parameter.position.as_deref() == Some("QUERY") && is_list {
            member.insert("list_as".to_owned(), "comma".into());
        }
        // The client generates a value for each call.
        if self.token == Some(parameter.name.as_str()) {
            member.insert("required".to_owned(), false.into());
        }
    }

    /// Handles the placeholders of the URI for which the metadata has no parameter. One in the
    /// query becomes a parameter; one in the path is an error. A query with a name that occurs
    /// twice, or with an invalid value, is an error as well.
    fn complete(&mut self) -> Result<(), String> {
        let mut shown: Vec<&str> = self
            .uri
            .query
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        shown.sort_unstable();
        let twice = shown.windows(2).find(|pair| pair.first() == pair.last());
        if let Some(name) = twice.and_then(|pair| pair.first()) {
            return Err(format!("its query contains `{name}` twice"));
        }
        let samples = self
            .const_query
            .iter()
            .filter(|(_, value)| is_sample(value));
        let samples: Vec<String> = samples.map(|(name, _)| name.clone()).collect();
        for name in samples {
            self.const_query.remove(&name);
            self.members.push(json!({
                "name": name, "type": "String", "required": true, "position": "QUERY",
            }));
        }
        let mut constants = self.const_query.iter();
        if let Some((name, value)) = constants.find(|(_, value)| value.contains(['{', '}'])) {
            return Err(format!(
                "its query contains `{name}={value}`, which is not a valid value"
            ));
        }
        let given = |name: &str| {
            let mut members = self.members.iter();
            members.any(|it| it["name"] == name && it["position"] == "URL")
        };
        match self.uri.parameters().into_iter().find(|name| !given(name)) {
            Some(name) => Err(format!(
                "its path contains `{{{name}}}`, which is not a parameter"
            )),
            None => Ok(()),
        }
    }
}

/// Returns the members of a response. Parameters with names such as `a.b` become one member `a` of
/// any JSON type, and those with names such as `a[].b` become one list `a` of any JSON, since the
/// names do not tell enough about the type of `a`.
fn answer_members(parameters: Vec<Parameter>) -> Vec<Parameter> {
    let mut members: Vec<Parameter> = Vec::new();
    for mut parameter in parameters {
        if let Some((head, _)) = parameter.name.split_once('.') {
            let ty = match head.strip_suffix("[]") {
                Some(_) => "List<Json>".to_owned(),
                None => "Json".to_owned(),
            };
            parameter.name = head.trim_end_matches("[]").to_owned();
            parameter.corrected_type = Some(ty);
        }
        if !members.iter().any(|it| it.name == parameter.name) {
            members.push(parameter);
        }
    }
    members
}

/// Returns the type of a response, or of a part of it. A member that is an integer or a boolean
/// also accepts a string, and a string that is not secret also accepts a number, since the known
/// response types are not exact.
fn answer_type(shapes: &Shapes, parameters: &[Parameter], texts: &Texts) -> Value {
    let fields = parameters.iter().map(|parameter| {
        let mut field = shapes.member(parameter, texts, &mut Map::new());
        let accepted = match field["type"].as_str() {
            Some("String") if field["sensitive"] == false => Some("Number"),
            Some("Int64" | "Bool") => Some("String"),
            _ => None,
        };
        if let (Some(field), Some(accepted)) = (field.as_object_mut(), accepted) {
            field.insert("also_accept".to_owned(), json!([accepted]));
        }
        field
    });
    json!({ "fields": fields.collect::<Vec<_>>() })
}

/// Collects the names of all secrets among `parameters` and their members. `holder` is the name of
/// the operation or type that has the parameters, with which the names begin.
fn note_secrets(secrets: &mut BTreeSet<String>, holder: &str, parameters: &[Parameter]) {
    for parameter in parameters {
        let path = format!("{holder}.{}", parameter.name);
        if is_secret_parameter(parameter) {
            secrets.insert(path.clone());
        }
        note_secrets(secrets, &path, &parameter.sub_parameters);
    }
}

/// Converts the name of an operation to a sentence.
fn sentence(name: &str) -> String {
    let spoken = names::spoken(name);
    let (first, rest) = spoken.split_at(spoken.len().min(1));
    format!("{}{rest}.", first.to_ascii_uppercase())
}
