//! A JSON response that is not converted to the response type of an operation.

use super::Reply;
use crate::codec;
use crate::error::{request_id_of, shown_name};
use crate::json::Json;
use crate::mask::Secrets;

/// A complete JSON response, and the id of the request.
///
/// Two values are equal if their JSON texts and ids are equal. `Debug` does not show the response.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use bce_http::{Json, JsonError, JsonReply};
///
/// fn zones(reply: &JsonReply) -> Result<BTreeMap<String, Json>, JsonError> {
///     reply.json().parse()
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct JsonReply {
    json: Json,
    request_id: Option<String>,
}

impl JsonReply {
    /// Parses the body of a response. An empty body counts as an object without members.
    ///
    /// # Errors
    ///
    /// If the body is not JSON; the error states the problem.
    pub(crate) fn read(reply: &Reply, secrets: &Secrets) -> Result<Self, &'static str> {
        let body = reply.body().trim_ascii();
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let text = match std::str::from_utf8(body) {
            Ok("") => "{}".to_owned(),
            Ok(text) => text.to_owned(),
            Err(_) => codec::repaired(body).ok_or("it is not text")?,
        };
        let id = request_id_of(reply.headers(), body);
        Ok(Self {
            json: Json::from_text(text).map_err(|error| error.problem())?,
            request_id: id.map(|id| shown_name(&id, secrets)),
        })
    }

    /// Returns the whole response as JSON.
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// Returns the whole response as JSON, without copying it.
    pub fn into_json(self) -> Json {
        self.json
    }

    /// Returns the id that the service assigned to the request, from the body or from a header,
    /// truncated to 128 characters; `None` if neither contains an id. A body of more than 1 MiB is
    /// not searched.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}
