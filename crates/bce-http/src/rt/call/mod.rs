//! A call that is being built: the request that is sent, and the conversion of the reply into a
//! typed response. Used by generated operations.

mod body;
mod target;

use std::fmt;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};

use super::upload::Upload;
use crate::client::{Client, Exchange};
use crate::context::{CallOptions, WithoutHeaders};
use crate::error::{Error, ErrorKind};
use crate::mask::SentSecrets;
use crate::message::{ApiResponse, Body, JsonReply, Reply};
use crate::retry::{Look, SettledBy};
use crate::service::Operation;

/// Headers that callers must not set, because they belong to the signature or to the connection.
const RESERVED: [&str; 11] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-bce-date",
    "x-bce-security-token",
];

/// A call of an operation: its path, query, headers and body, and its options.
#[derive(Clone)]
pub struct Call {
    client: Client,
    operation: &'static Operation,
    /// The path and the query. If it is empty, the path is `/`, and there is no query.
    target: String,
    /// The length of the path at the beginning of `target`.
    path: usize,
    headers: HeaderMap,
    body: Vec<u8>,
    /// Settings that few calls have. They are boxed to keep the call small, because every method
    /// that adds to a call moves it.
    rare: Option<Box<Rare>>,
}

/// Settings that few calls have.
#[derive(Clone, Default)]
struct Rare {
    options: CallOptions,
    without: Vec<HeaderName>,
    upload: Option<Upload>,
    secrets: Option<SentSecrets>,
    settlement: Option<Settlement>,
    problem: Option<Problem>,
}

/// How to find out whether the call was carried out.
#[derive(Clone)]
struct Settlement {
    read: Call,
    by: &'static SettledBy,
    /// The members of the call's response whose values are known in advance. If the response is
    /// lost but the call was carried out, a reply with these members takes its place.
    answer: Vec<(&'static str, String)>,
}

impl Settlement {
    /// Returns the request that reads the state in order to find out whether the call was carried
    /// out. Returns an error, which ends the call, if this request is not valid: otherwise, the
    /// call would silently be treated as one whose state cannot be read.
    fn into_look(self) -> Result<Look, Error> {
        let operation = self.read.operation;
        let (client, mut read) = self.read.into_request()?;
        // The operation of this request differs from that of its call.
        read.extensions_mut().insert(operation);
        Ok(Look::new(client.prepare(read)?, self.by, self.answer))
    }
}

/// A value that cannot be sent. It is stored until `send`, so that building a call does not require
/// `?`.
#[derive(Clone, Debug)]
struct Problem {
    member: String,
    rule: &'static str,
}

impl Call {
    /// Creates a call of an operation, with the path `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Idempotency;
    /// use bce_http::rt::{Call, Operation};
    /// use http::Method;
    ///
    /// static LIST: Operation =
    ///     Operation::new("bcc", "ListInstances", Method::GET, Idempotency::Safe);
    ///
    /// # fn example(client: &bce_http::Client) -> Call {
    /// let call = Call::new(client, &LIST).path("/v2/instance");
    /// # call
    /// # }
    /// ```
    pub fn new(client: &Client, operation: &'static Operation) -> Self {
        Self {
            client: client.clone(),
            operation,
            target: String::new(),
            path: 0,
            headers: HeaderMap::new(),
            body: Vec::new(),
            rare: None,
        }
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    fn add_secrets(&mut self, secrets: Option<SentSecrets>) {
        if secrets.is_some() {
            let known = self.rare().secrets.take();
            self.rare().secrets = SentSecrets::join(known, secrets);
        }
    }

    /// Replaces the description of the operation with another one, for the same path: for example,
    /// with one that allows retries because the call contains a [token](super::new_token).
    pub fn operation(mut self, operation: &'static Operation) -> Self {
        self.operation = operation;
        self
    }

    /// Returns the client of the call.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Adds a header. If it is one that the client sets itself, or if its name or its value is not
    /// valid, `send` refuses the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.header("x-bce-project", "p-1");
    /// # call
    /// # }
    /// ```
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        let reserved = [AUTHORIZATION, HOST, CONTENT_LENGTH]
            .iter()
            .any(|own| own == name)
            || RESERVED.iter().any(|own| name.eq_ignore_ascii_case(own));
        self.refuse_if(reserved, name, "is a header that the client sets itself");
        match (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            (Err(_), _) => self.refuse_if(true, name, "is not a header name"),
            (_, Err(_)) => {
                self.refuse_if(
                    true,
                    name,
                    "must not contain line breaks or control characters",
                );
            }
        }
        self
    }

    /// Adds a header with a [secret](Self::secret) value.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.header_secret("x-registry-auth", "a secret");
    /// # call
    /// # }
    /// ```
    pub fn header_secret(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let mut call = self.secret(&value).header(&name, value);
        if let Some(value) = call.headers.get_mut(name.as_ref()) {
            value.set_sensitive(true);
        }
        call
    }

    /// Declares that a value in the path, in the query, in a header or in the body is a secret. If
    /// it has at least 4 characters, it is masked in errors and traces about the call, even where
    /// the service quotes it.
    ///
    /// There is no need to call this for values passed to [`query_secret`](Self::query_secret),
    /// [`header_secret`](Self::header_secret), [`form_secret`](Self::form_secret) and
    /// [`json_with_secrets`](Self::json_with_secrets).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.path_template("/tokens/{t}", &[("t", "a secret")]).secret("a secret");
    /// # call
    /// # }
    /// ```
    pub fn secret(mut self, value: impl AsRef<str>) -> Self {
        self.add_secrets(SentSecrets::one(value.as_ref()));
        self
    }

    /// Omits a header that all other operations of the service have.
    ///
    /// # Panics
    ///
    /// If the name is not a valid header name in lower case.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.without_header("version");
    /// # call
    /// # }
    /// ```
    pub fn without_header(mut self, name: &'static str) -> Self {
        self.rare().without.push(HeaderName::from_static(name));
        self
    }

    /// Sets how to find out whether this call was carried out if its outcome is unknown. `read` is
    /// a call that reads the state, and `by` is the rule for its response. `answer` contains those
    /// members of this call's own response whose values are known in advance.
    pub fn settled_by(
        mut self,
        read: Self,
        by: &'static SettledBy,
        answer: &[(&'static str, &str)],
    ) -> Self {
        let answer = answer
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        self.rare().settlement = Some(Settlement {
            read,
            by,
            answer: answer.collect(),
        });
        self
    }

    /// Returns the options of this call, which override those of the client.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example(mut call: bce_http::rt::Call) {
    /// call.options_mut().timeout = Some(Duration::from_secs(5));
    /// # }
    /// ```
    pub fn options_mut(&mut self) -> &mut CallOptions {
        &mut self.rare().options
    }

    fn refuse_if(&mut self, wrong: bool, member: &str, rule: &'static str) {
        if wrong {
            self.rare().problem.get_or_insert_with(|| Problem {
                member: member.to_owned(),
                rule,
            });
        }
    }

    /// Returns the caller's declaration of whether the call may be repeated, or `None` if there is
    /// none.
    fn idempotent(&self) -> Option<bool> {
        self.rare.as_ref()?.options.idempotent
    }

    /// Adds the operation, and an elapsed time of zero, to an error that ended the call before it
    /// was sent.
    pub fn refuse(&self, error: Error) -> Error {
        error.in_call(self.operation, self.idempotent(), Duration::ZERO)
    }

    /// Sends the call and parses the response.
    ///
    /// # Errors
    ///
    /// If the call does not succeed; the error may be of any [`ErrorKind`].
    pub async fn send<T: ApiResponse>(self) -> Result<T, Error> {
        self.exchange().await?.read()
    }

    /// Sends the call and returns the response unchanged, with its status and headers. For
    /// operations whose responses are not JSON, see [`Operation::answered_with_bytes`].
    ///
    /// # Errors
    ///
    /// If the call does not succeed; the error may be of any [`ErrorKind`]. The body is not
    /// converted to a response type, so it may lack members or have members of other types.
    ///
    /// # Examples
    ///
    /// ```
    /// # async fn example(call: bce_http::rt::Call) -> Result<(), bce_http::Error> {
    /// let reply = call.send_raw().await?;
    /// println!("{:?}", reply.status());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_raw(self) -> Result<Reply, Error> {
        Ok(self.exchange().await?.into_reply())
    }

    /// Sends the call and parses the response as JSON of any form.
    ///
    /// # Errors
    ///
    /// If the call does not succeed, or if the response is not JSON; the error may be of any
    /// [`ErrorKind`].
    ///
    /// # Examples
    ///
    /// ```
    /// # async fn example(call: bce_http::rt::Call) -> Result<(), bce_http::Error> {
    /// let reply = call.send_json().await?;
    /// println!("{:?}", reply.json());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_json(self) -> Result<JsonReply, Error> {
        self.exchange().await?.read_by(Reply::json)
    }

    /// Sends the call. This is separate from [`send`](Self::send) because it does not depend on the
    /// response type, and is therefore compiled only once.
    async fn exchange(self) -> Result<Exchange, Error> {
        let operation = self.operation;
        let idempotent = self.idempotent();
        let refuse = |error: Error| error.in_call(operation, idempotent, Duration::ZERO);
        let (client, request) = self.into_request().map_err(refuse)?;
        client.exchange(operation, request).await
    }

    /// Splits the call into the client and the request.
    fn into_request(self) -> Result<(Client, Request<Body>), Error> {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.operation.method().clone();
        *request.headers_mut() = self.headers;
        if let Some(rare) = self.rare {
            rare.put_into(&mut request)?;
        }
        // A new request already has the path `/`.
        if !self.target.is_empty() {
            *request.uri_mut() = Uri::try_from(self.target).map_err(|cause| {
                Error::new(
                    ErrorKind::InvalidInput,
                    "the path of the request is not a valid URI",
                )
                .with_cause(cause)
            })?;
        }
        Ok((self.client, request))
    }
}

impl Rare {
    fn put_into(self, request: &mut Request<Body>) -> Result<(), Error> {
        if let Some(Problem { member, rule }) = self.problem {
            return Err(Error::invalid_input(member, rule));
        }
        if let Some(upload) = self.upload {
            *request.body_mut() = upload.take().ok_or_else(|| {
                Error::invalid_input("the body", "is a stream that has already been sent")
            })?;
        }
        let extensions = request.extensions_mut();
        if !self.options.is_empty() {
            extensions.insert(self.options);
        }
        if !self.without.is_empty() {
            extensions.insert(WithoutHeaders(self.without));
        }
        if let Some(secrets) = self.secrets {
            extensions.insert(secrets);
        }
        if let Some(settlement) = self.settlement {
            extensions.insert(settlement.into_look()?);
        }
        Ok(())
    }
}

/// Omits the path, the query, the values of the headers and the body, because they may contain
/// secrets.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.rare.as_ref().map(|rare| &rare.options);
        f.debug_struct("Call")
            .field("operation", &self.operation.name())
            .field("options", &options.unwrap_or(&CallOptions::default()))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body_bytes())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
