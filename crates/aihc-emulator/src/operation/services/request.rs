//! Parsing of the requests about services.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::operation::limits;
use crate::operation::names::check_name;
use crate::profile::Profile;
use crate::validate::Arguments;

/// The minimum length of the name of a service.
const SHORTEST_NAME: usize = 2;

/// Checks and returns the configuration in a request. The result contains only members that the API
/// description lists, and no registry passwords.
pub(super) fn conf(arguments: &Arguments, profile: Profile) -> Result<Value, ApiError> {
    if profile.is_documented() {
        check_name(arguments.text("name"), SHORTEST_NAME)?;
    }
    let mut conf = Value::from(arguments.known_body());
    let containers = conf.get_mut("containers").and_then(Value::as_array_mut);
    let containers = containers.map(Vec::as_mut_slice).unwrap_or_default();
    if !(1..=10).contains(&containers.len()) {
        return Err(ApiError::invalid_parameter(
            "there must be from 1 to 10 containers",
        ));
    }
    for container in containers {
        if let Some(image) = container.get_mut("image").and_then(Value::as_object_mut) {
            image.remove("password");
        }
    }
    let number = |pointer: &str| {
        conf.pointer(pointer)
            .and_then(Value::as_i64)
            .unwrap_or_default()
    };
    if let Some(canary) = conf.pointer("/deploy/canaryStrategy")
        && ["maxSurge", "maxUnavailable"]
            .iter()
            .all(|name| canary.get(*name) == Some(&json!(0)))
    {
        let message = "deploy.canaryStrategy: maxSurge and maxUnavailable must not both be 0";
        return Err(ApiError::invalid_parameter(message));
    }
    let each = match conf.get("workloadType").and_then(Value::as_str) {
        Some("fed") => number("/misc/fedPodsPerIns").max(1),
        _ => 1,
    };
    check_count(number("/instanceCount"), each, &conf)?;
    Ok(conf)
}

/// Refuses a service that would have more pods than a response can contain. `each` is the number of
/// pods of each instance.
pub(super) fn check_count(instances: i64, each: i64, conf: &Value) -> Result<(), ApiError> {
    let containers = conf.get("containers").unwrap_or(&Value::Null);
    limits::check(instances.saturating_mul(each), containers)
}

/// Refuses a change of members that cannot be changed during the lifetime of a service.
pub(super) fn check_change(old: &Value, new: &Value) -> Result<(), ApiError> {
    for pointer in ["/name", "/resourcePool/resourcePoolId"] {
        if old.pointer(pointer) != new.pointer(pointer) {
            let name = pointer.trim_start_matches('/').replace('/', ".");
            return Err(ApiError::invalid_parameter(format!(
                "{name} cannot be changed"
            )));
        }
    }
    Ok(())
}
