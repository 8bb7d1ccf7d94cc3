//! What `create` and `update` send: JSON in the API's shape, checked against its description.

mod changes;
mod file;
pub(crate) mod mask;
mod schema;
mod settings;
mod suggest;

pub(crate) use self::changes::{Change, changes};
pub(crate) use self::file::read;
pub(crate) use self::schema::Schema;
pub(crate) use self::settings::Settings;
