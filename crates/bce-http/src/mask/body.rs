//! The secrets in a request, for whoever shows what a service answers to it.

use std::fmt;
use std::sync::Arc;

use bce_auth::Secret;

use crate::codec::{SecretKind, ToWire};

/// The secrets in a body, and in what else the call sends; an extension of its request.
#[derive(Clone)]
pub(crate) struct BodySecrets(Arc<[(SecretKind, Secret)]>);

impl BodySecrets {
    /// Those of a body; `None` if it has none, or only empty ones.
    pub(crate) fn of<T: ToWire + ?Sized>(body: &T) -> Option<Self> {
        let mut all = Vec::new();
        body.secrets(SecretKind::Password, &mut |kind, secret| {
            if !secret.is_empty() {
                all.push((kind, secret.clone()));
            }
        });
        (!all.is_empty()).then(|| Self(all.into()))
    }
}

impl BodySecrets {
    /// Those that are known, and one more.
    pub(crate) fn with(known: Option<Self>, secret: &Secret) -> Option<Self> {
        let known = known.iter().flatten().cloned();
        let all: Vec<_> = known
            .chain([(SecretKind::Password, secret.clone())])
            .filter(|(_, secret)| !secret.is_empty())
            .collect();
        (!all.is_empty()).then(|| Self(all.into()))
    }

    /// Those of both.
    pub(crate) fn joined(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => {
                Some(Self(one.0.iter().chain(&*other.0).cloned().collect()))
            }
            (one, other) => one.or(other),
        }
    }

    /// Whether these are clones of the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<'a> IntoIterator for &'a BodySecrets {
    type Item = &'a (SecretKind, Secret);
    type IntoIter = std::slice::Iter<'a, (SecretKind, Secret)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Shows nothing, not even how many there are.
impl fmt::Debug for BodySecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodySecrets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_body_without_a_secret_text_has_no_secrets() {
        assert!(BodySecrets::of(&None::<Secret>).is_none());
        assert!(BodySecrets::of(&vec![Secret::default()]).is_none());
    }

    #[test]
    fn the_secrets_are_all_there_and_debug_shows_none() {
        let body = BTreeMap::from([("A", "one"), ("B", ""), ("C", "two")]);
        let body: BTreeMap<String, Secret> = body
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Secret::new(value)))
            .collect();
        let secrets = BodySecrets::of(&body).unwrap();
        let texts: Vec<&str> = secrets.into_iter().map(|(_, it)| it.expose()).collect();
        assert_eq!(texts, ["one", "two"]);
        assert_eq!(format!("{secrets:?}"), "BodySecrets { .. }");
    }
}
