//! Temporary credentials that the emulated STS has issued.

use std::collections::HashMap;

use bce_auth::{Credentials, CredentialsError};
use serde_json::Value;
use time::OffsetDateTime;

use crate::random;

/// Who a request speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Principal {
    /// The user of the emulator's own credentials.
    User,
    /// A role that was assumed.
    Role {
        /// Account of the role, as the caller gave it.
        account_id: String,
        /// Name of the role.
        name: String,
    },
}

/// One temporary credential.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) principal: Principal,
    pub(crate) credentials: Credentials,
    pub(crate) expires_at: OffsetDateTime,
    /// The access control document that was sent along. It is kept, not evaluated.
    pub(crate) acl: Option<Value>,
}

/// All temporary credentials that have not been replaced by newer ones.
#[derive(Debug, Default)]
pub(crate) struct Sessions(HashMap<String, Session>);

impl Sessions {
    /// Issues a credential. Those that have expired before are forgotten.
    pub(crate) fn issue(
        &mut self,
        principal: Principal,
        acl: Option<Value>,
        now: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<Session, CredentialsError> {
        let token = [random::hex32(), random::hex32(), random::hex32()].concat();
        let credentials = Credentials::session(random::hex32(), random::hex32(), token)?
            .with_expires_at(expires_at);
        let session = Session {
            principal,
            credentials,
            expires_at,
            acl,
        };
        self.0.retain(|_, session| session.expires_at > now);
        self.0.insert(
            session.credentials.access_key_id().to_owned(),
            session.clone(),
        );
        Ok(session)
    }

    /// The credential of an access key, expired or not.
    pub(crate) fn find(&self, access_key_id: &str) -> Option<&Session> {
        self.0.get(access_key_id)
    }

    /// All credentials, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.0.values()
    }
}
