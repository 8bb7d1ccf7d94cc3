//! Masks the secrets of a call in text that becomes part of an error or a trace.
//!
//! Services, gateways and proxies quote what they receive, so text from them may contain secrets of
//! the call. The client knows these secrets exactly. It masks them, except very short ones, whether
//! they occur literally or in one of the encodings of [`spelling`].

mod login;
mod quoted;
mod search;
mod sent;
mod spelling;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bce_auth::Credentials;
use http::HeaderValue;

pub(crate) use self::login::ProxyLogin;
use self::quoted::hide_announced;
use self::search::{Kind, Pattern};
pub(crate) use self::sent::SentSecrets;
use crate::codec::SecretKind;
use crate::few::Few;

/// The maximum number of requests of a call whose credentials are remembered in order to mask them.
/// If there are more, the credentials of the oldest requests are forgotten.
const MOST_SIGNED: usize = 16;

/// The secrets of one call. More secrets are added in the course of the call.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<Known>);

/// The secrets of one call, as a shared reference to the value that contains them.
#[derive(Clone)]
pub(crate) struct SharedSecrets(Arc<dyn KeepsSecrets>);

/// A shared value that contains the secrets of a call, among other data. [`SharedSecrets`] refers
/// to this value, so the secrets need no allocation of their own.
pub(crate) trait KeepsSecrets: Send + Sync + UnwindSafe + RefUnwindSafe {
    fn secrets(&self) -> &Secrets;
}

impl SharedSecrets {
    pub(crate) fn kept_by(keeper: Arc<dyn KeepsSecrets>) -> Self {
        Self(keeper)
    }
}

impl Deref for SharedSecrets {
    type Target = Secrets;

    fn deref(&self) -> &Secrets {
        self.0.secrets()
    }
}

impl fmt::Debug for SharedSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[derive(Default)]
struct Known {
    /// The credentials of each of the call's latest requests, and the authorization header that was
    /// created with them.
    signed: Few<(Credentials, Option<HeaderValue>)>,
    login: Option<Arc<ProxyLogin>>,
    /// The secrets that requests contain besides their signatures: those of the call itself, and
    /// those of the request that reads the state in order to find out whether the call was carried
    /// out.
    sent: Vec<SentSecrets>,
}

impl Secrets {
    /// Adds the credentials and the `authorization` header of a request to the secrets of the call.
    pub(crate) fn add_signed(&self, credentials: Credentials, authorization: Option<HeaderValue>) {
        let signed = &mut self.lock().signed;
        signed.push((credentials, authorization));
        signed.keep_latest(MOST_SIGNED);
    }

    /// Adds the secrets that a request contains besides its signature to the secrets of the call.
    pub(crate) fn add_sent(&self, secrets: SentSecrets) {
        let sent = &mut self.lock().sent;
        if !sent.iter().any(|known| known.is_same(&secrets)) {
            sent.push(secrets);
        }
    }

    /// Adds the user name and the password for a proxy to the secrets of the call.
    pub(crate) fn add_login(&self, login: Arc<ProxyLogin>) {
        self.lock().login = Some(login);
    }

    /// Returns the credentials of the request that was signed last, or `None` if none was signed.
    pub(crate) fn last_credentials(&self) -> Option<Credentials> {
        let known = self.lock();
        let last = known.signed.last();
        last.map(|(credentials, _)| credentials.clone())
    }

    /// Masks the secrets of the call in a string, and also authorizations, session tokens and
    /// signatures that are recognized only by their form, since they may belong to another call.
    pub(crate) fn mask(&self, text: String) -> String {
        let masked = search::mask(&text, &self.lock().patterns());
        hide_announced(masked.unwrap_or(text))
    }

    /// Masks the secrets of the call in an identifier. In contrast to [`mask`](Self::mask), leaves
    /// what only looks like a secret unchanged.
    pub(crate) fn mask_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        let masked = search::mask(name, &self.lock().patterns());
        masked.map_or(name.into(), Cow::Owned)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn patterns(&self) -> Vec<Pattern<'_>> {
        let (mut patterns, mut known) = (Vec::new(), HashSet::new());
        let mut add = |text, kind| {
            // The attempts of a call usually have the same credentials, which need to be searched
            // for only once.
            let pattern = Pattern::new(text, kind).filter(|_| known.insert((kind, text)));
            patterns.extend(pattern);
        };
        for (credentials, authorization) in self.signed.iter() {
            add(credentials.secret_access_key().expose(), Kind::Key);
            if let Some(token) = credentials.session_token() {
                add(token.expose(), Kind::Key);
            }
            if let Some(authorization) = authorization.as_ref().and_then(|it| it.to_str().ok()) {
                add(authorization, Kind::Authorization);
                let signature = authorization.rsplit('/').next();
                add(signature.unwrap_or_default(), Kind::Key);
            }
        }
        if let Some(login) = &self.login {
            add(login.encoded(), Kind::Key);
            add(login.password.expose(), Kind::Password);
            add(&login.user, Kind::Value);
        }
        for (kind, secret) in self.sent.iter().flatten() {
            let kind = match kind {
                SecretKind::Password => Kind::Password,
                SecretKind::Value => Kind::Value,
            };
            add(secret.expose(), kind);
        }
        patterns
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::Proxy;

    const KEY: &str = "f6cb/a2+d1%41e9=";
    const TOKEN: &str = "ZjkyZmQ2YmQxZTQ3NDcyNjk0ZTg1ZjYyYjlkZjNjODB8AAAAAM0BAAD";
    const SIGNATURE: &str = "5f4d0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";

    fn secrets() -> Secrets {
        let secrets = Secrets::default();
        let credentials = Credentials::session("ak", KEY, TOKEN).unwrap();
        let authorization =
            format!("bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host;x-bce-date/{SIGNATURE}");
        let authorization = HeaderValue::try_from(authorization).ok();
        secrets.add_signed(credentials, authorization);
        let proxy = Proxy::url("http://some.body%40example:pw%201@proxy").unwrap();
        let target = http::Uri::from_static("https://a/");
        secrets.add_login(proxy.login(&target).unwrap());
        secrets
    }

    fn mask(text: impl Into<String>) -> String {
        secrets().mask(text.into())
    }

    #[test]
    fn what_the_call_holds_back_is_masked_wherever_it_stands() {
        assert_eq!(
            mask(format!("session token '{TOKEN}' rejected")),
            "session token '***' rejected"
        );
        assert_eq!(mask(format!("secret={KEY}&x=1")), "secret=***&x=1");
        assert_eq!(
            mask(format!("X-Bce-Security-Token = {TOKEN}!")),
            "X-Bce-Security-Token = ***"
        );
        assert_eq!(mask(format!("<{SIGNATURE}>")), "<***>");
        assert_eq!(
            mask("proxy: pw 1 of some.body@example"),
            "proxy: *** of ***"
        );
        assert_eq!(
            mask("Basic c29tZS5ib2R5QGV4YW1wbGU6cHcgMQ== refused"),
            "Basic *** refused"
        );
    }

    #[test]
    fn a_key_or_token_that_breaks_off_is_masked_as_well() {
        assert_eq!(mask(format!("token {}...", &TOKEN[..20])), "token ***...");
        assert_eq!(
            mask(format!("signature {}…", &SIGNATURE[..16])),
            "signature ***…"
        );
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", secrets()), "Secrets");
    }
}
