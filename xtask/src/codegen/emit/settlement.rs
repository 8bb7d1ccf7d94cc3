//! Generates the code that finds out whether a change was made if its response was lost.

use super::texts;
use crate::codegen::api::{Member, Place, SettledBy, Settlement};
use crate::codegen::source::Source;

/// Writes the constant that tells how to recognise that the change was made, from the response of
/// another operation that reads the state.
pub(super) fn emit(source: &mut Source, settlement: &Settlement) {
    source.import("bce_http::rt", "SettledBy");
    let by = match &settlement.by {
        SettledBy::State {
            member,
            reached,
            not_reached,
            reached_errors,
        } => format!(
            "State {{ member: {}, reached: {}, not_reached: {}, reached_errors: {} }}",
            texts(member),
            texts(reached),
            texts(not_reached),
            texts(reached_errors)
        ),
        SettledBy::Values {
            member,
            except,
            maps,
        } => {
            let (member, except, maps) = (texts(member), texts(except), texts(maps));
            format!("Values {{ member: {member}, except: {except}, maps: {maps} }}")
        }
    };
    source.line(format!("static SETTLED_BY: SettledBy = SettledBy::{by};"));
    source.line("");
}

/// Writes a statement that creates the call of the operation that reads the state. Returns the code
/// that attaches this call to the call that makes the change.
pub(super) fn call(source: &mut Source, settlement: &Settlement) -> String {
    source.import_item(&settlement.reader);
    let arguments = settlement.arguments.iter();
    let (mut given, mut set) = (String::new(), String::new());
    for (setter, member) in arguments {
        match setter {
            Some(setter) => set.push_str(&format!(".{setter}({})", value(member))),
            None => given.push_str(&format!(", {}", value(member))),
        }
    }
    source.line(format!(
        "let read = {}::new(self.call.client(){given}){set}.into_call();",
        settlement.reader,
    ));
    let answer = settlement.answer.iter();
    let answer: Vec<String> = answer
        .map(|(wire, member)| format!("({wire:?}, {})", value(member)))
        .collect();
    format!(".settled_by(read, &SETTLED_BY, &[{}])", answer.join(", "))
}

/// Returns a `&str` expression for the value of a required member. If such a member is not set,
/// `send` returns an error before it reaches this expression.
fn value(member: &Member) -> String {
    let place = match member.place {
        Place::Body => "self.body.",
        _ => "self.",
    };
    match member.optional {
        true => format!("{place}{}.as_deref().unwrap_or_default()", member.name),
        false => format!("&{place}{}", member.name),
    }
}
