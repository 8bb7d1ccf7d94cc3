//! Dev machines as the service shows them: every documented member is there.

use serde_json::{Value, json};

use crate::state::{Instance, NODE_IP, Status};

/// The account that everything belongs to.
pub(super) const ACCOUNT_ID: &str = "00000000000000000000000000000001";

/// Version of dev machines that the documentation names.
const VERSION: &str = "v3";

/// DevInstanceDetail.
pub(super) fn detail(instance: &Instance, region: &str) -> Value {
    let settings = &instance.settings;
    json!({
        "accountId": ACCOUNT_ID,
        "id": instance.id,
        "name": instance.name,
        "conf": settings.conf,
        "serviceInstanceInfo": service_instance(instance),
        "creator": settings.creator,
        "creatorId": settings.creator_id,
        "notify": settings.notify,
        "region": region,
        "status": instance.status().code(),
        "statusReason": instance.status_reason,
        "version": VERSION,
        "visibleScope": settings.visible_scope,
        "loginInfo": login(instance),
        "timedStopDevInstance": timed_stop(instance),
        "isPublicMgmt": settings.is_public_mgmt,
        "createdAt": instance.created_at.unix_timestamp(),
        "updatedAt": instance.updated_at.unix_timestamp(),
    })
}

/// DevInstanceBrief.
pub(super) fn brief(instance: &Instance, region: &str) -> Value {
    let settings = &instance.settings;
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
        "status": instance.status().code(),
        "statusReason": instance.status_reason,
        "createdAt": instance.created_at.unix_timestamp(),
        "updatedAt": instance.updated_at.unix_timestamp(),
    })
}

/// ServiceInstanceInfo; addresses are there as long as a container is.
fn service_instance(instance: &Instance) -> Value {
    let placed = instance.status().has_container();
    let shown = |text: &str| {
        if placed {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let disk = match instance.settings.disk_capacity() {
        0 => String::new(),
        _ => instance.service_id.replace("aibox-", "v-"),
    };
    json!({
        "internalIP": shown("10.0.0.9"),
        "nodeIP": shown(NODE_IP),
        "podName": shown(&instance.pod_name()),
        "serviceInstanceId": instance.service_id,
        "publicIP": "",
        "cdsInstanceId": disk,
    })
}

/// LoginInfo; null unless somebody can log in.
fn login(instance: &Instance) -> Value {
    if instance.status() != Status::Running {
        return Value::Null;
    }
    let url = |tool: &str| format!("https://console.example.invalid/{}/{tool}", instance.id);
    json!({"jupyter": {"url": url("jupyter")}, "vscode": {"url": url("vscode")}})
}

/// TimedStopDetail; null without a timer.
fn timed_stop(instance: &Instance) -> Value {
    match instance.timed_stop() {
        None => Value::Null,
        Some(timer) => json!({
            "delaySec": timer.delay_seconds,
            "startTime": timer.armed_at.unix_timestamp(),
        }),
    }
}
