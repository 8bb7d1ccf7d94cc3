//! Faults: what goes wrong with a request, and for which requests.

mod code;
mod gateway;
mod rules;

use std::time::Duration;

pub(crate) use self::code::code_of;
pub(crate) use self::gateway::{GatewayBody, answer as gateway_answer};
pub(crate) use self::rules::Faults;
pub use self::rules::{FaultRule, InjectedFault};

/// A fault: what goes wrong with a request.
///
/// All settings take effect together; [`Handle::inject`](crate::Handle::inject) refuses a fault
/// that contradicts itself or has no effect. A fault that replaces the response or closes the
/// connection prevents the operation, unless [`execute`](Self::execute) is set. With any other
/// fault, the operation is carried out, and its own response is delayed or truncated, or some of
/// its headers are changed.
///
/// ```
/// use std::time::Duration;
///
/// use aihc_emulator::{Close, Fault};
///
/// let busy = Fault::new().status(503).retry_after(2);
/// let lost_answer = Fault::new().close(Close::AfterReading).execute();
/// let slow = Fault::new().delay(Duration::from_millis(300));
/// // A gateway timed out, although the service carried out the operation.
/// let given_up = Fault::gateway(504).execute();
/// # let _ = (busy, lost_answer, slow, given_up);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[must_use]
pub struct Fault {
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) gateway: Option<GatewayBody>,
    pub(crate) server: Option<String>,
    pub(crate) retry_after: Option<u64>,
    pub(crate) delay: Duration,
    pub(crate) close: Option<Close>,
    pub(crate) cut_body: Option<usize>,
    pub(crate) date_skew: i64,
    pub(crate) execute: bool,
}

/// The time at which a connection is closed without a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Close {
    /// After the head of the request was received; its body is not read.
    BeforeReading,
    /// After the whole request was received.
    AfterReading,
}

impl Fault {
    /// Creates a fault without effects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a fault that replaces the response with one that has status 429, too many requests,
    /// and a `Retry-After` header. The error code is `TooManyRequests` unless another one is set;
    /// the documentation contains no code for this case.
    pub fn throttle(retry_after_seconds: u64) -> Self {
        Self::new().status(429).retry_after(retry_after_seconds)
    }

    /// Creates a fault that replaces the response with an error that has status 200. The official
    /// Go SDK expects such errors.
    pub fn business_error(code: impl Into<String>) -> Self {
        Self::new().status(200).code(code)
    }

    /// Creates a fault that replaces the response with that of a gateway in front of the service:
    /// without a request id or an error document, but with a `Server` header and the page that
    /// nginx writes for this status. [`body`](Self::body), [`json`](Self::json) and
    /// [`empty`](Self::empty) replace the page. With [`execute`](Self::execute), the operation
    /// behind the gateway is carried out.
    ///
    /// ```
    /// use aihc_emulator::Fault;
    ///
    /// let page = Fault::gateway(502);
    /// let maintenance = Fault::gateway(503).server("").body("<h1>Back soon</h1>").retry_after(60);
    /// let policy = Fault::gateway(200).json(r#"{"error": "blocked by policy"}"#);
    /// let nothing = Fault::gateway(204).empty();
    /// # let _ = (page, maintenance, policy, nothing);
    /// ```
    pub fn gateway(status: u16) -> Self {
        Self {
            gateway: Some(GatewayBody::Html),
            ..Self::new().status(status)
        }
    }

    /// Sets the body of a [gateway's](Self::gateway) response to JSON that does not come from the
    /// service. It is sent as `application/json`, even if `text` is not JSON.
    pub fn json(mut self, text: impl Into<String>) -> Self {
        self.gateway = Some(GatewayBody::Json);
        self.body(text)
    }

    /// Removes the body and the content type of a [gateway's](Self::gateway) response.
    pub fn empty(mut self) -> Self {
        self.gateway = Some(GatewayBody::Empty);
        self.body = None;
        self
    }

    /// Sets the `Server` header of a [gateway's](Self::gateway) response, which is `nginx` by
    /// default; an empty name omits the header.
    pub fn server(mut self, name: impl Into<String>) -> Self {
        self.server = Some(name.into());
        self
    }

    /// Replaces the response with one that has this HTTP status, from 200 to 599. By default, the
    /// body contains an error code and a message; if the status is a success and no
    /// [`code`](Self::code) is set, it contains neither.
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the error code of the response. If only a status is set, the code is the one that the
    /// official Go SDK assumes for a response without a code; if only a code is set, the status is
    /// the documented one, or 400.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets the error message of the response.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Replaces the JSON body of the response with text, which is sent as `text/html` unless
    /// [`json`](Self::json) is called too. The status is 500 unless another one is set. The
    /// response has the service's request id unless it is that of a [gateway](Self::gateway).
    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.body = Some(text.into());
        self
    }

    /// Adds a `Retry-After` header, in seconds.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Sets a delay, in real time, before the response is sent or the connection is closed. An
    /// operation that the fault does not prevent is carried out before the delay.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Closes the connection without a response.
    pub fn close(mut self, close: Close) -> Self {
        self.close = Some(close);
        self
    }

    /// Truncates the body: its whole length is announced, but the connection is closed after this
    /// number of bytes.
    pub fn cut_body(mut self, bytes: usize) -> Self {
        self.cut_body = Some(bytes);
        self
    }

    /// Shifts the time in the `Date` header by this number of seconds. This does not affect the
    /// verification of signatures; see [`Handle::set_clock_skew`](crate::Handle::set_clock_skew).
    pub fn date_skew(mut self, seconds: i64) -> Self {
        self.date_skew = seconds;
        self
    }

    /// Carries out the operation, although the fault replaces its response or closes the
    /// connection. A fault that does neither is refused if it has this setting. So is a fault that
    /// closes the connection [before](Close::BeforeReading) the request is read, because the
    /// operation could then not be carried out.
    pub fn execute(mut self) -> Self {
        self.execute = true;
        self
    }

    /// Returns whether the fault replaces the response of the operation.
    pub(crate) fn replaces_answer(&self) -> bool {
        self.status.is_some()
            || self.code.is_some()
            || self.body.is_some()
            || self.gateway.is_some()
    }

    /// Returns whether the operation is carried out despite the fault.
    pub(crate) fn lets_run(&self) -> bool {
        self.execute || !(self.replaces_answer() || self.close.is_some())
    }

    /// Returns why the fault is refused, for example because one of its settings is not valid or
    /// would have no effect; `None` if it is accepted.
    pub(crate) fn contradiction(&self) -> Option<&'static str> {
        let success = self
            .status
            .is_some_and(|status| (200..300).contains(&status));
        let sends = self.replaces_answer()
            || self.cut_body.is_some()
            || self.retry_after.is_some()
            || self.date_skew != 0;
        let hides = self.replaces_answer() || self.close.is_some();
        if self
            .status
            .is_some_and(|status| !(200..600).contains(&status))
        {
            Some("status must be from 200 to 599")
        } else if self.code.as_ref().is_some_and(String::is_empty) {
            Some("code must not be empty")
        } else if let Some(problem) = gateway::contradiction(self) {
            Some(problem)
        } else if self.body.is_some() && (self.code.is_some() || self.message.is_some()) {
            Some("a body replaces code and message, so they cannot be combined")
        } else if self.message.is_some()
            && self.code.is_none()
            && (self.status.is_none() || success)
        {
            Some("a message needs a code, or an error status")
        } else if self.close.is_some() && sends {
            Some(
                "a closed connection sends no status, code, body, Retry-After or Date, and nothing \
                 that could be truncated",
            )
        } else if self.execute && self.close == Some(Close::BeforeReading) {
            Some("a request that is not read cannot be carried out")
        } else if self.execute && !hides {
            Some(
                "execute requires a replaced response; otherwise the operation is carried out \
                 anyway",
            )
        } else if !sends && self.close.is_none() && self.delay.is_zero() {
            Some("the fault has no effect")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_does_something_and_all_that_it_says() {
        let second = Duration::from_secs(1);
        for fault in [
            Fault::new().status(200),
            Fault::business_error("Forbidden").message("no"),
            Fault::throttle(1).message("later").execute(),
            Fault::new().code("NotFound").message("gone"),
            Fault::new().status(502).body("<html>").retry_after(1),
            Fault::gateway(502),
            Fault::gateway(503).json("{}").retry_after(1).execute(),
            Fault::gateway(204).server("").delay(second),
            Fault::gateway(504).empty().cut_body(0).date_skew(1),
            Fault::new().delay(second),
            Fault::new().cut_body(0),
            Fault::new().retry_after(1),
            Fault::new().date_skew(-1),
            Fault::new().close(Close::BeforeReading).delay(second),
            Fault::new().close(Close::AfterReading).execute(),
        ] {
            assert_eq!(fault.contradiction(), None, "{fault:?}");
        }
        let closed = || Fault::new().close(Close::AfterReading);
        for (fault, part) in [
            (Fault::new(), "no effect"),
            (Fault::new().message("no"), "needs a code"),
            (Fault::new().status(200).message("no"), "needs a code"),
            (Fault::new().status(500).body("x").message("no"), "replaces"),
            (Fault::new().code("A").body("x"), "replaces"),
            (Fault::new().code(""), "empty"),
            (closed().status(500), "closed"),
            (Fault::gateway(502).close(Close::AfterReading), "closed"),
            (closed().cut_body(1), "closed"),
            (closed().retry_after(1), "closed"),
            (closed().date_skew(1), "closed"),
            (Fault::new().close(Close::BeforeReading).execute(), "read"),
            (Fault::new().execute(), "execute"),
            (Fault::new().delay(second).execute(), "execute"),
        ] {
            let problem = fault.contradiction().unwrap_or_default();
            assert!(problem.contains(part), "{fault:?}: {problem}");
        }
    }
}
