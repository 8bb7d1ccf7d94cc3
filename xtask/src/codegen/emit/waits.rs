//! Generates the methods that wait for a state in the response of an operation.

use super::examples::Examples;
use crate::codegen::api::{Api, Member, Operation, Type, Wait};
use crate::codegen::docs;
use crate::codegen::source::Source;

/// Writes the methods of an operation that wait for a state.
pub(super) fn emit(source: &mut Source, api: &Api, operation: &Operation) {
    if operation.waits.is_empty() {
        return;
    }
    source.line(
        "/// Methods that wait for a state; [`wait`](bce_http::wait) describes how they behave.",
    );
    source.line(format!("impl {} {{", operation.name));
    for wait in &operation.waits {
        method(source, api, operation, wait);
    }
    source.line("}");
    source.line("");
}

fn method(source: &mut Source, api: &Api, operation: &Operation, wait: &Wait) {
    let Wait {
        method, constant, ..
    } = wait;
    let mut paragraphs = vec![format!(
        "Sends the call repeatedly until the response contains one of the states that end the \
         wait, and returns the last response. [`{constant}`](crate::waiter::{constant}) lists \
         these states."
    )];
    let response = &operation.response;
    let (until, result) = match wait.may_be_gone {
        true => ("until_or_gone", format!("Option<{response}>")),
        false => ("until", response.clone()),
    };
    if wait.may_be_gone {
        paragraphs.push(
            "Returns `None` if the service responds that the resource does not exist.".to_owned(),
        );
    }
    source.line("");
    source.raw(&docs::comment("    ", &paragraphs));
    source.raw(&Examples::new(api).of_wait(operation, method));
    source.line(format!(
        "pub fn {method}(self) -> bce_http::wait::Wait<'static, {result}> {{
    bce_http::rt::wait::{until}(
        &crate::waiter::{constant},
        move |limit| self.clone().with_timeout(limit).into_future(),
        |answer| Some(bce_http::rt::wait::State::from({})),
    )
}}",
        state(&wait.path)
    ));
}

/// Returns an expression for the state, to be used in a closure that returns an `Option`.
fn state(path: &[Member]) -> String {
    let mut place = "answer".to_owned();
    let Some((last, outer)) = path.split_last() else {
        return place;
    };
    for member in outer {
        place.push_str(&format!(".{}", member.name));
        if member.optional {
            place.push_str(".as_ref()?");
        }
    }
    place.push_str(&format!(".{}", last.name));
    match (&last.ty, last.optional) {
        (Type::Enum { integer, .. }, optional) => {
            let value = if optional { ".as_ref()?" } else { "" };
            let read = if *integer { "code" } else { "as_str" };
            format!(
                "{place}{value}.{read}(){}",
                if *integer { "" } else { ".to_owned()" }
            )
        }
        (Type::Text, true) => format!("{place}.clone()?"),
        (Type::Text, false) => format!("{place}.clone()"),
        (_, true) => format!("{place}?"),
        (_, false) => place,
    }
}
