//! Determines the properties of types that depend on how they contain each other: options, boxes,
//! defaults and checks.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use crate::codegen::api::{Member, Object, Place, Type, are_arguments};

type Objects = BTreeMap<String, Object>;

/// Determines for every field whether it is an `Option` and whether it is in a `Box`, and for every
/// type whether it has a default.
pub(super) fn settle(objects: &mut Objects, problems: &mut Problems) {
    let names: Vec<String> = objects.keys().cloned().collect();
    for name in &names {
        let settled: Vec<Shape> = objects
            .get(name)
            .map(|object| {
                object
                    .fields
                    .iter()
                    .map(|field| shape(objects, object, field))
                    .collect()
            })
            .unwrap_or_default();
        let Some(object) = objects.get_mut(name) else {
            continue;
        };
        for (field, shape) in object.fields.iter_mut().zip(settled) {
            (field.optional, field.argument) = (shape.optional, shape.argument);
            (field.has_default, field.boxed) = (shape.has_default, shape.boxed);
            if field.list_too && field.boxed {
                problems.add(
                    &format!("{}.{}", object.wire, field.wire),
                    "`also_accept` with a list is not supported for a type that contains itself",
                );
            }
        }
    }
    for name in &names {
        let has_default = has_default(objects, name, &mut BTreeSet::new());
        if holds_itself(objects, name) {
            problems.add(
                name,
                "it requires a value of its own type, so no value can exist",
            );
        }
        if let Some(object) = objects.get_mut(name) {
            object.has_default = has_default;
        }
    }
}

/// Determines for every type whether it has rules to check before sending.
pub(super) fn settle_checks(objects: &mut Objects) {
    let names: Vec<String> = objects.keys().cloned().collect();
    for name in &names {
        let has_checks = has_checks(objects, name, &mut BTreeSet::new());
        if let Some(object) = objects.get_mut(name) {
            object.has_checks = has_checks;
        }
    }
}

struct Shape {
    optional: bool,
    argument: bool,
    has_default: bool,
    boxed: bool,
}

/// Returns whether requests contain the type of which this is a field, but not the field itself.
fn is_absent_in_requests(object: &Object, field: &Member) -> bool {
    object.in_request && field.place != Place::Body
}

fn shape(objects: &Objects, object: &Object, field: &Member) -> Shape {
    let has_default = type_has_default(objects, &field.ty, &mut BTreeSet::new());
    let (optional, argument) = if field.must_be_present {
        let absent = is_absent_in_requests(object, field);
        let is_argument = is_argument(object, field);
        let set_by_name = field.place == Place::Body && !is_argument;
        ((absent || set_by_name) && !has_default, is_argument)
    } else if field.place == Place::Body && field.demanded {
        // Times and enums have no value that could stand for a missing one. In a type that only
        // requests contain, a member is also an `Option` if its absence could not be noticed
        // otherwise.
        let is_argument = is_argument(object, field);
        let must_be_option = !is_argument && (field.is_truth_value() || !object.in_response);
        (!has_default || must_be_option, is_argument)
    } else if field.place == Place::Body {
        (true, false)
    } else {
        (
            !matches!(
                field.ty,
                Type::Text | Type::Secret | Type::List(_) | Type::Map(_)
            ),
            false,
        )
    };
    let boxed = field
        .ty
        .direct_object()
        .is_some_and(|inner| reaches(objects, inner, &object.name));
    Shape {
        optional,
        argument,
        has_default,
        boxed,
    }
}

/// Returns whether a field is an argument of `new`.
fn is_argument(object: &Object, field: &Member) -> bool {
    let is_demanded =
        |field: &&Member| field.place == Place::Body && (field.demanded || field.must_be_present);
    is_demanded(&field)
        && !field.is_truth_value()
        && are_arguments(object.fields.iter().filter(is_demanded))
}

/// Returns whether a value of the type `from` contains one of the type `to` that is not in a list
/// or a map.
fn reaches(objects: &Objects, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(name) = todo.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name)
            && let Some(object) = objects.get(name)
        {
            todo.extend(
                object
                    .fields
                    .iter()
                    .filter_map(|field| field.ty.direct_object()),
            );
        }
    }
    false
}

/// Returns whether every value of the type would contain another value of the same type, directly
/// or through types that it always contains.
fn holds_itself(objects: &Objects, name: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut todo = vec![name];
    while let Some(next) = todo.pop() {
        let Some(object) = objects.get(next) else {
            continue;
        };
        for field in object.fields.iter().filter(|field| !field.optional) {
            match field.ty.direct_object() {
                Some(inner) if inner == name => return true,
                Some(inner) if seen.insert(inner) => todo.push(inner),
                _ => {}
            }
        }
    }
    false
}

fn type_has_default<'a>(objects: &'a Objects, ty: &'a Type, seen: &mut BTreeSet<&'a str>) -> bool {
    match ty {
        Type::DateTime(_) | Type::Timestamp | Type::Json | Type::Enum { .. } => false,
        Type::Object(name) => has_default(objects, name, seen),
        _ => true,
    }
}

/// Returns whether every field that is always present has a default. It has not been determined for
/// every type yet which fields are optional, so this function repeats the conditions for that.
fn has_default<'a>(objects: &'a Objects, name: &'a str, seen: &mut BTreeSet<&'a str>) -> bool {
    if !seen.insert(name) {
        return true;
    }
    let Some(object) = objects.get(name) else {
        return true;
    };
    if !object.forms.is_empty() {
        return false;
    }
    object.fields.iter().all(|field| {
        let set_by_name = field.place == Place::Body && !is_argument(object, field);
        let there = field.must_be_present && !is_absent_in_requests(object, field) && !set_by_name;
        !there || type_has_default(objects, &field.ty, seen)
    })
}

fn has_checks<'a>(objects: &'a Objects, name: &'a str, seen: &mut BTreeSet<&'a str>) -> bool {
    if !seen.insert(name) {
        return false;
    }
    let Some(object) = objects.get(name) else {
        return false;
    };
    let mut sent = (object.fields.iter()).filter(|field| field.place == Place::Body);
    object.in_request
        && (!object.rules.is_empty()
            || sent.any(|field| {
                field.is_checked()
                    || match field.ty.leaf() {
                        Type::Secret | Type::Double => true,
                        Type::Object(inner) => has_checks(objects, inner, seen),
                        _ => false,
                    }
            }))
}
