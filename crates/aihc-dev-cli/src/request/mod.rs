//! What `create` and `update` send: JSON in the API's shape, checked against its description.

mod changes;
#[cfg(test)]
mod exact;
mod file;
mod given;
pub(crate) mod mask;
mod schema;
mod settings;
mod suggest;

pub(crate) use self::changes::{Change, changes};
pub(crate) use self::file::{Description, read};
pub(crate) use self::schema::{Old, Schema};
pub(crate) use self::settings::Settings;
