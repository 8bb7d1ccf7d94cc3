//! The calls of `check-contract` that read dev instances.

use aihc_dev::Client;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::asker::{Asker, NOBODY, NOT_FOUND, PAGE, ids};
use crate::exit::Failure;

/// How far back events are read.
const SINCE: Duration = Duration::days(7);

/// Makes the calls of `check-contract` that list instances and read some of them in detail. Returns
/// the listed instances.
pub(super) async fn read(asker: &Asker, client: &Client) -> Result<Vec<Value>, Failure> {
    let list = |page| {
        let list = client.list_dev_instances().page_size(PAGE);
        list.page_number(page)
    };
    let found = asker.pages("devInstances", list).await?;
    for id in ids(&found, &["id"]) {
        asker.ask(client.query_dev_instance_detail(&id)).await?;
        asker
            .pages("events", |page| {
                events(client, &id).page_size(PAGE).page_number(page)
            })
            .await?;
    }
    Ok(found)
}

/// Makes calls about instances that the service should refuse, for example with an id that does not
/// exist.
pub(super) async fn probe(asker: &Asker, client: &Client) -> Result<(), Failure> {
    let detail = client.query_dev_instance_detail(NOBODY);
    asker.refused(NOT_FOUND, detail).await?;
    asker.refused(NOT_FOUND, events(client, NOBODY)).await?;
    let pack = client.query_dev_instance_image_pack_job_detail(NOBODY, NOBODY);
    asker.refused(NOT_FOUND, pack).await?;
    let list = client.list_dev_instances().page_size(1);
    let list = list.order_by(NOBODY.to_owned());
    asker.refused("InvalidParameter", list).await
}

/// Sends a request with an invalid signature.
pub(super) async fn forge(asker: &Asker, forger: &Client) -> Result<(), Failure> {
    let list = forger.list_dev_instances().page_size(1);
    asker.refused("SignatureDoesNotMatch", list).await
}

pub(super) fn events(client: &Client, id: &str) -> aihc_dev::operation::ListDevInstanceEvents {
    let now = OffsetDateTime::now_utc();
    client.list_dev_instance_events(id, now - SINCE, now + Duration::minutes(5))
}
