//! Checks the enums of an API description, and determines the Rust names of their values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Problems;
use crate::codegen::api::{Enum, Home, Variant};
use crate::codegen::{docs, names, spec};

/// Converts an enum of an API description. `wire` is its API name, and `name` its Rust name.
pub(super) fn resolve(
    problems: &mut Problems,
    wire: &str,
    name: String,
    home: Home,
    values: &spec::EnumDef,
) -> Enum {
    let integer = is_integer(values);
    if let Some(repr) = values.repr.as_deref()
        && !["String", "Int32", "Int64"].contains(&repr)
    {
        let problem = format!("the repr of an enum must be String, Int32 or Int64, not `{repr}`");
        problems.add(wire, problem);
    }
    let mut literals = BTreeSet::new();
    let mut taken = BTreeSet::new();
    let mut variants = Vec::new();
    for value in &values.values {
        let (plain, literal) = match (&value.value, integer) {
            (Value::Number(number), true) if number.is_i64() => {
                (number.to_string(), number.to_string())
            }
            (Value::String(text), false) => (text.clone(), format!("{text:?}")),
            (other, _) => {
                let wanted = if integer { "an integer" } else { "text" };
                problems.add(wire, format!("the value {other} is not {wanted}"));
                continue;
            }
        };
        if !literals.insert(literal.clone()) {
            problems.add(wire, format!("the value {literal} occurs twice"));
        }
        let spelled = value
            .rust
            .name
            .as_ref()
            .or(value
                .name
                .as_ref()
                .filter(|name| !names::snake(name).is_empty()))
            .unwrap_or(&plain);
        let variant = names::numbered_camel(&names::variant(spelled))
            .find(|variant| taken.insert(variant.clone()))
            .unwrap_or_default();
        let desc = value.rust.desc.as_deref().or(value.desc.as_deref());
        let mut texts = vec![docs::described(desc, String::new)];
        texts.push(if plain.is_empty() {
            "Value in the API: the empty string.".to_owned()
        } else {
            format!("Value in the API: `{}`.", docs::value(&value.value))
        });
        texts.extend(
            value
                .phase
                .as_deref()
                .map(|it| format!("Kind of state: {}.", docs::escape(it))),
        );
        texts.retain(|text| !text.is_empty());
        let spoken = names::spoken(&variant);
        variants.push(Variant {
            spoken,
            name: variant,
            literal,
            docs: vec![texts.join(" ")],
        });
    }
    if values.any_case && integer {
        problems.add(wire, "numbers have no case");
    }
    let desc = docs::described(values.desc.as_deref(), || {
        format!("The values of `{wire}`.")
    });
    let mut docs = vec![desc];
    docs.extend(docs::note(
        values.note.as_deref(),
        values.rust.note.as_deref(),
    ));
    docs.extend(docs::page(values.doc_page.as_deref()));
    Enum {
        module: names::module_in(home.folder(), &name),
        home,
        name,
        docs,
        integer,
        any_case: values.any_case,
        variants,
    }
}

/// Returns whether the values of an enum are numbers.
pub(super) fn is_integer(values: &spec::EnumDef) -> bool {
    match values.repr.as_deref() {
        Some(repr) => repr != "String",
        None => values
            .values
            .first()
            .is_some_and(|value| value.value.is_i64()),
    }
}
