//! Determines how to find out whether a change was made if its response was lost: which operation
//! reads the resulting state, and which state or values in its response are evidence of the change.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problems, scalar};
use crate::codegen::api::{
    IdempotencyClass, Member, Object, Operation, Place, SettledBy, Settlement, Type,
};
use crate::codegen::spec::{self, Spec};

/// Records for each operation how to find out whether it was carried out if its response was lost,
/// and marks the operations that read the state for this purpose.
pub(super) fn resolve(
    spec: &Spec,
    operations: &mut [Operation],
    objects: &BTreeMap<String, Object>,
    problems: &mut Problems,
) {
    let described = spec.operations.iter().zip(0..);
    for (operation, index) in described {
        let settled_by = operation
            .idempotency
            .as_ref()
            .and_then(|it| it.settled_by.as_ref());
        let Some(settled_by) = settled_by else {
            continue;
        };
        let Some(change) = operations.get(index) else {
            continue;
        };
        match resolve_one(settled_by, change, operations, objects) {
            Ok(settlement) => {
                let reader = settlement.reader.clone();
                operations[index].settlement = Some(settlement);
                for operation in operations.iter_mut().filter(|it| it.name == reader) {
                    operation.settles = true;
                }
            }
            Err(problem) => problems.add(&operation.name, format!("settled_by: {problem}")),
        }
    }
}

fn resolve_one(
    settled_by: &spec::SettledBy,
    change: &Operation,
    operations: &[Operation],
    objects: &BTreeMap<String, Object>,
) -> Result<Settlement, String> {
    let name = &settled_by.operation;
    let reader = operations
        .iter()
        .find(|operation| operation.wire == *name)
        .ok_or_else(|| format!("there is no operation `{name}`"))?;
    if reader.class != IdempotencyClass::Safe {
        return Err(format!("`{name}` does not only read"));
    }
    if let Some(path) = settled_by.member.as_ref().or(settled_by.values_in.as_ref()) {
        must_be_in_answer(path, reader, objects)?;
    }
    let arguments = reader.members.iter().filter(|member| member.demanded);
    let arguments = arguments
        .map(|argument| {
            let given = same(change, &settled_by.parameters, &argument.wire)?;
            let setter = (!argument.argument).then(|| argument.name.clone());
            Ok((setter, given))
        })
        .collect::<Result<_, String>>()?;
    Ok(Settlement {
        reader: reader.name.clone(),
        arguments,
        by: by(settled_by, change, objects)?,
        answer: answer(settled_by, change, objects)?,
    })
}

/// Returns an error if the response of `reader` has no member at this path. `reader` is an
/// operation that reads a state, and the value of the member would show whether a change was made.
fn must_be_in_answer(
    path: &str,
    reader: &Operation,
    objects: &BTreeMap<String, Object>,
) -> Result<(), String> {
    let mut object = objects.get(&reader.response);
    for name in path.split('.') {
        let fields = object.map_or(&[][..], |object| &object.fields);
        let field = fields
            .iter()
            .find(|field| field.wire == name)
            .ok_or_else(|| format!("the response of `{}` has no `{path}`", reader.wire))?;
        object = match &field.ty {
            Type::Object(name) => objects.get(name),
            _ => None,
        };
    }
    Ok(())
}

/// Returns the member of the operation `change` that has the same value as `wire`, which is a
/// member of another operation or of a response. The two members have the same name, unless `names`
/// maps `wire` to another name.
fn same(
    change: &Operation,
    names: &BTreeMap<String, String>,
    wire: &str,
) -> Result<Member, String> {
    let name = names.get(wire).map_or(wire, String::as_str);
    let member = change.members.iter().find(|member| member.wire == name);
    member
        .filter(|member| member.demanded && member.ty == Type::Text)
        .cloned()
        .ok_or_else(|| {
            format!("`{wire}` is not a text that every call has; name its member in `parameters`")
        })
}

fn by(
    settled_by: &spec::SettledBy,
    change: &Operation,
    objects: &BTreeMap<String, Object>,
) -> Result<SettledBy, String> {
    let path = |path: &String| path.split('.').map(str::to_owned).collect();
    let states = |values: &[serde_json::Value]| values.iter().map(scalar).collect::<Vec<_>>();
    match (&settled_by.member, &settled_by.values_in) {
        (Some(member), None) if !settled_by.reached.is_empty() => Ok(SettledBy::State {
            member: path(member),
            reached: states(&settled_by.reached),
            not_reached: states(&settled_by.not_reached),
            reached_errors: settled_by.reached_errors.clone(),
        }),
        (Some(_), None) => Err("there is no `reached` state".to_owned()),
        (None, Some(object)) => {
            // A member that identifies the object is not one of the values that are compared.
            let named = settled_by.parameters.values();
            let body = |name: &&String| {
                let mut members = change.members.iter();
                members.any(|member| member.place == Place::Body && member.wire == **name)
            };
            Ok(SettledBy::Values {
                member: path(object),
                except: named.filter(body).cloned().collect(),
                maps: maps(change, objects),
            })
        }
        _ => Err("it requires either `member` or `values_in`".to_owned()),
    }
}

/// Returns the names of the members that are maps in the body of the operation `change`, at any
/// depth.
fn maps(change: &Operation, objects: &BTreeMap<String, Object>) -> Vec<String> {
    let in_body = |member: &&Member| member.place == Place::Body;
    let body = change.members.iter().filter(in_body);
    let mut open: Vec<(&str, &Type)> = body.map(|it| (it.wire.as_str(), &it.ty)).collect();
    let (mut maps, mut seen) = (BTreeSet::new(), BTreeSet::new());
    while let Some((wire, ty)) = open.pop() {
        match ty {
            Type::Map(_) => {
                maps.insert(wire.to_owned());
            }
            Type::List(item) => open.push((wire, item)),
            Type::Object(name) if seen.insert(name) => {
                let fields = objects.get(name).map(|it| &it.fields);
                let fields = fields.into_iter().flatten();
                open.extend(fields.map(|it| (it.wire.as_str(), &it.ty)));
            }
            _ => {}
        }
    }
    maps.into_iter().collect()
}

/// Returns the members of the response of `change` whose values are known from the request, each
/// with the member of the request that has the same value.
fn answer(
    settled_by: &spec::SettledBy,
    change: &Operation,
    objects: &BTreeMap<String, Object>,
) -> Result<Vec<(String, Member)>, String> {
    let mut known = Vec::new();
    let fields = objects.get(&change.response).map(|it| &it.fields);
    for field in fields.into_iter().flatten() {
        match same(change, &settled_by.answer, &field.wire) {
            Ok(member) if field.ty == Type::Text => known.push((field.wire.clone(), member)),
            _ if field.must_be_present => {
                return Err(format!(
                    "the response requires `{}`, whose value is unknown",
                    field.wire
                ));
            }
            _ if settled_by.answer.contains_key(&field.wire) => {
                return Err(format!(
                    "`{}` of the response differs from what `answer` says",
                    field.wire
                ));
            }
            _ => {}
        }
    }
    Ok(known)
}
