//! The instances that a command was given.

use aihc_dev::Client;

use crate::client::Context;
use crate::exit::Failure;

/// The ids of instances.
#[expect(
    clippy::unused_async,
    reason = "names are looked up here as soon as they are known"
)]
pub(super) async fn ids(
    _context: &Context,
    _client: &Client,
    given: Vec<String>,
) -> Result<Vec<String>, Failure> {
    Ok(given)
}

/// As [`ids`], of one.
pub(super) async fn id(
    context: &Context,
    client: &Client,
    given: String,
) -> Result<String, Failure> {
    let mut found = ids(context, client, vec![given]).await?;
    found
        .pop()
        .ok_or_else(|| Failure::usage("no instance was given"))
}
