//! Golden vectors: the signatures of the official SDKs, byte for byte.

use bce_auth::encode::{uri_encode, uri_encode_path};
use bce_auth::{Credentials, Signature, Signer, SigningOptions, Verifier};
use http::request::Parts;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const VECTORS: &str = include_str!("../../../bce-testing/vectors/signing.json");

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
    disputed: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    headers_to_sign: Option<Vec<String>>,
    timestamp: String,
    expire_seconds: i64,
    expected: Output,
    #[serde(default)]
    outputs: std::collections::BTreeMap<String, Output>,
    published_authorization: Option<String>,
}

#[derive(Deserialize)]
struct Output {
    canonical_request: String,
    signed_headers: String,
    signature: String,
    authorization: String,
}

impl Case {
    fn at(&self) -> OffsetDateTime {
        OffsetDateTime::parse(&self.timestamp, &Rfc3339).unwrap()
    }

    fn credentials(&self) -> Credentials {
        let (id, secret) = (self.access_key_id.as_str(), self.secret_access_key.as_str());
        match &self.session_token {
            Some(token) => Credentials::session(id, secret, token.as_str()).unwrap(),
            None => Credentials::new(id, secret).unwrap(),
        }
    }

    fn parts(&self) -> Parts {
        let slash = if self.path.starts_with('/') { "" } else { "/" };
        let mut target = uri_encode_path(format!("{slash}{}", self.path));
        let pairs: Vec<_> = self
            .query
            .iter()
            .map(|(key, value)| format!("{}={}", uri_encode(key), uri_encode(value)))
            .collect();
        if !pairs.is_empty() {
            target = format!("{target}?{}", pairs.join("&"));
        }
        let mut builder = http::Request::builder()
            .method(self.method.as_str())
            .uri(target);
        for (name, value) in &self.headers {
            builder = builder.header(name, value.as_bytes());
        }
        builder.body(()).unwrap().into_parts().0
    }

    fn signer(&self) -> Signer {
        let options = SigningOptions::default()
            .timestamp(self.at())
            .expire_seconds(self.expire_seconds)
            .keep_date();
        Signer::new(match &self.headers_to_sign {
            Some(names) => options.headers_to_sign(names),
            None => options,
        })
    }

    fn sign(&self) -> (Parts, Signature) {
        let mut parts = self.parts();
        // The signer's own time has no effect when the time stamp is fixed.
        let signature = self
            .signer()
            .sign(&mut parts, &self.credentials(), OffsetDateTime::UNIX_EPOCH)
            .unwrap();
        (parts, signature)
    }
}

impl Output {
    fn is(&self, signature: &Signature) -> bool {
        self.canonical_request == signature.canonical_request()
            && self.signed_headers == signature.signed_headers()
            && self.signature == signature.signature()
            && self.authorization == signature.authorization()
    }
}

fn vectors() -> File {
    serde_json::from_str(VECTORS).unwrap()
}

#[test]
fn every_case_is_signed_as_the_official_sdks_sign_it() {
    let cases = vectors().cases;
    assert!(cases.len() > 70);
    for case in cases {
        let (parts, ours) = case.sign();
        let expected = &case.expected;
        assert_eq!(
            ours.canonical_request(),
            expected.canonical_request,
            "{}",
            case.name
        );
        assert_eq!(
            ours.signed_headers(),
            expected.signed_headers,
            "{}",
            case.name
        );
        assert_eq!(ours.signature(), expected.signature, "{}", case.name);
        assert_eq!(
            ours.authorization(),
            expected.authorization,
            "{}",
            case.name
        );
        assert_eq!(parts.headers["authorization"], expected.authorization);
    }
}

#[test]
fn the_verifier_accepts_every_case() {
    for case in vectors().cases {
        let (parts, ours) = case.sign();
        let mut verifier = Verifier::new();
        if !parts.headers.contains_key("host") {
            verifier = verifier.allow_unsigned_host();
        }
        let find = |id: &str| (id == case.access_key_id).then(|| case.credentials());
        let verified = verifier.verify(&parts, case.at(), find).expect(&case.name);
        assert_eq!(verified.access_key_id(), case.access_key_id);
        assert_eq!(verified.timestamp(), case.at());
        assert_eq!(verified.expire_seconds(), case.expire_seconds);
        assert_eq!(verified.signed_headers().join(";"), ours.signed_headers());
        let in_query = case
            .query
            .iter()
            .find(|(key, _)| key == "x-bce-security-token")
            .map(|(_, value)| value);
        let token = case.session_token.as_ref().or(in_query);
        assert_eq!(verified.security_token(), token.map(String::as_str));
    }
}

#[test]
fn the_verifier_accepts_what_the_official_page_published() {
    let published: Vec<_> = vectors()
        .cases
        .into_iter()
        .filter_map(|case| Some((case.published_authorization.clone()?, case)))
        .collect();
    assert_eq!(published.len(), 2);
    for (authorization, case) in published {
        let mut parts = case.parts();
        parts
            .headers
            .insert("authorization", authorization.parse().unwrap());
        let find = |_: &str| Some(case.credentials());
        Verifier::new()
            .verify(&parts, case.at(), find)
            .expect(&case.name);
    }
}

/// The official implementations disagree in some cases. Tests which of them this crate agrees with.
#[test]
fn disputed_cases_are_decided_as_documented() {
    let ours: Vec<_> = vectors()
        .disputed
        .iter()
        .map(|case| {
            let (_, ours) = case.sign();
            let same = case.outputs.iter().filter(|(_, output)| output.is(&ours));
            let same: Vec<_> = same.map(|(name, _)| name.as_str()).collect();
            format!("{}: {}", case.name, same.join(" "))
        })
        .collect();
    assert_eq!(
        ours,
        [
            "x-bce-request-id: go go_v2",
            "aihc-create-with-request-id: go go_v2",
            "query-authorization: go go_v2 js spec",
            "query-authorization-mixed-case: go go_v2 js spec",
            // Go's way: a list does not take the date out of the signature.
            "sign-host-only-with-x-bce: go go_v2 js",
            // Not Go's: "Host" means host, and an empty list the default set.
            "sign-host-capitalised: js spec",
            "sign-empty-list: js",
            "path-leading-double-slash: go go_v2 js spec",
            "header-value-unicode-space: spec",
            "query-authorization-only: go go_v2 js spec",
            "sign-authorization: go go_v2 spec",
        ]
    );
}

/// The Python SDK sends an empty list of signed headers, and signs x-bce-request-id as well.
#[test]
fn the_verifier_accepts_what_the_official_python_sdk_sends() {
    for name in ["x-bce-request-id", "aihc-create-with-request-id"] {
        let disputed = vectors().disputed;
        let case = disputed.iter().find(|case| case.name == name).unwrap();
        let python = &case.outputs["python"];
        assert_eq!(python.signed_headers, "");
        let mut parts = case.parts();
        parts
            .headers
            .insert("authorization", python.authorization.parse().unwrap());
        let find = |_: &str| Some(case.credentials());
        let verified = Verifier::new().verify(&parts, case.at(), find).unwrap();
        let names = verified.signed_headers();
        assert!(names.iter().any(|name| name == "x-bce-request-id"));
    }
}
