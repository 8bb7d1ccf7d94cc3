//! Operations on the pods of a service.

use serde_json::{Value, json};

use super::view;
use crate::error::ApiError;
use crate::operation::{Call, Output, answer};

/// Handles DescribeServicePods.
pub(in crate::operation) fn describe_all(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let service = call.state.services.get(call.arguments.text("serviceId"))?;
    let pods: Vec<Value> = service
        .pods
        .iter()
        .map(|pod| view::pod(service, pod))
        .collect();
    Ok(answer::described(call, json!({"pods": pods})))
}

/// Handles DescribeServicePodGroups.
pub(in crate::operation) fn groups(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let service = call.state.services.get(call.arguments.text("serviceId"))?;
    let groups: Vec<Value> = service
        .groups()
        .filter_map(|pods| view::group(service, pods))
        .collect();
    Ok(answer::described(
        call,
        json!({
            "resourcePoolId": service.text("/resourcePool/resourcePoolId"),
            "resourcePoolName": service.text("/resourcePool/resourcePoolName"),
            "queueName": service.text("/resourcePool/queueName"),
            "servicePodGroups": groups,
        }),
    ))
}

/// Handles DisableServicePod.
pub(in crate::operation) fn block(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let blocked = arguments.boolean("block").unwrap_or_default();
    let services = &mut call.state.services;
    services.block(
        arguments.text("serviceId"),
        arguments.text("instanceId"),
        blocked,
    )?;
    Ok(answer::nothing())
}

/// Handles DeleteServicePod. All pods of the instance to which the pod belongs are deleted, and new
/// ones replace them.
pub(in crate::operation) fn delete(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let (id, instance) = (
        call.arguments.text("serviceId"),
        call.arguments.text("instanceId"),
    );
    let state = &mut *call.state;
    state
        .services
        .delete_pod(id, instance, call.now, state.instances.pace())?;
    Ok(answer::nothing())
}
