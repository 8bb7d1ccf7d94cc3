//! Operations on inference services.

mod changes;
mod pods;
mod request;
mod view;

use serde_json::{Value, json};

pub(super) use self::changes::{describe as change, describe_all as changes};
pub(super) use self::pods::{block, delete as delete_pod, describe_all as pods, groups};
use super::catalog::mounts;
use super::page::{Page, is_descending};
use super::{Call, Output, answer, pools};
use crate::error::ApiError;
use crate::state::Author;

/// Handles CreateService.
pub(super) fn create(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = call.once(|call| {
        let conf = request::conf(call.arguments, call.profile)?;
        check(call, &conf)?;
        let author = author(&call.caller.principal, "", call.now);
        let state = &mut *call.state;
        state.services.create(conf, &author, state.instances.pace())
    })?;
    Ok(answer::described(call, json!({"serviceId": id})))
}

/// Handles DescribeServices.
pub(super) fn describe_all(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let page = Page::of(call.arguments)?;
    check_sorting(call)?;
    let mut services: Vec<_> = call.state.services.iter().collect();
    if is_descending(call.arguments, true) {
        services.reverse();
    }
    let (found, total) = page.cut(services.into_iter());
    let found: Vec<Value> = found
        .into_iter()
        .map(|it| view::brief(it, call.region))
        .collect();
    Ok(answer::described(
        call,
        json!({
            "services": found, "totalCount": total, "pageNumber": page.number(),
            "pageSize": page.size(), "orderBy": call.arguments.text("orderBy"),
            "order": call.arguments.text("order"),
        }),
    ))
}

/// Handles DescribeService.
pub(super) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let service = call.state.services.get(call.arguments.text("serviceId"))?;
    Ok(answer::described(call, view::detail(service)))
}

/// Handles DescribeServiceStatus.
pub(super) fn status(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let service = call.state.services.get(call.arguments.text("serviceId"))?;
    let status = json!({service.id.as_str(): view::brief_status(service)});
    Ok(answer::described(call, json!({"service": status})))
}

/// Handles ModifyService. The configuration is replaced as a whole, except for the access settings,
/// which are kept.
pub(super) fn modify(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = call.arguments.text("serviceId");
    let mut conf = request::conf(call.arguments, call.profile)?;
    let old = &call.state.services.get(id)?.conf;
    request::check_change(old, &conf)?;
    if let (Some(conf), Some(access)) = (conf.as_object_mut(), old.get("access")) {
        conf.insert("access".into(), access.clone());
    }
    check(call, &conf)?;
    let description = call.arguments.text("description");
    let author = author(&call.caller.principal, description, call.now);
    let state = &mut *call.state;
    state
        .services
        .modify(id, conf, &author, state.instances.pace())?;
    Ok(answer::described(call, json!({"serviceId": id})))
}

/// Handles ModifyServiceReplicas.
pub(super) fn scale(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = call.arguments.text("serviceId");
    let count = call.arguments.integer("instanceCount").unwrap_or_default();
    let service = call.state.services.get(id)?;
    request::check_count(count, service.pods_of_instance(), &service.conf)?;
    let author = author(&call.caller.principal, "", call.now);
    let state = &mut *call.state;
    state
        .services
        .scale(id, count, &author, state.instances.pace())?;
    Ok(answer::nothing())
}

/// Handles ModifyServiceNetConfig.
pub(super) fn set_access(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let arguments = call.arguments;
    let public = arguments.boolean("publicAccess").unwrap_or_default();
    let author = author(&call.caller.principal, "", call.now);
    let services = &mut call.state.services;
    services.set_access(
        arguments.text("serviceId"),
        (public, arguments.text("eip")),
        &author,
    )?;
    Ok(answer::nothing())
}

/// Handles DeleteService.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Output, ApiError> {
    call.state
        .services
        .delete(call.arguments.text("serviceId"))?;
    Ok(answer::nothing())
}

fn author<'a>(
    principal: &'a crate::access::Principal,
    description: &'a str,
    now: time::OffsetDateTime,
) -> Author<'a> {
    Author {
        principal,
        description,
        now,
    }
}

/// With the profile `Documented`, refuses a configuration that names a pool, a queue or a dataset
/// that does not exist. With every profile, refuses to mount a version that a dataset does not
/// have.
fn check(call: &Call<'_>, conf: &Value) -> Result<(), ApiError> {
    pools::check_named(call, conf)?;
    let volumes = conf.pointer("/storage/volumns").and_then(Value::as_array);
    let volumes = volumes.into_iter().flatten();
    let datasets = volumes.filter(|it| it.get("volumeType").is_some_and(|kind| kind == "dataset"));
    mounts::check(call, datasets.filter_map(|volume| volume.get("dataset")))
}

/// With the profile `Documented`, refuses a request that has only one of `order` and `orderBy`.
fn check_sorting(call: &Call<'_>) -> Result<(), ApiError> {
    let is_given = |name: &str| call.arguments.filled(name).is_some();
    if call.profile.is_documented() && is_given("orderBy") != is_given("order") {
        return Err(ApiError::invalid_parameter(
            "orderBy and order must be used together",
        ));
    }
    Ok(())
}
