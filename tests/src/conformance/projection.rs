//! Converts the results of our clients to JSON. The members have the names that the golden files
//! use: the API's own names, and short ones such as `count` and `first_id`.

use aihc_dev::model::{
    DevInstanceBrief, DevInstanceConf, DevInstanceDetail, Event, ImagePackJobDetail,
};
use bce_auth::Credentials;
use bce_http::rt::codec::Wire;
use bce_http::{Error, RetryPolicy, Timestamp};
use bce_sts::model::StsCredential;
use serde::Serialize;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use crate::fixtures::conf;

/// The result of a call.
pub(crate) type Result = std::result::Result<Value, Error>;

/// Calls an operation with fixed arguments, and returns the result of the call. The outer error
/// means that the call could not be made.
pub(crate) async fn call(
    operation: &str,
    endpoint: &str,
    credentials: Credentials,
) -> std::result::Result<Result, String> {
    let broken = |error: Error| error.to_string();
    let aihc = aihc_dev::Client::builder()
        .endpoint(endpoint)
        .retry(RetryPolicy::none())
        .credentials(credentials.clone());
    let aihc = aihc.build().map_err(broken)?;
    let sts = bce_sts::Client::builder()
        .endpoint(endpoint)
        .retry(RetryPolicy::none())
        .credentials(credentials);
    let sts = sts.build().map_err(broken)?;
    let id = "dv-1";
    let now = OffsetDateTime::UNIX_EPOCH;
    Ok(match operation {
        "CreateDevInstance" => aihc
            .create_dev_instance()
            .name("a")
            .conf(conf())
            .creator("owner")
            .creator_id("owner-id")
            .await
            .map(|r| named(&r.dev_instance_id, &r.request_id)),
        "ModifyDevInstance" => aihc
            .update_dev_instance()
            .id(id)
            .name("a")
            .conf(conf())
            .creator("owner")
            .creator_id("owner-id")
            .await
            .map(|r| named(&r.dev_instance_id, &r.request_id)),
        "StartDevInstance" => aihc
            .start_dev_instance(id)
            .await
            .map(|r| named(&r.dev_instance_id, &r.request_id)),
        "StopDevInstance" => aihc
            .stop_dev_instance(id)
            .await
            .map(|r| named(&r.dev_instance_id, &r.request_id)),
        "DeleteDevInstance" => aihc
            .delete_dev_instance(id)
            .await
            .map(|r| named(&r.dev_instance_id, &r.request_id)),
        "TimedStopDevInstance" => aihc
            .timed_stop_dev_instance(id)
            .enable(true)
            .await
            .map(|r| named(&r.dev_instance_id, &r.request_id)),
        "DescribeDevInstance" => aihc
            .query_dev_instance_detail(id)
            .await
            .map(|r| with_request_id(detail(&r.dev_instance), &r.request_id)),
        "DescribeDevInstances" => aihc.list_dev_instances().await.map(|r| {
            let items = r.dev_instances.iter().map(brief).collect();
            with_request_id(page("devInstances", items, r.total_count), &r.request_id)
        }),
        "DescribeDevInstanceEvents" => aihc.list_dev_instance_events(id, now, now).await.map(|r| {
            let items = r.events.iter().map(event).collect();
            with_request_id(page("events", items, r.total_count), &r.request_id)
        }),
        "CreateDevInstanceImagePackJob" => aihc
            .create_dev_instance_image_pack_job()
            .dev_instance_id(id)
            .image_name("i")
            .image_tag("t")
            .registry("r")
            .namespace("n")
            .username("u")
            .password("p")
            .await
            .map(|r| {
                let ids = json!({
                    "imagePackJobId": r.image_pack_job_id,
                    "devInstanceId": r.dev_instance_id,
                });
                with_request_id(ids, &r.request_id)
            }),
        "DescribeDevInstanceImagePackJob" => aihc
            .query_dev_instance_image_pack_job_detail(id, "tk-1")
            .await
            .map(|r| with_request_id(pack_job(&r.dev_instance_image_pack_job), &r.request_id)),
        "GetSessionToken" => sts.get_session_token().await.map(|r| credential(&r)),
        "AssumeRole" => sts
            .assume_role("account", "role")
            .await
            .map(|r| credential(&r)),
        other => return Err(format!("there is no operation {other}")),
    })
}

fn named(dev_instance_id: &str, request_id: &str) -> Value {
    json!({"devInstanceId": dev_instance_id, "requestId": request_id})
}

fn with_request_id(mut value: Value, request_id: &str) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.insert("requestId".to_owned(), request_id.into());
    }
    value
}

/// Returns a page of a list as a JSON object with the items in the member `name`. The object also
/// has the members of the first item, whose id and reason are repeated in `first_id` and
/// `first_reason`, and some lists and counts.
fn page(name: &str, items: Vec<Value>, total: Option<i64>) -> Value {
    let mut members = match items.first() {
        Some(Value::Object(first)) => first.clone(),
        _ => Map::new(),
    };
    let of_first = |member: &str| {
        items
            .first()
            .map_or(&Value::Null, |item| &item[member])
            .clone()
    };
    let all = |member: &str| -> Value { items.iter().map(|item| item[member].clone()).collect() };
    for (member, value) in [
        ("first_id", of_first("id")),
        ("first_reason", of_first("reason")),
        ("ids", all("id")),
        ("names", all("name")),
        ("reasons", all("reason")),
        ("types", all("type")),
        ("statuses", all("status")),
        ("total", total.into()),
        ("totalCount", total.into()),
        // An event has its own `count`, which is in the item; at the top level, `count` is that of
        // the page.
        ("count", items.len().into()),
        (name, items.into()),
    ] {
        members.insert(member.to_owned(), value);
    }
    members.into()
}

fn detail(d: &DevInstanceDetail) -> Value {
    let timed_stop = d
        .timed_stop_dev_instance
        .as_ref()
        .map(|t| json!({"delaySec": t.delay_sec, "startTime": seconds(t.start_time)}));
    let login = d.login_info.as_ref().map(|l| {
        json!({
            "jupyter": l.jupyter.as_ref().map(|j| json!({"url": j.url})),
            "vscode": l.vscode.as_ref().map(|v| json!({"url": v.url})),
        })
    });
    let service = d.service_instance_info.as_ref().map(|s| {
        json!({
            "internalIP": s.internal_ip, "nodeIP": s.node_ip, "podName": s.pod_name,
            "serviceInstanceId": s.service_instance_id, "publicIP": s.public_ip,
            "cdsInstanceId": s.cds_instance_id,
        })
    });
    let notify = d.notify.as_ref();
    let conf = d.conf.as_ref();
    json!({
        "accountId": d.account_id, "id": d.id, "name": d.name, "creator": d.creator,
        "creatorId": d.creator_id, "region": d.region, "status": d.status.map(i64::from),
        "statusReason": d.status_reason, "version": d.version, "isPublicMgmt": d.is_public_mgmt,
        "createdAt": seconds(d.created_at), "updatedAt": seconds(d.updated_at),
        "conf": conf.map(configuration),
        "serviceInstanceInfo": service, "loginInfo": login,
        "timed_stop": timed_stop, "timedStopDevInstance": timed_stop,
        "notify": notify.map(as_sent), "visibleScope": d.visible_scope.as_ref().map(as_sent),
        "notify_open": notify.and_then(|n| n.is_open),
        "visible": d.visible_scope.as_ref().and_then(|v| v.r#type).map(i64::from),
        "envs": conf.and_then(environment),
        "volumes": conf.map(|c| c.volume_confs.len()),
        "priority": conf.and_then(priority),
        "imageType": conf.map(|c| c.image.image_type.map_or(0, |kind| kind.code())),
        "imageUrl": conf.map(|c| &c.image.image_url),
        "queueName": conf.map(|c| &c.resource_pool.queue_name),
        "cpus": conf.map(|c| c.resources.cpus),
        "memory": conf.map(|c| c.resources.memory),
        "startCmd": conf.map(|c| &c.start_cmd),
        "workspaceDir": conf.map(|c| &c.workspace_dir),
    })
}

/// Serializes a value to JSON; null if that fails.
fn as_sent(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn configuration(c: &DevInstanceConf) -> Value {
    let mut conf = as_sent(&Wire(c));
    if let Some(members) = conf.as_object_mut() {
        members.insert("updatedAt".to_owned(), seconds(c.updated_at).into());
    }
    conf
}

fn environment(c: &DevInstanceConf) -> Option<Value> {
    let envs = c.envs.as_ref()?;
    Some(
        envs.iter()
            .map(|(name, value)| (name.clone(), Value::from(value.expose())))
            .collect(),
    )
}

fn priority(c: &DevInstanceConf) -> Option<String> {
    Some(c.schedule_conf.as_ref()?.priority.as_ref()?.to_string())
}

fn brief(b: &DevInstanceBrief) -> Value {
    json!({
        "id": b.id, "name": b.name, "resourcePoolId": b.resource_pool_id,
        "resourcePoolName": b.resource_pool_name, "queueName": b.queue_name,
        "imageUrl": b.image_url, "resources": b.resources.as_ref().map(as_sent),
        "accountId": b.account_id, "creator": b.creator, "creatorId": b.creator_id,
        "region": b.region, "version": b.version, "status": b.status.map(i64::from),
        "statusReason": b.status_reason, "createdAt": seconds(b.created_at),
        "updatedAt": seconds(b.updated_at),
    })
}

fn event(e: &Event) -> Value {
    json!({
        "reason": e.reason, "message": e.message, "count": e.count,
        "firstTimestamp": seconds(e.first_timestamp), "lastTimestamp": seconds(e.last_timestamp),
        "type": e.r#type.as_ref().map(ToString::to_string),
    })
}

fn pack_job(j: &ImagePackJobDetail) -> Value {
    json!({
        "id": j.id, "devInstanceId": j.dev_instance_id, "imageName": j.image_name,
        "imageTag": j.image_tag, "registry": j.registry, "namespace": j.namespace,
        "status": j.status.map(i64::from), "createdAt": seconds(j.created_at),
        "updatedAt": seconds(j.updated_at),
    })
}

fn credential(c: &StsCredential) -> Value {
    json!({
        "accessKeyId": c.access_key_id, "secretAccessKey": c.secret_access_key.expose(),
        "sessionToken": c.session_token.expose(), "createTime": iso(c.create_time),
        "expiration": iso(c.expiration),
        "expiration_utc": iso(c.expiration.map(|time| time.to_offset(UtcOffset::UTC))),
        "userId": c.user_id, "roleId": c.role_id,
    })
}

fn seconds(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::raw)
}

fn iso(time: Option<OffsetDateTime>) -> Option<String> {
    time.and_then(|time| time.format(&Rfc3339).ok())
}
