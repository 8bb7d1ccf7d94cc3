//! Generates files from an [`Api`], with a module for each kind of file.

pub(crate) mod answers;
pub(crate) mod calls;
mod checks;
mod client;
mod constants;
mod descriptor;
pub(crate) mod emulator;
mod enums;
mod examples;
pub(crate) mod files;
mod forms;
mod listing;
mod modules;
mod objects;
mod operations;
pub(crate) mod package;
mod read;
mod sample;
mod send;
mod settlement;
pub(crate) mod smoke;
mod token;
pub(crate) mod tool;
mod types;
mod waits;
mod wire;

use self::files::File;
use super::api::{Api, Member, SpanUnit};
use super::docs;
use super::source::Source;

/// Returns the `generated` modules of a client crate; their paths are relative to `generated/`.
pub(crate) fn generated(api: &Api) -> Vec<File> {
    let mut files = vec![client::emit(api), constants::service(api)];
    files.extend(modules::emit(api));
    if !api.service.regions.is_empty() {
        files.push(constants::regions(api));
    }
    if !api.error_codes.is_empty() {
        files.push(constants::error_codes(api));
    }
    if !api.waiters.is_empty() {
        files.push(constants::waiters(api));
    }
    for object in api.objects.values() {
        files.push(match object.forms.is_empty() {
            true => objects::emit(api, object),
            false => forms::emit(api, object),
        });
    }
    for values in api.enums.values() {
        files.push(enums::emit(api, values));
    }
    if !api.enums.is_empty() {
        files.push(enums::unknown(api));
    }
    for operation in &api.operations {
        files.push(operations::emit(api, operation));
    }
    files
}

/// Returns the first line of a setter's documentation.
fn setter_docs(member: &Member) -> String {
    let says_nothing = member.summary == format!("The member `{}`.", member.wire)
        || is_same(&member.summary, &member.wire);
    if says_nothing {
        return format!("Sets `{}`.", docs::code(&member.wire));
    }
    titled("Sets", &member.wire, &member.summary)
}

/// Returns whether a sentence only repeats the words of a name: `Page size.` and `pageSize`.
fn is_same(sentence: &str, name: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    letters(sentence) == letters(name)
}

/// Puts `the` before a title, for use after a preposition; a title that is a single word or already
/// begins with an article is returned unchanged.
fn with_article(title: &str) -> String {
    let has_article = |article: &&str| title.starts_with(*article);
    let is_name = !title.contains(' ') || ["The ", "the ", "A ", "An "].iter().any(has_article);
    match is_name {
        true => title.to_owned(),
        false => format!("the {title}"),
    }
}

/// Returns a sentence that begins with `what` and the API name `wire`, followed by `sentence`. A
/// `sentence` that only says that `wire` is called is left out.
fn titled(what: &str, wire: &str, sentence: &str) -> String {
    let wire = docs::code(wire);
    match sentence == format!("Calls `{wire}`.") {
        true => format!("{what} `{wire}`."),
        false => format!("{what} `{wire}`: {}", lower_first(sentence)),
    }
}

/// What a setter belongs to: a builder or a type.
#[derive(Clone, Copy)]
enum Holder {
    Builder,
    Object,
}

/// Writes the setter of a member, with its documentation and an example; `target` is the code
/// before the name of the field that is set, such as `self.body.`. A time span also gets a second
/// setter, which takes a `Duration` and whose name lacks the unit, unless another member has that
/// name.
fn setter(
    source: &mut Source,
    holder: Holder,
    members: &[Member],
    member: &Member,
    docs: (&[String], &str),
    target: &str,
) {
    let (ty, value) = types::argument(source, member);
    let statement = format!("{target}{} = {value}", member.name);
    setter_of(source, holder, &member.name, docs, &ty, &statement);
    let Some(unit) = member.span else {
        return;
    };
    let name = span_name(&member.name);
    if members.iter().any(|other| other.name == name) {
        return;
    }
    source.import("std::time", "Duration");
    source.import("bce_http::rt::codec", "self");
    let (unit, function) = match unit {
        SpanUnit::Seconds => ("seconds", "whole_seconds"),
        SpanUnit::Millis => ("milliseconds", "whole_millis"),
    };
    let docs = format!(
        "Like [`{0}`](Self::{0}), but takes a `Duration`, which is rounded up to whole {unit}.",
        member.name.trim_start_matches("r#")
    );
    let value = format!("codec::{function}({name})");
    let value = match member.optional {
        true => format!("Some({value})"),
        false => value,
    };
    let statement = format!("{target}{} = {value}", member.name);
    let docs = (&[docs][..], "");
    setter_of(source, holder, &name, docs, "Duration", &statement);
}

fn setter_of(
    source: &mut Source,
    holder: Holder,
    name: &str,
    (docs, example): (&[String], &str),
    ty: &str,
    statement: &str,
) {
    source.line("");
    source.raw(&docs::comment("    ", docs));
    source.raw(example);
    if let Holder::Object = holder {
        source.line("#[must_use]");
    }
    source.line(format!("pub fn {name}(mut self, {name}: {ty}) -> Self {{"));
    source.line(format!("{statement};"));
    source.line("self");
    source.line("}");
}

/// Returns the name of a time span without its unit: `delay_sec` becomes `delay`. If the name
/// contains no unit, adds a suffix.
fn span_name(name: &str) -> String {
    let plain = name.trim_start_matches("r#").trim_end_matches('_');
    let units = [
        "_seconds", "_second", "_secs", "_sec", "_s", "_millis", "_ms",
    ];
    let bare = units.iter().find_map(|unit| plain.strip_suffix(unit));
    match bare.filter(|bare| !bare.is_empty()) {
        Some(bare) => super::names::member(bare),
        None => format!("{plain}_duration"),
    }
}

/// Begins a sentence with a lower-case letter, for use after a colon, unless its first word is a
/// single letter other than `A`, or has another capital letter, as identifiers and acronyms do.
fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let word = sentence.split(' ').next().unwrap_or_default();
    let is_name = word.chars().skip(1).any(char::is_uppercase);
    match chars.next() {
        Some(first) if !is_name && (word.chars().count() > 1 || word == "A") => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => sentence.to_owned(),
    }
}

/// Returns a list of strings as a Rust literal.
fn texts(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    format!("&[{}]", texts.join(", "))
}

/// Returns `name: value`, or only `name` if both are the same.
fn assign(name: &str, value: &str) -> String {
    if name == value {
        name.to_owned()
    } else {
        format!("{name}: {value}")
    }
}
