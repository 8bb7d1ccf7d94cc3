//! Which responses are pages of lists.

use std::collections::BTreeMap;

use super::Problems;
use crate::codegen::api::{Member, Object, Operation, Page, Type};
use crate::codegen::spec::{Pagination, Spec};

/// Notes in the response of every operation with a `pagination` where its items are.
pub(super) fn settle(
    spec: &Spec,
    operations: &[Operation],
    objects: &mut BTreeMap<String, Object>,
    problems: &mut Problems,
) {
    let mut described: BTreeMap<&str, &Pagination> = BTreeMap::new();
    for (operation, resolved) in spec.operations.iter().zip(operations) {
        let Some(pagination) = &operation.pagination else {
            continue;
        };
        let Some(object) = objects.get_mut(&resolved.response) else {
            continue;
        };
        let first = *described.entry(&resolved.response).or_insert(pagination);
        if first != pagination {
            let problem = "another operation with this response has another `pagination`";
            problems.add(&operation.name, problem);
        }
        match page(object, pagination) {
            Ok(page) => object.page = page,
            Err(problem) => problems.add(&operation.name, problem),
        }
    }
}

fn page(object: &Object, pagination: &Pagination) -> Result<Option<Page>, String> {
    let member = |name: &String, fits: fn(&Type) -> bool, what: &str| -> Result<Member, String> {
        let mut fields = object.fields.iter();
        let field = fields.find(|field| field.wire == *name && fits(&field.ty));
        field.cloned().ok_or_else(|| {
            let wire = &object.wire;
            format!("`pagination` names `{name}`, but `{wire}` has no {what} of this name")
        })
    };
    let Some(items) = &pagination.items else {
        return Ok(None);
    };
    let items = member(items, |ty| matches!(ty, Type::List(_)), "list")?;
    let total = (pagination.total.as_ref())
        .map(|total| member(total, |ty| *ty == Type::Int, "integer"))
        .transpose()?;
    Ok(Some(Page { items, total }))
}
