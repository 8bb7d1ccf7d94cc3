//! Pools, their nodes and queues: the available resources.

mod document;
mod pool;

pub(crate) use self::document::CatalogEntry;
pub use self::document::Resources;
pub(crate) use self::pool::{Node, Pool, Queue};

/// The id that means all managed pools in requests.
pub(crate) const SERVERLESS: &str = "aihc-serverless";

/// Returns the id of the pool to which the type and the id in a configuration refer.
pub(crate) fn pool_of<'a>(kind: &str, id: &'a str) -> &'a str {
    match kind {
        "serverless" => SERVERLESS,
        _ => id,
    }
}
