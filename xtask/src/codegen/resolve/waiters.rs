//! Converts the waiters of an API description: tables of the states for which a method waits, and
//! the operations that have such methods.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::constants::free_constant;
use super::sense::hint;
use super::{Problems, scalar};
use crate::codegen::api::{Answer, Member, Object, Operation, Type, Wait, Waiter};
use crate::codegen::spec::{self, Spec};
use crate::codegen::{docs, names};

/// Returns the waiters: the tables of states for which methods wait. Also returns a message for
/// each waiter that is left out, because the API description has no type for the response that
/// contains the state.
pub(super) fn resolve(
    spec: &Spec,
    operations: &mut [Operation],
    objects: &BTreeMap<String, Object>,
    problems: &mut Problems,
) -> (Vec<Waiter>, Vec<String>) {
    let mut taken = BTreeSet::new();
    let (mut waiters, mut left_out) = (Vec::new(), Vec::new());
    for waiter in &spec.waiters {
        if names::snake(&waiter.name).is_empty() {
            problems.add("waiters", "a name has neither a letter nor a digit");
        }
        let mut named = operations.iter_mut();
        let Some(operation) = named.find(|it| it.wire == waiter.operation) else {
            let hint = hint(
                &waiter.operation,
                spec.operations.iter().map(|it| it.name.as_str()),
            );
            let problem = format!("there is no operation `{}`{hint}", waiter.operation);
            problems.add(&waiter.name, problem);
            continue;
        };
        if operation.answer != Answer::Model {
            let wire = &operation.wire;
            left_out.push(format!(
                "waiter {}: no members of the response of `{wire}` are described",
                waiter.name
            ));
            continue;
        }
        match resolve_one(waiter, operation, objects, &mut taken) {
            Ok(resolved) => waiters.push(resolved),
            Err(problem) => problems.add(&waiter.name, problem),
        }
    }
    (waiters, left_out)
}

fn resolve_one(
    waiter: &spec::Waiter,
    operation: &mut Operation,
    objects: &BTreeMap<String, Object>,
    taken: &mut BTreeSet<String>,
) -> Result<Waiter, String> {
    let path = path(&waiter.field, operation, objects)?;
    let is_text = match path.last().map(|field| &field.ty) {
        Some(ty) if ty.is_text() && *ty != Type::Secret && !matches!(ty, Type::DateTime(_)) => true,
        Some(Type::Int | Type::Enum { .. }) => false,
        _ => return Err(format!("`{}` is neither text nor an integer", waiter.field)),
    };
    let states = |states: &[Value]| {
        let literals = states.iter().map(|state| literal(state, is_text));
        literals.collect::<Result<Vec<_>, _>>()
    };
    let constant = free_constant(taken, &waiter.name);
    if !waiter.rust.table_only {
        let method = format!("wait_until_{}", constant.to_ascii_lowercase());
        operation.waits.push(Wait {
            method,
            constant: constant.clone(),
            path,
            may_be_gone: !waiter.success_errors.is_empty(),
        });
    }
    Ok(Waiter {
        constant,
        name: waiter.name.clone(),
        operation: waiter.operation.clone(),
        field: waiter.field.clone(),
        is_text,
        success: states(&waiter.success)?,
        failure: states(&waiter.failure)?,
        pending: states(&waiter.pending)?,
        success_errors: waiter.success_errors.clone(),
        docs: std::iter::once(format!(
            "The states that end the wait `{}`.",
            docs::code(&waiter.name)
        ))
        .chain(docs::note(waiter.note.as_deref(), None))
        .collect(),
    })
}

/// Returns the members on the path `field`, which leads to the state in the response.
fn path(
    field: &str,
    operation: &Operation,
    objects: &BTreeMap<String, Object>,
) -> Result<Vec<Member>, String> {
    let mut path: Vec<Member> = Vec::new();
    let mut object = objects.get(&operation.response);
    for name in field.split('.') {
        let fields = object.map_or(&[][..], |object| &object.fields);
        let member = fields.iter().find(|field| field.wire == name);
        let member = member
            .ok_or_else(|| format!("the response of `{}` has no `{field}`", operation.wire))?;
        object = member.ty.direct_object().and_then(|name| objects.get(name));
        path.push(member.clone());
    }
    Ok(path)
}

/// Returns a state as a Rust literal. A state that cannot be a value of the member is an error,
/// since it would never occur.
fn literal(state: &Value, is_text: bool) -> Result<String, String> {
    let text = scalar(state);
    match is_text {
        true if state.is_string() || state.is_number() => Ok(format!("{text:?}")),
        false if text.parse::<i64>().is_ok() => Ok(text),
        true => Err(format!("the state `{state}` is not text")),
        false => Err(format!("the state `{state}` is not an integer")),
    }
}
