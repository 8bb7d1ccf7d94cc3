//! Writing of values that contain secrets, for sending.

use std::collections::BTreeMap;
use std::fmt;

use bce_auth::Secret;
use serde::ser::{Serialize, Serializer};

use crate::json::Json;

/// A type whose values contain secrets and can be written in clear text, for sending.
///
/// Generated types that contain secrets implement this trait; [`Wire`] uses it to write their
/// values. Their `Serialize` implementations write `***` in place of each secret.
///
/// ```
/// use bce_auth::Secret;
/// use bce_http::rt::codec::{SecretKind, ToWire, Wire};
/// use serde::Serialize;
/// use serde::ser::{SerializeMap, Serializer};
///
/// #[derive(Serialize)]
/// struct Registry {
///     user: String,
///     password: Secret,
/// }
///
/// impl ToWire for Registry {
///     fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
///         let mut object = serializer.serialize_map(None)?;
///         object.serialize_entry("user", &self.user)?;
///         object.serialize_entry("password", &Wire(&self.password))?;
///         object.end()
///     }
///
///     fn secrets(&self, _: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {
///         self.password.secrets(SecretKind::Password, found);
///     }
/// }
///
/// let registry = Registry { user: "me".to_owned(), password: Secret::new("s3cret") };
/// let shown = serde_json::to_string(&registry)?;
/// assert_eq!(shown, r#"{"user":"me","password":"***"}"#);
/// let sent = serde_json::to_string(&Wire(&registry))?;
/// assert_eq!(sent, r#"{"user":"me","password":"s3cret"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait ToWire {
    /// Writes the value as it is sent, with secrets in clear text.
    ///
    /// # Errors
    ///
    /// If `serializer` returns an error.
    fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Passes all secrets in the value to `found`. `kind` is the kind of the secret if the value is
    /// itself a secret, or a list or a map of secrets; an object chooses a kind for each of its
    /// members.
    fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret));
}

/// The kind of a secret. It determines how long a secret must be in order to be masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A password or a token, which is masked if it has at least 4 characters.
    Password,
    /// Any value that may be secret, such as the value of an environment variable. It is masked if
    /// it has at least 8 characters, since a shorter one may be an ordinary word.
    Value,
}

/// A value as it is sent, with secrets in clear text. Use it only for sending.
///
/// ```
/// use bce_auth::Secret;
/// use bce_http::rt::codec::Wire;
///
/// let password = Secret::new("s3cret");
/// assert_eq!(serde_json::to_value(&password)?, "***");
/// assert_eq!(serde_json::to_value(Wire(&password))?, "s3cret");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct Wire<'a, T: ?Sized>(pub &'a T);

impl<T: ToWire + ?Sized> Serialize for Wire<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.to_wire(serializer)
    }
}

/// Does not show the value.
impl<T: ?Sized> fmt::Debug for Wire<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wire").finish_non_exhaustive()
    }
}

impl ToWire for Secret {
    fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }

    fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {
        found(kind, self);
    }
}

/// Every string and every number in the value counts as a secret.
impl ToWire for Json {
    fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {
        self.for_each_text(&mut |text| found(kind, &Secret::new(text)));
    }
}

impl<T: ToWire> ToWire for Option<T> {
    fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Wire).serialize(serializer)
    }

    fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {
        if let Some(value) = self {
            value.secrets(kind, found);
        }
    }
}

impl<T: ToWire + ?Sized> ToWire for Box<T> {
    fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).to_wire(serializer)
    }

    fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {
        (**self).secrets(kind, found);
    }
}

impl<T: ToWire> ToWire for Vec<T> {
    fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Wire))
    }

    fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {
        self.iter().for_each(|value| value.secrets(kind, found));
    }
}

impl<T: ToWire> ToWire for BTreeMap<String, T> {
    fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, value)| (name, Wire(value))))
    }

    fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {
        self.values().for_each(|value| value.secrets(kind, found));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_sent_in_clear_text_in_whatever_holds_them_and_shown_in_none() {
        let secret = || Secret::new("s3cret");
        let maps = || BTreeMap::from([("NAME".to_owned(), vec![Some(secret()), None])]);
        let value = Some(Box::new(vec![maps(), maps()]));
        let text = |secret| {
            let map = format!(r#"{{"NAME":["{secret}",null]}}"#);
            format!("[{map},{map}]")
        };
        assert_eq!(serde_json::to_string(&value).unwrap(), text("***"));
        let sent = serde_json::to_string(&Wire(&value)).unwrap();
        assert_eq!(sent, text("s3cret"));
        let mut found = Vec::new();
        value.secrets(SecretKind::Value, &mut |kind, secret| {
            found.push((kind, secret.clone()));
        });
        assert_eq!(found, vec![(SecretKind::Value, secret()); 2]);
    }
}
