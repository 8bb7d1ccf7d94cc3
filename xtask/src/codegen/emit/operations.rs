//! Generates the builders of operations, each in its own file.

use super::examples::Examples;
use super::files::File;
use super::objects::{encoding, rename, rename_all};
use super::send::{always_body, has_body};
use super::types::{argument, at, debug_impl, derives, field_type};
use super::{Holder, assign, descriptor, listing, send, setter_docs, token, waits, wire};
use crate::codegen::api::{Answer, Api, BodyKind, Member, Operation, Place, WholeBody};
use crate::codegen::docs;
use crate::codegen::source::Source;

/// Returns the file of an operation.
pub(super) fn emit(api: &Api, operation: &Operation) -> File {
    let mut source = Source::defining(&operation.name);
    descriptor::emit(&mut source, api, operation);
    builder(&mut source, api, operation);
    methods(&mut source, api, operation);
    body(&mut source, api, operation);
    listing::emit(&mut source, api, operation);
    waits::emit(&mut source, api, operation);
    if operation.answer == Answer::Model {
        source.import_item(&operation.response);
    }
    source.line("");
    source.line(format!(
        "bce_http::rt::operation!({} => {});",
        operation.name, operation.response
    ));
    File::of_item(api, &operation.home, &operation.module, source)
}

fn outside_body(operation: &Operation) -> Vec<&Member> {
    operation
        .members
        .iter()
        .filter(|member| member.place != Place::Body)
        .collect()
}

fn builder(source: &mut Source, api: &Api, operation: &Operation) {
    source.import("bce_http::rt", "Call");
    let mut docs = operation.docs.clone();
    if let Some(first) = docs.first_mut() {
        *first = super::titled("The operation", &operation.wire, first);
    }
    source.raw(&docs::comment("", &docs));
    source.raw(&Examples::new(api).of_builder(operation));
    for alias in operation
        .aliases
        .iter()
        .filter(|alias| **alias != operation.name)
    {
        source.line(format!("#[doc(alias = {alias:?})]"));
    }
    source.line("#[must_use = \"a call does nothing until it is sent\"]");
    let members = outside_body(operation);
    source.line(derives(&["Clone", "Debug"], &members));
    source.line(format!("pub struct {} {{", operation.name));
    source.line("call: Call,");
    for member in &members {
        let ty = field_type(source, member);
        source.line(format!("{}: {ty},", member.name));
    }
    if has_body(operation) {
        source.line("body: Body,");
    }
    if operation.raw_body.is_some() {
        source.line("raw_body: Option<String>,");
    }
    source.line("}");
    source.line("");
    let mut own = vec!["call"];
    own.extend(has_body(operation).then_some("body"));
    debug_impl(source, &operation.name, &own, &members);
}

fn methods(source: &mut Source, api: &Api, operation: &Operation) {
    source.line(format!("impl {} {{", operation.name));
    constructor(source, operation);
    let is_set = |member: &&Member| !member.argument && member.sent.same_as.is_none();
    for member in operation.members.iter().filter(is_set) {
        setter(source, api, operation, member);
    }
    if let Some(body) = &operation.whole_body {
        whole_body(source, body);
    }
    source.line("");
    if let Some(name) = &operation.raw_body {
        source.raw(&docs::comment(
            "    ",
            &["Sets the whole body to a JSON object, which is sent unchanged instead of the members \
               that the other methods set in the body. JSON that is not an object is refused before \
               anything is sent."
                .to_owned()],
        ));
        source.line(format!(
            "pub fn {name}(mut self, {name}: impl Into<String>) -> Self {{"
        ));
        source.line(format!("self.raw_body = Some({name}.into());"));
        source.line("self");
        source.line("}");
        source.line("");
    }
    send::emit(source, api, operation);
    token::emit(source, operation);
    source.line("}");
    source.line("");
}

fn constructor(source: &mut Source, operation: &Operation) {
    let (arguments, _) = arguments(source, operation);
    let own = std::iter::once("client: &bce_http::Client".to_owned());
    let parameters: Vec<String> = own.chain(arguments).collect();
    source.line(format!(
        "pub(crate) fn new({}) -> Self {{",
        parameters.join(", ")
    ));
    let mut call = "Call::new(client, &OPERATION)".to_owned();
    if !operation.uri.contains('{') && operation.uri != "/" {
        call.push_str(&format!(".path({:?})", operation.uri));
    }
    for (name, value) in &operation.const_query {
        call.push_str(&if value.is_empty() {
            format!(".query_key({name:?})")
        } else {
            format!(".query({name:?}, {value:?})")
        });
    }
    for name in &operation.without_headers {
        call.push_str(&format!(".without_header({name:?})"));
    }
    for (name, value) in &operation.const_headers {
        call.push_str(&format!(".header({name:?}, {value:?})"));
    }
    match (&operation.content_type, operation.body) {
        (Some(kind), BodyKind::Raw) => call.push_str(&format!(".body(body, {kind:?})")),
        (Some(kind), _) => call.push_str(&format!(".header(\"content-type\", {kind:?})")),
        (None, _) => {}
    }
    let mut fields = vec![format!("call: {call}")];
    for member in outside_body(operation) {
        fields.push(initial(source, member));
    }
    if has_body(operation) {
        let members: Vec<&Member> = at(&operation.members, Place::Body).collect();
        let values: Vec<String> = members
            .iter()
            .map(|member| initial(source, member))
            .collect();
        fields.push(
            if members.iter().any(|member| member.argument) || members.is_empty() {
                format!("body: Body {{ {} }}", values.join(", "))
            } else {
                "body: Body::default()".to_owned()
            },
        );
    }
    if operation.raw_body.is_some() {
        fields.push("raw_body: None".to_owned());
    }
    source.line(format!("Self {{ {} }}", fields.join(", ")));
    source.line("}");
}

/// Returns the arguments of the constructor: first with their types, then only their names.
pub(super) fn arguments(source: &mut Source, operation: &Operation) -> (Vec<String>, Vec<String>) {
    let members = operation.members.iter().filter(|member| member.argument);
    let arguments = members.map(|member| {
        let (ty, _) = argument(source, member);
        (format!("{}: {ty}", member.name), member.name.clone())
    });
    let body = (operation.body == BodyKind::Raw).then(|| {
        (
            "body: impl Into<bce_http::Body>".to_owned(),
            "body".to_owned(),
        )
    });
    arguments.chain(body).unzip()
}

fn initial(source: &mut Source, member: &Member) -> String {
    if member.argument {
        let (_, value) = argument(source, member);
        assign(&member.name, &value)
    } else if member.flag {
        format!("{}: false", member.name)
    } else {
        format!("{}: None", member.name)
    }
}

fn setter(source: &mut Source, api: &Api, operation: &Operation, member: &Member) {
    let mut paragraphs = member.docs.clone();
    if let Some(first) = paragraphs.first_mut() {
        *first = setter_docs(member);
    }
    if member.default_sent.is_some() {
        let when = if member.default_when_not_positive {
            "no value is set or if the value is not positive"
        } else {
            "no value is set"
        };
        paragraphs.push(format!("The default is sent if {when}."));
    }
    paragraphs.extend(token::docs(operation, member));
    if member.must_be_set() {
        paragraphs.push(
            "Required: without this member, the call is refused before anything is sent."
                .to_owned(),
        );
    }
    let example = Examples::new(api).of_builder_setter(operation, member);
    let target = if member.place == Place::Body {
        "self.body."
    } else {
        "self."
    };
    super::setter(
        source,
        Holder::Builder,
        &operation.members,
        member,
        (&paragraphs, &example),
        target,
    );
}

/// Writes the setter of the whole body.
fn whole_body(source: &mut Source, body: &WholeBody) {
    let WholeBody { setter, ty, .. } = body;
    source.import_item(ty);
    source.line("");
    let mut text = format!(
        "Sets all members of the body to those of `{0}`. Members that are not set in `{0}` become \
         unset.",
        setter.trim_start_matches("r#")
    );
    if body
        .members
        .iter()
        .any(|(member, field)| field.optional && !member.optional)
    {
        text.push_str(
            " The arguments of the method that created this builder are an exception: they keep \
             their values.",
        );
    }
    source.raw(&docs::comment("    ", &[text]));
    source.line(format!(
        "pub fn {setter}(mut self, {setter}: {ty}) -> Self {{"
    ));
    for (member, field) in &body.members {
        let target = format!("self.body.{}", member.name);
        let given = format!("{setter}.{}", field.name);
        source.line(match (field.optional, member.optional) {
            (true, true) if field.boxed => format!("{target} = {given}.map(|value| *value);"),
            (true, true) => format!("{target} = {given};"),
            (true, false) => {
                let star = if field.boxed { "*" } else { "" };
                format!("if let Some(value) = {given} {{ {target} = {star}value; }}")
            }
            // An empty value means that the caller has not set the member.
            (false, true) if field.is_unset_when_empty() => {
                format!("{target} = Some({given}).filter(|value| !value.is_empty());")
            }
            (false, true) if field.boxed => format!("{target} = Some(*{given});"),
            (false, true) => format!("{target} = Some({given});"),
            (false, false) if field.boxed => format!("{target} = *{given};"),
            (false, false) => format!("{target} = {given};"),
        });
    }
    source.line("self");
    source.line("}");
}

fn body(source: &mut Source, api: &Api, operation: &Operation) {
    if !has_body(operation) {
        return;
    }
    let members: Vec<&Member> = at(&operation.members, Place::Body).collect();
    let mut traits = vec!["Clone", "Debug"];
    if !always_body(operation) {
        traits.extend(["Default", "PartialEq"]);
    } else if !members.is_empty() && !members.iter().any(|member| member.argument) {
        traits.push("Default");
    }
    let is_form = operation.body == BodyKind::Form;
    let has_secrets = wire::has_secrets(api, &operation.members);
    let is_written = !has_secrets && !is_form;
    if is_written {
        traits.push(source.import("serde", "Serialize"));
    }
    source.line(derives(&traits, &members));
    let renamed = is_written && rename_all(&members);
    if renamed {
        source.line("#[serde(rename_all = \"camelCase\")]");
    }
    source.line("struct Body {");
    for member in &members {
        if is_written {
            attributes(source, member, renamed);
        }
        let ty = field_type(source, member);
        source.line(format!("{}: {ty},", member.name));
    }
    source.line("}");
    debug_impl(source, "Body", &[], &members);
    if has_secrets && !is_form {
        wire::emit(source, api, "Body", &operation.members);
    }
}

/// Writes the attributes of a member in a serialized body.
fn attributes(source: &mut Source, member: &Member, renamed: bool) {
    let mut attributes = rename(member, renamed);
    let encoding = encoding(member, true);
    let is_ours = |attribute: &String| attribute.contains("codec::");
    if encoding.iter().any(is_ours) {
        source.import("bce_http::rt::codec", "self");
    }
    attributes.extend(encoding);
    if !attributes.is_empty() {
        source.line(format!("#[serde({})]", attributes.join(", ")));
    }
}
