//! The bodies of `create` and `update`: JSON as in the API, checked against the API description.

mod changes;
#[cfg(test)]
mod exact_texts;
mod file;
pub(crate) mod mask;
pub(crate) mod schema;
pub(crate) mod settings;
mod suggest;
mod untyped;

pub(crate) use self::changes::{Change, changes};
pub(crate) use self::file::{InstanceFile, parse, read, read_all, whole};
pub(crate) use self::schema::{Old, Schema};
pub(crate) use self::suggest::similar;
pub(crate) use self::untyped::Wrong;
