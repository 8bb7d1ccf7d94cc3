//! The format of an API description: `xtask/spec/*.json`.
//!
//! A key whose field is a `String` or a `Value` is required; any other may be missing or `null`. An
//! undeclared key is an error, which states its position.

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
    /// Parses a description.
    ///
    /// # Errors
    ///
    /// If it is not JSON, or not in the format. All errors are returned, one per line.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<String>> {
        Self::from_value(&json::parse(text).map_err(|problem| vec![problem])?)
    }

    /// Reads a description from JSON that has been parsed.
    ///
    /// # Errors
    ///
    /// If it is not in the format. All errors are returned, one per line.
    pub(crate) fn from_value(value: &Value) -> Result<Self, Vec<String>> {
        read_document(value)
    }
}

/// Parses JSON without duplicate keys.
///
/// # Errors
///
/// If it is invalid, or if an object has a duplicate key. The error shows the text that precedes
/// it.
pub(in crate::codegen) fn parse_json(text: &str) -> Result<Value, String> {
    json::parse(text)
}

/// Reads a document whose objects are declared with [`shape!`].
///
/// # Errors
///
/// If it is not in the format. All errors are returned, one per line, each with its position.
pub(in crate::codegen) fn read_document<T: Read>(value: &Value) -> Result<T, Vec<String>> {
    Reader::default().document(value)
}

#[cfg(test)]
mod tests;
