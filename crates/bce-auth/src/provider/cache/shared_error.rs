//! One failure, reported to everybody who waited for it.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::error::CredentialsError;

/// An error that reads as the shared one does: same kind, same message, same causes.
pub(super) fn copy_of(shared: &Arc<CredentialsError>) -> CredentialsError {
    let copy = CredentialsError::new(shared.kind(), shared.to_string());
    if shared.source().is_none() {
        return copy;
    }
    copy.with_source(SharedCause(Arc::clone(shared)))
}

/// The cause of the shared error, not the error itself, whose message the copy has already.
struct SharedCause(Arc<CredentialsError>);

impl fmt::Debug for SharedCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .source()
            .map_or(Ok(()), |cause| fmt::Debug::fmt(cause, f))
    }
}

impl fmt::Display for SharedCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0.source()).map_or(Ok(()), |cause| fmt::Display::fmt(cause, f))
    }
}

impl StdError for SharedCause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()?.source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::CredentialsErrorKind;

    fn chain(error: &CredentialsError) -> Vec<String> {
        let mut texts = vec![error.to_string()];
        let mut next = error.source();
        while let Some(cause) = next {
            texts.push(cause.to_string());
            next = cause.source();
        }
        texts
    }

    #[test]
    fn a_copy_has_the_kind_the_message_and_the_causes_of_the_original() {
        let root = CredentialsError::new(CredentialsErrorKind::NotFound, "no such host");
        let middle = CredentialsError::new(CredentialsErrorKind::Unavailable, "no connection")
            .with_source(root);
        let error = CredentialsError::new(CredentialsErrorKind::Unavailable, "no answer from STS")
            .with_source(middle);
        let shared = Arc::new(error);
        let copy = copy_of(&shared);
        assert_eq!(copy.kind(), CredentialsErrorKind::Unavailable);
        let expected = ["no answer from STS", "no connection", "no such host"];
        assert_eq!(chain(&copy), expected);
        assert_eq!(format!("{copy:?}"), format!("{shared:?}"));
    }

    #[test]
    fn a_copy_of_an_error_without_a_cause_has_none() {
        let shared = Arc::new(CredentialsError::invalid("half a pair"));
        let copy = copy_of(&shared);
        assert_eq!(chain(&copy), ["half a pair"]);
        assert_eq!(copy.kind(), CredentialsErrorKind::Invalid);
    }
}
