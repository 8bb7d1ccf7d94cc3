//! The arguments of a call, by the names of the API, and their conversion to those of our client.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use bce_http::Error;
use bce_http::rt::codec::{self, FromWire};
use serde_json::{Map, Value};

/// The arguments of one call. Each is used once.
#[derive(Debug)]
pub(crate) struct Given {
    members: Map<String, Value>,
    used: BTreeSet<String>,
    limit: Option<Duration>,
}

/// The reason why a call was not made, or failed.
#[derive(Debug)]
pub enum Refusal {
    /// The call failed; the error tells whether before sending.
    Error(Error),
    /// The arguments do not fit the call.
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

    /// Returns an argument, read like a response.
    pub(crate) fn value<T: FromWire>(&mut self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = value.to_string();
        let read = codec::read(&mut serde_json::Deserializer::from_str(&text));
        read.map(Some)
            .map_err(|error| Refusal::Arguments(format!("the argument {name}: {error}")))
    }

    /// Returns an argument of a type that the client takes unchanged.
    pub(crate) fn required<T: FromWire>(&mut self, name: &str) -> Result<T, Refusal> {
        let missing = || Refusal::Arguments(format!("the argument {name} is missing"));
        self.value(name)?.ok_or_else(missing)
    }

    /// Returns an argument that is within a text in the API.
    pub(crate) fn in_text<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        let read = text.parse().map(Some);
        read.map_err(|_| Refusal::Arguments(format!("the argument {name} is {text:?}")))
    }

    /// Returns an argument that is one text with commas in the API.
    pub(crate) fn listed(&mut self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let text: Option<String> = self.value(name)?;
        Ok(text.map(|text| text.split(',').map(str::to_owned).collect()))
    }

    /// Checks an argument that our client derives from another one: if given, it must be the same.
    pub(crate) fn same(&mut self, name: &str, other: &str) -> Result<(), Refusal> {
        let other_value = self.members.get(other).cloned();
        match self.take(name) {
            Some(value) if Some(value) != other_value.as_ref() => Err(Refusal::Arguments(format!(
                "the argument {name} is not the same as {other}, which the API requires"
            ))),
            _ => Ok(()),
        }
    }

    /// Refuses a call with arguments that the operation does not have.
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
