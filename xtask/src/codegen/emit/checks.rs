//! Generates statements that refuse invalid input before anything is sent.

use crate::codegen::api::{Api, Check, Member, Place, Rule, RuleKind, Type};
use crate::codegen::source::Source;

/// Writes the beginning of the `Check` implementation of a type.
pub(super) fn begin(source: &mut Source, name: &str) {
    for item in ["Check", "Path"] {
        source.import("bce_http::rt::check", item);
    }
    source.import("bce_http", "Error");
    source.line("");
    source.line(format!("impl Check for {name} {{"));
    source.line("fn check(&self, path: &Path<'_>) -> Result<(), Error> {");
}

/// Writes the checks of a member. `value` is the expression of its value, and `path` that of its
/// path in the request.
pub(super) fn emit(source: &mut Source, api: &Api, member: &Member, value: &str, path: &str) {
    let nested = api.has_checks(&member.ty);
    if !member.is_checked() && !nested {
        return;
    }
    source.import("bce_http::rt::check", "Path");
    if member.must_be_set() {
        source.import("bce_http::rt::check", "self");
        source.line(format!("check::set(&{path}, {value}.as_ref())?;"));
    }
    if nested {
        source.import("bce_http::rt::check", "Check");
        source.line(format!("{value}.check(&{path})?;"));
    }
    let not_empty = Check::NonEmpty;
    let is_new = member.is_unset_when_empty() && !member.checks.contains(&not_empty);
    for check in is_new
        .then_some(&not_empty)
        .into_iter()
        .chain(&member.checks)
    {
        source.import("bce_http::rt::check", "self");
        if member.optional {
            let borrow = if member.ty.is_copy() { "" } else { "&" };
            source.line(format!("if let Some(value) = {borrow}{value} {{"));
            source.line(statement(member, check, "value", path, true));
            source.line("}");
        } else {
            source.line(statement(member, check, value, path, false));
        }
    }
}

/// Writes the checks of the rules about several members. `value` and `path` return the expressions
/// for a member's value and for its path in the request.
pub(super) fn emit_rules(
    source: &mut Source,
    rules: &[Rule],
    value: impl Fn(&Member) -> String,
    path: impl Fn(&Member) -> String,
) {
    for rule in rules {
        source.import("bce_http::rt::check", "self");
        source.import("bce_http::rt::check", "Path");
        let (function, of) = match rule.kind {
            RuleKind::Together => ("together", ".is_some()"),
            RuleKind::ExactlyOne => ("exactly_one", ".is_some()"),
            RuleKind::NotAllZero => ("not_all_zero", ""),
        };
        let members = rule.members.iter();
        let members: Vec<String> = members
            .map(|member| format!("(&{}, {}{of})", path(member), value(member)))
            .collect();
        source.line(format!("check::{function}(&[{}])?;", members.join(", ")));
    }
}

/// Returns whether a member has the name of a resource id. If a string in the body must not be
/// empty, the name decides whether the string is checked as an id. Outside the body, such a string
/// always is.
fn is_id(wire: &str) -> bool {
    wire == "id" || wire.ends_with("Id") || wire.ends_with("ID")
}

fn statement(member: &Member, check: &Check, value: &str, path: &str, borrowed: bool) -> String {
    let length = format!("{path}.member(\"length\")");
    match check {
        Check::NonEmpty if matches!(member.ty, Type::List(_) | Type::Map(_)) => {
            limits(&length, &format!("{value}.len() as i64"), Some(1), None)
        }
        Check::NonEmpty => {
            let rule = if member.place == Place::Body && !is_id(&member.wire) {
                "non_empty"
            } else {
                "identifier"
            };
            let text = text(member, value, borrowed);
            format!("check::{rule}(&{path}, {text})?;")
        }
        Check::Range { min, max } => {
            let number = match &member.ty {
                Type::Timestamp => format!("{value}.raw()"),
                Type::Enum { .. } => format!("{value}.code()"),
                _ => value.to_owned(),
            };
            limits(path, &number, *min, *max)
        }
        Check::DoubleRange { min, max } => {
            format!("check::within(&{path}, {value}, ({min}, {max}))?;")
        }
        Check::Length { min, max } => {
            let count = match &member.ty {
                Type::List(_) | Type::Map(_) => format!("{value}.len() as i64"),
                _ => format!("{}.chars().count() as i64", receiver(member, value)),
            };
            limits(&length, &count, *min, *max)
        }
        Check::Lines { max } => {
            let count = format!("{}.lines().count() as i64", receiver(member, value));
            limits(
                &format!("{path}.member(\"lines\")"),
                &count,
                None,
                Some(*max),
            )
        }
    }
}

fn limits(path: &str, number: &str, min: Option<i64>, max: Option<i64>) -> String {
    format!("check::limits(&{path}, {number}, {min:?}, {max:?})?;")
}

/// Returns an expression of type `&str` for the value.
fn text(member: &Member, value: &str, borrowed: bool) -> String {
    match member.ty {
        Type::Text if borrowed => value.to_owned(),
        Type::Text => format!("&{value}"),
        _ => receiver(member, value),
    }
}

/// Returns an expression on which the methods of `str` can be called.
fn receiver(member: &Member, value: &str) -> String {
    match member.ty {
        Type::Secret => format!("{value}.expose()"),
        Type::Enum { .. } => format!("{value}.as_str()"),
        _ => value.to_owned(),
    }
}
