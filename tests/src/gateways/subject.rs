//! The calls that are made through the gateways.

use std::time::Duration;

use aihc_dev::Client;
use aihc_dev::model::{DevInstanceConf, Image, ImageType, ResourcePool, Resources};
use aihc_emulator::{Handle, InstanceStatus};
use bce_http::{Error, ErrorKind};
use time::OffsetDateTime;

use crate::fixtures;

/// A call, or a series of calls that are made one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Create,
    List,
    Describe,
    Update,
    Start,
    Stop,
    Delete,
    TimedStop,
    Pack,
    PackJob,
    Events,
    /// Calls that list the instances. The pauses between them become longer, so that the gateway
    /// closes idle connections in between.
    Lists,
    /// Calls that create instances. The pauses between them become longer, so that the gateway
    /// closes idle connections in between. A call may fail if its connection was lost and its error
    /// reports that the change may have been applied.
    Creates,
}

/// The prefix of the names that the emulator generates for the instances of the tests. The first
/// instance gets the name [`NAME`], which an update does not change.
const PREFIX: &str = "gateway";
const NAME: &str = "gateway-0";

/// The number of calls in a series.
pub(super) const SERIES: u64 = 40;
/// The longest pause between two calls of a series.
const LONGEST_PAUSE: Duration = Duration::from_millis(12);

/// All operations of dev instances.
pub(super) const OPERATIONS: [Subject; 11] = [
    Subject::Create,
    Subject::List,
    Subject::Describe,
    Subject::Update,
    Subject::Start,
    Subject::Stop,
    Subject::Delete,
    Subject::TimedStop,
    Subject::Pack,
    Subject::PackJob,
    Subject::Events,
];

/// The ids of the objects that a call is about.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    instance: String,
    job: String,
}

impl Subject {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Describe => "describe",
            Self::Update => "update",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Delete => "delete",
            Self::TimedStop => "timed stop",
            Self::Pack => "pack",
            Self::PackJob => "pack job",
            Self::Events => "events",
            Self::Lists => "lists",
            Self::Creates => "creates",
        }
    }

    /// Returns the name of the operation in the API.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Create | Self::Creates => "CreateDevInstance",
            Self::List | Self::Lists => "DescribeDevInstances",
            Self::Describe => "DescribeDevInstance",
            Self::Update => "ModifyDevInstance",
            Self::Start => "StartDevInstance",
            Self::Stop => "StopDevInstance",
            Self::Delete => "DeleteDevInstance",
            Self::TimedStop => "TimedStopDevInstance",
            Self::Pack => "CreateDevInstanceImagePackJob",
            Self::PackJob => "DescribeDevInstanceImagePackJob",
            Self::Events => "DescribeDevInstanceEvents",
        }
    }

    /// Creates the instance that the call is about, in the state that the call requires. Returns
    /// its id, and the id of an image job if the call is about one.
    pub(super) async fn prepare(self, handle: &Handle, direct: &Client) -> Result<Ids, String> {
        let mut ids = Ids {
            instance: handle.add_instances(PREFIX, 1).remove(0),
            job: String::new(),
        };
        match self {
            Self::Start => {
                let stopped = InstanceStatus::STOPPED;
                let set = handle.set_instance_status(&ids.instance, stopped, "stopped for the row");
                set.map_err(|error| error.to_string())?;
            }
            Self::PackJob => {
                let job = pack(direct, &ids.instance).await;
                ids.job = job.map_err(|error| error.to_string())?;
            }
            _ => {}
        }
        Ok(ids)
    }

    /// Makes the call.
    pub(super) async fn call(self, client: &Client, ids: &Ids) -> Result<(), Error> {
        let id = &*ids.instance;
        let now = OffsetDateTime::now_utc();
        match self {
            Self::Create => create(client).await,
            Self::List => client.list_dev_instances().await.map(drop),
            Self::Describe => client.query_dev_instance_detail(id).await.map(drop),
            Self::Update => client
                .update_dev_instance()
                .id(id)
                .name(NAME)
                .conf(conf())
                .creator("owner")
                .creator_id("owner-id")
                .await
                .map(drop),
            Self::Start => client.start_dev_instance(id).await.map(drop),
            Self::Stop => client.stop_dev_instance(id).await.map(drop),
            Self::Delete => client.delete_dev_instance(id).await.map(drop),
            Self::TimedStop => client
                .timed_stop_dev_instance(id)
                .enable(true)
                .delay_sec(7200)
                .await
                .map(drop),
            Self::Pack => pack(client, id).await.map(drop),
            Self::PackJob => client
                .query_dev_instance_image_pack_job_detail(id, &ids.job)
                .await
                .map(drop),
            Self::Events => client
                .list_dev_instance_events(id, now - Duration::from_secs(60), now)
                .await
                .map(drop),
            Self::Lists => {
                for number in 0..SERIES {
                    client.list_dev_instances().await?;
                    pause(number).await;
                }
                Ok(())
            }
            Self::Creates => {
                for number in 0..SERIES {
                    match create(client).await {
                        Err(error) if !is_lost(&error) => return Err(error),
                        _ => pause(number).await,
                    }
                }
                Ok(())
            }
        }
    }
}

/// Returns whether the connection was lost when the request may already have been sent.
fn is_lost(error: &Error) -> bool {
    error.kind() == ErrorKind::Transport && error.may_have_been_applied()
}

/// Pauses for a time that grows with the number of the call, up to [`LONGEST_PAUSE`]. Some pauses
/// are shorter than the time for which the gateway keeps an idle connection, and some are longer.
async fn pause(number: u64) {
    let part = u32::try_from(number).unwrap_or_default();
    let of = u32::try_from(SERIES).unwrap_or(1);
    tokio::time::sleep(LONGEST_PAUSE * part / of).await;
}

/// Returns a configuration that has the pool and the image of the emulator's instances, since an
/// update cannot change these.
fn conf() -> DevInstanceConf {
    let pool = ResourcePool::new("default").resource_pool_id("cce-load");
    let image = Image::new(
        ImageType::Unspecified,
        "registry.example.invalid/ubuntu:22.04",
    );
    let resources = Resources::new(2, 4);
    fixtures::conf()
        .resource_pool(pool)
        .resources(resources)
        .image(image)
}

async fn create(client: &Client) -> Result<(), Error> {
    client
        .create_dev_instance()
        .name("gateway")
        .conf(conf())
        .creator("owner")
        .creator_id("owner-id")
        .await
        .map(drop)
}

async fn pack(client: &Client, id: &str) -> Result<String, Error> {
    client
        .create_dev_instance_image_pack_job()
        .dev_instance_id(id)
        .image_name("image")
        .image_tag("v1")
        .registry("registry")
        .namespace("team")
        .username("user")
        .password("word")
        .await
        .map(|job| job.image_pack_job_id)
}
