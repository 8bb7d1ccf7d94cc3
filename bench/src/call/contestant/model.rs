//! Types for the response to a request that lists dev instances, with code that serde derives. They
//! have the same members as the types of our client.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List {
    request_id: String,
    pub(crate) dev_instances: Vec<Instance>,
    total_count: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Instance {
    id: String,
    name: String,
    resource_pool_id: String,
    resource_pool_name: String,
    queue_name: String,
    image_url: String,
    resources: Option<Resources>,
    account_id: String,
    creator: String,
    creator_id: String,
    region: String,
    version: String,
    status: Option<i64>,
    status_reason: String,
    created_at: Option<i64>,
    updated_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resources {
    accelerator_type: Option<String>,
    accelerator_count: Option<i64>,
    cpus: i64,
    memory: i64,
    shm_size: Option<i64>,
}
