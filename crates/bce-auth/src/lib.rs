//! Request signing (bce-auth-v1), signature checking and credentials for Baidu AI Cloud.
//!
//! Use this crate alone to sign requests for an HTTP client of your own. It needs no runtime, opens
//! no connection and knows nothing of the services.
//!
//! ```
//! use bce_auth::{Clock, Credentials, Signer, SystemClock};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let credentials = Credentials::new("my-access-key-id", "my-secret-access-key")?;
//!     let signer = Signer::default();
//!
//!     // Any client that can take a request as `http::Request` will do, and so will one that wants
//!     // method, URL and header pairs one by one.
//!     let request = http::Request::get("https://aihc.bj.baidubce.com/?action=DescribeDevInstances")
//!         .header("content-type", "application/json; charset=utf-8")
//!         .header("version", "v2")
//!         .body(Vec::<u8>::new())?;
//!     let (mut parts, body) = request.into_parts();
//!     signer.sign(&mut parts, &credentials, SystemClock.now())?;
//!
//!     // Ready to be sent: `host`, `x-bce-date` and `authorization` are there now.
//!     let request = http::Request::from_parts(parts, body);
//!     let authorization = request.headers()["authorization"].to_str()?;
//!     assert!(authorization.starts_with("bce-auth-v1/my-access-key-id/"));
//!     Ok(())
//! }
//! ```
//!
//! # What is here
//!
//! | | |
//! |---|---|
//! | [`Signer`], [`SigningOptions`], [`Signature`] | sign the head of a request, or make a pre-signed URL |
//! | [`Verifier`], [`Verified`], [`VerifyError`] | the server's side, for emulators and gateways |
//! | [`Credentials`], [`Secret`] | access keys and session tokens that no log shows |
//! | [`ProvideCredentials`] | where credentials come from; the providers are below |
//! | [`Clock`], [`SystemClock`] | where the time comes from |
//! | [`encode`] | the percent-encoding that signatures are made over |
//!
//! The rules of the signature are those of the
//! [official description](https://cloud.baidu.com/doc/Reference/s/njwvz1yfu); where the official
//! SDKs differ, this crate does what the Go SDK does.
//!
//! # Where credentials come from
//!
//! | | |
//! |---|---|
//! | [`Credentials`] | itself: always the same |
//! | [`EnvironmentProvider`] | `BCE_ACCESS_KEY_ID` and its kin |
//! | [`ProfileProvider`] | `~/.bce/config.json` of the official command-line tool (feature `profile`, on by default) |
//! | `IniProvider` | the INI files of older tools, by path (feature `ini`) |
//! | [`FnProvider`] | a closure |
//! | [`ChainProvider`] | several of them in order; the standard one asks the environment, then the profile file |
//!
//! Half a pair, an empty value and a token without keys are refused everywhere, by an error that
//! names the place and shows no value.
//!
//! # Secrets
//!
//! Secret keys and tokens are kept in [`Secret`], which is zeroed when it is dropped. Copies that
//! signing has to make (the canonical request and the token header, the state of a hash) are not.
//! No `Debug` and no error of this crate shows a secret, a token, an authorization or a canonical
//! request, and both headers are marked as sensitive.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
mod credentials;
pub mod encode;
mod error;
mod protocol;
mod provider;
mod secret;
mod signer;
mod small_list;
mod timestamp;
mod verifier;

pub use clock::{Clock, SystemClock};
pub use credentials::Credentials;
pub use error::{CredentialsError, CredentialsErrorKind, SignError};
#[cfg(feature = "ini")]
pub use provider::IniProvider;
pub use provider::{
    CachedCredentials, ChainProvider, CredentialsFuture, EnvironmentProvider, FnProvider,
    ProvideCredentials,
};
#[cfg(feature = "profile")]
pub use provider::{Profile, ProfileProvider};
pub use secret::Secret;
pub use signer::{Signature, Signer, SigningOptions};
pub use verifier::{AuthorizationPart, Verified, Verifier, VerifyError};
