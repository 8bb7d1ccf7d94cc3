#![doc = include_str!("../README.md")]
//!
//! # Overview
//!
//! The following table shows where to find each topic.
//!
//! | for | see |
//! |---|---|
//! | the operations | the methods of [`Client`] |
//! | optional members, types of requests and responses | [`pools`], [`queues`], [`datasets`], [`models`], [`jobs`], [`services`] |
//! | configuration and its defaults | [`ClientBuilder`] |
//! | lists of any length | [`pager`] |
//! | logs as they grow | [`Client::follow_job_logs`] |
//! | waiting for a state | [`wait`] |
//! | errors | [`Error`], [`error_code`] |
//! | tests without a network | [`Client::from_service`] |

//!
//! # Calls
//!
//! A method of the client returns a builder. Up to three required members are its arguments; if the
//! API requires more, all of them are set by name, as optional members and booleans always are. A
//! call that lacks a required member is refused before anything is sent, with an error that names
//! the member. Options of the call itself start with `with_`, and `.await` sends the request; the
//! futures need a tokio runtime. Responses are read tolerantly: a member may be absent, `null` or
//! unknown, and an enum keeps values that it does not know.
//!
//! A test can give the client a service of its own in place of the network:
//!
//! ```
//! use aihc::{Body, Client};
//! use http::{Request, Response};
//!
//! let service = tower::service_fn(async |request: Request<Body>| {
//!     let query = request.uri().query().unwrap_or_default();
//!     assert_eq!(query, "action=DescribeQueue&queueId=q-1");
//!     let queue = r#"{"queueId": "q-1", "remaining": {"acceleratorCardList":
//!         [{"acceleratorType": "a800", "acceleratorCount": "7.5"}]}, "requestId": "r-1"}"#;
//!     Ok::<_, std::convert::Infallible>(Response::new(queue))
//! });
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! # runtime.block_on(async {
//! let client = Client::from_service(service)?;
//! let queue = client.describe_queue("q-1").await?;
//! let remaining = queue.remaining.unwrap_or_default();
//! assert_eq!(remaining.accelerator_card_list[0].accelerator_count, "7.5");
//! # Ok::<(), aihc::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Secrets
//!
//! Registry passwords, values of environment variables, runtime environments, tokens of gateways
//! and addresses of terminals are [`Secret`]s. `Debug` and `Serialize` of every model write `***`
//! instead of their values, and a call with the value `***` is refused. Only the request that is
//! sent contains the values.
//!
//! # Changing a service
//!
//! [`modify_service`](Client::modify_service) takes the whole configuration: read it, change it,
//! and send it back.
//!
//! ```no_run
//! # async fn grow(client: aihc::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let mut conf = client.describe_service("s-1").await?.service.ok_or("no configuration")?;
//! conf.containers[0].cpus = 8;
//! client.modify_service().service_id("s-1").service_conf(conf).await?;
//! client.wait_until_service_running("s-1").await?;
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod follow;
mod generated;
pub mod wait;

pub use bce_auth::{Credentials, Secret, SigningOptions};
pub use bce_http::connect::{Proxy, Resolver, TlsRoots};
pub use bce_http::pager;
pub use bce_http::retry::{Backoff, ExponentialBackoff};
pub use bce_http::{
    Body, ClientBuilder, Endpoint, Error, ErrorKind, Json, Pace, RetryBudget, RetryPolicy,
    ServiceError, Timestamp, TimestampError,
};

pub use self::follow::FollowedLogs;
pub use self::generated::{
    AcceleratorCard, Client, JobPriority, ParseEnumError, Region, SERVICE, SortOrder, UnknownValue,
    VisibilityScope, datasets, error_code, jobs, models, pools, queues, services, waiter,
};
pub use self::wait::{WaitError, WaitErrorKind};
