//! The available resources: pools, with their nodes and queues.

mod document;
mod pool;

pub(crate) use self::document::CatalogEntry;
pub use self::document::Resources;
pub(crate) use self::pool::{Node, Pool, Queue};

/// The id that stands for all managed pools in requests.
pub(crate) const SERVERLESS: &str = "aihc-serverless";

/// Returns the id of the pool that a configuration identifies by a type and an id: [`SERVERLESS`]
/// if the type is `serverless`, otherwise `id`.
pub(crate) fn pool_of<'a>(kind: &str, id: &'a str) -> &'a str {
    match kind {
        "serverless" => SERVERLESS,
        _ => id,
    }
}
