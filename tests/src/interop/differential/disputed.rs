//! The intended differences between our signatures and those of the official Python SDK.
//!
//! A request on which we and the SDK disagree is called disputed, but it is not skipped. A rule
//! changes it so that the SDK has to sign it as we sign the original, and then the signatures must
//! be equal. Only requests that we refuse to sign, in the last three rows of the table, are not
//! compared, and do not count as tests. A difference that no rule here explains is a failure. In
//! the last column, "document" is the documentation of the signing protocol.
//!
//! | what | we | the Python SDK | who agrees with us |
//! |---|---|---|---|
//! | header `x-bce-request-id` | sign it when it is named | always signs it | Go |
//! | query parameter `authorization` | leave it out | signs it: it compares a method with a string | document, Go, JavaScript |
//! | path that begins with `//` | keep both slashes | its path helper keeps one slash | document, Go, JavaScript |
//! | `%2F` within a path segment | keep it | its path helper turns it into a separator | document |
//! | names to sign in capitals, or blank | lower-case and trim them | looks them up unchanged | document, JavaScript |
//! | `host`, when other names are listed | always sign it | signs it when it is named | document: it must be signed |
//! | header `authorization`, when it is named | never sign it | signs it | document, Go |
//! | method in lower case | write it in capitals | writes it unchanged | document |
//! | list of names that match no header of the request | refuse to sign it | prints the names as given | |
//! | header that occurs twice | refuse to sign it | takes a dict, which has only the last one | |
//! | header `host` that is not a host | refuse to sign it | signs it | |
//!
//! If no header matches the list of names, an authorization could only contain an empty list, which
//! means the default set. Such a request also has no host, although the protocol requires a signed
//! one.
//!
//! Three things are not disputes but must be known:
//!
//! - The SDK prints the list of names as given, and an empty list for the default set, even if it
//!   has signed more headers. Therefore, signatures are compared for the caller's list, and whole
//!   authorizations for the list that we print.
//! - The SDK takes the timestamp 0 for the present, so the second 0 is not tested.
//! - The first year in the SDK's `datetime` is 1; our signer also accepts the year 0.

use super::request::Request;

/// The reason why we and the SDK sign a request differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    RequestId,
    QueryAuthorization,
    LeadingSlashes,
    SlashInSegment,
    ListSpelling,
    HostNotListed,
    AuthorizationListed,
    MethodCase,
    NothingSigned,
    RepeatedHeader,
    MalformedHost,
}

impl Class {
    pub(super) const ALL: [Self; 11] = [
        Self::RequestId,
        Self::QueryAuthorization,
        Self::LeadingSlashes,
        Self::SlashInSegment,
        Self::ListSpelling,
        Self::HostNotListed,
        Self::AuthorizationListed,
        Self::MethodCase,
        Self::NothingSigned,
        Self::RepeatedHeader,
        Self::MalformedHost,
    ];

    /// Returns whether we refuse to sign requests of this class, so that there is nothing to
    /// compare.
    pub(super) fn is_refused(self) -> bool {
        matches!(
            self,
            Self::NothingSigned | Self::RepeatedHeader | Self::MalformedHost
        )
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::RequestId => "x-bce-request-id is not signed unless named",
            Self::QueryAuthorization => "query parameter authorization is not signed",
            Self::LeadingSlashes => "a path keeps the slashes that it begins with",
            Self::SlashInSegment => "an encoded slash is no separator",
            Self::ListSpelling => "names to sign in capitals, or blank",
            Self::HostNotListed => "the host is signed, named or not",
            Self::AuthorizationListed => "the authorization never signs itself",
            Self::MethodCase => "the method is signed in capitals",
            Self::NothingSigned => "a list of names that signs nothing: we refuse",
            Self::RepeatedHeader => "a signed header occurs twice: we refuse",
            Self::MalformedHost => "a Host header that is not a host: we refuse",
        }
    }
}

/// A request, changed so that the SDK signs it in the same way as we sign the original.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) request: Request,
    /// Whether the path must be given to the SDK in segments, because the SDK's path helper would
    /// change it.
    pub(super) by_segment: bool,
    pub(super) classes: Vec<Class>,
}

/// Changes a request by the rules for known differences, except for the rules about requests that
/// we refuse to sign. The module `compare` applies those, since it knows the result of our signer.
pub(super) fn settle(request: &Request) -> Settled {
    let mut settled = request.clone();
    let mut classes = Vec::new();
    let mut note = |class, disputed: bool| {
        if disputed {
            classes.push(class);
        }
        disputed
    };

    if note(
        Class::MethodCase,
        request.method != request.method.to_ascii_uppercase(),
    ) {
        settled.method = request.method.to_ascii_uppercase();
    }

    let slashes = matches!(&request.segments[..], [first, _, ..] if first.is_empty());
    let slash_within = request
        .segments
        .iter()
        .any(|segment| segment.contains(&b'/'));
    let by_segment =
        note(Class::LeadingSlashes, slashes) | note(Class::SlashInSegment, slash_within);

    let is_authorization = |key: &[u8]| key.eq_ignore_ascii_case(b"authorization");
    settled.query.retain(|(key, _)| !is_authorization(key));
    note(
        Class::QueryAuthorization,
        settled.query.len() < request.query.len(),
    );

    let clean = |name: &String| name.trim_ascii().to_ascii_lowercase();
    let names: Option<Vec<String>> = request.headers_to_sign.as_ref().map(|names| {
        names
            .iter()
            .map(clean)
            .filter(|name| !name.is_empty())
            .collect()
    });
    note(Class::ListSpelling, names != request.headers_to_sign);
    settled.headers_to_sign = names.filter(|names| !names.is_empty());

    if let Some(names) = &mut settled.headers_to_sign {
        let named = |name: &str| names.iter().any(|given| given == name);
        let has_host = request.has_header("host") || request.origin.is_some();
        let (host, authorization) = (named("host"), named("authorization"));
        if note(Class::HostNotListed, has_host && !host) {
            names.push("host".to_owned());
        }
        if note(
            Class::AuthorizationListed,
            authorization && request.has_header("authorization"),
        ) {
            settled
                .headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        }
    }

    let names = settled.headers_to_sign.as_deref().unwrap_or_default();
    let named = names.iter().any(|name| name == "x-bce-request-id");
    if note(
        Class::RequestId,
        !named && request.has_header("x-bce-request-id"),
    ) {
        settled
            .headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("x-bce-request-id"));
    }

    Settled {
        request: settled,
        by_segment,
        classes,
    }
}

/// Returns whether a header is signed, according to the list of names in a [`Settled`] request.
pub(super) fn is_signed(names: Option<&[String]>, name: &str) -> bool {
    let named = match names {
        Some(names) => names.iter().any(|given| given == name),
        None => ["content-length", "content-md5", "content-type"].contains(&name),
    };
    let always = name == "host" || name.starts_with("x-bce-");
    match name {
        "authorization" => false,
        "x-bce-request-id" => named,
        _ => named || always,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn plain() -> Request {
        Request {
            access_key_id: "ak".to_owned(),
            secret_access_key: "sk".to_owned(),
            token: None,
            method: "GET".to_owned(),
            segments: vec![b"a".to_vec()],
            query: vec![(b"b".to_vec(), b"c".to_vec())],
            headers: vec![("Host".to_owned(), b"h".to_vec())],
            origin: None,
            headers_to_sign: None,
            at: datetime!(2026-08-20 0:00 UTC),
            expire_seconds: 1800,
            keep_date: false,
            spelling: 0,
        }
    }

    fn classes(change: impl FnOnce(&mut Request)) -> Vec<Class> {
        let mut request = plain();
        change(&mut request);
        settle(&request).classes
    }

    fn names(names: &[&str]) -> Option<Vec<String>> {
        Some(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn an_ordinary_request_is_not_disputed_and_not_changed() {
        let request = plain();
        let settled = settle(&request);
        assert_eq!(settled.classes, []);
        assert_eq!(format!("{:?}", settled.request), format!("{request:?}"));
        assert_eq!(
            classes(|r| r.headers_to_sign = names(&["host", "range"])),
            []
        );
        assert_eq!(
            classes(|r| r.segments = vec![vec![], vec![]]),
            [Class::LeadingSlashes]
        );
        assert_eq!(classes(|r| r.segments = vec![b"a".to_vec(), vec![]]), []);
    }

    #[test]
    fn the_request_id_is_disputed_unless_it_is_named() {
        let id = || ("X-Bce-Request-Id".to_owned(), b"1".to_vec());
        assert_eq!(classes(|r| r.headers.push(id())), [Class::RequestId]);
        let named = |r: &mut Request| {
            r.headers.push(id());
            r.headers_to_sign = names(&["host", "x-bce-request-id"]);
        };
        assert_eq!(classes(named), []);
    }

    #[test]
    fn a_list_is_cleaned_and_completed() {
        let mut request = plain();
        request.headers_to_sign = names(&["Range", " "]);
        let settled = settle(&request);
        assert_eq!(settled.classes, [Class::ListSpelling, Class::HostNotListed]);
        assert_eq!(settled.request.headers_to_sign, names(&["range", "host"]));
        request.headers_to_sign = names(&[" "]);
        assert_eq!(settle(&request).request.headers_to_sign, None);
    }

    #[test]
    fn a_list_replaces_the_default_set_but_not_what_is_always_signed() {
        let all = [
            "host",
            "x-bce-a",
            "content-type",
            "range",
            "x-bce-request-id",
            "authorization",
        ];
        let signed = |names: Option<&[String]>| all.map(|name| is_signed(names, name));
        assert_eq!(signed(None), [true, true, true, false, false, false]);
        let named = names(&["range", "x-bce-request-id", "authorization"]);
        assert_eq!(
            signed(named.as_deref()),
            [true, true, false, true, true, false]
        );
    }

    #[test]
    fn the_authorization_is_taken_from_the_query_in_any_case() {
        let mut request = plain();
        request
            .query
            .push((b"AuthorizatioN".to_vec(), b"x".to_vec()));
        let settled = settle(&request);
        assert_eq!(settled.classes, [Class::QueryAuthorization]);
        assert_eq!(settled.request.query, plain().query);
    }
}
