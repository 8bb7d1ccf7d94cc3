//! Request bodies that callers may pass as one value.

use std::collections::BTreeMap;

use super::Problems;
use crate::codegen::api::{Member, Object, Operation, Place, WholeBody};
use crate::codegen::names;
use crate::codegen::spec::{self, Spec};

/// Determines, for each operation whose body callers may pass as one value, the type of that value,
/// and which of its fields contains which member of the body.
pub(super) fn settle(
    spec: &Spec,
    operations: &mut [Operation],
    objects: &BTreeMap<String, Object>,
    problems: &mut Problems,
) {
    for (described, operation) in spec.operations.iter().zip(operations) {
        let Some(wire) = described.body_type.as_deref() else {
            continue;
        };
        match resolve_one(wire, described, operation, objects) {
            Ok(body) => operation.whole_body = Some(body),
            Err(problem) => problems.add(&operation.wire, format!("`body_type`: {problem}")),
        }
    }
}

fn resolve_one(
    wire: &str,
    described: &spec::Operation,
    operation: &Operation,
    objects: &BTreeMap<String, Object>,
) -> Result<WholeBody, String> {
    let object = objects.values().find(|object| object.wire == wire);
    let object = object.ok_or_else(|| format!("there is no type `{wire}`"))?;
    if !object.forms.is_empty() {
        return Err(format!("`{wire}` is a `one_of`, which has no members"));
    }
    let of_body = |member: &&Member| member.place == Place::Body;
    let parameters = || operation.members.iter().filter(of_body);
    let mut members = Vec::new();
    for field in object.fields.iter().filter(of_body) {
        let name = &field.wire;
        let member = parameters().find(|member| member.wire == *name);
        let member = member.ok_or_else(|| format!("there is no BODY parameter `{name}`"))?;
        if member.ty != field.ty {
            return Err(format!("the parameter `{name}` has another type"));
        }
        if member.sent.same_as.is_none() {
            members.push((member.clone(), field.clone()));
        }
    }
    let fields = |member: &&Member| object.fields.iter().all(|field| field.wire != member.wire);
    if let Some(member) = parameters().find(fields) {
        return Err(format!("`{wire}` has no field `{}`", member.wire));
    }
    let is_free = |name: &String| {
        let streams = described.pagination.is_some() && ["items", "pages"].contains(&name.as_str());
        let mut members = operation.members.iter();
        !streams && operation.raw_body.as_ref() != Some(name) && !members.any(|it| it.name == *name)
    };
    let setter = std::iter::once(names::member(&object.name))
        .chain(names::numbered("whole_body"))
        .find(is_free);
    Ok(WholeBody {
        setter: setter.unwrap_or_default(),
        ty: object.name.clone(),
        members,
    })
}
