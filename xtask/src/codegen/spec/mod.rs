//! The format of an API description: `xtask/spec/*.json`.
//!
//! Each kind of JSON object is a struct whose fields are the keys. A key whose field is a `String`
//! or a `Value` is required; any other may be missing or `null`. An undeclared key is an error,
//! which states its position.

mod json;
mod member;
mod operation;
mod outcome;
pub(in crate::codegen) mod read;
mod service;
mod shape;
mod types;
mod values;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use self::member::{ClientCheck, ListAs, Member, Position, RustType};
pub(crate) use self::operation::{
    BodyKind, Operation, Pagination, PaginationKind, Preconditions, ResponseKind, Rule,
};
pub(crate) use self::outcome::{ErrorCode, Idempotency, IdempotencyClass, SettledBy, Waiter};
use self::read::{Read, Reader};
pub(crate) use self::service::{Region, Service};
pub(in crate::codegen) use self::shape::{shape, words};
pub(crate) use self::types::{EnumDef, TypeDef};

shape! {
    /// An API description.
    #[derive(Debug)]
    "a description" = pub(crate) struct Spec {
        pub(crate) services: BTreeMap<String, Service>,
        pub(crate) operations: Vec<Operation>,
        pub(crate) types: BTreeMap<String, TypeDef>,
        pub(crate) enums: BTreeMap<String, EnumDef>,
        pub(crate) errors: Vec<ErrorCode>,
        pub(crate) waiters: Vec<Waiter>,
    }
    for readers [
        "as_of", "common_headers", "format", "format_extensions", "format_notes", "not_included",
        "response_headers", "sources", "title", "unknown",
    ]
}

impl Spec {
    /// Parses an API description.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or not an API description. All errors are returned, one per line.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<String>> {
        Self::from_value(&json::parse(text).map_err(|problem| vec![problem])?)
    }

    /// Reads an API description from JSON that has been parsed.
    ///
    /// # Errors
    ///
    /// If the value is not a valid API description. All errors are returned, one per line.
    pub(crate) fn from_value(value: &Value) -> Result<Self, Vec<String>> {
        read_document(value)
    }
}

/// Parses JSON. An object must not have duplicate keys.
///
/// # Errors
///
/// If the text is not valid JSON, or if an object has a duplicate key. The message shows the text
/// that precedes the error.
pub(in crate::codegen) fn parse_json(text: &str) -> Result<Value, String> {
    json::parse(text)
}

/// Reads a JSON document, such as an API description, whose objects are declared with [`shape!`].
///
/// # Errors
///
/// If the document does not match the declarations. All errors are returned, one per line, each
/// with its position.
pub(in crate::codegen) fn read_document<T: Read>(value: &Value) -> Result<T, Vec<String>> {
    Reader::default().document(value)
}

#[cfg(test)]
mod tests;
