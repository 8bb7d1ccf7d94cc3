//! From [`Api`] to files. One module for each kind of file.

mod checks;
mod client;
mod constants;
pub(crate) mod emulator;
mod enums;
pub(crate) mod files;
mod modules;
mod objects;
mod operations;
pub(crate) mod package;
mod send;
mod settlement;
pub(crate) mod tool;
mod types;
mod wire;

use self::files::File;
use super::api::{Api, Member};
use super::source::Source;

/// The `generated` modules of a client crate, with paths below `generated/`.
///
/// # Errors
/// When rustfmt fails.
pub(crate) fn generated(api: &Api) -> Result<Vec<File>, String> {
    let mut files = vec![
        client::emit(api)?,
        constants::service(api)?,
        modules::root(api)?,
    ];
    if !api.service.regions.is_empty() {
        files.push(constants::regions(api)?);
    }
    if !api.error_codes.is_empty() {
        files.push(constants::error_codes(api)?);
    }
    if !api.waiters.is_empty() {
        files.push(constants::waiters(api)?);
    }
    files.push(modules::model(api)?);
    for object in api.objects.values() {
        files.push(objects::emit(api, object)?);
    }
    for values in api.enums.values() {
        files.push(enums::emit(api, values)?);
    }
    files.push(modules::operation(api)?);
    for operation in &api.operations {
        files.push(operations::emit(api, operation)?);
    }
    Ok(files)
}

/// The document line of a setter.
fn setter_docs(member: &Member) -> String {
    if member.summary == format!("The member `{}`.", member.wire) {
        return format!("Sets `{}`.", member.wire);
    }
    format!("Sets `{}`: {}", member.wire, lower_first(&member.summary))
}

/// Puts a sentence behind a colon: small first letter, unless it begins with an acronym.
fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => sentence.to_owned(),
    }
}

/// A list of texts as a Rust literal.
fn texts(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    format!("&[{}]", texts.join(", "))
}

/// `name: value`, or `name` alone when they are the same.
fn assign(name: &str, value: &str) -> String {
    if name == value {
        name.to_owned()
    } else {
        format!("{name}: {value}")
    }
}

/// Allows what the API asks for: many required members.
fn too_many_arguments(source: &mut Source, count: usize) {
    if count > 7 {
        source.line(
            "#[expect(clippy::too_many_arguments, reason = \"the API requires all of them\")]",
        );
    }
}
