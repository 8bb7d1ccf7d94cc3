//! The user name and the password for a proxy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bce_auth::Secret;
use bce_auth::encode::uri_decode;
use http::HeaderValue;

/// The user name and the password for a proxy, which must not appear in errors or traces.
pub(crate) struct ProxyLogin {
    pub(crate) user: String,
    pub(crate) password: Secret,
    /// The user and the password together, in the form of the `proxy-authorization` header.
    authorization: HeaderValue,
}

impl ProxyLogin {
    pub(crate) fn new(user: String, password: Secret) -> Result<Self, &'static str> {
        let login = Secret::new(format!("{user}:{}", password.expose()));
        let header = Secret::new(format!("Basic {}", STANDARD.encode(login.expose())));
        let mut authorization = HeaderValue::from_str(header.expose())
            .map_err(|_| "has a login that cannot be sent in a header")?;
        authorization.set_sensitive(true);
        Ok(Self {
            user,
            password,
            authorization,
        })
    }

    /// Parses the part of a proxy address before the `@`. The error describes what is wrong with
    /// this part.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let decode = |text: &str| {
            String::from_utf8(uri_decode(text))
                .map_err(|_| "has a user or a password that is not valid UTF-8")
        };
        Self::new(decode(user)?, decode(password)?.into())
    }

    /// Returns the value of the `proxy-authorization` header.
    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    /// Returns the part of the `proxy-authorization` header after the name of the authentication
    /// scheme.
    pub(crate) fn encoded(&self) -> &str {
        let header = self.authorization.to_str().unwrap_or_default();
        header
            .split_once(' ')
            .map_or(header, |(_, encoded)| encoded)
    }
}
