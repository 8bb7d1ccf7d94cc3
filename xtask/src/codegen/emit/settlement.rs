//! How an operation finds out whether it was carried out.

use super::texts;
use crate::codegen::api::{Member, Place, SettledBy, Settlement};
use crate::codegen::source::Source;

/// The constant that says what decides.
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

/// Writes the call that reads the state; gives what adds it to the call of the change.
pub(super) fn call(source: &mut Source, settlement: &Settlement) -> String {
    source.import("crate::operation", &settlement.reader);
    let arguments = settlement.arguments.iter();
    let arguments: Vec<String> = arguments.map(|it| format!(", &{}", value(it))).collect();
    source.line(format!(
        "let read = {}::new(self.call.client(){}).into_call();",
        settlement.reader,
        arguments.concat()
    ));
    let answer = settlement.answer.iter();
    let answer: Vec<String> = answer
        .map(|(wire, member)| format!("({wire:?}, &{})", value(member)))
        .collect();
    format!(".settled_by(read, &SETTLED_BY, &[{}])", answer.join(", "))
}

fn value(member: &Member) -> String {
    match member.place {
        Place::Body => format!("self.body.{}", member.name),
        _ => format!("self.{}", member.name),
    }
}
