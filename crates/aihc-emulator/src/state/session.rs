//! Temporary credentials that the emulated STS has issued.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bce_auth::{Credentials, CredentialsError};
use time::OffsetDateTime;

use crate::access::{Acl, Principal};
use crate::random::Random;

/// One temporary credential.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) grant: Grant,
    pub(crate) credentials: Credentials,
}

/// What a session is for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) principal: Principal,
    /// Id of the long-term key that everything goes back to.
    pub(crate) key: String,
    /// From this instant on it is refused, by the clock of sessions.
    pub(crate) expires_at: OffsetDateTime,
    /// What narrows it, with what narrowed the session that asked for it.
    pub(crate) acls: Vec<Arc<Acl>>,
    /// The document that was sent along, as JSON.
    pub(crate) document: Option<String>,
}

/// All temporary credentials that have not expired when the last one was issued.
#[derive(Debug)]
pub(crate) struct Sessions {
    random: Random,
    by_key: HashMap<String, Session>,
    by_expiry: BTreeSet<(OffsetDateTime, String)>,
}

impl Sessions {
    pub(crate) fn new(random: Random) -> Self {
        Self {
            random,
            by_key: HashMap::new(),
            by_expiry: BTreeSet::new(),
        }
    }

    /// Issues a credential. Those that have expired before are forgotten.
    pub(crate) fn issue(
        &mut self,
        grant: Grant,
        now: OffsetDateTime,
    ) -> Result<Session, CredentialsError> {
        while let Some((at, _)) = self.by_expiry.first()
            && *at <= now
            && let Some((_, key)) = self.by_expiry.pop_first()
        {
            self.by_key.remove(&key);
        }
        let mut hex = || self.random.hex32();
        let token = [hex(), hex(), hex()].concat();
        let credentials = Credentials::session(hex(), hex(), token)?;
        let session = Session { grant, credentials };
        let key = session.credentials.access_key_id().to_owned();
        self.by_expiry
            .insert((session.grant.expires_at, key.clone()));
        self.by_key.insert(key, session.clone());
        Ok(session)
    }

    /// The credential of an access key, expired or not.
    pub(crate) fn find(&self, access_key_id: &str) -> Option<&Session> {
        self.by_key.get(access_key_id)
    }

    /// Makes a credential unknown; false when it is.
    pub(crate) fn revoke(&mut self, access_key_id: &str) -> bool {
        let Some(session) = self.by_key.remove(access_key_id) else {
            return false;
        };
        self.by_expiry
            .remove(&(session.grant.expires_at, access_key_id.to_owned()));
        true
    }

    /// All credentials, by expiry.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.by_expiry
            .iter()
            .filter_map(|(_, key)| self.by_key.get(key))
    }
}
