//! Values of options that shells complete.

use std::path::Path;

use aihc_dev::Region;
use clap_complete::CompletionCandidate;
use serde_json::Value;

use crate::request::Schema;

/// The regions that are known.
pub(crate) fn regions() -> Vec<CompletionCandidate> {
    let known = [
        Region::BJ,
        Region::GZ,
        Region::SU,
        Region::BD,
        Region::FWH,
        Region::YQ,
        Region::HKG,
    ];
    known
        .iter()
        .map(|region| CompletionCandidate::new(region.as_str()))
        .collect()
}

/// The languages of help and messages.
pub(crate) fn languages() -> Vec<CompletionCandidate> {
    let names = crate::language::names().into_iter();
    names.map(CompletionCandidate::new).collect()
}

/// The members that `create` sets.
pub(crate) fn members_of_create() -> Vec<CompletionCandidate> {
    members_of(Schema::of_create())
}

/// The members that `update` sets.
pub(crate) fn members_of_update() -> Vec<CompletionCandidate> {
    members_of(Schema::of_update())
}

fn members_of(schema: Schema) -> Vec<CompletionCandidate> {
    let starts = schema.assignable().into_iter();
    starts.map(CompletionCandidate::new).collect()
}

/// The profiles of the official tool, by name. Without a file that can be read there are none.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let file = home.map(|home| Path::new(&home).join(".bce/config.json"));
    let text = file.and_then(|file| std::fs::read_to_string(file).ok());
    let config: Value = text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let profiles = config["profiles"].as_array().into_iter().flatten();
    let names = profiles.filter_map(|profile| profile["name"].as_str());
    names.map(CompletionCandidate::new).collect()
}
