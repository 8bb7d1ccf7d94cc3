//! Generates the `send` method of a builder, and the checks that it makes first.

use super::examples::Examples;
use super::types::{as_text, at};
use super::{checks, settlement, texts, token, wire};
use crate::codegen::api::{Answer, Api, BodyKind, Member, Operation, Place, SettledBy, Type};
use crate::codegen::docs;
use crate::codegen::source::Source;

/// Writes the method `send`, and the method `check` if there is anything to check.
pub(super) fn emit(source: &mut Source, api: &Api, operation: &Operation) {
    source.import("bce_http", "Error");
    let mut members = operation.members.iter();
    let checked = !operation.rules.is_empty()
        || members.any(|member| member.is_checked() || api.has_checks(&member.ty));
    source.line(
        "/// Sends the call and reads the response, as `.await` on the builder does. Use this \
         method",
    );
    source.line(
        "/// where a future is required, as in `tokio::spawn(call.send())`: the builder itself is \
         not a",
    );
    source.line("/// future.");
    source.line("///");
    source.line("/// # Errors");
    source.line("///");
    source.raw(&docs::comment("    ", &errors(api, operation, checked)));
    source.raw(&Examples::new(api).of_send(operation));
    source.line(format!(
        "pub async fn send({}) -> Result<{}, Error> {{",
        match &operation.token {
            Some(token) if token.is_made => "mut self",
            _ if operation.settles => "self",
            _ => receiver(operation),
        },
        operation.response
    ));
    if checked {
        source.line("self.check().map_err(|error| self.call.refuse(error))?;");
    }
    token::begin(source, operation);
    let send = match operation.answer {
        Answer::Model => ".send().await",
        Answer::Json => ".send_json().await",
        Answer::Raw => ".send_raw().await",
    };
    if operation.settles {
        source.line(format!("self.into_call(){send}"));
        source.line("}");
        source.line("");
        source.line("/// Returns the call with its members, without checking them.");
        let receiver = receiver(operation);
        source.line(format!("pub(crate) fn into_call({receiver}) -> Call {{"));
        call(source, api, operation, "");
    } else {
        call(source, api, operation, send);
    }
    source.line("}");
    if checked {
        check(source, api, operation);
    }
}

/// Writes the statements that build the call from the members of the operation. The last statement
/// is an expression without a semicolon, to which the code in `end` is appended.
fn call(source: &mut Source, api: &Api, operation: &Operation, end: &str) {
    let is_form = operation.body == BodyKind::Form;
    copies(source, operation);
    let (sometimes, always): (Vec<&Member>, Vec<&Member>) = operation
        .members
        .iter()
        .filter(|member| is_form || member.place != Place::Body)
        .partition(|member| is_conditional(member));
    let mut call = token::call(operation).to_owned();
    if let Some(settlement) = &operation.settlement {
        call.push_str(&settlement::call(source, settlement));
    }
    if operation.uri.contains('{') {
        call.push_str(&path(source, operation));
        for member in at(&operation.members, Place::Url).filter(|member| is_masked(member)) {
            call.push_str(&format!(".secret({})", path_value(source, member)));
        }
    }
    if is_form && has_body(operation) {
        call.push_str(".form()");
    }
    for member in always {
        call.push_str(&put_always(source, member));
    }
    let json = match wire::has_secrets(api, &operation.members) {
        true => ".json_with_secrets(&self.body)",
        false => ".json(&self.body)",
    };
    let body = conditional_body(operation, json);
    let json = if has_body(operation) && body.is_none() && !is_form {
        json
    } else {
        ""
    };
    if sometimes.is_empty() && body.is_none() {
        source.line(format!("{call}{json}{end}"));
    } else {
        source.line(format!("let mut call = {call};"));
        for member in sometimes {
            put_if_set(source, member);
        }
        source.raw(&body.unwrap_or_default());
        source.line(format!("call{json}{end}"));
    }
}

/// Returns the paragraph about the errors that `send` returns.
fn errors(api: &Api, operation: &Operation, checked: bool) -> Vec<String> {
    let mut kinds = Vec::new();
    if checked {
        kinds.push("`InvalidInput` if a member is missing or invalid (nothing is sent)".to_owned());
    }
    kinds.push("`Service` if the service refuses the call".to_owned());
    let response = api
        .objects
        .values()
        .find(|object| object.name == operation.response);
    let demanded: Vec<String> = response
        .into_iter()
        .flat_map(|object| &object.fields)
        .filter(|field| field.must_be_present)
        .map(|field| format!("`{}`", field.wire))
        .collect();
    if !demanded.is_empty() {
        kinds.push(format!(
            "`Decode` if the response lacks {}",
            listed(&demanded, "or")
        ));
    }
    vec![format!(
        "The kind of the error is {}. For other kinds see [`ErrorKind`](bce_http::ErrorKind).",
        listed(&kinds, "and")
    )]
}

/// Lists texts: `a, b, or c`.
fn listed(texts: &[String], conjunction: &str) -> String {
    match texts.split_last() {
        Some((last, [first])) => format!("{first} {conjunction} {last}"),
        Some((last, others)) if !others.is_empty() => {
            format!("{}, {conjunction} {last}", others.join(", "))
        }
        _ => texts.concat(),
    }
}

/// Returns an `if` statement that sets the body, if callers may leave out a JSON body or pass it as
/// a string; `None` for other operations.
fn conditional_body(operation: &Operation, json: &str) -> Option<String> {
    let json = format!("{{ call = call{json}; }}");
    let set = format!("if self.body != Body::default() {json}\n");
    match (operation.raw_body.is_some(), always_body(operation)) {
        _ if !has_body(operation) || operation.body == BodyKind::Form => None,
        (false, true) => None,
        (false, false) => Some(set),
        (true, always) => {
            let otherwise = if always { format!("{json}\n") } else { set };
            let raw = "if let Some(text) = self.raw_body { call = call.json_text(text); }";
            Some(format!("{raw} else {otherwise}"))
        }
    }
}

/// Returns whether a member outside the JSON body is sent only if it is set.
fn is_conditional(member: &Member) -> bool {
    let may_be_absent = member.flag
        || matches!(member.ty, Type::List(_))
        || member.optional && member.default_sent.is_none();
    member.place != Place::Url && may_be_absent
}

fn path(source: &mut Source, operation: &Operation) -> String {
    let values: Vec<String> = at(&operation.members, Place::Url)
        .map(|member| format!("({:?}, {})", member.wire, path_value(source, member)))
        .collect();
    let secrets: String = at(&operation.members, Place::Url)
        .filter(|member| is_masked(member))
        .map(|member| format!(".secret({})", path_value(source, member)))
        .collect();
    format!(
        ".path_template({:?}, &[{}]){secrets}",
        operation.uri,
        values.join(", ")
    )
}

/// Returns whether the value of a member outside the JSON body is treated as a secret. Booleans,
/// times and values of enums never are: they reveal nothing, and the same values occur everywhere.
fn is_masked(member: &Member) -> bool {
    match member.ty.leaf() {
        Type::Secret => true,
        Type::Int | Type::Double | Type::Json | Type::Text => member.hidden,
        _ => false,
    }
}

/// Returns a `&str` expression for the value of a member of the path. If a member of the path is
/// not set, `send` returns an error before it reaches this expression.
fn path_value(source: &mut Source, member: &Member) -> String {
    let field = format!("self.{}", member.name);
    let is_reference = matches!(
        member.ty,
        Type::Secret | Type::Json | Type::Enum { integer: false, .. }
    );
    let borrow = if is_reference { "" } else { "&" };
    match &member.ty {
        ty if !member.optional => format!("{borrow}{}", as_text(source, ty, &field)),
        Type::Text => format!("{field}.as_deref().unwrap_or_default()"),
        ty => {
            let reference = if ty.is_copy() { "" } else { ".as_ref()" };
            let text = as_text(source, ty, "value");
            format!("{borrow}{field}{reference}.map(|value| {text}).unwrap_or_default()")
        }
    }
}

/// Returns the method call that adds the value of a member to the query, the headers or the form of
/// a request.
fn put(member: &Member, value: &str) -> String {
    let also = &member.sent.also;
    let is_masked = is_masked(member);
    if !also.is_empty() {
        let names: Vec<String> = std::iter::once(&member.wire).chain(also).cloned().collect();
        let secret = match is_masked {
            true => format!("secret({value})."),
            false => String::new(),
        };
        return format!("{secret}query_names({}, {value})", texts(&names));
    }
    let method = match (member.place, is_masked) {
        (Place::Header, false) => "header",
        (Place::Header, true) => "header_secret",
        (Place::Body, false) => "form_field",
        (Place::Body, true) => "form_secret",
        (_, false) => "query",
        (_, true) => "query_secret",
    };
    format!("{method}({:?}, {value})", member.wire)
}

/// Returns the expression for the field of the builder that contains the value of a member.
fn held(member: &Member) -> String {
    match member.place {
        Place::Body => format!("self.body.{}", member.name),
        _ => format!("self.{}", member.name),
    }
}

/// Writes the statements that copy values. If the `same_as` of a member names another member, the
/// member gets the value of that other member.
fn copies(source: &mut Source, operation: &Operation) {
    for member in &operation.members {
        let same_as = member.sent.same_as.as_ref();
        let same = |other: &&Member| Some(&other.wire) == same_as;
        if let Some(other) = operation.members.iter().find(same) {
            let clone = if other.ty.is_copy() { "" } else { ".clone()" };
            let value = format!("{}{clone}", held(other));
            let value = match other.optional {
                true => value,
                false => format!("Some({value})"),
            };
            source.line(format!("{} = {value};", held(member)));
        }
    }
}

/// Returns the receiver of a generated method: `mut self` if the method copies the value of one
/// member to another (see `same_as`), and `self` otherwise.
fn receiver(operation: &Operation) -> &'static str {
    let mut members = operation.members.iter();
    match members.any(|member| member.sent.same_as.is_some()) {
        true => "mut self",
        false => "self",
    }
}

/// Returns the method call for a member that every request contains outside the JSON body; empty
/// for a member of the path.
fn put_always(source: &mut Source, member: &Member) -> String {
    if member.place == Place::Url {
        return String::new();
    }
    let field = held(member);
    let value = match &member.default_sent {
        None => borrowed(as_text(source, &member.ty, &field), &member.ty),
        Some(default) => or_default(source, member, &field, default),
    };
    format!(".{}", put(member, &value))
}

/// Returns an expression for the string value of an optional member, or its default.
fn or_default(source: &mut Source, member: &Member, field: &str, default: &str) -> String {
    match &member.ty {
        Type::Int if member.default_when_not_positive => {
            format!("{field}.filter(|value| *value > 0).unwrap_or({default}).to_string()")
        }
        Type::Int | Type::Bool => format!("{field}.unwrap_or({default}).to_string()"),
        Type::Timestamp => {
            format!("{field}.map_or({default}, |value| value.raw()).to_string()")
        }
        Type::Enum { integer: true, .. } => {
            format!("{field}.map_or({default}, |value| value.code()).to_string()")
        }
        Type::Text => format!("{field}.as_deref().unwrap_or({default:?})"),
        Type::DateTime(_) | Type::Double => {
            let default = default.trim_end_matches(".0");
            let call = as_text(source, &member.ty, "");
            let function = call.trim_end_matches("()");

            format!("{field}.map_or_else(|| {default:?}.to_owned(), {function})")
        }
        ty => {
            let text = as_text(source, ty, "value");
            format!("{field}.as_ref().map_or({default:?}, |value| {text})")
        }
    }
}

/// Returns the expression `value`, with a `&` before it if its type is [`Type::Text`].
fn borrowed(value: String, ty: &Type) -> String {
    if *ty == Type::Text {
        format!("&{value}")
    } else {
        value
    }
}

/// Writes the statement that sends a member outside the JSON body if it is set.
fn put_if_set(source: &mut Source, member: &Member) {
    let field = held(member);
    if member.sent.comma {
        return put_list(source, member, &field);
    }
    if member.flag {
        let put = put(member, "\"true\"");
        source.line(format!("if {field} {{ call = call.{put}; }}"));
        return;
    }
    let (head, ty) = match &member.ty {
        Type::List(inner) if member.optional => (
            format!("for value in {field}.into_iter().flatten()"),
            &**inner,
        ),
        Type::List(inner) => (format!("for value in {field}"), &**inner),
        ty => (format!("if let Some(value) = {field}"), ty),
    };
    // The number is written directly, without converting it to a string first.
    let is_number = *ty == Type::Int
        && member.place == Place::Query
        && member.sent.also.is_empty()
        && !is_masked(member);
    if is_number {
        let wire = &member.wire;
        source.line(format!(
            "{head} {{ call = call.query_number({wire:?}, value); }}"
        ));
        return;
    }
    let value = as_text(source, ty, "value");
    let put = put(member, &value);
    source.line(format!("{head} {{ call = call.{put}; }}"));
}

/// Writes the statements that send a list as one string.
fn put_list(source: &mut Source, member: &Member, field: &str) {
    let leaf = member.ty.leaf();
    let value = if leaf.is_copy() { "(*value)" } else { "value" };
    let text = as_text(source, leaf, value).replace("((*value))", "(*value)");
    let method = match member.place {
        Place::Body => "form_list",
        _ => "query_list",
    };
    let elements = match (member.ty.leaf(), member.optional) {
        (Type::Text, true) => format!("{field}.into_iter().flatten()"),
        (Type::Text, false) => field.to_owned(),
        (_, true) => format!("{field}.iter().flatten().map(|value| {text})"),
        (_, false) => format!("{field}.iter().map(|value| {text})"),
    };
    if is_masked(member) {
        let flatten = if member.optional { ".flatten()" } else { "" };
        let head = format!("for value in {field}.iter(){flatten}");
        source.line(format!("{head} {{ call = call.secret({text}); }}"));
    }
    source.line(format!(
        "call = call.{method}({:?}, {elements});",
        member.wire
    ));
}

fn check(source: &mut Source, api: &Api, operation: &Operation) {
    source.line("");
    source.line("fn check(&self) -> Result<(), Error> {");
    // A caller has usually read the values before a change.
    let settlement = operation.settlement.as_ref();
    let sends_back = settlement.is_some_and(|s| matches!(s.by, SettledBy::Values { .. }));
    let one = |source: &mut Source, member: &Member, place: &str| {
        let value = format!("self.{place}{}", member.name);
        let begin = match sends_back && api.has_checks(&member.ty) {
            true => "sent_back",
            false => "new",
        };
        let path = format!("Path::{begin}({:?})", member.wire);
        checks::emit(source, api, member, &value, &path);
    };
    if operation.raw_body.is_none() {
        for member in &operation.members {
            let place = if member.place == Place::Body {
                "body."
            } else {
                ""
            };
            one(source, member, place);
        }
        rules(source, operation);
        return source.end_checks();
    }
    let outside = |member: &&Member| member.place != Place::Body;
    for member in operation.members.iter().filter(outside) {
        one(source, member, "");
    }
    let is_checked = |member: &&Member| member.is_checked() || api.has_checks(&member.ty);
    let body: Vec<&Member> = at(&operation.members, Place::Body)
        .filter(is_checked)
        .collect();
    if !body.is_empty() {
        source.line("if self.raw_body.is_none() {");
        for member in body {
            one(source, member, "body.");
        }
        source.line("}");
    }
    rules(source, operation);
    source.end_checks();
}

fn rules(source: &mut Source, operation: &Operation) {
    let value = |member: &Member| match member.place {
        Place::Body => format!("self.body.{}", member.name),
        _ => format!("self.{}", member.name),
    };
    let path = |member: &Member| format!("Path::new({:?})", member.wire);
    checks::emit_rules(source, &operation.rules, value, path);
}

/// Returns whether the builder has a field `body` for the members of the body. There may be none;
/// the body is then an empty object, or a string that the caller sets.
pub(super) fn has_body(operation: &Operation) -> bool {
    let members = at(&operation.members, Place::Body).next().is_some();
    match operation.body {
        BodyKind::None | BodyKind::Raw => false,
        BodyKind::Object => true,
        BodyKind::Form => members,
        BodyKind::ObjectOrEmpty => members || operation.raw_body.is_some(),
    }
}

/// Returns whether the body is sent even if no member of it is set.
pub(super) fn always_body(operation: &Operation) -> bool {
    operation.body == BodyKind::Object
        || at(&operation.members, Place::Body).any(|member| member.demanded)
}
