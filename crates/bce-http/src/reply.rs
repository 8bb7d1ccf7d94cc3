//! A successful response, read in full.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

use crate::codec::{self, FromWire};
use crate::error::{Error, Unreadable, request_id};

/// The answer to a call: status 2xx, and no error inside.
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// The response type of an operation.
pub trait ApiResponse: FromWire {
    /// Names of members that may hold the whole response, for services that wrap it.
    const ALSO_INSIDE: &'static [&'static str] = &[];

    /// Whether a success may come without a body, as from operations that return nothing.
    const MAY_BE_EMPTY: bool = false;

    /// Takes the request id of the response header when the body has none.
    fn set_request_id(&mut self, _request_id: String) {}
}

impl Reply {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The id that the service gave the request, from the header `x-bce-request-id`.
    pub fn request_id(&self) -> Option<String> {
        request_id(&self.headers)
    }

    /// Reads the body as the response of an operation. No body is an empty object.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode), with the place in the document, when
    /// the body is not JSON, not an object, or lacks a member that must be present.
    pub fn decode<T: ApiResponse>(&self) -> Result<T, Error> {
        let body: &[u8] = match self.body.is_empty() {
            true => b"{}",
            false => &self.body,
        };
        let mut response: T =
            codec::from_json(body, T::ALSO_INSIDE).map_err(|problem| self.unreadable(&problem))?;
        if let Some(id) = self.request_id() {
            response.set_request_id(id);
        }
        Ok(response)
    }

    fn unreadable(&self, problem: &dyn std::fmt::Display) -> Error {
        Error::decode(Unreadable {
            status: self.status,
            headers: &self.headers,
            body: &self.body,
            problem,
            foreign: false,
        })
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

/// Shows no body: responses carry tokens and passwords.
impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
