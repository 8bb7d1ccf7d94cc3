#![doc = include_str!("../README.md")]
//!
//! # What is here
//!
//! The following table lists the main items of this crate.
//!
//! | | |
//! |---|---|
//! | [`Signer`], [`SigningOptions`], [`Signature`] | sign the head of a request, or make a pre-signed URL |
//! | [`Verifier`], [`Verified`], [`VerifyError`] | check signatures on the server side, for emulators and gateways |
//! | [`Credentials`], [`Secret`] | access keys and session tokens; `Debug` masks everything secret |
//! | [`ProvideCredentials`] | a source of credentials; the implementations are listed below |
//! | [`Clock`], [`SystemClock`] | the source of the time |
//! | [`encode`] | the percent-encoding that signatures are based on |
//!
//! Signatures follow the [official description](https://cloud.baidu.com/doc/Reference/s/njwvz1yfu).
//! Where the official SDKs differ from each other, this crate does the same as the Go SDK in most
//! cases.
//!
//! # Sources of credentials
//!
//! The following types implement [`ProvideCredentials`].
//!
//! | | |
//! |---|---|
//! | [`Credentials`] | fixed credentials, which provide themselves |
//! | [`EnvironmentProvider`] | `BCE_ACCESS_KEY_ID` and related variables |
//! | [`ProfileProvider`] | `~/.bce/config.json` of the official command-line tool (feature `profile`, on by default) |
//! | `IniProvider` | the INI files of older tools, by path (feature `ini`) |
//! | [`FnProvider`] | a function or a closure |
//! | [`ChainProvider`] | several sources in order; the standard chain asks the environment, then the profile file |
//!
//! Every source refuses half a key pair, a token without keys, a value that is empty (except an
//! empty `sts` in an INI file), and a value with white space around it or with invisible characters
//! in it. The error tells where the value comes from, but does not show it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
mod credentials;
pub mod encode;
mod error;
mod host_header;
mod mac;
mod protocol;
mod provider;
mod secret;
mod session_token;
mod signer;
mod small_list;
mod stray;
mod sync;
mod timestamp;
mod verifier;

pub use self::clock::{Clock, SystemClock};
pub use self::credentials::Credentials;
pub use self::error::{CredentialsError, CredentialsErrorKind, SignError};
#[cfg(feature = "ini")]
pub use self::provider::IniProvider;
pub use self::provider::{
    CachedCredentials, ChainProvider, CredentialsFuture, EnvironmentProvider, FnProvider,
    ProvideCredentials,
};
#[cfg(feature = "profile")]
pub use self::provider::{Profile, ProfileProvider};
pub use self::secret::Secret;
pub use self::signer::{Signature, Signer, SigningOptions};
pub use self::verifier::{AuthorizationPart, Verified, Verifier, VerifyError};
