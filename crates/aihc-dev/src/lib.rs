//! Client for AIHC dev machines of Baidu AI Cloud: create, list, change, start, stop, delete,
//! watch and pack.
//!
//! ```no_run
//! use aihc_dev::model::{
//!     Cds, DevInstanceConf, Image, ResourcePool, Resources, VolumeConf, VolumeType,
//! };
//! use aihc_dev::{Client, Credentials, Region};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::builder()
//!         .region(Region::BJ)
//!         .credentials(Credentials::new("access key id", "secret access key")?)
//!         .build()?;
//!
//!     let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
//!     let conf = DevInstanceConf::new(
//!         ResourcePool::new("my-queue").resource_pool_id("cce-i8zab7dh"),
//!         Resources::new(4, 8),
//!         Image::new(0, "registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04"),
//!         [disk],
//!     );
//!     let created = client.create_dev_instance("my-machine", conf, "owner", "owner-id").await?;
//!
//!     let detail = client.query_dev_instance_detail(&created.dev_instance_id).await?;
//!     println!("{}: {:?}", created.dev_instance_id, detail.dev_instance.status);
//!     Ok(())
//! }
//! ```
//!
//! # Where to find what
//!
//! | for | see |
//! |---|---|
//! | the operations | the methods of [`Client`]; their optional members in [`operation`] |
//! | requests and responses | [`model`] |
//! | configuration and its defaults | [`ClientBuilder`] |
//! | errors | [`Error`], [`error_code`] |
//! | tests without a network | [`Client::from_service`] |
//!
//! # Calls
//!
//! A method of the client makes a builder and takes what the API requires. Optional members are
//! set by name, options of the call itself start with `with_`, and `.await` sends:
//!
//! ```no_run
//! # async fn list(client: aihc_dev::Client) -> Result<(), aihc_dev::Error> {
//! use aihc_dev::model::DevInstanceStatus;
//!
//! let page = client
//!     .list_dev_instances()
//!     .only_my_devs(true)
//!     .status(DevInstanceStatus::Running)
//!     .page_size(50)
//!     .with_timeout(std::time::Duration::from_secs(20))
//!     .await?;
//! for instance in &page.dev_instances {
//!     println!("{} {}", instance.id, instance.name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The futures need a tokio runtime.
//!
//! # Cancelling
//!
//! Dropping the future of a call cancels it. A write that was on its way by then may have been
//! carried out all the same: read the state of the instance before you repeat it. The same goes for
//! an error whose [`may_have_been_applied`](Error::may_have_been_applied) is `true`.

mod generated;
mod paging;
mod status;
pub mod wait;

pub use bce_auth::{Credentials, Secret, SigningOptions};
pub use bce_http::connect::{Proxy, TlsRoots};
pub use bce_http::pager;
pub use bce_http::{
    ClientBuilder, Error, ErrorKind, RetryBudget, RetryPolicy, ServiceError, Timestamp,
};

pub use self::generated::{Client, Region, SERVICE, error_code, model, operation, waiter};
pub use self::wait::{WaitError, WaitErrorKind};
