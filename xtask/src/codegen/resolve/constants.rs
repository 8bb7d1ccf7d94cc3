//! Error codes and waiters.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Problems;
use crate::codegen::api::{Constant, Waiter};
use crate::codegen::spec::Spec;
use crate::codegen::{docs, names};

/// The name of a constant; one that is taken gets a number.
pub(super) fn free_constant(taken: &mut BTreeSet<String>, name: &str) -> String {
    names::numbered(&names::screaming(name))
        .find(|name| taken.insert(name.clone()))
        .unwrap_or_default()
}

/// The error codes. A code that is listed twice counts once; one that has no letter and no digit
/// has no constant.
pub(super) fn error_codes(spec: &Spec) -> Vec<Constant> {
    let mut constants: Vec<Constant> = Vec::new();
    let mut taken = BTreeSet::new();
    for error in &spec.errors {
        if names::snake(&error.code).is_empty() || constants.iter().any(|it| it.value == error.code)
        {
            continue;
        }
        let name = free_constant(&mut taken, &error.code);
        let status: Vec<_> = error.http_status.iter().map(ToString::to_string).collect();
        let mut text = docs::described(error.desc.as_deref(), || docs::sentence(&error.code));
        if !status.is_empty() {
            text.push_str(&format!(" HTTP status {}.", status.join(" or ")));
        }
        constants.push(Constant {
            name,
            value: error.code.clone(),
            docs: vec![text],
        });
    }
    constants
}

/// The waiters. Tables hold numbers, so waiters for states of another kind are left out.
pub(super) fn waiters(spec: &Spec, problems: &mut Problems) -> (Vec<Waiter>, Vec<String>) {
    let mut taken = BTreeSet::new();
    let (mut waiters, mut left_out) = (Vec::new(), Vec::new());
    for waiter in &spec.waiters {
        if names::snake(&waiter.name).is_empty() {
            problems.add("waiters", "the name of one has no letter and no digit");
        }
        if !spec.operations.iter().any(|it| it.name == waiter.operation) {
            let problem = format!("there is no operation `{}`", waiter.operation);
            problems.add(&waiter.name, problem);
        }
        let numbers = |states: &[Value]| states.iter().map(Value::as_i64).collect();
        let states: (Option<_>, Option<_>, Option<_>) = (
            numbers(&waiter.success),
            numbers(&waiter.failure),
            numbers(&waiter.pending),
        );
        let (Some(success), Some(failure), Some(pending)) = states else {
            left_out.push(format!("waiter {}: its states are no numbers", waiter.name));
            continue;
        };
        waiters.push(Waiter {
            constant: free_constant(&mut taken, &waiter.name),
            name: waiter.name.clone(),
            operation: waiter.operation.clone(),
            field: waiter.field.clone(),
            success,
            failure,
            pending,
            success_errors: waiter.success_errors.clone(),
            docs: std::iter::once(format!(
                "The states that end `{}`.",
                docs::code(&waiter.name)
            ))
            .chain(docs::note(waiter.note.as_deref(), None))
            .collect(),
        });
    }
    (waiters, left_out)
}
