//! The secrets in the body, path, query and headers of a request, which are masked in text about
//! the response to it.

use std::fmt;
use std::sync::Arc;

use bce_auth::Secret;

use crate::codec::{SecretKind, ToWire};

/// The secrets of a request, except for its signature. Stored in the extensions of the request.
#[derive(Clone)]
pub(crate) struct SentSecrets(Arc<[(SecretKind, Secret)]>);

impl SentSecrets {
    /// Returns the secrets in the body of a request; `None` if it has none, or only empty ones.
    pub(crate) fn of<T: ToWire + ?Sized>(body: &T) -> Option<Self> {
        let mut all = Vec::new();
        body.secrets(SecretKind::Password, &mut |kind, secret| {
            if !secret.is_empty() {
                all.push((kind, secret.clone()));
            }
        });
        (!all.is_empty()).then(|| Self(all.into()))
    }

    /// Wraps a single secret, such as a query parameter or a header; returns `None` if it is empty.
    pub(crate) fn one(secret: &str) -> Option<Self> {
        (!secret.is_empty()).then(|| Self([(SecretKind::Password, Secret::new(secret))].into()))
    }

    /// Returns the secrets of `known` and of `more` together.
    pub(crate) fn join(known: Option<Self>, more: Option<Self>) -> Option<Self> {
        match (known, more) {
            (Some(known), Some(more)) => {
                Some(Self(known.into_iter().chain(&more).cloned().collect()))
            }
            (known, more) => known.or(more),
        }
    }

    /// Returns whether the two values are clones of each other.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<'a> IntoIterator for &'a SentSecrets {
    type Item = &'a (SecretKind, Secret);
    type IntoIter = std::slice::Iter<'a, (SecretKind, Secret)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Does not show anything, not even the number of secrets.
impl fmt::Debug for SentSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentSecrets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_body_without_a_secret_text_has_no_secrets() {
        assert!(SentSecrets::of(&None::<Secret>).is_none());
        assert!(SentSecrets::of(&vec![Secret::default()]).is_none());
    }

    #[test]
    fn secrets_of_all_places_are_joined() {
        let texts = |secrets: Option<SentSecrets>| {
            let secrets = secrets.iter().flatten();
            secrets
                .map(|(_, it)| it.expose().to_owned())
                .collect::<Vec<_>>()
        };
        let one = || SentSecrets::one("one");
        assert_eq!(
            texts(SentSecrets::join(one(), SentSecrets::one(""))),
            ["one"]
        );
        assert_eq!(texts(SentSecrets::join(None, one())), ["one"]);
        assert_eq!(
            texts(SentSecrets::join(one(), SentSecrets::one("two"))),
            ["one", "two"]
        );
    }

    #[test]
    fn the_secrets_are_all_there_and_debug_shows_none() {
        let body = BTreeMap::from([("A", "one"), ("B", ""), ("C", "two")]);
        let body: BTreeMap<String, Secret> = body
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Secret::new(value)))
            .collect();
        let secrets = SentSecrets::of(&body).unwrap();
        let texts: Vec<&str> = secrets.into_iter().map(|(_, it)| it.expose()).collect();
        assert_eq!(texts, ["one", "two"]);
        assert_eq!(format!("{secrets:?}"), "SentSecrets { .. }");
    }
}
