//! The choice of headers to sign.

use crate::protocol::{AUTHORIZATION, HOST};

const REQUEST_ID: &str = "x-bce-request-id";

/// A rule that decides for each header whether it is signed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Selection<'a> {
    /// The headers host, content-type, content-length and content-md5, and every x-bce-* header
    /// except x-bce-request-id.
    Default,
    /// The headers of `Default`, and x-bce-request-id, which the default of the official Python SDK
    /// includes.
    DefaultAndRequestId,
    /// The host header, every x-bce-* header except x-bce-request-id, and the headers with these
    /// lower-case names.
    Listed(&'a [String]),
}

impl Selection<'_> {
    #[inline]
    pub(crate) fn includes(self, name: &str) -> bool {
        if name == HOST {
            return true;
        }
        // A proxy or a server may change the request id, and the id does not affect the meaning of
        // the request.
        if name == REQUEST_ID {
            return match self {
                Self::Default => false,
                Self::DefaultAndRequestId => true,
                Self::Listed(names) => listed(names, name),
            };
        }
        if name.starts_with("x-bce-") {
            return true;
        }
        match self {
            Self::Default | Self::DefaultAndRequestId => {
                matches!(name, "content-type" | "content-length" | "content-md5")
            }
            // The authorization contains the signature, so the signature cannot cover it.
            Self::Listed(names) => name != AUTHORIZATION && listed(names, name),
        }
    }
}

fn listed(names: &[String], name: &str) -> bool {
    names.iter().any(|listed| listed == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANDIDATES: [&str; 11] = [
        "authorization",
        "content-length",
        "content-md5",
        "content-type",
        "date",
        "host",
        "version",
        "x-bce-date",
        "x-bce-request-id",
        "x-bce-security-token",
        "xbce-foo",
    ];

    fn selected(selection: Selection<'_>) -> Vec<&'static str> {
        let mut names = CANDIDATES.to_vec();
        names.retain(|name| selection.includes(name));
        names
    }

    #[test]
    fn the_default_set_is_the_documented_one_without_the_request_id() {
        assert_eq!(
            selected(Selection::Default),
            [
                "content-length",
                "content-md5",
                "content-type",
                "host",
                "x-bce-date",
                "x-bce-security-token"
            ]
        );
    }

    #[test]
    fn the_other_reading_differs_in_the_request_id_only() {
        let mut names = selected(Selection::DefaultAndRequestId);
        names.retain(|name| *name != REQUEST_ID);
        assert_eq!(names, selected(Selection::Default));
        assert!(Selection::DefaultAndRequestId.includes(REQUEST_ID));
    }

    #[test]
    fn a_list_adds_to_host_and_the_bce_headers_but_never_authorization() {
        let always = ["host", "x-bce-date", "x-bce-security-token"];
        assert_eq!(selected(Selection::Listed(&[])), always);
        let names = ["version", "authorization", "x-bce-request-id"].map(String::from);
        assert_eq!(
            selected(Selection::Listed(&names)),
            [
                "host",
                "version",
                "x-bce-date",
                "x-bce-request-id",
                "x-bce-security-token"
            ]
        );
    }
}
