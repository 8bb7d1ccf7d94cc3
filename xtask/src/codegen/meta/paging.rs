//! Determines how operations return lists in pages: as the metadata states it, or else by the names
//! of members.

use serde_json::{Value, json};

use super::responses::Field;
use super::schema::{Action, Parameter};

/// Pairs of names for the marker at which a page begins: the parameter of the request, and the
/// member of the response that contains the marker of the next page.
const MARKERS: &[(&str, &str)] = &[("marker", "nextMarker"), ("nextToken", "nextToken")];
const MORE: &[&str] = &["isTruncated"];
const SIZES: &[&str] = &["maxKeys", "pageSize", "maxResults", "limit", "size"];
const PAGES: &[&str] = &["pageNo", "pageNumber"];
const TOTALS: &[&str] = &["totalCount", "total", "totalNum"];

/// Returns the value of the key `pagination` in the description of an operation whose response has
/// the members `answer`. Returns `None` if it is not clear which list is meant, or how its next
/// page is requested.
pub(super) fn pagination(action: &Action, answer: &[Field]) -> Option<Value> {
    let paginator = action.paginator.as_ref();
    let items = items(paginator.and_then(|it| it.result_key.as_deref()), answer)?;
    let size = paginator
        .and_then(|it| parameter(action, it.limit_key.as_deref()?, is_number))
        .or_else(|| first(action, SIZES, is_number));
    by_marker(action, answer)
        .map(|(marker, next, more)| {
            without_nulls(json!({
                "kind": "marker", "marker": marker, "next": next, "more": more, "items": items, "size": size,
            }))
        })
        .or_else(|| {
            let page = first(action, PAGES, is_number)?;
            let total = TOTALS.iter().find(|name| has(answer, name, &["Int32", "Int64"]));
            Some(without_nulls(json!({
                "kind": "page", "page": page, "size": size, "first": 1, "items": items, "total": total,
            })))
        })
}

/// Returns the names of three members: the marker in the request, the marker in the response, and
/// the member that tells whether there are more items, if the response has one. Returns `None` if
/// the list is not read by markers.
fn by_marker<'a>(
    action: &'a Action,
    answer: &'a [Field],
) -> Option<(&'a str, &'a str, Option<&'a str>)> {
    let said = action.paginator.as_ref();
    let said = said.and_then(|it| Some((it.input_token.as_deref()?, it.output_token.as_deref()?)));
    let (marker, next) =
        said.into_iter()
            .chain(MARKERS.iter().copied())
            .find_map(|(marker, next)| {
                let marker = parameter(action, marker, is_text)?;
                has(answer, next, &["String"]).then_some((marker, next))
            })?;
    let more = action.paginator.as_ref();
    let more = more.and_then(|it| it.more_results.as_deref());
    let more = more
        .into_iter()
        .chain(MORE.iter().copied())
        .find(|name| has(answer, name, &["Bool"]));
    Some((marker, next, more))
}

/// Returns the name of the list in a response: the one that the metadata names, or else the only
/// list.
fn items<'a>(named: Option<&str>, answer: &'a [Field]) -> Option<&'a str> {
    let lists = || answer.iter().filter(|field| field.ty.starts_with("List<"));
    let named = lists().find(|field| Some(field.name.as_str()) == named);
    let mut all = lists();
    let only = all.next().filter(|_| all.next().is_none());
    named.or(only).map(|field| field.name.as_str())
}

fn has(answer: &[Field], name: &str, types: &[&str]) -> bool {
    let mut fields = answer.iter();
    fields.any(|field| field.name == name && types.contains(&field.ty.as_str()))
}

fn parameter<'a>(action: &'a Action, name: &str, fits: fn(&Parameter) -> bool) -> Option<&'a str> {
    let mut parameters = action.parameters.iter();
    let found = parameters.find(|it| {
        it.name == name && fits(it) && matches!(it.position.as_deref(), Some("QUERY" | "BODY"))
    })?;
    Some(&found.name)
}

fn first<'a>(action: &'a Action, names: &[&str], fits: fn(&Parameter) -> bool) -> Option<&'a str> {
    names.iter().find_map(|name| parameter(action, name, fits))
}

fn is_text(parameter: &Parameter) -> bool {
    parameter.ty == "String" && parameter.corrected_type.is_none()
}

fn is_number(parameter: &Parameter) -> bool {
    ["Integer", "Long"].contains(&parameter.ty.as_str())
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(parameters: &[(&str, &str)], paginator: Value) -> Action {
        let parameters: Vec<Value> = parameters
            .iter()
            .map(|(name, ty)| json!({ "name": name, "type": ty, "position": "QUERY" }))
            .collect();
        serde_json::from_value(json!({
            "name": "ListThings", "method": "GET", "uri": "/", "parameters": parameters,
            "paginator": paginator,
        }))
        .unwrap()
    }

    fn answer(fields: &[(&str, &str)]) -> Vec<Field> {
        let field = |(name, ty): &(&str, &str)| Field {
            name: (*name).to_owned(),
            ty: (*ty).to_owned(),
            desc: None,
        };
        fields.iter().map(field).collect()
    }

    #[test]
    fn what_the_metadata_says_is_taken_where_the_answer_has_it() {
        let paginator = json!({ "input_token": "marker", "output_token": "nextMarker",
            "limit_key": "maxKeys", "more_results": "isTruncated", "result_key": "things" });
        let action = action(&[("marker", "String"), ("maxKeys", "Integer")], paginator);
        let fields = [
            ("things", "List<Thing>"),
            ("others", "List<Thing>"),
            ("nextMarker", "String"),
            ("isTruncated", "Bool"),
        ];
        assert_eq!(
            pagination(&action, &answer(&fields)),
            Some(
                json!({ "kind": "marker", "marker": "marker", "next": "nextMarker",
                "more": "isTruncated", "items": "things", "size": "maxKeys" })
            )
        );
        assert_eq!(pagination(&action, &answer(&fields[1..2])), None);
        assert_eq!(pagination(&action, &[]), None);
    }

    #[test]
    fn names_say_it_where_the_metadata_does_not() {
        let action = action(
            &[("pageNo", "Integer"), ("pageSize", "Integer")],
            Value::Null,
        );
        let fields = [("result", "List<Thing>"), ("totalCount", "Int64")];
        assert_eq!(
            pagination(&action, &answer(&fields)),
            Some(
                json!({ "kind": "page", "page": "pageNo", "size": "pageSize", "first": 1,
                "items": "result", "total": "totalCount" })
            )
        );
        let two = [("result", "List<Thing>"), ("more", "List<Thing>")];
        assert_eq!(pagination(&action, &answer(&two)), None);
    }
}
