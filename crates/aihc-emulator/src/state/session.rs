//! Temporary credentials that the emulator of STS, the security token service, has issued.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Weak};

use bce_auth::{Credentials, CredentialsError};
use time::OffsetDateTime;

use crate::access::{Acl, Principal};
use crate::random::Random;

/// The maximum number of issued credentials that are kept.
const KEPT: usize = 10_000;

/// A temporary credential.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) grant: Grant,
    pub(crate) credentials: Credentials,
}

/// The permissions of a session.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) principal: Principal,
    /// The id of the long-term key with which the session was requested, directly or through other
    /// sessions.
    pub(crate) key: String,
    /// The time at which the session expires, as measured by
    /// [`Moment::session`](crate::clock::Moment::session).
    pub(crate) expires_at: OffsetDateTime,
    /// The access control documents that limit this session, including those of the session with
    /// which this one was requested.
    pub(crate) acls: Vec<Arc<Acl>>,
    /// The access control document in the request for the session; `None` if there was none.
    pub(crate) document: Option<Arc<Acl>>,
}

/// The temporary credentials that have been issued. Expired ones are removed when the next one is
/// issued.
#[derive(Debug)]
pub(crate) struct Sessions {
    random: Random,
    by_key: HashMap<String, Session>,
    by_expiry: BTreeSet<(OffsetDateTime, String)>,
    /// The access key ids in the order in which they were issued, including those of removed
    /// credentials.
    issued: VecDeque<String>,
    /// The access control documents of sessions, by their JSON. A document that is sent repeatedly
    /// is stored once.
    documents: HashMap<Arc<str>, Weak<Acl>>,
}

impl Sessions {
    pub(crate) fn new(random: Random) -> Self {
        Self {
            random,
            by_key: HashMap::new(),
            by_expiry: BTreeSet::new(),
            issued: VecDeque::new(),
            documents: HashMap::new(),
        }
    }

    /// Stores an access control document, or returns the stored one that has the same JSON.
    pub(crate) fn keep(&mut self, acl: Acl) -> Arc<Acl> {
        let known = self.documents.get(acl.text()).and_then(Weak::upgrade);
        if let Some(known) = known {
            return known;
        }
        if self.documents.len() >= KEPT {
            self.documents.retain(|_, acl| acl.strong_count() > 0);
        }
        let acl = Arc::new(acl);
        self.documents
            .insert(acl.text().clone(), Arc::downgrade(&acl));
        acl
    }

    /// Issues a credential. Removes expired credentials, and also the oldest ones if [`KEPT`] have
    /// already been issued.
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
        while self.issued.len() >= KEPT
            && let Some(oldest) = self.issued.pop_front()
        {
            self.revoke(&oldest);
        }
        let mut hex = || self.random.hex32();
        let token = [hex(), hex(), hex()].concat();
        let credentials = Credentials::session(hex(), hex(), token)?;
        let session = Session { grant, credentials };
        let key = session.credentials.access_key_id().to_owned();
        self.by_expiry
            .insert((session.grant.expires_at, key.clone()));
        self.issued.push_back(key.clone());
        self.by_key.insert(key, session.clone());
        Ok(session)
    }

    /// Returns the credential with this access key id, even if it has expired; `None` if there is
    /// none.
    pub(crate) fn find(&self, access_key_id: &str) -> Option<&Session> {
        self.by_key.get(access_key_id)
    }

    /// Removes a credential. Returns `false` if it does not exist.
    pub(crate) fn revoke(&mut self, access_key_id: &str) -> bool {
        let Some(session) = self.by_key.remove(access_key_id) else {
            return false;
        };
        self.by_expiry
            .remove(&(session.grant.expires_at, access_key_id.to_owned()));
        true
    }

    /// Returns all credentials, sorted by expiry.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.by_expiry
            .iter()
            .filter_map(|(_, key)| self.by_key.get(key))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::random::Stream;

    const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

    fn grant(document: Option<Arc<Acl>>) -> Grant {
        Grant {
            principal: Principal::User("user".into()),
            key: "ak".into(),
            expires_at: START + time::Duration::HOUR,
            acls: document.clone().into_iter().collect(),
            document,
        }
    }

    #[test]
    fn only_the_last_sessions_are_known() {
        let mut sessions = Sessions::new(Random::new(Some(1), Stream::Sessions));
        let mut issue = || {
            let session = sessions.issue(grant(None), START).unwrap();
            session.credentials.access_key_id().to_owned()
        };
        let (first, second) = (issue(), issue());
        (2..=KEPT).for_each(|_| drop(issue()));
        assert!(sessions.find(&first).is_none());
        assert!(sessions.find(&second).is_some());
        let kept = (
            sessions.by_key.len(),
            sessions.by_expiry.len(),
            sessions.issued.len(),
        );
        assert_eq!(kept, (KEPT, KEPT, KEPT));
    }

    #[test]
    fn a_document_is_kept_once_and_only_as_long_as_it_is_in_force() {
        let mut sessions = Sessions::new(Random::new(Some(1), Stream::Sessions));
        let acl = |id: usize| {
            let document = json!({"id": id.to_string(), "accessControlList": []});
            Acl::parse(&document).unwrap().unwrap()
        };
        let first = sessions.keep(acl(0));
        sessions.issue(grant(Some(first.clone())), START).unwrap();
        assert!(Arc::ptr_eq(&first, &sessions.keep(acl(0))));
        for id in 1..3 * KEPT {
            sessions.keep(acl(id));
        }
        assert!(
            sessions.documents.len() <= KEPT,
            "{}",
            sessions.documents.len()
        );
        assert!(Arc::ptr_eq(&first, &sessions.keep(acl(0))));
    }
}
