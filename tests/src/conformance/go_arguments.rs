//! Makes the calls of our clients that correspond to the argument structs of the official Go SDK.

use aihc_dev::DevInstanceSettings;
use bce_http::Error;
use bce_http::rt::codec::{self, FromWire};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::schema::argument;

/// The clients of dev instances and of STS, which have the same endpoint.
#[derive(Debug)]
pub(crate) struct Clients {
    pub(crate) aihc: aihc_dev::Client,
    pub(crate) sts: bce_sts::Client,
}

/// The reason why a call was not made or has failed.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The call failed. The error tells whether the request was sent.
    Error(Error),
    /// An argument of the Go SDK is not a value of the type that our API requires.
    Untyped(String),
    /// The test does not know the operation, or cannot read an argument.
    Unknown(String),
}

/// Makes the call of our client that corresponds to an operation and arguments of the Go SDK.
pub(crate) async fn call(clients: &Clients, operation: &str, args: &Value) -> Result<(), Refusal> {
    let aihc = &clients.aihc;
    let id = || text(args, "devInstanceId");
    let sent = match operation {
        "CreateDevInstance" => {
            let mut call = aihc.create_dev_instance().settings(settings(args)?);
            if let Some(token) = filled(args, "clientToken") {
                call = call.client_token(token);
            }
            call.await.map(drop)
        }
        "ModifyDevInstance" => {
            let call = aihc.update_dev_instance().id(text(args, "id"));
            call.settings(settings(args)?).await.map(drop)
        }
        "DescribeDevInstances" => list(aihc, args).await?,
        "DescribeDevInstance" => aihc.query_dev_instance_detail(id()).await.map(drop),
        "StartDevInstance" => aihc.start_dev_instance(id()).await.map(drop),
        "StopDevInstance" => aihc.stop_dev_instance(id()).await.map(drop),
        "DeleteDevInstance" => aihc.delete_dev_instance(id()).await.map(drop),
        "TimedStopDevInstance" => {
            let enable = boolean(args, "enable").unwrap_or(false);
            let mut call = aihc.timed_stop_dev_instance(id()).enable(enable);
            if let Some(seconds) = number(args, "delaySec") {
                call = call.delay_sec(seconds);
            }
            call.await.map(drop)
        }
        "CreateDevInstanceImagePackJob" => aihc
            .create_dev_instance_image_pack_job()
            .dev_instance_id(id())
            .image_name(text(args, "imageName"))
            .image_tag(text(args, "imageTag"))
            .registry(text(args, "registry"))
            .namespace(text(args, "namespace"))
            .username(text(args, "username"))
            .password(text(args, "password"))
            .await
            .map(drop),
        "DescribeDevInstanceImagePackJob" => aihc
            .query_dev_instance_image_pack_job_detail(id(), text(args, "imagePackJobId"))
            .await
            .map(drop),
        "DescribeDevInstanceEvents" => events(aihc, args).await?,
        "GetSessionToken" => {
            let mut call = clients.sts.get_session_token();
            if let Some(seconds) = number(args, "durationSeconds") {
                call = call.duration_seconds(seconds);
            }
            if let Some(document) = filled(args, "acl") {
                call = call.acl_document(document);
            }
            call.await.map(drop)
        }
        "AssumeRole" => {
            let account = text(args, "accountId");
            let mut call = clients.sts.assume_role(account, text(args, "roleName"));
            if let Some(seconds) = number(args, "durationSeconds") {
                call = call.duration_seconds(seconds);
            }
            if let Some(user) = filled(args, "userId") {
                call = call.user_id(user);
            }
            if let Some(document) = filled(args, "acl") {
                call = call.acl_document(document);
            }
            call.await.map(drop)
        }
        other => return Err(Refusal::Unknown(format!("there is no operation {other}"))),
    };
    sent.map_err(Refusal::Error)
}

async fn list(client: &aihc_dev::Client, args: &Value) -> Result<Result<(), Error>, Refusal> {
    let mut call = client.list_dev_instances();
    // In Go, zero means that a member is not set.
    if let Some(page) = number(args, "pageNumber").filter(|page| *page != 0) {
        call = call.page_number(page);
    }
    if let Some(size) = number(args, "pageSize").filter(|size| *size != 0) {
        call = call.page_size(size);
    }
    if let Some(mine) = boolean(args, "onlyMyDevs") {
        call = call.only_my_devs(mine);
    }
    if let Some(pool) = filled(args, "resourcePoolId") {
        call = call.resource_pool_id(pool);
    }
    if let Some(queue) = filled(args, "queueName") {
        call = call.queue_name(queue);
    }
    if let Some(status) = filled(args, "status") {
        let code: i64 = status
            .parse()
            .map_err(|_| Refusal::Untyped(format!("status: {status:?} is not a code")))?;
        call = call.status(code);
    }
    if let Some(key) = filled(args, "queryKey") {
        call = call.query_key(key);
    }
    if let Some(value) = filled(args, "queryVal") {
        call = call.query_val(value);
    }
    if let Some(key) = filled(args, "orderBy") {
        call = call.order_by(key);
    }
    if let Some(order) = filled(args, "order") {
        call = call.order(order);
    }
    Ok(call.await.map(drop))
}

async fn events(client: &aihc_dev::Client, args: &Value) -> Result<Result<(), Error>, Refusal> {
    let (start, end) = (time(args, "startTime")?, time(args, "endTime")?);
    let mut call = client.list_dev_instance_events(text(args, "devInstanceId"), start, end);
    if let Some(kind) = filled(args, "eventType") {
        call = call.event_type(kind);
    }
    if let Some(message) = filled(args, "message") {
        call = call.message(message);
    }
    if let Some(page) = number(args, "pageNumber").filter(|page| *page != 0) {
        call = call.page_number(page);
    }
    if let Some(size) = number(args, "pageSize").filter(|size| *size != 0) {
        call = call.page_size(size);
    }
    Ok(call.await.map(drop))
}

fn text(args: &Value, name: &str) -> String {
    argument(args, name)
        .and_then(Value::as_str)
        .unwrap_or("")
        .to_owned()
}

/// Returns a string argument; `None` if it is missing, or empty, which in Go means that it is not
/// set.
fn filled(args: &Value, name: &str) -> Option<String> {
    Some(text(args, name)).filter(|text| !text.is_empty())
}

fn number(args: &Value, name: &str) -> Option<i64> {
    argument(args, name).and_then(Value::as_i64)
}

fn boolean(args: &Value, name: &str) -> Option<bool> {
    argument(args, name).and_then(Value::as_bool)
}

fn time(args: &Value, name: &str) -> Result<OffsetDateTime, Refusal> {
    let text = text(args, name);
    OffsetDateTime::parse(&text, &Rfc3339)
        .map_err(|_| Refusal::Untyped(format!("{name}: {text:?} is not a time")))
}

fn settings(args: &Value) -> Result<DevInstanceSettings, Refusal> {
    let mut settings = DevInstanceSettings::default();
    settings.name = text(args, "name");
    settings.conf = object(args, "conf")?.unwrap_or_default();
    settings.visible_scope = object(args, "visibleScope")?;
    settings.notify = object(args, "notify")?;
    settings.is_public_mgmt = boolean(args, "isPublicMgmt");
    settings.creator = text(args, "creator");
    settings.creator_id = text(args, "creatorId");
    Ok(settings)
}

fn object<T: FromWire>(args: &Value, name: &str) -> Result<Option<T>, Refusal> {
    let value = argument(args, name).unwrap_or(&Value::Null);
    codec::read_optional(value).map_err(|error| Refusal::Unknown(format!("{name}: {error}")))
}
