//! The names that the signature scheme bce-auth-v1 specifies.

use http::HeaderName;

/// The first part of an authorization.
pub(crate) const VERSION: &str = "bce-auth-v1";
/// The name of the authorization, both as a header and as a query parameter.
pub(crate) const AUTHORIZATION: &str = "authorization";
pub(crate) const HOST: &str = "host";
pub(crate) const DATE: &str = "x-bce-date";
/// The name of the session token, both as a header and as a query parameter.
pub(crate) const SECURITY_TOKEN: &str = "x-bce-security-token";

pub(crate) const DATE_HEADER: HeaderName = HeaderName::from_static(DATE);
pub(crate) const SECURITY_TOKEN_HEADER: HeaderName = HeaderName::from_static(SECURITY_TOKEN);
