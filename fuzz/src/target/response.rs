//! Checks that decoding a body as the response of any operation does not panic, and that only a 2xx
//! status is a success. The first byte of an input selects the operation, the second the status;
//! the rest is the body.

use std::cell::RefCell;
use std::convert::Infallible;

use aihc::{datasets, jobs, models, pools, queues, services};
use aihc_dev::model::*;
use aihc_dev::{Credentials, SERVICE};
use bce_http::rt::{ApiResponse, Call, Operation, ServiceClient, ServiceInfo};
use bce_http::{Client, ClientBuilder, Idempotency, RetryPolicy};
use bytes::Bytes;
use http::{Method, Request, Response};

static OPERATION: Operation = Operation::new("aihc", "Fuzz", Method::GET, Idempotency::Safe);

/// A client without operations. It decodes the responses of all operations, although the request
/// that it sends is always the same.
struct Stack(Client);

impl ServiceClient for Stack {
    const SERVICE: &'static ServiceInfo = &SERVICE;

    fn from_http(client: Client) -> Self {
        Self(client)
    }
}

thread_local! {
    static ANSWER: RefCell<(u16, Bytes)> = const { RefCell::new((200, Bytes::new())) };
    static STACK: Stack = ClientBuilder::new()
        .credentials(Credentials::new("ak", "sk").unwrap())
        .retry(RetryPolicy::none())
        .build_with_transport(tower::service_fn(|_: Request<bce_http::Body>| {
            let (status, body) = ANSWER.with_borrow(Clone::clone);
            let answer = Response::builder().status(status).body(body).unwrap();
            std::future::ready(Ok::<_, Infallible>(answer))
        }))
        .unwrap();
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
}

/// For each operation, a function that decodes its response. The operations of dev instances come
/// first.
const READS: &[fn()] = &[
    read::<CreateDevInstanceResponse>,
    read::<ListDevInstancesResponse>,
    read::<QueryDevInstanceDetailResponse>,
    read::<UpdateDevInstanceResponse>,
    read::<StartDevInstanceResponse>,
    read::<StopDevInstanceResponse>,
    read::<DeleteDevInstanceResponse>,
    read::<TimedStopDevInstanceResponse>,
    read::<CreateDevInstanceImagePackJobResponse>,
    read::<QueryDevInstanceImagePackJobDetailResponse>,
    read::<ListDevInstanceEventsResponse>,
    read::<pools::DescribeResourcePoolsResponse>,
    read::<pools::DescribeResourcePoolResponse>,
    read::<pools::DescribeResourcePoolOverviewResponse>,
    read::<queues::DescribeQueuesResponse>,
    read::<queues::DescribeQueueResponse>,
    read::<datasets::CreateDatasetResponse>,
    read::<datasets::DeleteDatasetResponse>,
    read::<datasets::ModifyDatasetResponse>,
    read::<datasets::DescribeDatasetResponse>,
    read::<datasets::DescribeDatasetsResponse>,
    read::<datasets::CreateDatasetVersionResponse>,
    read::<datasets::DeleteDatasetVersionResponse>,
    read::<datasets::DescribeDatasetVersionResponse>,
    read::<datasets::DescribeDatasetVersionsResponse>,
    read::<models::CreateModelResponse>,
    read::<models::DeleteModelResponse>,
    read::<models::ModifyModelResponse>,
    read::<models::DescribeModelResponse>,
    read::<models::DescribeModelsResponse>,
    read::<models::CreateModelVersionResponse>,
    read::<models::DeleteModelVersionResponse>,
    read::<models::DescribeModelVersionResponse>,
    read::<models::DescribeModelVersionsResponse>,
    read::<jobs::CreateJobResponse>,
    read::<jobs::DeleteJobResponse>,
    read::<jobs::ModifyJobResponse>,
    read::<jobs::StopJobResponse>,
    read::<jobs::BatchStopJobsResponse>,
    read::<jobs::DescribeJobResponse>,
    read::<jobs::DescribeJobsResponse>,
    read::<jobs::DescribeJobEventsResponse>,
    read::<jobs::DescribePodEventsResponse>,
    read::<jobs::DescribeJobLogsResponse>,
    read::<jobs::DescribeJobMetricsResponse>,
    read::<jobs::DescribeJobNodesResponse>,
    read::<jobs::DescribeJobWebterminalResponse>,
    read::<services::CreateServiceResponse>,
    read::<services::DescribeServicesResponse>,
    read::<services::DescribeServiceStatusResponse>,
    read::<services::DescribeServiceResponse>,
    read::<services::ModifyServiceResponse>,
    read::<services::ModifyServiceReplicasResponse>,
    read::<services::ModifyServiceNetConfigResponse>,
    read::<services::DescribeServiceChangelogsResponse>,
    read::<services::DescribeServiceChangelogResponse>,
    read::<services::DeleteServiceResponse>,
    read::<services::DescribeServicePodsResponse>,
    read::<services::DisableServicePodResponse>,
    read::<services::DeleteServicePodResponse>,
    read::<services::DescribeServicePodGroupsResponse>,
];

/// The initial inputs select an operation by a number below [`RESPONSES`](crate::seeds::RESPONSES),
/// which must therefore be the number of operations.
const _: () = assert!(READS.len() == crate::seeds::RESPONSES);

/// Runs the checks of the fuzz target `response` with one input.
pub fn run(data: &[u8]) {
    let [operation, status, body @ ..] = data else {
        return;
    };
    let statuses = [200, 400, 500, 204, 302, 401, 403, 404, 429, 503];
    let status = statuses[usize::from(*status) % statuses.len()];
    ANSWER.set((status, Bytes::copy_from_slice(body)));
    READS[usize::from(*operation) % READS.len()]();
}

fn read<T: ApiResponse + std::fmt::Debug>() {
    let call = STACK.with(|stack| Call::new(&stack.0, &OPERATION));
    let result = RUNTIME.with(|runtime| runtime.block_on(call.send::<T>()));
    let status = ANSWER.with_borrow(|answer| answer.0);
    match result {
        Ok(response) => {
            assert!(
                (200..300).contains(&status),
                "a status {status} was a success"
            );
            drop(format!("{response:?}"));
        }
        Err(error) => {
            drop((
                error.to_string(),
                format!("{error:?}"),
                error.is_retryable(),
            ));
            let _ = (error.code(), error.request_id(), error.member());
        }
    }
}
