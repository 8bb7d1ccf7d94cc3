//! Dev instances as they appear in responses, with all documented members.

use serde_json::{Value, json};

use crate::state::{Instance, InstanceStatus, NODE_IP, Shown};

/// The id of the account to which all emulated resources belong.
pub(crate) const ACCOUNT_ID: &str = "00000000000000000000000000000001";

/// The value of the member `version` of dev instances in responses, as in the documentation's
/// examples.
const VERSION: &str = "v3";

/// Returns an instance as the API type `DevInstanceDetail`.
pub(in crate::operation) fn detail(instance: &Instance, shown: Shown<'_>, region: &str) -> Value {
    let settings = shown.settings;
    json!({
        "accountId": ACCOUNT_ID,
        "id": instance.id,
        "name": instance.name,
        "conf": settings.conf,
        "serviceInstanceInfo": service_instance(instance, shown),
        "creator": settings.creator,
        "creatorId": settings.creator_id,
        "notify": settings.notify,
        "region": region,
        "status": shown.status.code(),
        "statusReason": shown.status_reason,
        "version": VERSION,
        "visibleScope": settings.visible_scope,
        "loginInfo": login(instance, shown),
        "timedStopDevInstance": timed_stop(shown),
        "isPublicMgmt": settings.is_public_mgmt,
        "createdAt": instance.created_at.unix_timestamp(),
        "updatedAt": shown.updated_at.unix_timestamp(),
    })
}

/// Returns an instance as the API type `DevInstanceBrief`.
pub(in crate::operation) fn brief(instance: &Instance, shown: Shown<'_>, region: &str) -> Value {
    let settings = shown.settings;
    json!({
        "id": instance.id,
        "name": instance.name,
        "resourcePoolId": settings.conf_text("/resourcePool/resourcePoolId"),
        "resourcePoolName": settings.conf_text("/resourcePool/resourcePoolName"),
        "queueName": settings.conf_text("/resourcePool/queueName"),
        "imageUrl": settings.conf_text("/image/imageUrl"),
        "resources": settings.conf.get("resources"),
        "accountId": ACCOUNT_ID,
        "creator": settings.creator,
        "creatorId": settings.creator_id,
        "region": region,
        "version": VERSION,
        "status": shown.status.code(),
        "statusReason": shown.status_reason,
        "createdAt": instance.created_at.unix_timestamp(),
        "updatedAt": shown.updated_at.unix_timestamp(),
    })
}

/// Returns data about the container of an instance, as the API type `ServiceInstanceInfo`. The
/// addresses and the name of the pod are empty strings if the instance has no container.
fn service_instance(instance: &Instance, shown: Shown<'_>) -> Value {
    let placed = shown.status.has_container();
    let if_placed = |text: &str| {
        if placed {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let disk = match shown.settings.disk_capacity() {
        0 => String::new(),
        _ => instance.service_id.replace("aibox-", "v-"),
    };
    json!({
        "internalIP": if_placed("10.0.0.9"),
        "nodeIP": if_placed(NODE_IP),
        "podName": if_placed(&instance.pod_name()),
        "serviceInstanceId": instance.service_id,
        "publicIP": "",
        "cdsInstanceId": disk,
    })
}

/// Returns the URLs of an instance's tools, as the API type `LoginInfo`; null if the instance is
/// not running.
fn login(instance: &Instance, shown: Shown<'_>) -> Value {
    if shown.status != InstanceStatus::RUNNING {
        return Value::Null;
    }
    let url = |tool: &str| format!("https://console.example.invalid/{}/{tool}", instance.id);
    json!({"jupyter": {"url": url("jupyter")}, "vscode": {"url": url("vscode")}})
}

/// Returns the timer that stops an instance, as the API type `TimedStopDetail`; null if no timer is
/// set.
fn timed_stop(shown: Shown<'_>) -> Value {
    match shown.timed_stop {
        None => Value::Null,
        Some(timer) => json!({
            "delaySec": timer.delay_seconds,
            "startTime": timer.armed_at.unix_timestamp(),
        }),
    }
}
