#![doc = include_str!("../README.md")]
//!
//! # Overview
//!
//! The following table shows where to find each topic.
//!
//! | for | see |
//! |---|---|
//! | the operations | the methods of [`Client`]; their optional members in [`operation`] |
//! | types of requests and responses | [`model`] |
//! | configuration and its defaults | [`ClientBuilder`] |
//! | lists of any length | [`pager`] |
//! | waiting for a state | [`wait`] |
//! | errors | [`Error`], [`error_code`] |
//! | how secrets are shown | [`Secret`], [below](#secrets-in-configurations) |
//! | tests without a network | [`Client::from_service`] |
//!
//! # Calls
//!
//! A method of the client returns a builder. Up to three required members are its arguments; if the
//! API requires more, all of them are set by name, as optional members and booleans always are. A
//! call that lacks a required member is refused before anything is sent, with an error that names
//! the member. Options of the call itself start with `with_`, and `.await` sends the request:
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
//! # Everyday tasks
//!
//! Create an instance and wait until it is running; if it does not run, the error gives the reason:
//!
//! ```no_run
//! # use std::time::Duration;
//! # use aihc_dev::model::DevInstanceConf;
//! # type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
//! # async fn create(client: aihc_dev::Client, conf: DevInstanceConf) -> Result<()> {
//! let create = client.create_dev_instance().name("my-instance").conf(conf);
//! let id = create.creator("me").creator_id("my-id").await?.dev_instance_id;
//! let instance = client.wait_until_running(id).timeout(Duration::from_secs(600)).await?;
//! println!("{:?}", instance.login_info);
//! # Ok(())
//! # }
//! ```
//!
//! Stop all of your own instances tonight:
//!
//! ```no_run
//! # async fn stop(client: aihc_dev::Client) -> Result<(), aihc_dev::Error> {
//! let (mut list, mut mine) = (client.list_dev_instances().only_my_devs(true).items(), Vec::new());
//! list.collect_into(&mut mine).await?;
//! if let Some(missing) = list.missing() { eprintln!("{missing} more were not listed") }
//! mine.retain(|instance| instance.status.is_some_and(|status| status.can_stop()));
//! let outcomes = client.stop_dev_instances(mine.into_iter().map(|instance| instance.id)).await;
//! # for (id, outcome) in outcomes {
//! #     outcome.map_err(|error| println!("{id}: {error}")).ok();
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! Set a timed stop:
//!
//! ```no_run
//! # async fn arm(client: aihc_dev::Client) -> Result<(), aihc_dev::Error> {
//! client.enable_timed_stop("dv-1", std::time::Duration::from_secs(2 * 3600)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! List the events of an instance, to find out why it is queued. The error of a wait contains the
//! latest warnings among these events:
//!
//! ```no_run
//! # use time::{Duration, OffsetDateTime};
//! # async fn why(client: aihc_dev::Client) -> Result<(), aihc_dev::Error> {
//! let now = OffsetDateTime::now_utc();
//! let mut events = client.list_dev_instance_events("dv-1", now - Duration::HOUR, now).items();
//! while let Some(event) = events.try_next().await? { println!("{}: {}", event.reason, event.message) }
//! # Ok(())
//! # }
//! ```
//!
//! Save an instance as an image, and wait until the image is in the registry:
//!
//! ```no_run
//! # use aihc_dev::Secret;
//! # type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
//! # async fn pack(client: aihc_dev::Client, host: &str, password: Secret) -> Result<()> {
//! let image = client.create_dev_instance_image_pack_job().image_name("name").image_tag("tag");
//! let target = image.registry(host).namespace("space").username("user").password(password);
//! let job = target.dev_instance_id("dv-1").await?.image_pack_job_id;
//! client.wait_for_image_pack_job("dv-1", job).await?;
//! # Ok(())
//! # }
//! ```
//!
//! List all instances, however many there are:
//!
//! ```no_run
//! # async fn list(client: aihc_dev::Client) -> Result<(), aihc_dev::Error> {
//! let mut instances = client.list_dev_instances().page_size(100).items();
//! while let Some(instance) = instances.try_next().await? { println!("{}", instance.name) }
//! # Ok(())
//! # }
//! ```
//!
//! Change one member of the current configuration, and wait until the instance runs with it:
//!
//! ```no_run
//! # async fn grow(client: aihc_dev::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let change = client.change_dev_instance("dv-1", |conf| conf.resources.cpus = 8).await?;
//! client.wait_until_running("dv-1").after_change(&change).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Secrets in configurations
//!
//! Registry passwords and the values of environment variables are [`Secret`]s. `Debug` and
//! `Serialize` of every model write `***` for them, so a configuration can be printed and kept as
//! JSON or YAML; only the request contains the values. A secret that is `***` is refused before
//! anything is sent, except by [`change_dev_instance`](Client::change_dev_instance) and
//! [`DevInstanceEdit::send`], which keep the value that was read
//! ([`keep_secrets`](model::DevInstanceConf::keep_secrets)). A program that must store the values
//! reads each of them with [`expose`](Secret::expose).
//!
//! # If the outcome of a creation is unknown
//!
//! A creation whose response is lost is not repeated, because the repeat might create a second,
//! billed instance. Look for the first one by its name:
//!
//! ```no_run
//! # use aihc_dev::model::DevInstanceConf;
//! # async fn create(
//! #     client: aihc_dev::Client, conf: DevInstanceConf,
//! # ) -> Result<Option<String>, aihc_dev::Error> {
//! let since = time::OffsetDateTime::now_utc();
//! let create = client.create_dev_instance().name("name-used-once").conf(conf);
//! let id = match create.creator("me").creator_id("my-id").await {
//!     Ok(created) => Some(created.dev_instance_id),
//!     Err(error) if error.may_have_been_applied() => {
//!         let found = client.find_created("name-used-once", since).await?;
//!         found.into_iter().next().map(|instance| instance.id)
//!     }
//!     Err(error) => return Err(error),
//! };
//! # Ok(id)
//! # }
//! ```
//!
//! The general page of the API describes a `clientToken` for such calls, and
//! [`client_token`](operation::CreateDevInstance::client_token) sends one. Whether the service
//! honours it for this operation is unverified, so setting it does not make a creation repeatable.
//!
//! # Cancelling
//!
//! Dropping the future of a call cancels it. A write that has already been sent may still be
//! carried out: read the state of the instance before you repeat it. The same holds for an error
//! whose [`may_have_been_applied`](Error::may_have_been_applied) is `true`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bulk;
mod change;
mod edit;
mod find_created;
mod generated;
mod guard;
mod keep_secrets;
mod settings;
mod status;
mod timed_stop;
#[cfg(doctest)]
mod traps;
pub mod wait;

pub use bce_auth::{Credentials, Secret, SigningOptions};
pub use bce_http::connect::{Proxy, Resolver, TlsRoots};
pub use bce_http::pager;
pub use bce_http::retry::{Backoff, ExponentialBackoff};
pub use bce_http::{
    Body, ClientBuilder, Endpoint, Error, ErrorKind, Pace, RetryBudget, RetryPolicy, ServiceError,
    Timestamp, TimestampError,
};

pub use self::change::DevInstanceChange;
pub use self::edit::{ChangeError, DevInstanceEdit};
pub use self::generated::{Client, Region, SERVICE, error_code, model, operation, waiter};
pub use self::guard::DevInstanceGuard;
pub use self::settings::DevInstanceSettings;
pub use self::wait::{WaitError, WaitErrorKind};
