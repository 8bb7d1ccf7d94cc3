//! Operations on datasets and models, which both have an id and versions.

pub(super) mod mounts;
mod view;

use serde_json::{Map, Value, json};

use super::names::check_name;
use super::page::Page;
use super::{Call, Output, answer};
use crate::error::ApiError;
use crate::state::{Catalog, Entry, State, unknown_version};
use crate::validate::Arguments;

/// The names that requests and responses use for datasets or for models.
pub(super) struct Kind {
    /// The word that messages use: `dataset` or `model`.
    word: &'static str,
    /// The name of the request parameter that contains the id of a dataset or a model.
    id: &'static str,
    /// The name of the response member that contains the list of datasets or models.
    list: &'static str,
    /// The name of the response member that contains the latest version of a dataset or a model.
    newest: &'static str,
    catalog: fn(&mut State) -> &mut Catalog,
    matches: fn(&Entry, &Arguments) -> bool,
}

pub(super) const DATASETS: Kind = Kind {
    word: "dataset",
    id: "datasetId",
    list: "datasets",
    newest: "latestVersionEntry",
    catalog: |state| &mut state.datasets,
    matches: |entry, arguments| {
        let same = |name: &str| {
            arguments
                .filled(name)
                .is_none_or(|text| entry.text(name) == text)
        };
        let instances = arguments.filled("storageInstances");
        let of_instance = |all: &str| {
            all.split(',')
                .any(|one| one == entry.text("storageInstance"))
        };
        same("storageType") && same("importFormat") && instances.is_none_or(of_instance)
    },
};

pub(super) const MODELS: Kind = Kind {
    word: "model",
    id: "modelId",
    list: "models",
    newest: "versionEntry",
    catalog: |state| &mut state.models,
    matches: |_, _| true,
};

/// Creates a dataset or a model with its first version.
pub(super) fn create(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    let (mut members, now) = (call.arguments.known_body(), call.now);
    let first = take_object(&mut members, "initVersionEntry");
    let name = take_name(&mut members, call)?;
    let creator = call.caller.principal.clone();
    let catalog = (kind.catalog)(call.state);
    let id = catalog.create(&name, members, first, creator, now);
    Ok(answer::described(call, json!({"id": id})))
}

pub(super) fn delete(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    (kind.catalog)(call.state).delete(call.arguments.text(kind.id))?;
    Ok(answer::nothing())
}

/// Changes a dataset or a model. Members that the request omits keep their values.
pub(super) fn modify(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    let mut members = call.arguments.known_body();
    // An empty name is treated as missing.
    let name = match call.arguments.filled("name") {
        Some(_) => Some(take_name(&mut members, call)?),
        None => None,
    };
    members.remove("name");
    let id = call.arguments.text(kind.id);
    let entry = (kind.catalog)(call.state).edit(id, call.now)?;
    entry.members.extend(members);
    if let Some(name) = name {
        entry.name = name;
    }
    Ok(answer::described(call, json!({"id": id})))
}

/// Describes a dataset or a model with its latest version.
pub(super) fn describe(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    let entry = (kind.catalog)(call.state).get(call.arguments.text(kind.id))?;
    let mut known = view::entry(entry, &call.caller.principal);
    if let Some(version) = entry.versions.last() {
        known.insert(kind.newest.into(), view::version(entry, version));
    }
    Ok(answer::described(call, known.into()))
}

/// Lists datasets or models, newest first.
pub(super) fn describe_all(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let page = Page::of_all(arguments)?;
    let keyword = arguments.text("keyword");
    let entries = (kind.catalog)(call.state).iter().rev();
    let matching =
        entries.filter(|entry| entry.name.contains(keyword) && (kind.matches)(entry, arguments));
    let (found, total) = page.cut(matching);
    let caller = &call.caller.principal;
    let found: Vec<Value> = found
        .into_iter()
        .map(|entry| view::entry(entry, caller).into())
        .collect();
    Ok(answer::described(
        call,
        json!({"totalCount": total, kind.list: found}),
    ))
}

pub(super) fn create_version(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    let (id, now) = (call.arguments.text(kind.id), call.now);
    let members = call.arguments.known_body();
    let creator = call.caller.principal.clone();
    let version = (kind.catalog)(call.state).add_version(id, members, creator, now)?;
    Ok(answer::described(call, json!({"id": version})))
}

pub(super) fn delete_version(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    let (id, version) = (
        call.arguments.text(kind.id),
        call.arguments.text("versionId"),
    );
    (kind.catalog)(call.state).delete_version(id, version, call.now)?;
    Ok(answer::nothing())
}

pub(super) fn describe_version(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    let id = call.arguments.text("versionId");
    let entry = (kind.catalog)(call.state).get(call.arguments.text(kind.id))?;
    let version = entry
        .version(id)
        .ok_or_else(|| unknown_version(kind.word, id))?;
    let mut known = view::entry(entry, &call.caller.principal);
    known.insert("versionEntry".into(), view::version(entry, version));
    Ok(answer::described(call, known.into()))
}

/// Lists the versions of a dataset or a model, newest first.
pub(super) fn describe_versions(call: &mut Call<'_>, kind: &Kind) -> Result<Output, ApiError> {
    let page = Page::of_all(call.arguments)?;
    let entry = (kind.catalog)(call.state).get(call.arguments.text(kind.id))?;
    let (found, total) = page.cut(entry.versions.iter().rev());
    let found: Vec<Value> = found
        .into_iter()
        .map(|it| view::version(entry, it))
        .collect();
    Ok(answer::described(
        call,
        json!({"totalCount": total, "versions": found}),
    ))
}

fn take_object(members: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    match members.remove(name) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn take_name(members: &mut Map<String, Value>, call: &Call<'_>) -> Result<String, ApiError> {
    let name = members.remove("name").unwrap_or_default();
    let name = name.as_str().unwrap_or_default();
    if call.profile.is_documented() {
        check_name(name, 1)?;
    }
    Ok(name.to_owned())
}
