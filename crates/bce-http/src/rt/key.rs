//! Keys for the items of a list that have no id.

use std::fmt;

use serde::Serialize;

/// Returns a key that identifies an item of a list by its whole content, for items that have no id.
///
/// ```
/// use bce_http::rt::content_key;
///
/// assert_eq!(content_key(&["a", "b"]), content_key(&["a", "b"]));
/// assert_ne!(content_key(&["a", "b"]), content_key(&["a b"]));
/// ```
pub fn content_key<T: Serialize + fmt::Debug + ?Sized>(item: &T) -> String {
    serde_json::to_string(item).unwrap_or_else(|_| format!("{item:?}"))
}
