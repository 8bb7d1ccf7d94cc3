//! Calls all eleven operations on one instance, with a local emulator.

use std::time::Duration;

use aihc_dev::Client;
use aihc_dev::model::{
    Cds, DevInstanceConf, DevInstanceQueryKey, Image, ResourcePool, Resources, VisibleScope,
    VisibleScopeType, VolumeConf, VolumeType,
};
use aihc_dev::wait::Wait;
use aihc_emulator::Emulator;
use bce_auth::Credentials;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Result;
use crate::progress::Progress;

/// The number of emulated seconds per real second. A start that takes minutes in reality only takes
/// some seconds.
const TIME_SCALE: f64 = 20.0;
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// A time that is longer than any state of the emulator lasts.
const PATIENCE: Duration = Duration::from_secs(30);
const ALL_OPERATIONS: usize = 11;

/// Starts the emulator, calls the operations, and stops the emulator.
pub(crate) async fn walk() -> Result<String> {
    let emulator = Emulator::builder().time_scale(TIME_SCALE).start().await?;
    println!(
        "local emulator at {}, no account needed",
        emulator.endpoint()
    );
    let mut progress = Progress::start();
    let client = sign_in(&emulator, &progress).await?;
    live_and_die(&client, &mut progress).await?;
    emulator.stop().await;
    match progress.operations() {
        ALL_OPERATIONS => Ok(format!("{ALL_OPERATIONS} operations ok")),
        fewer => Err(format!("only {fewer} of {ALL_OPERATIONS} operations").into()),
    }
}

/// Returns a client that uses a session token, as in programs that have no long-term key.
async fn sign_in(emulator: &Emulator, progress: &Progress) -> Result<Client> {
    let sts = bce_sts::Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(emulator.credentials().clone())
        .build()?;
    let token = sts.get_session_token().duration_seconds(3600).await?;
    let credentials: Credentials = token.try_into()?;
    let valid = credentials
        .expires_at()
        .and_then(|time| time.format(&Rfc3339).ok())
        .map(|time| format!("valid until {time}"));
    progress.line("GetSessionToken", "", valid.unwrap_or_default());
    let client = Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(credentials);
    Ok(client.build()?)
}

async fn live_and_die(client: &Client, progress: &mut Progress) -> Result<()> {
    let name = "quickstart";
    let created = client
        .create_dev_instance()
        .name(name)
        .conf(configuration())
        .creator("me")
        .creator_id("my-user-id")
        .visible_scope(VisibleScope::default().r#type(VisibleScopeType::OwnerOnly))
        .await?;
    let id = created.dev_instance_id.as_str();
    progress.operation("CreateDevInstance", id, name);
    watch(client.wait_until_running(id), progress, id).await?;

    let mine = client
        .list_dev_instances()
        .query_key(DevInstanceQueryKey::Name)
        .query_val(name);
    let found = mine.await?.dev_instances.len();
    progress.operation(
        "DescribeDevInstances",
        id,
        format!("{found} with this name"),
    );

    let detail = client.query_dev_instance_detail(id).await?.dev_instance;
    let jupyter = detail
        .login_info
        .and_then(|login| login.jupyter)
        .unwrap_or_default();
    progress.operation("DescribeDevInstance", id, jupyter.url);

    let now = OffsetDateTime::now_utc();
    let hour = Duration::from_secs(3600);
    let events = client
        .list_dev_instance_events(id, now - hour, now + hour)
        .await?
        .events;
    let reasons: Vec<&str> = events.iter().map(|event| event.reason.as_str()).collect();
    progress.operation("DescribeDevInstanceEvents", id, reasons.join(", "));

    client
        .timed_stop_dev_instance(id)
        .enable(true)
        .delay_sec(7200)
        .await?;
    progress.operation("TimedStopDevInstance", id, "stops in 7200 s");

    pack_image(client, progress, id).await?;
    watch(client.wait_until_running(id), progress, id).await?;

    let change = client
        .change_dev_instance(id, |conf| conf.resources.cpus = 4)
        .await?;
    progress.operation("ModifyDevInstance", id, "4 cores");
    let rebuilt = client.wait_until_running(id).after_change(&change);
    watch(rebuilt, progress, id).await?;

    client.stop_dev_instance(id).await?;
    progress.operation("StopDevInstance", id, "");
    watch(client.wait_until_stopped(id), progress, id).await?;

    client.start_dev_instance(id).await?;
    progress.operation("StartDevInstance", id, "");
    watch(client.wait_until_running(id), progress, id).await?;

    client.delete_dev_instance(id).await?;
    progress.operation("DeleteDevInstance", id, "");
    watch(client.wait_until_deleted(id), progress, id).await
}

/// Returns the configuration of a small instance. Its cloud disk keeps the environment while the
/// instance is stopped.
fn configuration() -> DevInstanceConf {
    let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
    DevInstanceConf::new()
        .resource_pool(ResourcePool::new("default").resource_pool_id("cce-quickstart"))
        .resources(Resources::new(2, 8))
        .image(Image::new(
            0,
            "registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04",
        ))
        .volume_confs([disk])
        .envs([("LANG", "C.UTF-8")])
}

async fn pack_image(client: &Client, progress: &mut Progress, id: &str) -> Result<()> {
    let registry = "ccr-quickstart-vpc.cnc.bj.baidubce.com";
    let job = client
        .create_dev_instance_image_pack_job()
        .dev_instance_id(id)
        .image_name("quickstart")
        .image_tag("v1")
        .registry(registry)
        .namespace("team")
        .username("robot")
        .password("registry-password")
        .await?
        .image_pack_job_id;
    progress.operation("CreateDevInstanceImagePackJob", id, &job);
    let wait = client.wait_for_image_pack_job(id, &job);
    wait.poll_interval(POLL_INTERVAL)
        .timeout(PATIENCE)
        .on_progress(|seen| progress.operation("DescribeDevInstanceImagePackJob", &job, seen.state))
        .await?;
    Ok(())
}

/// Prints the states of an instance until a wait ends.
async fn watch<T: Send>(wait: Wait<'static, T>, progress: &Progress, id: &str) -> Result<()> {
    wait.poll_interval(POLL_INTERVAL)
        .timeout(PATIENCE)
        .on_progress(|seen| progress.line("", id, seen.state))
        .await?;
    Ok(())
}
