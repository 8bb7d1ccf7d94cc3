//! The operations for which the faults are tested: an invented operation of every idempotency
//! class, and every real operation.

use std::sync::LazyLock;
use std::time::Duration;

use aihc_dev::model::DevInstanceConf;
use bce_http::rt::check::refused;
use bce_http::rt::codec::{Failed, Members, Value};
use bce_http::rt::{ApiResponse, Call, Envelope, Operation, ServiceClient, ServiceInfo};
use bce_http::{Client, Error, Idempotency};
use http::Method;
use time::OffsetDateTime;

use super::PASSWORD;
use crate::calls::{self, Description, Nobody, Refusal};
use crate::fixtures;

/// The client of the service to which an operation belongs.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    Aihc(aihc_dev::Client),
    Platform(aihc::Client),
    Sts(bce_sts::Client),
    Probe(Probe),
}

/// The client of an invented service, whose operations have different idempotency classes.
#[derive(Clone, Debug)]
pub(super) struct Probe(Client);

static SERVICE: ServiceInfo = ServiceInfo {
    code: "probe",
    title: "Made-up service",
    endpoint_template: "probe.bj.baidubce.com",
    hosts: &[],
    default_region: "",
    endpoint_env: "PROBE_ENDPOINT",
    requires_https: false,
    headers: &[],
    content_type: "application/json; charset=utf-8",
    envelope: Envelope::DEFAULT,
    crate_name: env!("CARGO_PKG_NAME"),
    crate_version: env!("CARGO_PKG_VERSION"),
};

impl ServiceClient for Probe {
    const SERVICE: &'static ServiceInfo = &SERVICE;

    fn from_http(client: Client) -> Self {
        Self(client)
    }
}

static READ: Operation = Operation::new("probe", "Read", Method::GET, Idempotency::Safe);
static PUT: Operation = Operation::new("probe", "Put", Method::PUT, Idempotency::Repeatable);
static SWITCH: Operation =
    Operation::new("probe", "Switch", Method::POST, Idempotency::StateGuarded);
static PUT_ONCE: Operation =
    Operation::new("probe", "PutOnce", Method::PUT, Idempotency::Repeatable).without_blind_retry();
static SWITCH_ONCE: Operation = Operation::new(
    "probe",
    "SwitchOnce",
    Method::POST,
    Idempotency::StateGuarded,
)
.without_blind_retry();
static ADD: Operation = Operation::new("probe", "Add", Method::POST, Idempotency::NonIdempotent);

/// The configuration of a client. It can build the client of any service.
pub(super) trait Configure {
    fn build<C: ServiceClient>(self) -> Result<C, Error>;
}

/// The class of an operation in the fault tests. It determines what a client may do after an
/// attempt that may have been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// The attempt may be repeated, since it only reads.
    Safe,
    /// The attempt may be repeated, since a second one leads to the same state.
    Repeatable,
    /// The attempt may be repeated: if it has changed the state, the service refuses a second one.
    Guarded,
    /// The client reads the state of the instance, which shows whether the attempt may be repeated.
    Settled,
    /// The client reads the values of the instance, which show whether the change was made.
    Compared,
    /// An attempt that may have been carried out must not be repeated: a second one would have a
    /// second effect, or might have one.
    NeverAgain,
}

/// An operation that is called in fault tests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) class: Class,
}

const fn subject(name: &'static str, class: Class) -> Subject {
    Subject { name, class }
}

/// The invented operations of [`Probe`], and the real operations whose calls are written by hand in
/// this file.
const BY_HAND: [Subject; 19] = [
    subject("(safe)", Class::Safe),
    subject("(repeatable)", Class::Repeatable),
    subject("(state-guarded)", Class::Guarded),
    subject("(non-idempotent)", Class::NeverAgain),
    subject("(repeatable, not blindly)", Class::NeverAgain),
    subject("(state-guarded, not blindly)", Class::NeverAgain),
    subject("CreateDevInstance", Class::NeverAgain),
    subject("DescribeDevInstances", Class::Safe),
    subject("DescribeDevInstance", Class::Safe),
    subject("ModifyDevInstance", Class::Compared),
    subject("StartDevInstance", Class::Settled),
    subject("StopDevInstance", Class::Settled),
    subject("DeleteDevInstance", Class::Settled),
    subject("TimedStopDevInstance", Class::Repeatable),
    subject("CreateDevInstanceImagePackJob", Class::NeverAgain),
    subject("DescribeDevInstanceImagePackJob", Class::Safe),
    subject("DescribeDevInstanceEvents", Class::Safe),
    subject("GetSessionToken", Class::Safe),
    subject("AssumeRole", Class::Safe),
];

/// The API description of `aihc`, from which the arguments of its operations are generated.
static DESCRIPTION: LazyLock<Option<Description>> = LazyLock::new(|| Description::load().ok());

/// The name of the test subject that calls `CreateService` with a client token. The same operation
/// is also tested without a token.
const WITH_TOKEN: &str = "CreateService, with a token";

/// Returns all operations, beginning with those of [`Probe`]. `CreateService` occurs twice, the
/// second time with a client token.
pub(super) fn subjects() -> Vec<Subject> {
    let mut subjects = BY_HAND.to_vec();
    for name in DESCRIPTION.iter().flat_map(Description::operations) {
        let class = DESCRIPTION.as_ref().and_then(|it| it.idempotency(name));
        let class = match class {
            Some(("safe", _)) => Class::Safe,
            Some(("repeatable", _)) => Class::Repeatable,
            // None of them has a state that could be read, so in doubt none is repeated.
            _ => Class::NeverAgain,
        };
        subjects.push(subject(name, class));
    }
    subjects.push(subject(WITH_TOKEN, Class::Repeatable));
    subjects
}

/// The operation that reads the state of an instance.
pub(super) const LOOKS: &str = "DescribeDevInstance";

/// The body of a response that means success for every operation.
pub(super) const SUCCESS: &str = r#"{"requestId":"r","totalCount":0,"devInstances":[],"events":[],"devInstanceId":"dv-1","imagePackJobId":"tk-1","devInstance":{},"devInstanceImagePackJob":{},"id":"id-1","jobId":"job-1","serviceId":"s-1","webTerminalUrl":"u","resourcePools":[],"queues":[],"datasets":[],"versions":[],"models":[],"jobs":[],"logs":[],"services":[],"changeLogs":[],"accessKeyId":"ak","secretAccessKey":"sk","sessionToken":"st"}"#;

/// The response type of the operations of [`Probe`]. It ignores all members of a response.
#[derive(Debug, Default)]
struct Anything {}

impl Members for Anything {
    fn member(&mut self, _: &str, _: Value<'_>) -> Result<(), Failed> {
        Ok(())
    }
}

impl ApiResponse for Anything {}

impl Subject {
    /// Returns the client that can call this operation, built with `builder`.
    pub(super) fn caller(self, builder: impl Configure) -> Result<Caller, Error> {
        match self.name {
            "GetSessionToken" | "AssumeRole" => builder.build().map(Caller::Sts),
            name if name.starts_with('(') => builder.build().map(Caller::Probe),
            _ if self.is_called_by_hand() => builder.build().map(Caller::Aihc),
            _ => builder.build().map(Caller::Platform),
        }
    }

    /// Calls the operation with this deadline. The contents of a successful response are dropped.
    pub(super) async fn call(self, caller: &Caller, deadline: Duration) -> Result<(), Error> {
        match caller {
            Caller::Aihc(client) => self.aihc(client, deadline).await,
            Caller::Platform(client) => self.platform(client, deadline).await,
            Caller::Sts(client) => self.sts(client, deadline).await,
            Caller::Probe(client) => self.probe(client, deadline).await,
        }
    }

    async fn aihc(self, aihc: &aihc_dev::Client, deadline: Duration) -> Result<(), Error> {
        let id = "dv-1";
        let now = OffsetDateTime::UNIX_EPOCH;
        match self.name {
            "CreateDevInstance" => aihc
                .create_dev_instance()
                .name("a")
                .conf(conf())
                .creator("owner")
                .creator_id("owner-id")
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
                .update_dev_instance()
                .id(id)
                .name("a")
                .conf(conf())
                .creator("owner")
                .creator_id("owner-id")
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
                .timed_stop_dev_instance(id)
                .enable(true)
                .with_timeout(deadline)
                .await
                .map(drop),
            "CreateDevInstanceImagePackJob" => aihc
                .create_dev_instance_image_pack_job()
                .dev_instance_id(id)
                .image_name("i")
                .image_tag("t")
                .registry("r")
                .namespace("n")
                .username("u")
                .password(PASSWORD)
                .with_timeout(deadline)
                .await
                .map(drop),
            "DescribeDevInstanceImagePackJob" => aihc
                .query_dev_instance_image_pack_job_detail(id, "tk-1")
                .with_timeout(deadline)
                .await
                .map(drop),
            _ => aihc
                .list_dev_instance_events(id, now, now)
                .with_timeout(deadline)
                .await
                .map(drop),
        }
    }

    /// Returns whether the call of this operation is written by hand, rather than derived from the
    /// API description.
    pub(super) fn is_called_by_hand(self) -> bool {
        BY_HAND.iter().any(|subject| subject.name == self.name)
    }

    async fn platform(self, platform: &aihc::Client, deadline: Duration) -> Result<(), Error> {
        let operation = match self.name {
            WITH_TOKEN => "CreateService",
            name => name,
        };
        let sample = DESCRIPTION
            .as_ref()
            .map(|it| it.sample(operation, PASSWORD));
        let mut arguments = sample.unwrap_or_default();
        if self.name != WITH_TOKEN {
            arguments.remove("clientToken");
        }
        let limit = Some(deadline);
        match calls::call(platform, operation, arguments, limit, &Nobody).await {
            Ok(()) => Ok(()),
            Err(Refusal::Error(error)) => Err(error),
            Err(Refusal::Arguments(problem)) => Err(refused(problem)),
        }
    }

    async fn sts(self, sts: &bce_sts::Client, deadline: Duration) -> Result<(), Error> {
        match self.name {
            "GetSessionToken" => sts
                .get_session_token()
                .with_timeout(deadline)
                .await
                .map(drop),
            _ => sts
                .assume_role("a", "r")
                .with_timeout(deadline)
                .await
                .map(drop),
        }
    }

    async fn probe(self, probe: &Probe, deadline: Duration) -> Result<(), Error> {
        let operation = match self.name {
            "(safe)" => &READ,
            "(repeatable)" => &PUT,
            "(repeatable, not blindly)" => &PUT_ONCE,
            "(state-guarded)" => &SWITCH,
            "(state-guarded, not blindly)" => &SWITCH_ONCE,
            _ => &ADD,
        };
        let mut call = Call::new(&probe.0, operation);
        call.options_mut().timeout = Some(deadline);
        call.send::<Anything>().await.map(drop)
    }
}

fn conf() -> DevInstanceConf {
    let mut conf = fixtures::conf().envs([("KEY", PASSWORD)]);
    conf.image = conf.image.password(PASSWORD);
    conf
}
