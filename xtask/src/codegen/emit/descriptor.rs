//! Generates the constants that describe an operation to the layers of a client.

use super::{settlement, texts};
use crate::codegen::api::{Answer, Api, IdempotencyClass, Operation, ResponseKind};
use crate::codegen::source::Source;

/// Writes the constants that describe an operation.
pub(super) fn emit(source: &mut Source, api: &Api, operation: &Operation) {
    source.import("bce_http", "Idempotency");
    source.import("bce_http::rt", "Operation");
    source.import("http", "Method");
    let mut descriptor = new(api, operation, operation.class);
    if !operation.blind_retry && operation.class != IdempotencyClass::NonIdempotent {
        descriptor.push_str(".without_blind_retry()");
    }
    source.line(format!("static OPERATION: Operation = {descriptor};"));
    source.line("");
    if let Some(token) = &operation.token {
        source.line("/// The description of the operation for a call that has a token.");
        let descriptor = new(api, operation, token.class);
        source.line(format!("static WITH_TOKEN: Operation = {descriptor};"));
        source.line("");
    }
    if let Some(settlement) = &operation.settlement {
        settlement::emit(source, settlement);
    }
}

fn new(api: &Api, operation: &Operation, class: IdempotencyClass) -> String {
    let class = match class {
        IdempotencyClass::Safe => "Safe",
        IdempotencyClass::Repeatable => "Repeatable",
        IdempotencyClass::StateGuarded => "StateGuarded",
        IdempotencyClass::NonIdempotent => "NonIdempotent",
    };
    let mut descriptor = format!(
        "Operation::new({:?}, {:?}, Method::{}, Idempotency::{class})",
        api.service.code, operation.wire, operation.http_method
    );
    descriptor.push_str(&match operation.content {
        // Only the request id shows that an object comes from the service.
        None if operation.answer == Answer::Json => String::new(),
        None => format!(".answered_with({})", texts(&answer_members(api, operation))),
        Some(ResponseKind::Raw) => ".answered_with_bytes()".to_owned(),
        Some(ResponseKind::Data) => ".answered_with_data()".to_owned(),
    });
    if !operation.accepted.is_empty() {
        descriptor.push_str(&format!(".accepting(&{:?})", operation.accepted));
    }
    descriptor
}

/// Returns the names of the response members by which a client recognises that a response comes
/// from the service, and not from a proxy, for example. The members `code`, `message` and
/// `requestId` are not among them.
fn answer_members(api: &Api, operation: &Operation) -> Vec<String> {
    const ENVELOPE: [&str; 3] = ["code", "message", "requestId"];
    let objects = api.objects.values();
    let mut objects = objects.filter(|object| object.name == operation.response);
    let Some(object) = objects.next() else {
        return Vec::new();
    };
    let names = object.fields.iter().flat_map(|field| {
        let aliases = field.aliases.iter();
        std::iter::once(&field.wire).chain(aliases)
    });
    let names = names.filter(|name| !ENVELOPE.contains(&name.as_str()));
    names.chain(&object.also_inside).cloned().collect()
}
