//! Generates the code for parameters that make it harmless to repeat a call.

use crate::codegen::api::{IdempotencyClass, Member, Operation, Place, Token};
use crate::codegen::source::Source;

/// Returns a paragraph for the documentation of the setter of an idempotency token; `None` if the
/// member is not the token of the operation.
pub(super) fn docs(operation: &Operation, member: &Member) -> Option<String> {
    let token = operation.token.as_ref();
    let token = token.filter(|token| token.member.wire == member.wire)?;
    let repeat = match token.class {
        IdempotencyClass::NonIdempotent => "",
        _ => " The client may therefore repeat a call with a token.",
    };
    Some(match token.is_made {
        true => format!(
            "If no token is set, the client generates a random one for each call, and keeps it when \
             it repeats the call. Set your own token to be able to send the same call again later.{repeat}"
        ),
        false => format!("The service treats calls with the same token as one call.{repeat}"),
    })
}

/// Returns the Rust expression for the call of an operation. If the operation has an idempotency
/// token, the expression uses the variable `operation`, which is defined by the statement that
/// [`begin`] writes.
pub(super) fn call(operation: &Operation) -> &'static str {
    match &operation.token {
        Some(_) => "self.call.operation(operation)",
        None => "self.call",
    }
}

/// Writes the statement in the generated method `send` that chooses between two descriptions of the
/// operation: one for calls with an idempotency token, and one for calls without. Writes nothing if
/// the operation has no idempotency token, because there is then only one description.
pub(super) fn begin(source: &mut Source, operation: &Operation) {
    if operation.token.is_some() {
        source.line("let operation = self.settle_token();");
    }
}

/// Writes the function that returns the description of the operation for a call, which depends on
/// whether an idempotency token is set. If the client generates tokens, the function first sets one
/// that is missing. Writes nothing if the operation has no idempotency token.
pub(super) fn emit(source: &mut Source, operation: &Operation) {
    let Some(Token {
        member, is_made, ..
    }) = &operation.token
    else {
        return;
    };
    let field = match member.place {
        Place::Body => format!("self.body.{}", member.name),
        _ => format!("self.{}", member.name),
    };
    source.line("");
    source.line("/// Returns the description of the operation, which depends on whether the call has a token.");
    let this = if *is_made { "&mut self" } else { "&self" };
    source.line(format!("fn settle_token({this}) -> &'static Operation {{"));
    if operation.raw_body.is_some() && member.place == Place::Body {
        source.line("if self.raw_body.is_some() { return &OPERATION; }");
    }
    let is_empty = match member.optional {
        true => format!("{field}.as_deref().is_none_or(str::is_empty)"),
        false => format!("{field}.is_empty()"),
    };
    if *is_made {
        source.line(format!(
            "if {is_empty} {{ {field} = bce_http::rt::new_token(); }}"
        ));
    }
    source.line(format!(
        "if {is_empty} {{ &OPERATION }} else {{ &WITH_TOKEN }}"
    ));
    source.line("}");
}
