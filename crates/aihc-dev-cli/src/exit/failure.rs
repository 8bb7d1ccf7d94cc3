//! Why a command did not do what was asked.

use std::fmt;
use std::io;

use aihc_dev::{ChangeError, Error, WaitError};
use bce_auth::CredentialsError;

use super::code::Exit;
use super::signal::Signal;
use crate::command::Resolved;
use crate::output::Misuse;

/// Why a command ends without having done everything.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, a file or a setting is wrong.
    Usage(String),
    /// A call failed.
    Call(Error),
    /// A wait ended otherwise.
    Wait(WaitError),
    /// As [`Wait`](Self::Wait), of a job.
    WaitForJob(aihc::wait::WaitError),
    /// A profile cannot be used.
    Credentials(CredentialsError),
    /// What was asked for does not fit the instance.
    Unfit(String),
    /// Results cannot be written, or something local failed.
    Local(io::Error),
    /// A change was made, and its result, which nobody else knows, cannot be written.
    Unwritten { done: Vec<String>, cause: io::Error },
    /// Names that are not those of one thing each: what to tell, line by line.
    Unresolved(Vec<String>),
    /// Another failure, of what was called by its name.
    About(Resolved, Box<Failure>),
    /// A signal, and what is known of the changes by then.
    Interrupted(Signal, Vec<String>),
    /// Everything has been told already.
    Told(Exit),
}

impl Failure {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// `Err` if something failed of which everything has been told.
    pub(crate) fn unless_ok(exit: Exit) -> Result<(), Self> {
        match exit {
            Exit::Ok => Ok(()),
            exit => Err(Self::Told(exit)),
        }
    }

    /// The same after a change, of which `done` tells in case that its result is lost.
    pub(crate) fn after(self, done: impl Into<String>) -> Self {
        match self {
            Self::Local(cause) => Self::Unwritten {
                done: vec![done.into()],
                cause,
            },
            other => other,
        }
    }

    /// The same, of this one: what it was called is told with it.
    pub(crate) fn about(self, one: &Resolved) -> Self {
        match self {
            // These have told, or say, what they are about.
            Self::Told(_) | Self::Interrupted(..) | Self::Unresolved(_) | Self::About(..) => self,
            other if one.name.is_some() => Self::About(one.clone(), Box::new(other)),
            other => other,
        }
    }

    /// What failed, whatever it was called.
    pub(super) fn inner(&self) -> &Self {
        match self {
            Self::About(_, failure) => failure.inner(),
            other => other,
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Call(error) => Exit::of(error),
            Self::Wait(error) => Exit::of_wait(error),
            Self::WaitForJob(error) => Exit::of_wait(error),
            Self::Credentials(_) => Exit::Credentials,
            // Whoever reads the results has seen enough, as with `| head`.
            Self::Local(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Ok,
            Self::Unfit(_) | Self::Local(_) | Self::Unresolved(_) => Exit::Refused,
            Self::About(_, failure) => failure.exit(),
            Self::Unwritten { .. } => Exit::Unknown,
            Self::Interrupted(signal, _) => Exit::Ended(*signal),
            Self::Told(exit) => *exit,
        }
    }

    /// The error of a call, if one failed.
    pub(crate) fn call(&self) -> Option<&Error> {
        match self {
            Self::Call(error) => Some(error),
            Self::Wait(error) => error.request_error(),
            Self::WaitForJob(error) => error.request_error(),
            Self::About(_, failure) => failure.call(),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Unfit(text) => f.write_str(text),
            Self::Call(error) => error.fmt(f),
            Self::Wait(error) => error.fmt(f),
            Self::WaitForJob(error) => error.fmt(f),
            Self::Credentials(error) => error.fmt(f),
            Self::Local(error) => error.fmt(f),
            Self::Unwritten { cause, .. } => write!(f, "the result cannot be written: {cause}"),
            Self::Unresolved(lines) => f.write_str(lines.first().map_or("", String::as_str)),
            Self::About(_, failure) => failure.fmt(f),
            Self::Interrupted(Signal::Interrupt, _) => f.write_str("interrupted"),
            Self::Interrupted(signal, _) => write!(f, "ended by {}", signal.name()),
            Self::Told(exit) => write!(f, "exit code {}", exit.code()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Request(error) => Self::Call(error),
            other => Self::Unfit(other.to_string()),
        }
    }
}

impl From<WaitError> for Failure {
    fn from(error: WaitError) -> Self {
        Self::Wait(error)
    }
}

impl From<aihc::wait::WaitError> for Failure {
    fn from(error: aihc::wait::WaitError) -> Self {
        Self::WaitForJob(error)
    }
}

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match Misuse::of(&error) {
            Some(misuse) => Self::Usage(misuse.to_string()),
            None => Self::Local(error),
        }
    }
}
