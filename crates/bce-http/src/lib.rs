//! The request stack for SDKs of Baidu AI Cloud: a call goes in, and a reply or one precise
//! error comes out.
//!
//! Clients of services, such as `aihc-dev`, are generated on top of this crate. A client for
//! another service takes a few lines by hand:
//!
//! ```no_run
//! use bce_auth::Credentials;
//! use bce_http::{Call, Client, ClientBuilder, Error, Idempotency, Operation, Service};
//! use http::Method;
//!
//! static SERVICE: Service = Service {
//!     code: "bcc",
//!     title: "Baidu Cloud Compute",
//!     endpoint_template: "bcc.{region}.baidubce.com",
//!     default_region: "bj",
//!     endpoint_env: "BCC_ENDPOINT",
//!     hands_out_secrets: false,
//!     headers: &[],
//!     content_type: "application/json; charset=utf-8",
//!     crate_name: env!("CARGO_PKG_NAME"),
//!     crate_version: env!("CARGO_PKG_VERSION"),
//! };
//! static LIST_ZONES: Operation =
//!     Operation::new("bcc", "ListZones", Method::GET, Idempotency::Safe);
//!
//! struct Bcc(Client);
//!
//! impl bce_http::ServiceClient for Bcc {
//!     const SERVICE: &'static Service = &SERVICE;
//!
//!     fn from_http(client: Client) -> Self {
//!         Self(client)
//!     }
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Zones {
//!     #[serde(default, rename = "zones", deserialize_with = "bce_http::codec::or_default")]
//!     names: Vec<String>,
//! }
//!
//! impl bce_http::codec::FromWire for Zones {
//!     fn from_wire<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
//!         bce_http::codec::object(d)
//!     }
//! }
//!
//! impl bce_http::ApiResponse for Zones {}
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let credentials = Credentials::new("access key id", "secret access key")?;
//!     let bcc: Bcc = ClientBuilder::new().region("gz").credentials(credentials).build()?;
//!     let zones: Zones = Call::new(&bcc.0, &LIST_ZONES).path("/v2/zone").send().await?;
//!     println!("{:?}", zones.names);
//!     Ok(())
//! }
//! ```
//!
//! # Where to find what
//!
//! | for | see |
//! |---|---|
//! | configuration and its defaults | [`ClientBuilder`] |
//! | the way of a request through the layers | [`layer`] |
//! | lists that are read page by page | [`pager`] |
//! | errors, and whether a call may be repeated | [`Error`], [`Idempotency`] |
//! | one layer around a service of your own | [`layer::Sign`] |
//! | tests without a network | [`from_service`] |
//! | what generated models are made of | [`codec`], [`check`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod builder;
mod call;
pub mod check;
mod client;
pub mod codec;
mod concurrent;
pub mod connect;
mod endpoint;
mod error;
mod http_date;
pub mod layer;
mod operation;
pub mod pager;
mod progress;
mod reply;
pub mod retry;
mod service;
mod stack;
mod timestamp;
mod transport;
mod user_agent;
mod user_layer;
pub mod wait;

pub use self::body::Body;
pub use self::builder::{ClientBuilder, from_service};
pub use self::call::Call;
pub use self::client::Client;
pub use self::concurrent::map_concurrent;
pub use self::endpoint::Endpoint;
pub use self::error::{BoxError, Error, ErrorKind, ServiceError};
pub use self::operation::{CallOptions, Idempotency, Operation};
pub use self::reply::{ApiResponse, Reply};
pub use self::retry::{RetryBudget, RetryPolicy};
pub use self::service::{Service, ServiceClient};
pub use self::timestamp::Timestamp;
pub use self::transport::{Transport, TransportConfig};
pub use self::user_layer::{AttemptService, CallService};
