//! The message of an error, on one line.

use std::error::Error as StdError;
use std::fmt;

use super::redact::one_line;
use super::{Error, redact};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parts of the text come from servers and must not break a line of a log.
        f.write_str(&one_line(&self.text()))
    }
}

impl Error {
    fn text(&self) -> String {
        let inner = &*self.0;
        let mut text = String::new();
        if let Some(operation) = inner.operation {
            text += operation.name();
            text += " failed: ";
        }
        text += &inner.message;
        if let Some(service) = &inner.service {
            text += &service.to_string();
        }
        for cause in causes(inner.cause.as_deref()) {
            let cause = match &inner.secrets {
                Some(secrets) => redact::message(&cause, secrets),
                None => cause,
            };
            // Errors that wrap other errors often repeat their messages.
            if !text.ends_with(&cause) {
                text += ": ";
                text += &cause;
            }
        }
        if let Some(note) = &inner.note {
            text += "; ";
            text += note;
        }
        if let (None, Some(answer)) = (&inner.service, &inner.last_service_error) {
            text += &format!("; the response before that was {answer}");
        }
        if inner.service.is_some() && self.earlier_may_have_been_applied() {
            text += "; an earlier attempt may have been applied";
        }
        let notes = self.notes();
        if !notes.is_empty() {
            text += &format!(" ({})", notes.join(", "));
        }
        text
    }

    /// Returns the request ids, the number of attempts and the time that the call took, as far as
    /// they are known.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(id) = self.request_id() {
            notes.push(format!("request id {id}"));
        }
        // A request that the service responded to is identified by the id in the response.
        let ids: Vec<&str> = self.sent_request_ids().collect();
        let foreign = (self.service()).is_some_and(|answer| !answer.has_document());
        let answered = self.request_id().is_some() && !foreign;
        if ids.len() > usize::from(answered) {
            notes.push(format!("sent as {}", ids.join(", ")));
        }
        if self.0.attempts > 0 {
            let plural = if self.0.attempts == 1 { "" } else { "s" };
            notes.push(format!("{} attempt{plural}", self.0.attempts));
            notes.extend(
                self.0
                    .elapsed
                    .map(|elapsed| format!("{} ms", elapsed.as_millis())),
            );
        }
        notes
    }
}

/// Returns the messages of a chain of errors, except for those that only name a layer of the HTTP
/// client.
fn causes(first: Option<&(dyn StdError + Send + Sync + 'static)>) -> Vec<String> {
    let first = first.map(|error| error as &(dyn StdError + 'static));
    std::iter::successors(first, |&error| error.source())
        .map(ToString::to_string)
        .filter(|text| !text.starts_with("client error ("))
        .collect()
}
