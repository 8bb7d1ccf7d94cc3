//! Advice about proxies and gateways between this client and the service, for errors that they may
//! have caused.

use http::Uri;
use http::uri::{Authority, Scheme};

use crate::context::ForwardedBy;
use crate::error::{Error, ErrorKind};

/// The domain of the services. Normally, only the services' own servers terminate TLS for names in
/// this domain.
const OWN_DOMAIN: &str = ".baidubce.com";

/// The target of a request, and whether the connection is encrypted.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    target: Option<Authority>,
    encrypted: bool,
}

impl Way {
    pub(crate) fn of(uri: &Uri) -> Self {
        Self {
            target: uri.authority().cloned(),
            encrypted: uri.scheme() == Some(&Scheme::HTTPS),
        }
    }

    /// Returns advice about servers between the client and the service, if they may have something
    /// to do with an error response; otherwise `None`.
    pub(crate) fn note(&self, error: &Error, proxy: Option<&ForwardedBy>) -> Option<String> {
        let foreign = match error.service() {
            Some(answer) => !answer.has_document(),
            None => error.kind() == ErrorKind::Decode,
        };
        match (error.code(), proxy) {
            (Some("SignatureDoesNotMatch"), _) => self.about_signature(proxy),
            (_, Some(ForwardedBy(proxy))) if foreign => Some(format!(
                "the request went through proxy {proxy}, which may have sent the response"
            )),
            _ => None,
        }
    }

    fn about_signature(&self, proxy: Option<&ForwardedBy>) -> Option<String> {
        let target = self.target.as_ref()?;
        if self.encrypted && target.host().ends_with(OWN_DOMAIN) {
            return None;
        }
        let who = match proxy {
            Some(ForwardedBy(proxy)) => format!("proxy {proxy} or another"),
            None => "a gateway or proxy".to_owned(),
        };
        Some(format!(
            "if the keys are right, {who} on the network path changes what the signature covers: \
             the header \"host: {target}\", the path or the query"
        ))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::error::Answer;
    use crate::mask::Secrets;
    use crate::service::Envelope;

    fn answered(status: u16, body: &'static str) -> Error {
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: &HeaderMap::new(),
            body: &Bytes::from_static(body.as_bytes()),
            envelope: &Envelope::DEFAULT,
        };
        Error::from_service(answer.error(None, &Secrets::default()).unwrap())
    }

    fn note(uri: &'static str, error: &Error, proxy: Option<&str>) -> String {
        let proxy = proxy.map(|proxy| ForwardedBy(proxy.to_owned()));
        let note = Way::of(&Uri::from_static(uri)).note(error, proxy.as_ref());
        note.unwrap_or_default()
    }

    #[test]
    fn a_wrong_signature_may_be_a_changed_host_unless_the_service_itself_ends_tls() {
        let error = answered(403, r#"{"code":"SignatureDoesNotMatch"}"#);
        let own = "https://aihc.bj.baidubce.com/?x";
        assert_eq!(note(own, &error, None), "");
        for uri in [
            "http://aihc.bj.baidubce.com/",
            "https://gateway.corp/",
            "http://127.0.0.1:1/",
        ] {
            let text = note(uri, &error, None);
            assert!(
                text.contains("a gateway or proxy on the network path changes"),
                "{text}"
            );
        }
        let text = note("http://gateway.corp:81/", &error, Some("proxy.corp:3128"));
        assert_eq!(
            text,
            "if the keys are right, proxy proxy.corp:3128 or another on the network path changes what the \
             signature covers: the header \"host: gateway.corp:81\", the path or the query"
        );
    }

    #[test]
    fn a_forwarding_proxy_is_named_with_an_answer_that_may_be_its_own() {
        let proxy = Some("proxy.corp:3128");
        let page = answered(502, "<html>");
        let text = note("http://zoo.test/", &page, proxy);
        assert_eq!(
            text,
            "the request went through proxy proxy.corp:3128, which may have sent the response"
        );
        let own = answered(403, r#"{"code":"Forbidden"}"#);
        assert_eq!(note("http://zoo.test/", &own, proxy), "");
        assert_eq!(note("http://zoo.test/", &page, None), "");
    }
}
