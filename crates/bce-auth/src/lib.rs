#![doc = include_str!("../README.md")]
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
//! | [`FnProvider`] | a function or closure |
//! | [`ChainProvider`] | several of them in order; the standard one asks the environment, then the profile file |
//!
//! Half a pair, a token without keys, an empty value, and one with white space around it or invisible
//! characters in it are refused everywhere, by an error that names the place and shows no value.

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
