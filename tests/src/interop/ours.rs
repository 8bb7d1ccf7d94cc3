//! Calls every operation of our clients through a relay that records the requests, with values that
//! are difficult to encode.

use std::net::SocketAddr;

use aihc_dev::model::{
    DevInstanceConf, DevInstanceQueryKey, EventType, NotifyDetail, VisibleScope, VisibleScopeType,
};
use bce_auth::Credentials;
use bce_sts::model::{AclEffect, AclEntry};
use time::macros::datetime;

use super::relay::Relay;
use super::table::Kind;
use crate::fixtures;

const HOSTILE: &str = "a b+c%20%/&=?#~*'()!\"<>\\^`{|}测é😀";

/// The requests of one call, as they were sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) operation: &'static str,
    pub(super) kind: Kind,
    pub(super) credentials: Credentials,
    /// The code with which the service refused the call; `None` if it accepted it.
    pub(super) refusal: Option<String>,
    pub(super) heads: Vec<String>,
}

/// Calls every operation with a long-term key and with a session token.
pub(super) fn send(
    emulator: SocketAddr,
    access_key_id: &str,
    secret_access_key: &str,
) -> Result<Vec<Sent>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(async {
        let relay = Relay::start(emulator)
            .await
            .map_err(|error| format!("the relay: {error}"))?;
        let key = Credentials::new(access_key_id, secret_access_key)
            .map_err(|error| error.to_string())?;
        let mut sent = Vec::new();
        let token = call_all(&relay, Kind::Key, &key, &mut sent).await?;
        call_all(&relay, Kind::Token, &token, &mut sent).await?;
        Ok(sent)
    })
}

/// Calls every operation, and adds the requests to `sent`. Returns the session credentials that STS
/// has issued.
async fn call_all(
    relay: &Relay,
    kind: Kind,
    credentials: &Credentials,
    sent: &mut Vec<Sent>,
) -> Result<Credentials, String> {
    let aihc = aihc_dev::Client::builder()
        .endpoint(relay.endpoint())
        .credentials(credentials.clone())
        .build()
        .map_err(|error| error.to_string())?;
    let sts = bce_sts::Client::builder()
        .endpoint(relay.endpoint())
        .credentials(credentials.clone())
        .build()
        .map_err(|error| error.to_string())?;
    let mut issued = None;
    let mut note = |operation, result: Result<(), bce_http::Error>| {
        let refusal = match result {
            Ok(()) => None,
            Err(error) => Some(error.code().ok_or_else(|| error.to_string())?.to_owned()),
        };
        sent.push(Sent {
            operation,
            kind,
            credentials: credentials.clone(),
            refusal,
            heads: relay.take_heads()?,
        });
        Ok::<_, String>(())
    };

    let id = HOSTILE;
    let (start, end) = (
        datetime!(2026-08-20 0:00 UTC),
        datetime!(2026-08-21 8:00 +8),
    );
    let created = aihc
        .create_dev_instance()
        .name("测试 a-b_c/d.1")
        .conf(conf())
        .creator("owner")
        .creator_id("owner-id")
        .visible_scope(VisibleScope::default().r#type(VisibleScopeType::Public))
        .notify(NotifyDetail::new().is_open(true))
        .await;
    note("CreateDevInstance", created.map(drop))?;
    let listed = aihc
        .list_dev_instances()
        .only_my_devs(true)
        .query_key(DevInstanceQueryKey::Name)
        .query_val(HOSTILE)
        .await;
    note("DescribeDevInstances", listed.map(drop))?;
    let detail = aihc.query_dev_instance_detail(id).await;
    note("DescribeDevInstance", detail.map(drop))?;
    let updated = aihc
        .update_dev_instance()
        .id(id)
        .name("a")
        .conf(conf())
        .creator("owner")
        .creator_id("owner-id")
        .await;
    note("ModifyDevInstance", updated.map(drop))?;
    note(
        "StartDevInstance",
        aihc.start_dev_instance(id).await.map(drop),
    )?;
    note(
        "StopDevInstance",
        aihc.stop_dev_instance(id).await.map(drop),
    )?;
    note(
        "DeleteDevInstance",
        aihc.delete_dev_instance(id).await.map(drop),
    )?;
    let timed = aihc
        .timed_stop_dev_instance(id)
        .enable(true)
        .delay_sec(7200)
        .await;
    note("TimedStopDevInstance", timed.map(drop))?;
    let job = aihc
        .create_dev_instance_image_pack_job()
        .dev_instance_id(id)
        .image_name("i")
        .image_tag("t")
        .registry("r")
        .namespace("n")
        .username("u")
        .password("made-up")
        .await;
    note("CreateDevInstanceImagePackJob", job.map(drop))?;
    let job = aihc
        .query_dev_instance_image_pack_job_detail(id, HOSTILE)
        .await;
    note("DescribeDevInstanceImagePackJob", job.map(drop))?;
    let events = aihc
        .list_dev_instance_events(id, start, end)
        .event_type(EventType::Warning)
        .message(HOSTILE)
        .await;
    note("DescribeDevInstanceEvents", events.map(drop))?;

    let entry = AclEntry::new()
        .effect(AclEffect::Allow)
        .service("bce:aihc")
        .region("*")
        .resource([HOSTILE, "*"])
        .permission(["FULL_CONTROL"]);
    let token = sts
        .get_session_token()
        .duration_seconds(3600)
        .access_control_list([entry])
        .await;
    let token = token.map(|token| issued = Some(token));
    note("GetSessionToken", token)?;
    let role = sts.assume_role(HOSTILE, HOSTILE).user_id(HOSTILE).await;
    note("AssumeRole", role.map(drop))?;

    let issued = issued.ok_or("GetSessionToken returned no credentials")?;
    issued
        .try_into()
        .map_err(|error| format!("GetSessionToken: {error}"))
}

fn conf() -> DevInstanceConf {
    fixtures::conf().envs([("KEY", HOSTILE)])
}
