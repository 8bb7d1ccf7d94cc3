//! Who meets the faults: a made-up operation of every class, and every real operation.

use std::time::Duration;

use aihc_dev::model::{DevInstanceConf, Image, ResourcePool, Resources};
use bce_http::codec::{self, FromWire};
use bce_http::{
    ApiResponse, Call, Client, Envelope, Error, Idempotency, Operation, Service, ServiceClient,
};
use http::Method;
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;

use super::PASSWORD;

/// Clients of the real services and of the made-up one, all with the same configuration.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    pub(super) aihc: aihc_dev::Client,
    pub(super) sts: bce_sts::Client,
    pub(super) probe: Probe,
}

/// The client of the made-up service.
#[derive(Clone, Debug)]
pub(super) struct Probe(Client);

static SERVICE: Service = Service {
    code: "probe",
    title: "Made-up service",
    endpoint_template: "probe.bj.baidubce.com",
    default_region: "",
    endpoint_env: "PROBE_ENDPOINT",
    hands_out_secrets: false,
    headers: &[],
    content_type: "application/json; charset=utf-8",
    envelope: Envelope::DEFAULT,
    crate_name: env!("CARGO_PKG_NAME"),
    crate_version: env!("CARGO_PKG_VERSION"),
};

impl ServiceClient for Probe {
    const SERVICE: &'static Service = &SERVICE;

    fn from_http(client: Client) -> Self {
        Self(client)
    }
}

static READ: Operation = Operation::new("probe", "Read", Method::GET, Idempotency::Safe);
static PUT: Operation = Operation::new("probe", "Put", Method::PUT, Idempotency::Repeatable);
static SWITCH: Operation =
    Operation::new("probe", "Switch", Method::POST, Idempotency::StateGuarded);
static ADD: Operation = Operation::new("probe", "Add", Method::POST, Idempotency::NonIdempotent);

/// One operation that is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) class: Idempotency,
}

const fn subject(name: &'static str, class: Idempotency) -> Subject {
    Subject { name, class }
}

/// All of them, the classes first.
pub(super) const SUBJECTS: [Subject; 17] = [
    subject("(safe)", Idempotency::Safe),
    subject("(repeatable)", Idempotency::Repeatable),
    subject("(state-guarded)", Idempotency::StateGuarded),
    subject("(non-idempotent)", Idempotency::NonIdempotent),
    subject("CreateDevInstance", Idempotency::NonIdempotent),
    subject("DescribeDevInstances", Idempotency::Safe),
    subject("DescribeDevInstance", Idempotency::Safe),
    subject("ModifyDevInstance", Idempotency::Repeatable),
    subject("StartDevInstance", Idempotency::StateGuarded),
    subject("StopDevInstance", Idempotency::StateGuarded),
    subject("DeleteDevInstance", Idempotency::StateGuarded),
    subject("TimedStopDevInstance", Idempotency::Repeatable),
    subject("CreateDevInstanceImagePackJob", Idempotency::StateGuarded),
    subject("DescribeDevInstanceImagePackJob", Idempotency::Safe),
    subject("DescribeDevInstanceEvents", Idempotency::Safe),
    subject("GetSessionToken", Idempotency::Safe),
    subject("AssumeRole", Idempotency::Safe),
];

/// An answer that every subject takes for a success.
pub(super) const SUCCESS: &str = r#"{"devInstanceId":"dv-1","imagePackJobId":"tk-1","devInstance":{},"devInstanceImagePackJob":{},"accessKeyId":"ak","secretAccessKey":"sk","sessionToken":"st"}"#;

/// The response of the made-up operations.
#[derive(Debug, Deserialize)]
struct Anything {}

impl FromWire for Anything {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        codec::object(deserializer)
    }
}

impl ApiResponse for Anything {}

impl Subject {
    /// Makes the call.
    pub(super) async fn call(self, clients: &Clients, deadline: Duration) -> Result<(), Error> {
        let Clients { aihc, sts, .. } = clients;
        let id = "dv-1";
        let now = OffsetDateTime::UNIX_EPOCH;
        match self.name {
            "CreateDevInstance" => aihc
                .create_dev_instance("a", conf(), "owner", "owner-id")
                .with_timeout(deadline)
                .await
                .map(drop),
            "DescribeDevInstances" => aihc
                .list_dev_instances()
                .with_timeout(deadline)
                .await
                .map(drop),
            "DescribeDevInstance" => aihc
                .query_dev_instance_detail(id)
                .with_timeout(deadline)
                .await
                .map(drop),
            "ModifyDevInstance" => aihc
                .update_dev_instance(id, "a", conf(), "owner", "owner-id")
                .with_timeout(deadline)
                .await
                .map(drop),
            "StartDevInstance" => aihc
                .start_dev_instance(id)
                .with_timeout(deadline)
                .await
                .map(drop),
            "StopDevInstance" => aihc
                .stop_dev_instance(id)
                .with_timeout(deadline)
                .await
                .map(drop),
            "DeleteDevInstance" => aihc
                .delete_dev_instance(id)
                .with_timeout(deadline)
                .await
                .map(drop),
            "TimedStopDevInstance" => aihc
                .timed_stop_dev_instance(id, true)
                .with_timeout(deadline)
                .await
                .map(drop),
            "CreateDevInstanceImagePackJob" => aihc
                .create_dev_instance_image_pack_job(id, "i", "t", "r", "n", "u", PASSWORD)
                .with_timeout(deadline)
                .await
                .map(drop),
            "DescribeDevInstanceImagePackJob" => aihc
                .query_dev_instance_image_pack_job_detail(id, "tk-1")
                .with_timeout(deadline)
                .await
                .map(drop),
            "DescribeDevInstanceEvents" => aihc
                .list_dev_instance_events(id, now, now)
                .with_timeout(deadline)
                .await
                .map(drop),
            "GetSessionToken" => sts
                .get_session_token()
                .with_timeout(deadline)
                .await
                .map(drop),
            "AssumeRole" => sts
                .assume_role("a", "r")
                .with_timeout(deadline)
                .await
                .map(drop),
            _ => self.probe(&clients.probe, deadline).await,
        }
    }

    async fn probe(self, probe: &Probe, deadline: Duration) -> Result<(), Error> {
        let operation = match self.class {
            Idempotency::Safe => &READ,
            Idempotency::Repeatable => &PUT,
            Idempotency::StateGuarded => &SWITCH,
            _ => &ADD,
        };
        let mut call = Call::new(&probe.0, operation);
        call.set_timeout(deadline);
        call.send::<Anything>().await.map(drop)
    }
}

fn conf() -> DevInstanceConf {
    let image = Image::new(0, "image").password(PASSWORD);
    DevInstanceConf::new(ResourcePool::new("q"), Resources::new(1, 2), image, [])
        .envs([("KEY", PASSWORD)])
}
