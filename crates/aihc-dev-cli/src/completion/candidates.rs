//! Candidates for the completion of options' values.

use aihc_dev::Region;
use clap_complete::CompletionCandidate;

use crate::config::{ContextFile, ProfileFile};
use crate::request::Schema;

/// Returns the codes of the known regions, such as `bj`.
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

/// Returns the languages in which help and messages are available.
pub(crate) fn languages() -> Vec<CompletionCandidate> {
    let names = crate::language::names().into_iter();
    names.map(CompletionCandidate::new).collect()
}

/// Returns the members of a request body that `create` can set, as the beginnings of assignments,
/// such as `name=`.
pub(crate) fn members_of_create() -> Vec<CompletionCandidate> {
    members_of(Schema::of_create())
}

/// Returns the members of a request body that `update` can set, as the beginnings of assignments,
/// such as `name=`.
pub(crate) fn members_of_update() -> Vec<CompletionCandidate> {
    members_of(Schema::of_update())
}

fn members_of(schema: Schema) -> Vec<CompletionCandidate> {
    let starts = schema.assignable().into_iter();
    starts.map(CompletionCandidate::new).collect()
}

/// Returns the names of the profiles in the configuration file of the official `bce` tool; none if
/// the file cannot be read.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    let file = ProfileFile::of_user().ok().flatten();
    let profiles = file.and_then(|file| file.profiles().ok());
    let profiles = profiles.unwrap_or_default().into_iter();
    profiles
        .map(|profile| CompletionCandidate::new(profile.name))
        .collect()
}

/// Returns the names of the user's contexts, which are named settings for creating instances and
/// logging in; none if the file that contains them cannot be read.
pub(crate) fn contexts() -> Vec<CompletionCandidate> {
    let contexts = ContextFile::of_user().and_then(|file| file.contexts());
    let contexts = contexts.unwrap_or_default().into_iter();
    contexts
        .map(|context| CompletionCandidate::new(context.name))
        .collect()
}
