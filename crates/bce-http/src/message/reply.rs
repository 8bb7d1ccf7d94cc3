//! A successful response, read in full.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

use super::JsonReply;
use crate::codec::{self, Failed, FromWire, Members, Value};
use crate::error::{Error, Unreadable, shown_name};
use crate::headers::request_id;
use crate::mask::{Secrets, SharedSecrets};

/// The response to a call: one that has a 2xx status and does not contain an error. If the
/// operation accepts other statuses as values, such as 304 or 412, the response may also have one
/// of those: see [`status`](Self::status).
///
/// ```
/// use bce_http::Reply;
///
/// fn content(reply: Reply) -> Option<bytes::Bytes> {
///     match reply.status().as_u16() {
///         304 => None,
///         _ => Some(reply.into_body()),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// The secrets that must be masked in text about the reply.
    secrets: Option<SharedSecrets>,
}

/// The response type of an operation.
pub trait ApiResponse: FromWire {
    /// The names of members of the body that may contain the whole response, for services that wrap
    /// it in another object.
    const ALSO_INSIDE: &'static [&'static str] = &[];

    /// If the response is a page of a list: the possible names of the member that contains the
    /// items.
    const ITEMS: &'static [&'static str] = &[];

    /// Returns whether this is a page of a list, the page has no items, and the total count of the
    /// list is unknown or not 0. If so, the body must contain a member for the items, whose value
    /// may be `null`.
    fn is_empty_page(&self) -> bool {
        false
    }

    /// Sets the request id of the response if the body contained none. `_request_id` returns the
    /// request id from a response header.
    fn set_request_id(&mut self, _request_id: &dyn Fn() -> Option<String>) {}
}

impl Reply {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
            secrets: None,
        }
    }

    /// Sets the secrets that are masked in text about the reply, such as error messages.
    pub(crate) fn hiding(mut self, secrets: SharedSecrets) -> Self {
        self.secrets = Some(secrets);
        self
    }

    /// Returns the HTTP status.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(reply: bce_http::Reply) -> Result<(), bce_http::Error> {
    /// println!("{}", reply.status());
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers unchanged. Do not log them, because they may quote secrets of the
    /// request.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(reply: bce_http::Reply) -> Result<(), bce_http::Error> {
    /// println!("{:?}", reply.headers().get("etag"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body unchanged. Do not log it, because it may contain secrets.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(reply: bce_http::Reply) -> Result<(), bce_http::Error> {
    /// println!("{} bytes", reply.body().len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body unchanged, without copying it.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(reply: bce_http::Reply) -> Result<(), bce_http::Error> {
    /// let bytes = reply.into_body();
    /// # let _ = bytes;
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_body(self) -> Bytes {
        self.body
    }

    /// Returns the id that the service assigned to the request, from the header `x-bce-request-id`;
    /// `None` if the header is absent or empty.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(reply: bce_http::Reply) -> Result<(), bce_http::Error> {
    /// println!("{:?}", reply.request_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn request_id(&self) -> Option<String> {
        let id = request_id(&self.headers)?;
        Some(match &self.secrets {
            Some(secrets) => shown_name(&id, secrets),
            None => shown_name(&id, &Secrets::default()),
        })
    }

    /// Parses the body as the response of an operation. An empty body counts as an object without
    /// members.
    ///
    /// # Errors
    ///
    /// If the body is not JSON, is not an object, lacks a required member, or has a member of the
    /// wrong type: [`ErrorKind::Decode`](crate::ErrorKind::Decode), with the location in the
    /// document. A page of a list must contain the member for its items, unless its total count is
    /// 0. The same error is returned if the body and the values read from it would together take up
    /// more memory than 8 times the size of the body plus 16 MiB.
    ///
    /// If the time limit of the call passes before a long body is parsed:
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
    pub fn decode<T: ApiResponse>(&self) -> Result<T, Error> {
        let mut response: T = self.read().map_err(|problem| self.unread(&problem))?;
        response.set_request_id(&|| self.request_id());
        Ok(response)
    }

    /// Parses the body as JSON of any form.
    ///
    /// # Errors
    ///
    /// If the body is not JSON, or has more than 127 levels of nested lists and objects:
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(reply: bce_http::Reply) -> Result<(), bce_http::Error> {
    /// let json = reply.json()?;
    /// println!("{}", json.json().text());
    /// # Ok(())
    /// # }
    /// ```
    pub fn json(&self) -> Result<JsonReply, Error> {
        let none = Secrets::default();
        let read = JsonReply::read(self, self.secrets.as_deref().unwrap_or(&none));
        read.map_err(|problem| self.unread(&problem))
    }

    fn unread(&self, problem: &dyn fmt::Display) -> Error {
        if codec::is_cut_short(&self.body) {
            return Error::unread_in_time();
        }
        Error::decode(Unreadable {
            status: self.status,
            headers: &self.headers,
            body: &self.body,
            problem,
            foreign: false,
            secrets: self.secrets.as_deref().unwrap_or(&Secrets::default()),
        })
    }

    /// Parses the body. The error describes what is wrong with the body.
    fn read<T: ApiResponse>(&self) -> Result<T, String> {
        if self.body.trim_ascii().is_empty() {
            return read(b"{}").map_err(|_| "it is empty".to_owned());
        }
        read(&self.body)
    }
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Self::new(head.status, head.headers, body)
    }
}

impl From<Reply> for Response<Bytes> {
    fn from(reply: Reply) -> Self {
        let mut response = Self::new(reply.body);
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        response
    }
}

fn read<T: ApiResponse>(body: &[u8]) -> Result<T, String> {
    let response: T = codec::from_json(body, T::ALSO_INSIDE)?;
    if response.is_empty_page() {
        let items = codec::members_from_json(body, T::ALSO_INSIDE, || HasItems {
            names: T::ITEMS,
            found: false,
        })?;
        if !items.found {
            return Err(format!("the list `{}` is missing", T::ITEMS.join("` or `")));
        }
    }
    Ok(response)
}

/// Finds out whether an object has a member with one of `names`, whatever its value.
struct HasItems {
    names: &'static [&'static str],
    found: bool,
}

impl Members for HasItems {
    fn member(&mut self, name: &str, _: Value<'_>) -> Result<(), Failed> {
        self.found |= self.names.contains(&name);
        Ok(())
    }
}

/// Does not show the body, because responses may contain tokens and passwords.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Page(Vec<i64>);

    impl Members for Page {
        fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
            match name {
                "items" => value.or_default(&mut self.0),
                _ => Ok(()),
            }
        }
    }

    impl ApiResponse for Page {
        const ALSO_INSIDE: &'static [&'static str] = &["result"];
        const ITEMS: &'static [&'static str] = &["items"];

        fn is_empty_page(&self) -> bool {
            self.0.is_empty()
        }
    }

    #[test]
    fn a_request_id_is_short_wherever_the_reply_comes_from() {
        let long = "x".repeat(100_000);
        let response = Response::builder().header("x-bce-request-id", &long);
        let reply = Reply::from(response.body(Bytes::new()).unwrap());
        let id = reply.request_id().unwrap();
        assert!(id.starts_with("xxx") && id.len() < 1000, "{}", id.len());
    }

    #[test]
    fn a_page_that_another_one_follows_does_not_stand_in_for_its_list() {
        let items = |body: &str| read::<Page>(body.as_bytes()).map(|page| page.0);
        assert_eq!(items(r#"{"result":{"items":null}}"#), Ok(vec![]));
        assert_eq!(items(r#"{"result":{},"result":{"items":[]}}"#), Ok(vec![]));
        for missing in [
            r#"{"result":{}}"#,
            r#"{"result":{"items":null},"result":{}}"#,
            r#"{"result":{"items":[1]},"result":{}}"#,
        ] {
            let error = items(missing).unwrap_err();
            assert_eq!(error, "the list `items` is missing", "{missing}");
        }
    }
}
