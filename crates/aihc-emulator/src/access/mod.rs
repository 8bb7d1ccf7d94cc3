//! Authentication and authorization: access keys, their permissions, and the access control
//! documents that limit the permissions of sessions.

mod acl;
mod authenticate;
mod key;
mod keys;
mod pattern;
mod permissions;
mod principal;

pub(crate) use self::acl::{Acl, Request};
pub(crate) use self::authenticate::{Caller, KnownKey, authenticate};
pub use self::key::AccessKey;
pub(crate) use self::keys::Keys;
pub(crate) use self::permissions::Permissions;
pub(crate) use self::principal::Principal;
