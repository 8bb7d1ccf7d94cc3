//! Access keys: long-term keys and session credentials.

use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::error::CredentialsError;
use crate::secret::Secret;
use crate::session_token::SessionToken;
use crate::signer::key::{KeySlot, SigningKey};
use crate::stray::Stray;

/// An access key id and its secret; session credentials also have a token and, if known, an expiry
/// time.
///
/// Cloning is cheap: all clones share one copy. `Debug` shows the access key id and nothing secret.
///
/// ```
/// use bce_auth::Credentials;
///
/// # fn main() -> Result<(), bce_auth::CredentialsError> {
/// let credentials = Credentials::new("ALTAK0123456789", "my secret")?;
/// assert_eq!(credentials.access_key_id(), "ALTAK0123456789");
/// assert!(Credentials::new("ALTAK0123456789", "").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    access_key_id: String,
    secret_access_key: Secret,
    session_token: Option<SessionToken>,
    expires_at: Option<OffsetDateTime>,
    /// The cache for the latest signing key. It is stored together with the secret from which the
    /// key is derived, so that both are dropped at the same time.
    signing_key: KeySlot,
}

impl Credentials {
    /// Creates long-term credentials.
    ///
    /// # Errors
    ///
    /// If a part is empty, begins or ends with white space, or contains a line end, a control
    /// character or an invisible character, which copy and paste often leave behind. Also if the
    /// access key id contains anything but visible ASCII characters, or a `/`, which separates the
    /// parts of an authorization.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<Secret>,
    ) -> Result<Self, CredentialsError> {
        Self::checked(access_key_id.into(), secret_access_key.into(), None)
    }

    /// Creates session credentials as STS issues them.
    ///
    /// # Errors
    ///
    /// If [`Credentials::new`] would refuse one of the parts, or if the token cannot be sent in a
    /// header.
    pub fn session(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<Secret>,
        session_token: impl Into<Secret>,
    ) -> Result<Self, CredentialsError> {
        let token = Some(session_token.into());
        Self::checked(access_key_id.into(), secret_access_key.into(), token)
    }

    fn checked(
        access_key_id: String,
        secret_access_key: Secret,
        session_token: Option<Secret>,
    ) -> Result<Self, CredentialsError> {
        let parts = [
            ("access key id", Some(&*access_key_id)),
            ("secret access key", Some(secret_access_key.expose())),
            ("session token", session_token.as_ref().map(Secret::expose)),
        ];
        for (name, value) in parts {
            let Some(value) = value else { continue };
            if value.is_empty() {
                return Err(CredentialsError::invalid(format!("the {name} is empty")));
            }
            if let Some(stray) = Stray::find(value) {
                return Err(CredentialsError::invalid(format!("the {name} {stray}")));
            }
        }
        if !is_access_key_id(&access_key_id) {
            return Err(CredentialsError::invalid(
                "the access key id contains a character that is not visible ASCII, or a `/`",
            ));
        }
        let session_token = session_token.map(|token| {
            let refused = "the session token cannot be sent in a header";
            SessionToken::new(token).ok_or_else(|| CredentialsError::invalid(refused))
        });
        Ok(Self(Arc::new(Inner {
            access_key_id,
            secret_access_key,
            session_token: session_token.transpose()?,
            expires_at: None,
            signing_key: KeySlot::default(),
        })))
    }

    /// Returns the same credentials with an expiry time.
    #[must_use]
    pub fn with_expires_at(mut self, at: OffsetDateTime) -> Self {
        Arc::make_mut(&mut self.0).expires_at = Some(at);
        self
    }

    /// Returns the access key id (AK). It is not a secret: every signed request contains it.
    pub fn access_key_id(&self) -> &str {
        &self.0.access_key_id
    }

    /// Returns the secret access key (SK).
    pub fn secret_access_key(&self) -> &Secret {
        &self.0.secret_access_key
    }

    /// Returns the session token; `None` for long-term credentials.
    pub fn session_token(&self) -> Option<&Secret> {
        self.0.session_token.as_ref().map(SessionToken::text)
    }

    /// Returns the session token in the forms that are needed for signing.
    pub(crate) fn token_to_sign(&self) -> Option<&SessionToken> {
        self.0.session_token.as_ref()
    }

    /// Returns the time at which the credentials expire, or `None` if it is not known.
    pub fn expires_at(&self) -> Option<OffsetDateTime> {
        self.0.expires_at
    }

    /// Returns whether the credentials are known to have expired at the time `now`.
    pub fn is_expired_at(&self, now: OffsetDateTime) -> bool {
        self.0.expires_at.is_some_and(|at| at <= now)
    }

    /// Returns whether both are clones of the same value. Separate values with equal parts are not
    /// the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Calls `work` with the signing key for this instant, and returns its result. Returns `None`
    /// if the instant cannot be written as a time stamp.
    pub(crate) fn with_signing_key<T>(
        &self,
        at: OffsetDateTime,
        expire_seconds: i64,
        work: impl FnOnce(&SigningKey) -> T,
    ) -> Option<T> {
        let Inner {
            access_key_id,
            secret_access_key,
            signing_key,
            ..
        } = &*self.0;
        signing_key.with(access_key_id, secret_access_key, at, expire_seconds, work)
    }

    /// Returns the slot that stores the latest signing key.
    #[cfg(test)]
    pub(crate) fn key_slot(&self) -> &KeySlot {
        &self.0.signing_key
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.0.access_key_id)
            .field("secret_access_key", &self.0.secret_access_key)
            .field("session_token", &self.session_token())
            .field("expires_at", &self.0.expires_at)
            .finish()
    }
}

/// Returns whether the string can be an access key id, which is the second part of an
/// authorization.
pub(crate) fn is_access_key_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'/')
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::error::CredentialsErrorKind;

    fn message(result: Result<Credentials, CredentialsError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn empty_parts_are_refused_by_name() {
        assert_eq!(
            message(Credentials::new("", "sk")),
            "the access key id is empty"
        );
        assert_eq!(
            message(Credentials::new("ak", "")),
            "the secret access key is empty"
        );
        assert_eq!(
            message(Credentials::session("ak", "sk", "")),
            "the session token is empty"
        );
    }

    #[test]
    fn parts_that_break_the_authorization_are_refused_and_not_shown() {
        for bad in ["a/k", "a k", "访问"] {
            let text = message(Credentials::new(bad, "sk"));
            assert!(text.starts_with("the access key id contains"), "{text}");
            assert!(!text.contains(bad));
        }
        let text = message(Credentials::session("ak", "sk", "令牌"));
        assert_eq!(text, "the session token cannot be sent in a header");
    }

    #[test]
    fn what_copying_leaves_in_a_part_is_refused_and_not_shown() {
        for (bad, problem) in [
            ("hidden\n", "begins or ends with a line end (U+000A)"),
            ("hidden\r\n", "begins or ends with a line end (U+000A)"),
            ("hidden ", "begins or ends with white space (U+0020)"),
            (" hidden", "begins or ends with white space (U+0020)"),
            (
                "\u{feff}hidden",
                "begins or ends with a byte order mark (U+FEFF)",
            ),
            ("hid\r\nden", "contains a line end (U+000D)"),
            ("hid\0den", "contains a control character (U+0000)"),
            ("hid\u{200b}den", "contains an invisible character (U+200B)"),
        ] {
            for (name, result) in [
                ("access key id", Credentials::new(bad, "sk")),
                ("secret access key", Credentials::new("ak", bad)),
                ("session token", Credentials::session("ak", "sk", bad)),
            ] {
                let error = result.unwrap_err();
                assert_eq!(error.kind(), CredentialsErrorKind::Invalid);
                assert_eq!(error.to_string(), format!("the {name} {problem}"));
                assert!(!format!("{error:?}").contains("hid"), "{error:?}");
            }
        }
        assert!(Credentials::new("ak", "a blank inside").is_ok());
    }

    #[test]
    fn debug_shows_the_access_key_id_only() {
        let text = format!(
            "{:?}",
            Credentials::session("visible-ak", "hidden-sk", "hidden-token").unwrap()
        );
        assert!(text.contains("visible-ak"));
        assert!(!text.contains("hidden"), "{text}");
    }

    #[test]
    fn secret_and_signing_key_end_with_the_last_clone() {
        let credentials = Credentials::new("ak", "sk").unwrap();
        let mut head = http::Request::get("https://h/").body(()).unwrap();
        let (mut parts, ()) = std::mem::take(&mut head).into_parts();
        let now = datetime!(2026-08-20 0:00 UTC);
        let signer = crate::Signer::default();
        signer.sign(&mut parts, &credentials, now).unwrap();
        let kept = Arc::downgrade(&credentials.0);
        let clone = credentials.clone();
        drop(credentials);
        assert!(kept.upgrade().is_some(), "a clone is left");
        drop(clone);
        assert!(kept.upgrade().is_none(), "signer and request hold neither");
        drop((signer, parts));
    }

    #[test]
    fn credentials_expire_at_their_end_and_not_before() {
        let end = datetime!(2026-08-20 0:00 UTC);
        let unlimited = Credentials::new("ak", "sk").unwrap();
        assert!(!unlimited.is_expired_at(end));
        let limited = unlimited.clone().with_expires_at(end);
        assert!(!limited.is_expired_at(end - time::Duration::NANOSECOND));
        assert!(limited.is_expired_at(end));
        assert_eq!(unlimited.expires_at(), None, "the clone is not changed");
    }
}
