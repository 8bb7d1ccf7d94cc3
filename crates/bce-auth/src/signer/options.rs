//! Options of a signature.

use std::sync::Arc;

use time::OffsetDateTime;

use super::selection::Selection;

/// The default validity period of a signature, in seconds.
const DEFAULT_EXPIRE_SECONDS: i64 = 1800;

/// Options of a [`Signer`](crate::Signer). The defaults suit BCE services.
///
/// ```
/// use bce_auth::{Signer, SigningOptions};
///
/// let options = SigningOptions::default()
///     .headers_to_sign(["Host", "x-bce-date", "version"])
///     .expire_seconds(300);
/// let signer = Signer::new(options);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SigningOptions {
    headers: Option<Arc<[String]>>,
    timestamp: Option<OffsetDateTime>,
    expire_seconds: i64,
    keep_date: bool,
}

impl Default for SigningOptions {
    fn default() -> Self {
        Self {
            headers: None,
            timestamp: None,
            expire_seconds: DEFAULT_EXPIRE_SECONDS,
            keep_date: false,
        }
    }
}

impl SigningOptions {
    /// Sets the headers to sign, in place of the default set.
    ///
    /// Names may be in upper or lower case; headers that a request does not have are ignored.
    /// `host` and every `x-bce-*` header are always signed (`x-bce-request-id` only if it is
    /// named), and the `authorization` header never is. An empty list means the default set: host,
    /// content-type, content-length, content-md5 and every `x-bce-*` except `x-bce-request-id`; for
    /// a [pre-signed URL](crate::Signer::presign), only the host and these `x-bce-*` headers.
    #[must_use]
    pub fn headers_to_sign<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let names: Arc<[String]> = names
            .into_iter()
            .map(|name| name.as_ref().trim_ascii().to_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect();
        self.headers = (!names.is_empty()).then_some(names);
        self
    }

    /// Sets the time of the signature, in place of the one that is passed to the signer.
    #[must_use]
    pub fn timestamp(mut self, at: OffsetDateTime) -> Self {
        self.timestamp = Some(at);
        self
    }

    /// Sets how long the signature is valid, in seconds from its time stamp. The default is 1800; a
    /// negative number means forever. If the period is very short and the local clock is slightly
    /// slow, every request expires before it arrives.
    #[must_use]
    pub fn expire_seconds(mut self, seconds: i64) -> Self {
        self.expire_seconds = seconds;
        self
    }

    /// Leaves the `x-bce-date` header as it is, whether or not it is present, instead of setting it
    /// to the time of the signature. This is for requests whose date was set earlier.
    #[must_use]
    pub fn keep_date(mut self) -> Self {
        self.keep_date = true;
        self
    }

    /// Returns the selection for the headers that the caller has chosen; `None` if the caller has
    /// not chosen any.
    pub(super) fn listed(&self) -> Option<Selection<'_>> {
        self.headers.as_deref().map(Selection::Listed)
    }

    pub(super) fn instant(&self, now: OffsetDateTime) -> OffsetDateTime {
        self.timestamp.unwrap_or(now)
    }

    pub(super) fn expiry(&self) -> i64 {
        self.expire_seconds
    }

    pub(super) fn keeps_date(&self) -> bool {
        self.keep_date
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_compared_in_lower_case() {
        let options = SigningOptions::default().headers_to_sign(["HOST", " Version ", ""]);
        let selection = options.listed().unwrap();
        assert!(selection.includes("version") && selection.includes("host"));
        assert!(!selection.includes("range"));
    }

    #[test]
    fn an_empty_list_means_the_default_set() {
        let options = SigningOptions::default().headers_to_sign(["range"]);
        assert!(options.listed().is_some());
        let none: [&str; 0] = [];
        assert!(options.clone().headers_to_sign(none).listed().is_none());
        assert!(options.headers_to_sign([" "]).listed().is_none());
    }
}
