//! The calls of `check-contract` that read pools, queues, datasets and models.

use aihc::Client;
use aihc::pools::ResourcePoolType;

use super::asker::{Asker, NOBODY, NOT_FOUND, PAGE, ids};
use crate::exit::Failure;

/// Makes the calls of `check-contract` that list pools and queues and read some of them in detail.
/// Returns the ids of the pools that were read in detail.
pub(super) async fn pools(asker: &Asker, client: &Client) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for kind in [ResourcePoolType::Common, ResourcePoolType::DedicatedV2] {
        let list = |page| {
            let list = client.describe_resource_pools(kind.clone());
            list.page_size(PAGE).page_number(page)
        };
        found.extend(asker.pages("resourcePools", list).await?);
    }
    asker.ask(client.describe_resource_pool_overview()).await?;
    let pools = ids(&found, &["resourcePoolId"]);
    let mut queues = Vec::new();
    for pool in &pools {
        asker.ask(client.describe_resource_pool(pool)).await?;
        // A pool that users run themselves returns the same list for every page.
        let list = client.describe_queues(pool).page_size(PAGE);
        let answer = asker.ask(list).await?;
        let listed = answer.as_ref().and_then(|it| it.get("queues")?.as_array());
        queues.extend(listed.into_iter().flatten().cloned());
    }
    for queue in ids(&queues, &["queueId", "resourceQueueId"]) {
        asker.ask(client.describe_queue(queue)).await?;
    }
    let pool = client.describe_resource_pool(NOBODY);
    asker.refused(NOT_FOUND, pool).await?;
    asker
        .refused(NOT_FOUND, client.describe_queue(NOBODY))
        .await?;
    Ok(pools)
}

pub(super) async fn datasets(asker: &Asker, client: &Client) -> Result<(), Failure> {
    let list = |page| client.describe_datasets().page_size(PAGE).page_number(page);
    let found = asker.pages("datasets", list).await?;
    for id in ids(&found, &["id"]) {
        asker.ask(client.describe_dataset(&id)).await?;
        let list = |page| {
            let list = client.describe_dataset_versions(&id);
            list.page_size(PAGE).page_number(page)
        };
        let versions = asker.pages("versions", list).await?;
        if let Some(version) = ids(&versions, &["id"]).first() {
            asker
                .ask(client.describe_dataset_version(&id, version))
                .await?;
        }
    }
    asker
        .refused(NOT_FOUND, client.describe_dataset(NOBODY))
        .await
}

pub(super) async fn models(asker: &Asker, client: &Client) -> Result<(), Failure> {
    let list = |page| client.describe_models().page_size(PAGE).page_number(page);
    let found = asker.pages("models", list).await?;
    for id in ids(&found, &["id"]) {
        asker.ask(client.describe_model(&id)).await?;
        let list = |page| {
            let list = client.describe_model_versions(&id);
            list.page_size(PAGE).page_number(page)
        };
        let versions = asker.pages("versions", list).await?;
        if let Some(version) = ids(&versions, &["id"]).first() {
            asker
                .ask(client.describe_model_version(&id, version))
                .await?;
        }
    }
    asker
        .refused(NOT_FOUND, client.describe_model(NOBODY))
        .await
}
