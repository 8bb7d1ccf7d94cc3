//! The decoded query string.

use bce_auth::encode::uri_decode;

/// The parameters of a query string in their original order.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Decodes a raw query string. A literal `+` remains a plus sign, as in the computation of
    /// signatures.
    pub(crate) fn parse(raw: &str) -> Self {
        let decode = |text: &str| String::from_utf8_lossy(&uri_decode(text)).into_owned();
        let pairs = raw
            .split('&')
            .filter(|piece| !piece.is_empty())
            .map(|piece| {
                let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
                (decode(key), decode(value))
            });
        Self(pairs.collect())
    }

    /// Returns the first non-empty value of the parameter `key`; `None` if there is none.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, value)| name == key && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Returns the names of all parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Returns whether the query contains this key with this value. An empty `value` matches a key
    /// without a value.
    pub(crate) fn holds(&self, key: &str, value: &str) -> bool {
        self.0
            .iter()
            .any(|(name, text)| name == key && text == value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_and_empty_values_are_absent() {
        let query = Query::parse("action=A&name=a%20b+c&&empty=&assumeRole&x=1&x=2");
        assert_eq!(query.get("name"), Some("a b+c"));
        assert_eq!(query.get("empty"), None);
        assert_eq!(query.get("x"), Some("1"));
        assert!(query.holds("assumeRole", ""));
        assert!(!query.holds("action", ""));
    }

    #[test]
    fn broken_percent_sequences_do_no_harm() {
        let query = Query::parse("a=%zz&b=%ff&c=%");
        assert_eq!(query.get("a"), Some("%zz"));
        assert_eq!(query.get("b"), Some("\u{fffd}"));
        assert_eq!(query.get("c"), Some("%"));
    }
}
