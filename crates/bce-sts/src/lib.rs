//! Temporary credentials (STS) for Baidu AI Cloud: GetSessionToken and AssumeRole.
//!
//! ```no_run
//! use bce_sts::{Client, Credentials};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let sts = Client::builder()
//!         .credentials(Credentials::new("access key id", "secret access key")?)
//!         .build()?;
//!
//!     let issued = sts.get_session_token().duration_seconds(3600).await?;
//!     let temporary: Credentials = issued.try_into()?;
//!     println!("{temporary:?}");
//!     Ok(())
//! }
//! ```
//!
//! The endpoint is `https://sts.bj.baidubce.com` for every region, unless the builder or the
//! environment variable `BCE_STS_ENDPOINT` names another.
//!
//! Answers hold secrets, so plain http takes more than a URL: see
//! [`ClientBuilder::allow_plain_http`].
//!
//! # Credentials that renew themselves
//!
//! [`SessionTokenProvider`] and [`AssumeRoleProvider`] sign for a client of any service, and ask STS
//! again before a credential expires, or when the service no longer accepts it.
//!
//! # Restricting what a credential may do
//!
//! An access-control list goes with the call, either as typed entries or as the JSON text of a
//! whole document:
//!
//! ```no_run
//! # async fn issue(sts: bce_sts::Client) -> Result<(), bce_sts::Error> {
//! use bce_sts::model::{AclEffect, AclEntry};
//!
//! let entry = AclEntry::new(AclEffect::Allow, "bce:bos", "bj", ["my-bucket/*"], ["READ"]);
//! let typed = sts.get_session_token().access_control_list([entry]).await?;
//!
//! let text = r#"{"accessControlList":[{"effect":"Allow","service":"bce:bos","region":"*",
//!     "resource":["*"],"permission":["READ"]}]}"#;
//! let raw = sts.assume_role("account id", "role name").acl_document(text).await?;
//! # let _ = (typed, raw);
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod credential;
mod generated;
mod provider;

pub use bce_auth::{Credentials, Secret, SigningOptions};
pub use bce_http::connect::{Proxy, TlsRoots};
pub use bce_http::{ClientBuilder, Error, ErrorKind, RetryBudget, RetryPolicy, ServiceError};

pub use self::generated::{Client, SERVICE, error_code, model, operation};
pub use self::provider::{AssumeRoleProvider, SessionTokenProvider, StsProvider};
