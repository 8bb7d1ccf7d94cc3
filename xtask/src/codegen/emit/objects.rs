//! Generates the model types, each in its own file.

use super::examples::Examples;
use super::types::{argument, at, debug_impl, derives, field_type, serialize_with};
use super::{Holder, checks, files::File, read, wire};
use crate::codegen::api::{Api, Member, Object, Page, Place, Type};
use crate::codegen::docs;
use crate::codegen::names::{is_request_id, serde_camel_case, snake};
use crate::codegen::source::Source;

/// Returns the file of a type.
pub(super) fn emit(api: &Api, object: &Object) -> File {
    let mut source = Source::defining(&object.name);
    definition(&mut source, api, object);
    constructor_and_setters(&mut source, api, object);
    let members: Vec<&Member> = object.fields.iter().collect();
    debug_impl(&mut source, &object.name, &[], &members);
    read::emit(&mut source, object);
    response(&mut source, object);
    check(&mut source, api, object);
    if object.in_request && api.sends_secret(&Type::Object(object.name.clone())) {
        wire::emit(&mut source, api, &object.name, &object.fields);
    }
    File::of_item(api, &object.home, &object.module, source)
}

fn definition(source: &mut Source, api: &Api, object: &Object) {
    let members: Vec<&Member> = object.fields.iter().collect();
    source.raw(&docs::comment("", &object.docs));
    source.raw(&Examples::new(api).of_type(object));
    if object.wire != object.name {
        source.line(format!("#[doc(alias = {:?})]", object.wire));
    }
    source.line("#[non_exhaustive]");
    let mut traits = vec!["Clone", "Debug"];
    if object.has_default {
        traits.push("Default");
    }
    traits.push("PartialEq");
    if object.fields.iter().all(|field| api.is_eq(&field.ty)) {
        traits.push("Eq");
    }
    if api.can_be_hashed(&object.fields) {
        traits.push("Hash");
    }
    // Responses can be serialized as well, for programs that store or print them, unless they
    // contain a secret, which would be missing from the output.
    let written = object.in_request || !api.has_secret(&Type::Object(object.name.clone()));
    if written {
        traits.push(source.import("serde", "Serialize"));
    }
    source.line(derives(&traits, &members));
    let renamed = rename_all(&members);
    if renamed && written {
        source.line("#[serde(rename_all = \"camelCase\")]");
    }
    source.line(format!("pub struct {} {{", object.name));
    for field in &object.fields {
        source.raw(&docs::comment("    ", &field.docs));
        if field.name.trim_start_matches("r#") != snake(&field.wire) {
            source.raw(&format!(
                "    ///\n    /// Named `{}` in the API.\n",
                field.wire
            ));
        }
        if written {
            let mut attributes = rename(field, renamed);
            attributes.extend(encoding(field, object.in_request));
            if !attributes.is_empty() {
                source.line(format!("#[serde({})]", attributes.join(", ")));
            }
        }
        let ty = field_type(source, field);
        source.line(format!("pub {}: {ty},", field.name));
    }
    source.line("}");
}

/// Returns whether `rename_all = "camelCase"` makes a `rename` attribute unnecessary on at least
/// one member.
pub(super) fn rename_all(members: &[&Member]) -> bool {
    members.iter().any(|member| {
        member.wire != member.name.trim_start_matches("r#")
            && member.wire == serde_camel_case(&member.name)
    })
}

/// Returns the `rename` attribute of a member whose API name does not follow from its Rust name.
pub(super) fn rename(member: &Member, rename_all: bool) -> Vec<String> {
    let derived = if rename_all {
        serde_camel_case(&member.name)
    } else {
        member.name.trim_start_matches("r#").to_owned()
    };
    if derived == member.wire {
        Vec::new()
    } else {
        vec![format!("rename = {:?}", member.wire)]
    }
}

/// Returns the serde attributes for serializing a member. If requests contain the type
/// (`in_request`), members that only responses have are skipped. Any other member that is an
/// `Option` is skipped if it is `None`.
pub(super) fn encoding(member: &Member, in_request: bool) -> Vec<String> {
    if in_request && member.place == Place::Response {
        return vec!["skip_serializing".to_owned()];
    }
    let mut attributes = Vec::new();
    if member.optional {
        attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
    }
    attributes
        .extend(serialize_with(member).map(|function| format!("serialize_with = {function:?}")));
    attributes
}

fn constructor_and_setters(source: &mut Source, api: &Api, object: &Object) {
    if !object.in_request {
        return;
    }
    let (mut arguments, mut values) = (Vec::new(), Vec::new());
    for field in at(&object.fields, Place::Body).filter(|field| field.argument) {
        let (ty, value) = argument(source, field);
        arguments.push(format!("{}: {ty}", field.name));
        values.push(super::assign(&field.name, &value));
    }
    let given = values.len();
    let rest = object.fields.len() - given;
    if given > 0 && rest > 0 && object.has_default {
        values.push("..Self::default()".to_owned());
    } else if rest > 0 {
        let others = object.fields.iter().filter(|field| !is_argument(field));
        values.extend(others.map(|field| {
            let empty = if field.optional {
                "None"
            } else {
                "Default::default()"
            };
            format!("{}: {empty}", field.name)
        }));
    }
    source.line("");
    let examples = Examples::new(api);
    source.line(format!("impl {} {{", object.name));
    if arguments.is_empty() {
        source.line("/// Creates a value in which no member is set.");
    } else {
        source.line(match rest {
            0 => "/// Creates a value with the given members.",
            _ => "/// Creates a value with the given members; all others are unset.",
        });
        source.raw(&examples.of_new(object));
    }
    source.line(format!("pub fn new({}) -> Self {{", arguments.join(", ")));
    if given == 0 && object.has_default {
        source.line("Self::default()");
    } else {
        source.line(format!("Self {{ {} }}", values.join(", ")));
    }
    source.line("}");
    for field in at(&object.fields, Place::Body).filter(|field| !field.argument) {
        let mut docs = vec![super::setter_docs(field)];
        if field.must_be_set() || field.is_unset_when_empty() {
            docs.push(
                "Required: without this member, the request is refused before anything is sent."
                    .to_owned(),
            );
        }
        super::setter(
            source,
            Holder::Object,
            &object.fields,
            field,
            (&docs, &examples.of_setter(object, field)),
            "self.",
        );
    }
    source.line("}");
}

fn is_argument(field: &Member) -> bool {
    field.argument && field.place == Place::Body
}

fn response(source: &mut Source, object: &Object) {
    if !object.is_response {
        return;
    }
    source.import("bce_http::rt", "ApiResponse");
    source.line("");
    source.line(format!("impl ApiResponse for {} {{", object.name));
    if !object.also_inside.is_empty() {
        source.line(format!(
            "const ALSO_INSIDE: &'static [&'static str] = &{:?};",
            object.also_inside
        ));
    }
    if let Some(page) = &object.page {
        list(source, page);
    }
    let id = object
        .fields
        .iter()
        .find(|field| is_request_id(&field.wire) && field.ty == Type::Text);
    if let Some(id) = id {
        let name = &id.name;
        source.line("");
        source.line("fn set_request_id(&mut self, id: &dyn Fn() -> Option<String>) {");
        if id.optional {
            source.line(format!(
                "if self.{name}.is_none() {{ self.{name} = id(); }}"
            ));
        } else {
            source.line(format!(
                "if self.{name}.is_empty() {{ self.{name} = id().unwrap_or_default(); }}"
            ));
        }
        source.line("}");
    }
    source.line("}");
}

/// Writes the constant and the method by which an empty page is distinguished from a response that
/// is no page at all.
fn list(source: &mut Source, page: &Page) {
    let items = &page.items;
    let names: Vec<&String> = std::iter::once(&items.wire).chain(&items.aliases).collect();
    source.line(format!(
        "const ITEMS: &'static [&'static str] = &{names:?};"
    ));
    let mut empty = match items.optional {
        true => format!("self.{}.as_ref().is_none_or(Vec::is_empty)", items.name),
        false => format!("self.{}.is_empty()", items.name),
    };
    if let Some(total) = &page.total {
        let none = if total.optional { "Some(0)" } else { "0" };
        empty.push_str(&format!(" && self.{} != {none}", total.name));
    }
    source.line("");
    source.line("fn is_empty_page(&self) -> bool {");
    source.line(empty);
    source.line("}");
}

fn check(source: &mut Source, api: &Api, object: &Object) {
    if !object.has_checks {
        return;
    }
    checks::begin(source, &object.name);
    for field in at(&object.fields, Place::Body) {
        let path = format!("path.member({:?})", field.wire);
        checks::emit(source, api, field, &format!("self.{}", field.name), &path);
    }
    checks::emit_rules(
        source,
        &object.rules,
        |member| format!("self.{}", member.name),
        |member| format!("path.member({:?})", member.wire),
    );
    source.end_checks();
    source.line("}");
}
