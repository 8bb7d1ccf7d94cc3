//! The expected result of a gateway test, and the check for it.

use std::ops::RangeInclusive;

use bce_http::{Error, ErrorKind};

use super::gateway::PASSWORDS;

/// The expected result of a gateway test.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// The kind of the error; `None` for success.
    kind: Option<ErrorKind>,
    /// Another kind of error that is allowed; `None` if there is none.
    or_kind: Option<ErrorKind>,
    /// The number of requests for the operation that reach the emulator.
    sent: RangeInclusive<u64>,
    /// The number of attempts that the error reports; `None` if the test does not check it.
    attempts: Option<u32>,
    applied: bool,
    /// Whether the client has to read the state of the instance.
    looks: bool,
    /// The error code of the service; `None` if no error of the service is expected.
    code: Option<&'static str>,
    says: Vec<&'static str>,
}

/// What happened in a gateway test.
#[derive(Debug)]
pub(super) struct Came {
    pub(super) result: Result<(), Error>,
    pub(super) sent: u64,
    /// The ids of the requests for the operation that reached the emulator.
    pub(super) ids: Vec<String>,
    /// The number of requests that read the state of the instance.
    pub(super) looks: u64,
}

impl Expected {
    /// Expects that the call succeeds after this number of requests.
    pub(super) fn ok(sent: u64) -> Self {
        Self::ok_within(sent..=sent)
    }

    /// Expects that the call succeeds after a number of requests in this range. The number depends
    /// on the network.
    pub(super) fn ok_within(sent: RangeInclusive<u64>) -> Self {
        Self {
            kind: None,
            or_kind: None,
            sent,
            attempts: None,
            applied: false,
            looks: false,
            code: None,
            says: Vec::new(),
        }
    }

    /// Expects that the call succeeds because the state of the instance shows the change.
    pub(super) fn settled(sent: u64) -> Self {
        Self::ok(sent).looks()
    }

    /// Expects an error of this kind, which reports that the service has not carried out the
    /// operation.
    pub(super) fn not_done(kind: ErrorKind, attempts: u32, sent: u64) -> Self {
        Self {
            kind: Some(kind),
            attempts: Some(attempts),
            ..Self::ok(sent)
        }
    }

    /// Expects an error of this kind, which reports that the service may have carried out the
    /// operation.
    pub(super) fn unknown(kind: ErrorKind, attempts: u32, sent: u64) -> Self {
        Self {
            applied: true,
            ..Self::not_done(kind, attempts, sent)
        }
    }

    pub(super) fn looks(mut self) -> Self {
        self.looks = true;
        self
    }

    /// Allows this kind of error in addition to the expected one, for a response that may or may
    /// not be truncated.
    pub(super) fn or(mut self, kind: ErrorKind) -> Self {
        self.or_kind = Some(kind);
        self
    }

    pub(super) fn any_attempts(mut self) -> Self {
        self.attempts = None;
        self
    }

    pub(super) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Expects that the message of the error contains `part`.
    pub(super) fn says(mut self, part: &'static str) -> Self {
        self.says.push(part);
        self
    }

    /// Returns an error that describes the differences, if there are any.
    pub(super) fn check(&self, seen: &Came) -> Result<(), String> {
        let mut problems = Vec::new();
        let error = seen.result.as_ref().err();
        let kind = error.map(Error::kind);
        let is_other = kind.is_some() && kind == self.or_kind;
        if kind != self.kind && !is_other {
            problems.push(format!("{}, expected {}", word(kind), word(self.kind)));
        }
        if !self.sent.contains(&seen.sent) {
            let (from, to) = (self.sent.start(), self.sent.end());
            problems.push(format!("{} requests, expected {from} to {to}", seen.sent));
        }
        if self.looks && seen.looks == 0 {
            problems.push("the state was not read".to_owned());
        }
        if let (Some(error), Some(_)) = (error, self.kind) {
            self.check_error(error, &mut problems);
            problems.extend(unnamed(error, &seen.ids));
        }
        let text = error.map_or_else(String::new, |error| format!("{error} {error:?}"));
        if PASSWORDS.iter().any(|password| text.contains(password)) {
            return Err("a password is shown".to_owned());
        }
        if problems.is_empty() {
            return Ok(());
        }
        problems.extend(error.map(Error::to_string));
        Err(problems.join("; "))
    }

    fn check_error(&self, error: &Error, problems: &mut Vec<String>) {
        let attempts = error.attempts();
        if let Some(expected) = self.attempts.filter(|expected| *expected != attempts) {
            problems.push(format!("{attempts} attempts, expected {expected}"));
        }
        let applied = error.may_have_been_applied();
        if applied != self.applied {
            problems.push(format!("may_have_been_applied() is {applied}"));
        }
        if error.code() != self.code {
            problems.push(format!(
                "code() is {:?}, expected {:?}",
                error.code(),
                self.code
            ));
        }
        if self.code.is_none() && (error.is_forbidden() || error.is_not_found()) {
            problems.push("taken for the service's own refusal".to_owned());
        }
        let text = error.to_string();
        for part in self.says.iter().filter(|part| !text.contains(**part)) {
            problems.push(format!("the text does not say {part:?}"));
        }
    }
}

/// Checks an error according to which the change may have been applied. Such an error must contain
/// a request id of the service, or the ids of all requests that were sent. Returns a description of
/// the problem if it does not, and `None` otherwise.
fn unnamed(error: &Error, ids: &[String]) -> Option<String> {
    if error.request_id().is_some() || !error.may_have_been_applied() {
        return None;
    }
    let text = error.to_string();
    let is_told = |id: &str| error.sent_request_ids().any(|sent| sent == id) && text.contains(id);
    let missing = ids.iter().find(|id| !is_told(id))?;
    Some(format!(
        "the request that was sent as {missing} is not named"
    ))
}

fn word(kind: Option<ErrorKind>) -> String {
    kind.map_or_else(|| "success".to_owned(), |kind| format!("{kind:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(result: Result<(), Error>, sent: u64) -> Came {
        Came {
            result,
            sent,
            ids: Vec::new(),
            looks: 0,
        }
    }

    fn refused(text: &str) -> Result<(), Error> {
        Err(Error::connect(std::io::Error::other(text.to_owned())))
    }

    #[track_caller]
    fn differs(expected: &Expected, seen: &Came, part: &str) {
        let problem = expected.check(seen).unwrap_err();
        assert!(problem.contains(part), "{problem}");
    }

    #[test]
    fn requests_are_counted() {
        let twice = seen(Ok(()), 2);
        assert_eq!(Expected::ok(2).check(&twice), Ok(()));
        assert_eq!(Expected::ok_within(1..=2).check(&twice), Ok(()));
        differs(&Expected::ok(1), &twice, "2 requests, expected 1 to 1");
        differs(&Expected::settled(2), &twice, "the state was not read");
    }

    #[test]
    fn an_error_is_held_against_all_that_it_should_be() {
        let kind = ErrorKind::Connect;
        let error = seen(refused("no way"), 0);
        assert_eq!(Expected::not_done(kind, 0, 0).check(&error), Ok(()));
        let other = Expected::not_done(ErrorKind::Timeout, 0, 0);
        differs(&other, &error, "Connect, expected Timeout");
        assert_eq!(other.or(kind).check(&error), Ok(()));
        differs(&Expected::not_done(kind, 1, 0), &error, "0 attempts");
        let any = Expected::not_done(kind, 1, 0).any_attempts();
        assert_eq!(any.check(&error), Ok(()));
        differs(
            &Expected::unknown(kind, 0, 0),
            &error,
            "may_have_been_applied() is false",
        );
        let named = Expected::not_done(kind, 0, 0).code("Forbidden");
        differs(&named, &error, "code() is None");
        let saying = Expected::not_done(kind, 0, 0).says("nginx");
        differs(&saying, &error, "does not say \"nginx\"");
        differs(&Expected::ok(0), &error, "Connect, expected success");
    }

    #[test]
    fn a_request_that_was_not_carried_out_needs_no_name() {
        let error = Error::connect(std::io::Error::other("no way"));
        assert_eq!(unnamed(&error, &["id-1".to_owned()]), None);
    }

    #[test]
    fn no_password_is_shown() {
        let error = seen(refused(PASSWORDS[0]), 0);
        let expected = Expected::not_done(ErrorKind::Connect, 0, 0);
        let problem = expected.check(&error).unwrap_err();
        assert_eq!(problem, "a password is shown");
    }
}
