//! The arguments of a call, by the names of the API, and how they become those of our client.

use std::collections::BTreeSet;
use std::str::FromStr;

use bce_http::Error;
use bce_http::rt::codec::{self, FromWire};
use serde_json::{Map, Value};

/// The arguments of one call. Each is used once.
#[derive(Debug)]
pub(crate) struct Given {
    members: Map<String, Value>,
    used: BTreeSet<String>,
}

/// Why a call was not made, or came to nothing.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The call failed; whether before sending, the error says.
    Error(Error),
    /// The arguments do not make a call.
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
    pub(crate) fn new(members: Map<String, Value>) -> Self {
        Self {
            members,
            used: BTreeSet::new(),
        }
    }

    fn take(&mut self, name: &str) -> Option<&Value> {
        let value = self.members.get(name)?;
        self.used.insert(name.to_owned());
        Some(value)
    }

    /// An argument, read as answers are read.
    pub(crate) fn value<T: FromWire>(&mut self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = value.to_string();
        let read = codec::read(&mut serde_json::Deserializer::from_str(&text));
        read.map(Some)
            .map_err(|error| Refusal::Arguments(format!("the argument {name}: {error}")))
    }

    /// An argument that the client takes as such.
    pub(crate) fn required<T: FromWire>(&mut self, name: &str) -> Result<T, Refusal> {
        let missing = || Refusal::Arguments(format!("the argument {name} is missing"));
        self.value(name)?.ok_or_else(missing)
    }

    /// An argument that the API has within a text.
    pub(crate) fn in_text<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        let read = text.parse().map(Some);
        read.map_err(|_| Refusal::Arguments(format!("the argument {name} is {text:?}")))
    }

    /// An argument that the API has as one text with commas.
    pub(crate) fn listed(&mut self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let text: Option<String> = self.value(name)?;
        Ok(text.map(|text| text.split(',').map(str::to_owned).collect()))
    }

    /// An argument that our client makes of another one: it may be given, and is the same.
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
