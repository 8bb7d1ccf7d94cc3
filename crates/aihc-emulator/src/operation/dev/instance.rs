//! The operations that create, describe and modify a dev instance.

use serde_json::{Value, json};

use super::{disk, view};
use crate::error::ApiError;
use crate::operation::catalog::mounts;
use crate::operation::{Call, Output, pools};
use crate::state::{Instance, InstanceSettings};
use crate::validate::Arguments;

/// Handles CreateDevInstance.
pub(in crate::operation) fn create(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = call.once(|call| {
        let arguments = call.arguments;
        let conf = conf(arguments)?;
        check_queue(call, &conf)?;
        let settings = InstanceSettings {
            conf,
            visible_scope: arguments
                .object("visibleScope")
                .unwrap_or(json!({"type": 0})),
            notify: arguments.object("notify").unwrap_or_default(),
            is_public_mgmt: arguments.boolean("isPublicMgmt").unwrap_or_default(),
            creator: arguments.text("creator").to_owned(),
            creator_id: arguments.text("creatorId").to_owned(),
        };
        let owner = call.caller.principal.clone();
        Ok(call
            .state
            .instances
            .create(arguments.text("name"), owner, settings, call.now))
    })?;
    Ok(json!({"devInstanceId": id}).into())
}

/// Handles DescribeDevInstance.
pub(in crate::operation) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = call.arguments.text("devInstanceId");
    let (instance, shown) = call.state.instances.read(id)?;
    Ok(json!({"devInstance": view::detail(instance, shown, call.region)}).into())
}

/// Handles ModifyDevInstance. The configuration is replaced as a whole; other members that the
/// request omits keep their values.
pub(in crate::operation) fn modify(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let (arguments, now) = (call.arguments, call.now);
    let id = arguments.text("id");
    let mut new_conf = conf(arguments)?;
    mounts::check(call, dataset_volumes(&new_conf))?;
    call.state.instances.change(id, now, |instance, pace| {
        let old = instance.settings();
        keep_pool(&mut new_conf, &old.conf);
        disk::keep(&old.conf, &new_conf).map_err(ApiError::invalid_parameter)?;
        if let Some(member) = changed_member(instance, arguments.text("name"), &new_conf) {
            return Err(ApiError::invalid_parameter(format!(
                "{member} cannot be changed"
            )));
        }
        if let Some(conf) = new_conf.as_object_mut() {
            conf.insert("updatedAt".into(), now.unix_timestamp().into());
        }
        let settings = InstanceSettings {
            conf: new_conf,
            visible_scope: arguments
                .object("visibleScope")
                .unwrap_or_else(|| old.visible_scope.clone()),
            notify: arguments
                .object("notify")
                .unwrap_or_else(|| old.notify.clone()),
            is_public_mgmt: arguments
                .boolean("isPublicMgmt")
                .unwrap_or(old.is_public_mgmt),
            creator: arguments.text("creator").to_owned(),
            creator_id: arguments.text("creatorId").to_owned(),
        };
        instance.modify(settings, now, pace)
    })?;
    Ok(json!({"devInstanceId": id}).into())
}

/// With the profile `Documented`, refuses a configuration that names a pool, a queue or a dataset
/// that does not exist. With every profile, refuses to mount a version that a dataset does not
/// have.
fn check_queue(call: &Call<'_>, conf: &Value) -> Result<(), ApiError> {
    pools::check_named(call, conf)?;
    mounts::check(call, dataset_volumes(conf))
}

/// Returns the datasets that a configuration mounts.
fn dataset_volumes(conf: &Value) -> impl Iterator<Item = &Value> {
    let volumes = conf.get("volumnConfs").and_then(Value::as_array);
    let volumes = volumes.into_iter().flatten();
    let datasets = volumes.filter(|it| it.get("volumnType").is_some_and(|kind| kind == "dataset"));
    datasets.filter_map(|volume| volume.get("dataset"))
}

/// If the new configuration has no resource pool, copies the pool from the old configuration; if
/// only the name of the pool is empty, copies the name. Only the lenient profile accepts a
/// configuration without the pool.
fn keep_pool(new: &mut Value, old: &Value) {
    const NAME: &str = "/resourcePool/resourcePoolName";
    if let (Some(new), Some(name)) = (new.pointer_mut(NAME), old.pointer(NAME))
        && new == ""
    {
        *new = name.clone();
    }
    if let (Some(new), Some(pool)) = (new.as_object_mut(), old.get("resourcePool"))
        && new.get("resourcePool").is_none_or(Value::is_null)
    {
        new.insert("resourcePool".into(), pool.clone());
    }
}

/// Returns the configuration in a request, with all documented members and without the registry
/// password.
fn conf(arguments: &Arguments) -> Result<Value, ApiError> {
    let mut conf = arguments.object("conf").unwrap_or_default();
    let ssh_enabled = conf.pointer("/access/sshEnable").and_then(Value::as_bool);
    let ssh_key = conf.pointer("/access/sshRSAPubKey").and_then(Value::as_str);
    if ssh_enabled == Some(true) && ssh_key.is_none_or(str::is_empty) {
        return Err(ApiError::invalid_parameter(
            "conf.access.sshRSAPubKey is required when conf.access.sshEnable is true",
        ));
    }
    disk::check(&conf).map_err(ApiError::invalid_parameter)?;
    if let Some(password) = conf.pointer_mut("/image/password") {
        *password = json!("");
    }
    if let Some(conf) = conf.as_object_mut() {
        conf.insert("updatedAt".into(), json!(0));
    }
    Ok(conf)
}

/// Returns the first member that a modification would change although the documentation says that
/// it cannot be changed; `None` if there is none.
fn changed_member(instance: &Instance, name: &str, conf: &Value) -> Option<&'static str> {
    const FIXED: [(&str, &str); 6] = [
        (
            "/resourcePool/resourcePoolType",
            "conf.resourcePool.resourcePoolType",
        ),
        (
            "/resourcePool/resourcePoolId",
            "conf.resourcePool.resourcePoolId",
        ),
        (
            "/resourcePool/resourcePoolName",
            "conf.resourcePool.resourcePoolName",
        ),
        ("/resourcePool/queueName", "conf.resourcePool.queueName"),
        ("/image/imageType", "conf.image.imageType"),
        ("/image/imageUrl", "conf.image.imageUrl"),
    ];
    if name != instance.name {
        return Some("name");
    }
    let old = &instance.settings().conf;
    FIXED
        .iter()
        .find(|(pointer, _)| conf.pointer(pointer) != old.pointer(pointer))
        .map(|(_, member)| *member)
}
