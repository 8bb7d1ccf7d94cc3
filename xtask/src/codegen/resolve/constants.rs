//! Determines the constants for error codes, and the names of these constants.

use std::collections::BTreeSet;

use crate::codegen::api::Constant;
use crate::codegen::spec::Spec;
use crate::codegen::{docs, names};

/// Returns a name for a constant that is not in `taken`, and adds it to `taken`: `name` in
/// `SCREAMING_SNAKE_CASE`, with a number if necessary.
pub(super) fn free_constant(taken: &mut BTreeSet<String>, name: &str) -> String {
    names::numbered(&names::screaming(name))
        .find(|name| taken.insert(name.clone()))
        .unwrap_or_default()
}

/// Returns the constants for error codes. Duplicate codes have one constant, and a code that
/// contains no ASCII letters or digits has none.
pub(super) fn error_codes(spec: &Spec) -> Vec<Constant> {
    let mut constants: Vec<Constant> = Vec::new();
    let mut taken = BTreeSet::new();
    for error in &spec.errors {
        if names::snake(&error.code).is_empty() || constants.iter().any(|it| it.value == error.code)
        {
            continue;
        }
        let name = free_constant(&mut taken, &error.code);
        let status: Vec<_> = error.http_status.iter().map(ToString::to_string).collect();
        let mut text = docs::described(error.desc.as_deref(), || docs::sentence(&error.code));
        if !status.is_empty() {
            text.push_str(&format!(" HTTP status {}.", status.join(" or ")));
        }
        constants.push(Constant {
            name,
            value: error.code.clone(),
            docs: vec![text],
        });
    }
    constants
}
