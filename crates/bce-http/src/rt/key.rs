//! Keys for items without an id.

use std::fmt;

use serde::Serialize;

/// Returns a key that consists of the whole content of an item, for lists whose items have no id.
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
