//! Determines which responses are pages of lists, and how these lists are read.

use std::collections::BTreeMap;

use super::Problems;
use crate::codegen::api::{
    ListedBy, Listing, Markers, Member, Object, Operation, Page, Place, Type,
};
use crate::codegen::spec::{self, Pagination, PaginationKind, Spec};

/// The number of items on a page if neither the caller nor the API description determines it.
const USUAL_SIZE: i64 = 100;

/// For every operation whose API description has a `pagination`, records which member of the
/// response contains the items, and how pages are requested.
pub(super) fn settle(
    spec: &Spec,
    operations: &mut [Operation],
    objects: &mut BTreeMap<String, Object>,
    problems: &mut Problems,
) {
    let mut described: BTreeMap<String, [Option<&String>; 2]> = BTreeMap::new();
    for (operation, resolved) in spec.operations.iter().zip(operations) {
        let Some(pagination) = &operation.pagination else {
            continue;
        };
        let Some(object) = objects.get_mut(&resolved.response) else {
            let problem = "`pagination` requires a described response";
            problems.add(&operation.name, problem);
            continue;
        };
        let members = [pagination.items.as_ref(), pagination.total.as_ref()];
        let first = *(described.entry(resolved.response.clone())).or_insert(members);
        if first != members {
            let problem = "another operation with the same response has a different `pagination`";
            problems.add(&operation.name, problem);
        }
        match page(object, pagination) {
            Ok(page) => object.page = page,
            Err(problem) => problems.add(&operation.name, problem),
        }
        let Some(object) = objects.get(&resolved.response) else {
            continue;
        };
        match listing(operation, pagination, resolved, object, objects) {
            Ok(listing) => resolved.listing = listing,
            Err(problem) => problems.add(&operation.name, problem),
        }
    }
}

fn page(object: &Object, pagination: &Pagination) -> Result<Option<Page>, String> {
    let Some(items) = &pagination.items else {
        return Ok(None);
    };
    let items = field(object, items, |ty| matches!(ty, Type::List(_)), "list")?;
    let total = (pagination.total.as_ref())
        .map(|total| field(object, total, |ty| *ty == Type::Int, "integer"))
        .transpose()?;
    Ok(Some(Page { items, total }))
}

fn field(
    object: &Object,
    name: &str,
    fits: fn(&Type) -> bool,
    what: &str,
) -> Result<Member, String> {
    let mut fields = object.fields.iter();
    let field = fields.find(|field| field.wire == name && fits(&field.ty));
    field.cloned().ok_or_else(|| {
        let wire = &object.wire;
        format!("`pagination` names `{name}`, but `{wire}` has no such {what}")
    })
}

/// Returns how to read a list of which the operation's response is one page; `None` if `pagination`
/// does not tell how pages are requested.
fn listing(
    described: &spec::Operation,
    pagination: &Pagination,
    operation: &Operation,
    object: &Object,
    objects: &BTreeMap<String, Object>,
) -> Result<Option<Listing>, String> {
    let by = match pagination.kind {
        Some(PaginationKind::Marker) => by_marker(pagination, operation, object)?,
        Some(PaginationKind::Page) | None => match &pagination.page {
            Some(page) => ListedBy::Number {
                page: Box::new(parameter(operation, page, is_number)?),
                first: pagination.first.unwrap_or(1),
            },
            None if pagination.kind.is_some() => {
                return Err("a `pagination` by page must name the parameter `page`".to_owned());
            }
            None => return Ok(None),
        },
    };
    let Some(Page { items, total }) = object.page.clone() else {
        return Err("a `pagination` must name the list `items`".to_owned());
    };
    let size = (pagination.size.as_ref())
        .map(|size| parameter(operation, size, is_number))
        .transpose()?;
    let size = match (size, pagination.size_required) {
        (None, true) => {
            return Err("a `pagination` with `size_required` must name the `size`".to_owned());
        }
        (size, is_required) => size.filter(|size| is_required && size.optional),
    };
    Ok(Some(Listing {
        by,
        size: size.map(|size| {
            let number = usual_size(described, &size.wire);
            (size, number)
        }),
        key: key(pagination, &items, objects)?,
        items,
        total,
        may_repeat: pagination.may_repeat,
    }))
}

fn by_marker(
    pagination: &Pagination,
    operation: &Operation,
    object: &Object,
) -> Result<ListedBy, String> {
    let (Some(marker), Some(next)) = (&pagination.marker, &pagination.next) else {
        return Err(
            "a `pagination` by marker must name the parameter `marker` and \
            `next`"
                .to_owned(),
        );
    };
    Ok(ListedBy::Marker(Box::new(Markers {
        marker: parameter(operation, marker, |ty| *ty == Type::Text)?,
        next: field(object, next, is_number, "text")?,
        more: (pagination.more.as_ref())
            .map(|more| field(object, more, |ty| *ty == Type::Bool, "truth value"))
            .transpose()?,
    })))
}

/// Returns whether a parameter of this type can be a number, which may be sent as a string.
fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Text)
}

/// Returns a parameter that is used to request a page, such as the page number. An error is
/// returned if there is no parameter with this name and with a type for which `fits` returns
/// `true`.
fn parameter(operation: &Operation, name: &str, fits: fn(&Type) -> bool) -> Result<Member, String> {
    let mut members = operation.members.iter();
    let member = members
        .find(|member| member.wire == name && member.place != Place::Url && fits(&member.ty));
    member.cloned().ok_or_else(|| {
        format!("`pagination` names `{name}`, but there is no suitable parameter with this name")
    })
}

/// Returns the number of items on a page if the caller does not set it.
fn usual_size(operation: &spec::Operation, wire: &str) -> i64 {
    let mut parameters = operation.parameters.iter();
    let member = parameters.find(|member| member.name == wire);
    let default = member.and_then(|member| member.default.as_ref()?.as_i64());
    let most = member.and_then(|member| member.limits.get("max")?.as_i64());
    let size = default.filter(|size| *size > 0).unwrap_or(USUAL_SIZE);
    most.filter(|most| *most > 0)
        .map_or(size, |most| size.min(most))
}

/// Returns the member that identifies an item: the one that the API description names, or else
/// `id` if there is one.
fn key(
    pagination: &Pagination,
    items: &Member,
    objects: &BTreeMap<String, Object>,
) -> Result<Option<Member>, String> {
    let Type::List(item) = &items.ty else {
        return Ok(None);
    };
    let object = item.direct_object().and_then(|name| objects.get(name));
    let name = pagination.key.as_deref().unwrap_or("id");
    let fields = object.map_or(&[][..], |object| &object.fields);
    let is_key = |field: &&Member| {
        field.wire == name && matches!(field.ty, Type::Text | Type::Int) && !field.hidden
    };
    match (fields.iter().find(is_key), &pagination.key) {
        (None, Some(key)) => Err(format!(
            "`pagination` names the key `{key}`, but an item has no text or integer with this name"
        )),
        (field, _) => Ok(field.cloned()),
    }
}
