//! The reasons why a command can fail.

use std::fmt;
use std::io;

use aihc_dev::{ChangeError, Error, WaitError};
use bce_auth::CredentialsError;

use super::code::Exit;
use super::signal::Signal;
use crate::command::Resolved;
use crate::language::{Text, text};
use crate::output::Misuse;

/// The reason why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, a file or a setting is wrong.
    Usage(Text),
    /// A call failed.
    Call(Error),
    /// A wait for an instance or an image pack job ended before its goal was reached.
    Wait(WaitError),
    /// A wait for a training job ended before its goal was reached.
    WaitForJob(aihc::wait::WaitError),
    /// Credentials cannot be loaded from the environment or from a profile.
    Credentials(CredentialsError),
    /// The command cannot be carried out as things are, for example because of the state of an
    /// instance.
    Unfit(Text),
    /// A result cannot be written, or not as the command line asks for it, or a local operation
    /// failed.
    Local(io::Error),
    /// A change was made, but its result cannot be written. `done` describes what was done.
    Unwritten { done: Vec<String>, cause: io::Error },
    /// Names that could not be resolved to exactly one item each. Contains the lines of the
    /// message.
    Unresolved(Vec<String>),
    /// A failure that concerns an item, such as an instance, and this item, which the user referred
    /// to by name.
    About(Resolved, Box<Failure>),
    /// A signal, and what is known about the outcome of the changes that were sent before it.
    Interrupted(Signal, Vec<String>),
    /// A failure in the middle of an operation, such as a restart, and a text that tells what has
    /// already been done.
    Half(Box<Self>, Text),
    /// A failure that has already been reported.
    Told(Exit),
}

impl Failure {
    pub(crate) fn usage(text: impl Into<Text>) -> Self {
        Self::Usage(text.into())
    }

    pub(crate) fn unfit(text: impl Into<Text>) -> Self {
        Self::Unfit(text.into())
    }

    /// Returns the message for human-readable and for machine-readable output. Messages of
    /// libraries are in English in both.
    pub(crate) fn text(&self) -> Text {
        match self {
            Self::About(_, failure) => failure.text(),
            Self::Half(failure, half) => failure.text().and(half),
            Self::Usage(text) | Self::Unfit(text) => text.clone(),
            Self::Unwritten { cause, .. } => {
                text!("cannot write the result: {cause}", cause = cause)
            }
            Self::Interrupted(Signal::Interrupt, _) => text!("interrupted"),
            Self::Interrupted(signal, _) => text!("ended by {signal}", signal = signal.name()),
            Self::Call(error) => error.to_string().into(),
            Self::Wait(error) => error.to_string().into(),
            Self::WaitForJob(error) => error.to_string().into(),
            Self::Credentials(error) => error.to_string().into(),
            Self::Local(error) => error.to_string().into(),
            Self::Unresolved(lines) => lines.first().map_or("", String::as_str).into(),
            Self::Told(exit) => format!("exit code {}", exit.code()).into(),
        }
    }

    /// Fails with [`Told`](Self::Told), unless the exit code is [`Exit::Ok`]. The failure must
    /// already have been reported.
    pub(crate) fn unless_ok(exit: Exit) -> Result<(), Self> {
        match exit {
            Exit::Ok => Ok(()),
            exit => Err(Self::Told(exit)),
        }
    }

    /// If the failure is [`Local`](Self::Local), which means here that the result of a change could
    /// not be written, converts it to [`Unwritten`](Self::Unwritten). Returns any other failure
    /// unchanged. `done` describes the change.
    pub(crate) fn after(self, done: impl Into<String>) -> Self {
        match self {
            Self::Local(cause) => Self::Unwritten {
                done: vec![done.into()],
                cause,
            },
            other => other,
        }
    }

    /// Adds the item `one`, which the failure concerns, if the user typed its name. Otherwise, or
    /// if the failure already names an item, returns the failure unchanged.
    pub(crate) fn about(self, one: &Resolved) -> Self {
        match self {
            // These have already named the item, or contain it.
            Self::Told(_) | Self::Interrupted(..) | Self::Unresolved(_) | Self::About(..) => self,
            other if one.name.is_some() => Self::About(one.clone(), Box::new(other)),
            other => other,
        }
    }

    /// Returns the actual failure, without what [`About`](Self::About) and [`Half`](Self::Half) add
    /// to it.
    pub(super) fn inner(&self) -> &Self {
        match self {
            Self::About(_, failure) | Self::Half(failure, _) => failure.inner(),
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
            // The reader has read enough, as with `| head`.
            Self::Local(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Ok,
            Self::Local(error) if Misuse::of(error).is_some() => Exit::Usage,
            Self::Unfit(_) | Self::Local(_) | Self::Unresolved(_) => Exit::Refused,
            Self::About(_, failure) | Self::Half(failure, _) => failure.exit(),
            Self::Unwritten { .. } => Exit::Unknown,
            Self::Interrupted(signal, _) => Exit::Ended(*signal),
            Self::Told(exit) => *exit,
        }
    }

    /// Adds a text that tells what the operation had already done before it failed.
    pub(crate) fn leaving(self, half: impl Into<Text>) -> Self {
        Self::Half(Box::new(self), half.into())
    }

    /// Returns the error of the failed call; `None` if the failure is not about a call.
    pub(crate) fn call(&self) -> Option<&Error> {
        match self {
            Self::Call(error) => Some(error),
            Self::Wait(error) => error.request_error(),
            Self::WaitForJob(error) => error.request_error(),
            Self::About(_, failure) | Self::Half(failure, _) => failure.call(),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
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
            other => Self::unfit(other.to_string()),
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
        Self::Local(error)
    }
}
