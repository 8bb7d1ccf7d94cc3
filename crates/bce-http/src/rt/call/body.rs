//! The body of a call: a form, JSON, or content provided by the caller.

use bce_auth::encode::uri_encode;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde::Serialize;

use super::Call;
use super::Upload;
use crate::codec::{ToWire, Wire};
use crate::mask::SentSecrets;
use crate::message::Body;

impl Call {
    /// Sets the body to an empty form, `application/x-www-form-urlencoded`.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.form().form_field("name", "a");
    /// # call
    /// # }
    /// ```
    pub fn form(mut self) -> Self {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.headers.insert(CONTENT_TYPE, form);
        self.body.clear();
        self
    }

    /// Adds a field to the [form](Self::form).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.form().form_field("name", "a");
    /// # call
    /// # }
    /// ```
    pub fn form_field(mut self, name: &str, value: impl AsRef<str>) -> Self {
        if !self.body.is_empty() {
            self.body.push(b'&');
        }
        self.body.extend_from_slice(uri_encode(name).as_bytes());
        self.body.push(b'=');
        self.body
            .extend_from_slice(uri_encode(value.as_ref()).as_bytes());
        self
    }

    /// Adds a secret field to the [form](Self::form). If the value has at least 4 characters, it is
    /// masked in errors and traces about the call, even where the service quotes it.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.form().form_secret("password", "a secret");
    /// # call
    /// # }
    /// ```
    pub fn form_secret(self, name: &str, value: impl AsRef<str>) -> Self {
        self.secret(&value).form_field(name, value)
    }

    /// Adds a list to the [form](Self::form), as a single field with commas between the elements,
    /// as [`query_list`](Self::query_list) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.form().form_list("ids", ["i-1", "i-2"]);
    /// # call
    /// # }
    /// ```
    pub fn form_list<T: AsRef<str>>(
        mut self,
        name: &str,
        elements: impl IntoIterator<Item = T>,
    ) -> Self {
        match self.joined(name, elements) {
            Some(list) => self.form_field(name, list),
            None => self,
        }
    }

    /// Sets the body to a value, converted to JSON. If it cannot be converted, `send` refuses the
    /// call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.json(&["i-1", "i-2"]);
    /// # call
    /// # }
    /// ```
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body = body,
            Err(_) => self.refuse_if(true, "the body", "cannot be written as JSON"),
        }
        self
    }

    /// Sets the body to a JSON document that contains secrets. The secrets are sent in clear text.
    /// In errors and traces about the call, they are masked, except for those that are too short:
    /// see [`SecretKind`](crate::rt::codec::SecretKind).
    pub fn json_with_secrets<T: ToWire + ?Sized>(self, body: &T) -> Self {
        let mut call = self.json(&Wire(body));
        call.add_secrets(SentSecrets::of(body));
        call
    }

    /// Sets the body to existing JSON text. If it is not an object, `send` refuses the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.json_text(r#"{"name": "a"}"#);
    /// # call
    /// # }
    /// ```
    pub fn json_text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        let object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text);
        self.refuse_if(object.is_err(), "the body", "must be a JSON object");
        self.body = text.into_bytes();
        self
    }

    /// Sets the body to content provided by the caller, which is sent unchanged, with its content
    /// type. A stream can be sent only once: a call with a stream is not retried, and only one of
    /// the clones of the call can be sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.body("content", "text/plain");
    /// # call
    /// # }
    /// ```
    pub fn body(mut self, body: impl Into<Body>, content_type: &str) -> Self {
        self.rare().upload = Some(Upload::new(body.into()));
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Returns the length of the body in bytes; `None` if it is unknown, or if the body was a
    /// stream that has already been sent.
    pub(super) fn body_bytes(&self) -> Option<u64> {
        let rare = self.rare.as_deref();
        match rare.and_then(|rare| rare.upload.as_ref()) {
            Some(upload) => upload.len(),
            None => u64::try_from(self.body.len()).ok(),
        }
    }
}
