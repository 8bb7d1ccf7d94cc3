//! Secret strings, which are masked when they are printed or serialized.

use std::fmt;

use zeroize::Zeroizing;

use crate::mac;

/// A secret string: a secret access key, a session token, a registry password.
///
/// - `Debug` prints `***` ([`Secret::MASK`]), `Serialize` (feature `serde`) writes the same string
///   unless the secret is empty, and there is no `Display`. Printed or serialized data therefore
///   contains no secret, and deserializing it yields the mask: to store the value itself, use
///   [`expose`](Secret::expose).
/// - The string is overwritten with zeros when the value is dropped.
/// - `==` takes the same time wherever the strings differ. Only their length can be inferred from
///   it.
///
/// ```
/// use bce_auth::Secret;
///
/// let secret = Secret::new("wJalrXUtnFEMI");
/// assert_eq!(format!("{secret:?}"), "***");
/// assert_eq!(secret.expose(), "wJalrXUtnFEMI");
/// ```
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The string that is shown in place of a secret.
    pub const MASK: &'static str = "***";

    /// Creates a secret. A `String` is moved and not copied, so no second copy is left in memory.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the string itself. A search for the name of this method finds every place that reads
    /// a secret.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether the string is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares the secret with bytes from another source, in a time that depends only on the
    /// lengths.
    pub(crate) fn matches(&self, other: &[u8]) -> bool {
        // All tags have the same length, so comparing them takes constant time.
        let key = mac::Key::new(b"bce-auth comparison");
        key.verify(other, &key.tag(self.0.as_bytes()))
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.0.as_bytes())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::MASK)
    }
}

/// Writes [`Secret::MASK`]. An empty string is written unchanged, because there is nothing to hide.
#[cfg(feature = "serde")]
impl serde::Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { Self::MASK })
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_by_text() {
        assert_eq!(Secret::new("abc"), Secret::from("abc".to_owned()));
        assert_ne!(Secret::new("abc"), Secret::from("abd"));
        assert_ne!(Secret::new("abc"), Secret::new("ab"));
        assert_eq!(Secret::default(), Secret::new(""));
    }

    #[test]
    fn debug_shows_nothing_of_the_text_not_even_its_length() {
        assert_eq!(format!("{:?}", Secret::new("hidden")), "***");
        assert_eq!(format!("{:#?}", Secret::default()), "***");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn serialize_writes_the_mask_for_every_text_that_there_is() {
        let secrets = ["hidden", "h", "***", ""].map(|text| Some(Secret::new(text)));
        let written = serde_json::to_string(&(secrets, None::<Secret>)).unwrap();
        assert_eq!(written, r#"[["***","***","***",""],null]"#);
    }
}
