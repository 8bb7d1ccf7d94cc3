//! The arguments of a call under their API names, and their conversion to the types that our client
//! expects.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use bce_http::Error;
use bce_http::rt::codec::{self, FromWire};
use serde_json::{Map, Value};

/// The arguments of one call, and the names of those that have been read.
#[derive(Debug)]
pub(crate) struct Given {
    members: Map<String, Value>,
    used: BTreeSet<String>,
    limit: Option<Duration>,
}

/// The reason why a call was not made or has failed.
#[derive(Debug)]
pub enum Refusal {
    /// The call failed. The error tells whether the request was sent.
    Error(Error),
    /// There is no such operation, or the arguments do not fit it.
    Arguments(String),
}

impl Refusal {
    pub(crate) fn unknown(operation: &str) -> Self {
        Self::Arguments(format!("there is no operation {operation:?}"))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Given {
    pub(crate) fn new(members: Map<String, Value>, limit: Option<Duration>) -> Self {
        Self {
            limit,
            members,
            used: BTreeSet::new(),
        }
    }

    /// Returns the time limit of the call.
    pub(crate) fn limit(&self) -> Option<Duration> {
        self.limit
    }

    fn take(&mut self, name: &str) -> Option<&Value> {
        let value = self.members.get(name)?;
        self.used.insert(name.to_owned());
        Some(value)
    }

    /// Takes an argument, which is read in the same way as a member of a response; `None` if it is
    /// missing.
    pub(crate) fn value<T: FromWire>(&mut self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = value.to_string();
        let read = codec::read(&mut serde_json::Deserializer::from_str(&text));
        read.map(Some)
            .map_err(|error| Refusal::Arguments(format!("the argument {name}: {error}")))
    }

    /// Takes an argument that must be present, and reads it in the same way as
    /// [`value`](Self::value).
    pub(crate) fn required<T: FromWire>(&mut self, name: &str) -> Result<T, Refusal> {
        let missing = || Refusal::Arguments(format!("the argument {name} is missing"));
        self.value(name)?.ok_or_else(missing)
    }

    /// Takes an argument that the API expects as a string, and parses it as the type that our
    /// client expects; `None` if it is missing.
    pub(crate) fn in_text<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        let read = text.parse().map(Some);
        read.map_err(|_| Refusal::Arguments(format!("the argument {name} is {text:?}")))
    }

    /// Takes an argument that is a string with commas in the API, and a list in our client; `None`
    /// if it is missing.
    pub(crate) fn listed(&mut self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let text: Option<String> = self.value(name)?;
        Ok(text.map(|text| text.split(',').map(str::to_owned).collect()))
    }

    /// Takes an argument that our client does not accept, since it always sends the value of the
    /// argument `other` in its place. Fails if the argument is present with a different value.
    pub(crate) fn same(&mut self, name: &str, other: &str) -> Result<(), Refusal> {
        let other_value = self.members.get(other).cloned();
        match self.take(name) {
            Some(value) if Some(value) != other_value.as_ref() => Err(Refusal::Arguments(format!(
                "the argument {name} is not the same as {other}, which the API requires"
            ))),
            _ => Ok(()),
        }
    }

    /// Fails if any argument was not read. Such an argument is unknown to the operation.
    pub(crate) fn all_used(&self) -> Result<(), Refusal> {
        let mut names = self.members.keys();
        match names.find(|name| !self.used.contains(*name)) {
            Some(name) => Err(Refusal::Arguments(format!(
                "the operation has no argument {name:?}"
            ))),
            None => Ok(()),
        }
    }
}
