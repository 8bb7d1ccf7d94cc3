//! Generates the methods that return the items or the pages of a list as a stream.

use super::examples::Examples;
use super::types::rust_type;
use crate::codegen::api::{Api, ListedBy, Listing, Member, Operation, Place, Type};
use crate::codegen::docs;
use crate::codegen::source::Source;

/// Writes the methods that return a list as a stream, and the trait implementation that requests a
/// page. Writes nothing if the operation does not return a list in pages.
pub(super) fn emit(source: &mut Source, api: &Api, operation: &Operation) {
    let Some(listing) = &operation.listing else {
        return;
    };
    let Type::List(item) = &listing.items.ty else {
        return;
    };
    let (name, item) = (&operation.name, &**item);
    let of_place = match &listing.by {
        ListedBy::Number { .. } => "A page number",
        ListedBy::Marker(_) => "A marker",
    };
    source.line(
        "/// Streams of all pages of the list; [`pager`](bce_http::pager) describes their \
         guarantees.",
    );
    source.line(format!("impl {name} {{"));
    let mut paragraphs = vec![format!(
        "Returns a stream of the items of all pages. {of_place} set on this builder is ignored."
    )];
    paragraphs.extend(key_docs(listing, item));
    if listing.total.is_some() {
        paragraphs.push(
            "After the last item, [`missing`](bce_http::pager::Items::missing) returns how many \
             items the service has counted but not listed."
                .to_owned(),
        );
    }
    let examples = Examples::new(api);
    source.raw(&docs::comment("    ", &paragraphs));
    source.raw(&examples.of_items(operation));
    source.line("pub fn items(self) -> bce_http::pager::Items<Self> {");
    source.line("bce_http::pager::Items::new(self)");
    source.line("}");
    source.line("");
    source.line("/// Like [`items`](Self::items), but returns a stream of whole pages.");
    source.raw(&examples.of_pages(operation));
    source.line("pub fn pages(self) -> bce_http::pager::Pages<Self> {");
    source.line("bce_http::pager::Pages::new(self)");
    source.line("}");
    source.line("}");
    source.line("");
    let item_type = rust_type(source, item);
    source.line(format!("impl bce_http::pager::Paged for {name} {{"));
    source.line(format!("type Item = {item_type};"));
    let (place, argument) = match &listing.by {
        ListedBy::Number { .. } => ("i64", "number"),
        ListedBy::Marker(_) => ("Option<String>", "marker"),
    };
    source.line(format!("type Place = {place};"));
    if listing.may_repeat {
        source.line("const MAY_REPEAT: bool = true;");
    }
    source.line("");
    source.line(format!(
        "async fn page(mut self, {argument}: {place}) -> Result<bce_http::pager::Page<{item_type}>, Error> {{"
    ));
    page(source, listing);
    source.line("}");
    source.line("");
    key(source, api, listing, item, &item_type);
    source.line("");
    source.line("fn operation() -> Option<&'static Operation> { Some(&OPERATION) }");
    source.line("}");
    source.line("");
}

fn key_docs(listing: &Listing, item: &Type) -> Option<String> {
    let by_marker = matches!(listing.by, ListedBy::Marker(_));
    Some(match &listing.key {
        Some(key) => format!(
            "Of several items with the same `{}`, only one is returned.",
            docs::code(&key.wire)
        ),
        None if by_marker => return None,
        None if *item == Type::Text => "Of several equal strings, only one is returned.".to_owned(),
        None => "The items have no id, so of several items that are equal in every member, only one is returned.".to_owned(),
    })
}

/// Returns the expression of the field that contains a parameter.
fn field(member: &Member) -> String {
    match member.place {
        Place::Body => format!("self.body.{}", member.name),
        _ => format!("self.{}", member.name),
    }
}

/// Returns the source code that converts a number to the value of a parameter. `number` is the
/// source code of the number.
fn as_value(member: &Member, number: &str) -> String {
    let value = match member.ty {
        Type::Text => format!("({number}).to_string()"),
        _ => number.to_owned(),
    };
    match member.optional {
        true => format!("Some({value})"),
        false => value,
    }
}

/// Writes the statements that request a page.
fn page(source: &mut Source, listing: &Listing) {
    match &listing.by {
        ListedBy::Number { page, first } => {
            let number = match first - 1 {
                0 => "number".to_owned(),
                before if before < 0 => format!("number - {}", before.unsigned_abs()),
                before => format!("number + {before}"),
            };
            source.line(format!("{} = {};", field(page), as_value(page, &number)));
        }
        ListedBy::Marker(markers) => {
            let marker = &markers.marker;
            let value = if marker.optional {
                ""
            } else {
                ".unwrap_or_default()"
            };
            source.line(format!("{} = marker{value};", field(marker)));
        }
    }
    if let Some((member, number)) = &listing.size {
        let number = match member.ty {
            Type::Text => format!("{:?}.to_owned()", number.to_string()),
            _ => number.to_string(),
        };
        source.line(format!("{}.get_or_insert({number});", field(member)));
    }
    source.line("let response = self.send().await?;");
    let items = match listing.items.optional {
        true => format!("response.{}.unwrap_or_default()", listing.items.name),
        false => format!("response.{}", listing.items.name),
    };
    let total = optional(listing.total.as_ref());
    let new = format!("bce_http::pager::Page::new({items}, {total})");
    source.line(match &listing.by {
        ListedBy::Number { .. } => format!("Ok({new})"),
        ListedBy::Marker(markers) => {
            let mut marker = optional(Some(&markers.next));
            if markers.next.ty == Type::Int {
                marker.push_str(".map(|marker| marker.to_string())");
            }
            format!(
                "Ok({new}.with_next({marker}, {}))",
                optional(markers.more.as_ref())
            )
        }
    });
}

/// Returns the expression of a member of the response, as an `Option`.
fn optional(member: Option<&Member>) -> String {
    match member {
        None => "None".to_owned(),
        Some(member) if member.optional => format!("response.{}", member.name),
        Some(member) => format!("Some(response.{})", member.name),
    }
}

/// Writes the method that returns the key of an item, by which repeated items are recognised.
fn key(source: &mut Source, api: &Api, listing: &Listing, item: &Type, item_type: &str) {
    // A marker is an exact position, so equal items may be different ones.
    let content = match (&listing.by, item) {
        (ListedBy::Marker(_), _) => "String::new()".to_owned(),
        (_, Type::Text) => "item.clone()".to_owned(),
        (_, item) if is_written(api, item) => "bce_http::rt::content_key(item)".to_owned(),
        _ => "format!(\"{item:?}\")".to_owned(),
    };
    let unused = listing.key.is_none() && content == "String::new()";
    let name = if unused { "_" } else { "item" };
    let by_reference = match item {
        Type::Text => "&String".to_owned(),
        Type::List(_) => format!("&{item_type}"),
        _ => format!("&{item_type}"),
    };
    source.line(format!("fn key({name}: {by_reference}) -> String {{"));
    let Some(key) = &listing.key else {
        source.line(content);
        source.line("}");
        return;
    };
    let field = format!("item.{}", key.name);
    let text = match (&key.ty, key.optional) {
        (Type::Text, false) => format!("if !{field}.is_empty() {{ return {field}.clone(); }}"),
        (Type::Text, true) => format!(
            "if let Some(id) = {field}.as_ref().filter(|id| !id.is_empty()) {{ return id.clone(); }}"
        ),
        (_, true) => format!("if let Some(id) = {field} {{ return id.to_string(); }}"),
        (_, false) => {
            source.line(format!("{field}.to_string()"));
            source.line("}");
            return;
        }
    };
    source.line(text);
    source.line(content);
    source.line("}");
}

/// Returns whether serializing an item writes all of its values. It does not if the item contains
/// secrets, because they are masked.
fn is_written(api: &Api, item: &Type) -> bool {
    !api.has_secret(item)
}
