//! Benchmarks that count the instructions of a call that lists dev instances, and of decoding
//! responses. The call goes through the whole client to a service in memory, and reads the
//! response.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::hint::black_box;

use aihc::jobs::DescribeJobsResponse;
use aihc_dev::model::ListDevInstancesResponse;
use aihc_dev::{Client, Credentials};
use bce_http::layer::Decode;
use bce_http::layer::Reply;
use bytes::Bytes;
use http::{Request, Response};
use tokio::runtime::Runtime;
use tower::{Layer as _, ServiceExt as _};

use crate::requests::{NOW, usable};
use crate::{Operation, counted};

pub(crate) const OPERATIONS: &[Operation] = &[
    ("call", || drop(counted(list, client()))),
    ("decode", || drop(counted(decode, reply()))),
    ("decode, jobs", || drop(counted(decode_jobs, jobs()))),
];

/// The number of instances or jobs in a response.
const INSTANCES: usize = 10;

/// A clock that stands still, so that all requests are signed in the same second.
struct Stopped;

impl bce_auth::Clock for Stopped {
    fn now(&self) -> time::OffsetDateTime {
        NOW
    }
}

fn answer() -> Bytes {
    let mut text = String::from("{\"devInstances\":[");
    for index in 0..INSTANCES {
        let separator = if index > 0 { "," } else { "" };
        usable(write!(
            text,
            "{separator}{{\"accountId\":\"eca97e148cb74e9683d7b7240829d1ff\",\"createdAt\":1747876700,\
             \"creator\":\"owner\",\"creatorId\":\"eca97e148cb74e9683d7b7240829d1ff\",\
             \"id\":\"dv-{index:08x}\",\
             \"imageUrl\":\"registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04\",\
             \"name\":\"example-{index}\",\"queueName\":\"default\",\"region\":\"bj\",\
             \"resources\":{{\"acceleratorCount\":0,\"cpus\":1,\"memory\":2,\"shmSize\":0}},\
             \"status\":3,\"statusReason\":\"\",\"updatedAt\":1747876790,\"version\":\"v2\"}}"
        ));
    }
    text.push_str("],\"requestId\":\"05e631e6\",\"totalCount\":10}");
    text.into()
}

/// Returns a client of a service that responds immediately. The client has already made one call,
/// so that the cost of the first call is not counted.
fn client() -> (Runtime, Client) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = usable(runtime);
    let body = answer();
    let service = tower::service_fn(move |_| {
        let body = body.clone();
        async move { Ok::<_, Infallible>(Response::new(body)) }
    });
    let client = Client::builder()
        .credentials(usable(Credentials::new("access-key", "secret-key")))
        .clock(Stopped)
        .build_with_transport(service);
    let client = usable(client);
    list((runtime, client)).1
}

type List = (ListDevInstancesResponse, (Runtime, Client));

fn list((runtime, client): (Runtime, Client)) -> List {
    let call = client.list_dev_instances().page_size(10).send();
    let answer = usable(runtime.block_on(call));
    (answer, (runtime, client))
}

/// Returns the response to a call that lists instances. The `Decode` layer has already checked it
/// for errors.
fn reply() -> Reply {
    reply_of(answer())
}

fn reply_of(body: Bytes) -> Reply {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let service = tower::service_fn(move |_: Request<()>| {
        let body = body.clone();
        async move { Ok::<_, Infallible>(Response::new(body)) }
    });
    let reply = Decode::new().layer(service).oneshot(Request::new(()));
    usable(usable(runtime).block_on(reply))
}

fn decode(reply: Reply) -> (ListDevInstancesResponse, Reply) {
    (usable(black_box(&reply).decode()), reply)
}

/// Returns a page of training jobs. The decoder has to determine from the members of each `jobSpec`
/// whether it is a single specification or a map of specifications.
fn jobs() -> Reply {
    let mut text = String::from("{\"jobs\":[");
    for index in 0..INSTANCES {
        let separator = if index > 0 { "," } else { "" };
        usable(write!(
            text,
            "{separator}{{\"jobId\":\"job-{index:08x}\",\"name\":\"train-{index}\",\"status\":\"Running\",\
             \"jobType\":\"pytorch\",\"resourcePoolId\":\"cce-i8zab7dh\",\"queueId\":\"default\",\
             \"jobSpec\":{{\"image\":\"registry.baidubce.com/train:1\",\"replicas\":4,\
             \"resources\":[{{\"name\":\"baidu.com/a800_80g_cgpu\",\"quantity\":8}}],\
             \"envs\":[{{\"name\":\"NCCL_DEBUG\",\"value\":\"INFO\"}}],\"enableRDMA\":true}},\
             \"labels\":[{{\"key\":\"team\",\"value\":\"vision\"}}],\"priority\":\"high\",\
             \"createdAt\":\"2025-05-13T02:22:40Z\"}}"
        ));
    }
    text.push_str("],\"requestId\":\"05e631e6\",\"totalCount\":10}");
    reply_of(text.into())
}

fn decode_jobs(reply: Reply) -> (DescribeJobsResponse, Reply) {
    (usable(black_box(&reply).decode()), reply)
}
