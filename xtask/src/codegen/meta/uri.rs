//! The paths and queries of operations: constants, parameters and placeholders.

/// The parsed URI of an operation in Baidu's API metadata.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Uri {
    /// The path, which contains the names of parameters in braces.
    pub(super) path: String,
    /// The names and the values after the `?`. A name without `=` has an empty value.
    pub(super) query: Vec<(String, String)>,
}

impl Uri {
    pub(super) fn parse(uri: &str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self {
            path: path.to_owned(),
            query: pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    /// Returns the names of the parameters in the path.
    pub(super) fn parameters(&self) -> Vec<&str> {
        let parts = self.path.split('{').skip(1);
        parts
            .filter_map(|part| part.split_once('}').map(|(name, _)| name))
            .collect()
    }

    /// Replaces a parameter in the path with a value.
    pub(super) fn fill(&mut self, name: &str, value: &str) {
        self.path = self.path.replace(&format!("{{{name}}}"), value);
    }
}

/// Returns whether a value in a query is only a placeholder, such as `xxxx` or a name in braces.
pub(super) fn is_sample(value: &str) -> bool {
    let in_braces = value.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let is_name = in_braces.is_some_and(|name| !name.contains(['{', '}']));
    is_name || !value.is_empty() && value.chars().all(|c| c == 'x' || c == 'X')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_taken_apart() {
        let mut uri = Uri::parse("/v{version}/volume/{volumeId}?attach&a=b&");
        assert_eq!(uri.parameters(), ["version", "volumeId"]);
        let pairs = [("attach", ""), ("a", "b")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(uri.query, pairs);
        uri.fill("version", "2");
        assert_eq!(uri.path, "/v2/volume/{volumeId}");
        assert_eq!(Uri::parse("/x?").query, []);
    }

    #[test]
    fn only_crosses_and_names_in_braces_are_samples() {
        assert!(is_sample("xxxx") && is_sample("{name}") && is_sample("{}"));
        for value in ["", "xy", "DescribeJobs", "{a}{b}", "a{b}", "{a"] {
            assert!(!is_sample(value), "{value}");
        }
    }
}
