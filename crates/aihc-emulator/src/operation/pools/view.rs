//! Conversion of resource pools to JSON for responses.

use serde_json::{Value, json};

use crate::date::in_beijing;
use crate::operation::Call;
use crate::operation::answer::user_name;
use crate::state::Pool;

/// Returns a pool as the API type `ResourcePool`.
pub(super) fn pool(call: &Call<'_>, pool: &Pool) -> Value {
    let region = call.region;
    let at = in_beijing(call.state.since);
    let network = |subnets: bool| {
        let mut network = json!({
            "region": region, "vpcId": "vpc-emulator", "vpcCidr": "192.168.0.0/16",
        });
        if subnets {
            network["subnetIds"] = json!(["sbn-emulator"]);
        }
        network
    };
    json!({
        "createdBy": user_name(&call.state.owner),
        "resourcePoolId": pool.id,
        "type": pool.kind,
        "name": pool.name,
        "region": region,
        "description": pool.description,
        "configuration": {
            "exposedPublic": false,
            "forbidDelete": false,
            "deschedulerEnabled": false,
            "unifiedSchedulerEnabled": false,
            "datasetPermissionEnabled": false,
            "volumePermissionEnabled": false,
            "imageNoAuthPullEnabled": false,
            "publicNetInferenceServiceEnable": true,
        },
        "createdAt": at,
        "updatedAt": at,
        "phase": "running",
        "k8sVersion": "1.30.1",
        "runtimeType": "containerd",
        "runtimeVersion": "1.6.36-cce.1",
        "associatedResources": [{"provider": "cce", "id": pool.id, "region": region}],
        "network": {
            "mode": "vpc-eni",
            "master": network(true),
            "nodes": network(false),
            "pods": network(true),
            "clusterIPCidr": "172.16.0.0/16",
            "loadBalanceService": network(true),
            "maxPodsPerNode": 256,
        },
        "nodeNum": pool.nodes.len(),
    })
}
