//! Calls of all operations, with fixed arguments.

use std::time::Duration;

use aihc_dev::model::DevInstanceConf;
use aihc_dev::{Client, Error};
use time::OffsetDateTime;

/// A call of one of the service's operations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Call {
    Create,
    List,
    Detail,
    Update,
    Start,
    Stop,
    Delete,
    TimedStop,
    Pack,
    PackDetail,
    Events,
}

/// The time limit of a call. With a paused clock, the limit is not reached while a response is
/// read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// A limit so long that responses are read without checking the clock.
    Far,
    /// A limit so short that long responses are read by a reader that checks the clock.
    Near,
}

impl Call {
    pub(crate) const ALL: [Self; 11] = [
        Self::Create,
        Self::List,
        Self::Detail,
        Self::Update,
        Self::Start,
        Self::Stop,
        Self::Delete,
        Self::TimedStop,
        Self::Pack,
        Self::PackDetail,
        Self::Events,
    ];

    /// Sends the call, and drops the response.
    pub(crate) async fn send(self, client: &Client, limit: Limit) -> Result<(), Error> {
        let limit = match limit {
            Limit::Far => Duration::from_secs(1200),
            Limit::Near => Duration::from_millis(100),
        };
        let (id, me) = ("dv-1", "me");
        match self {
            Self::Create => {
                let call = client
                    .create_dev_instance()
                    .name("name")
                    .conf(conf())
                    .creator(me)
                    .creator_id(me);
                call.with_timeout(limit).send().await.map(drop)
            }
            Self::List => client
                .list_dev_instances()
                .with_timeout(limit)
                .send()
                .await
                .map(drop),
            Self::Detail => {
                let call = client.query_dev_instance_detail(id);
                call.with_timeout(limit).send().await.map(drop)
            }
            Self::Update => {
                let call = client
                    .update_dev_instance()
                    .id(id)
                    .name("name")
                    .conf(conf())
                    .creator(me)
                    .creator_id(me);
                call.with_timeout(limit).send().await.map(drop)
            }
            Self::Start => client
                .start_dev_instance(id)
                .with_timeout(limit)
                .send()
                .await
                .map(drop),
            Self::Stop => client
                .stop_dev_instance(id)
                .with_timeout(limit)
                .send()
                .await
                .map(drop),
            Self::Delete => {
                let call = client.delete_dev_instance(id);
                call.with_timeout(limit).send().await.map(drop)
            }
            Self::TimedStop => {
                let call = client.timed_stop_dev_instance(id).enable(false);
                call.with_timeout(limit).send().await.map(drop)
            }
            Self::Pack => {
                let call = client
                    .create_dev_instance_image_pack_job()
                    .dev_instance_id(id)
                    .image_name("image")
                    .image_tag("tag")
                    .registry("registry")
                    .namespace("namespace")
                    .username("user")
                    .password("password");
                call.with_timeout(limit).send().await.map(drop)
            }
            Self::PackDetail => {
                let call = client.query_dev_instance_image_pack_job_detail(id, "job-1");
                call.with_timeout(limit).send().await.map(drop)
            }
            Self::Events => {
                let (start, end) = (OffsetDateTime::UNIX_EPOCH, OffsetDateTime::now_utc());
                let call = client.list_dev_instance_events(id, start, end);
                call.with_timeout(limit).send().await.map(drop)
            }
        }
    }
}

/// Returns the smallest configuration that the API accepts.
fn conf() -> DevInstanceConf {
    serde_json::from_str(bce_testing::fixtures::INSTANCE_CONF).unwrap()
}
