//! Results, on standard output.

mod datasets;
mod detail;
mod difference;
mod gpus;
mod instances;
mod jobs;
mod places;
mod services;
mod table;
mod time;

use std::io::{self, Write as _};

use clap::ValueEnum;
use serde::Serialize;

pub(crate) use self::datasets::dataset_table;
pub(crate) use self::detail::Detail;
pub(crate) use self::difference::{difference, note_difference, yaml};
pub(crate) use self::gpus::{free_gpus, gpus_of_pools, gpus_of_queue, number};
pub(crate) use self::instances::instances;
pub(crate) use self::jobs::{JobDocument, job_table};
pub(crate) use self::places::{pool_table, queue_table};
pub(crate) use self::services::{ServiceDocument, service_table};
pub(crate) use self::table::{Cell, Table, Tone};
pub(crate) use self::time::short;
use crate::terminal::{Look, json_escaped, printable};

/// The form of results. All but tables have the members and the codes of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    // One document.
    Json,
    // A document on a line of its own for each result.
    Jsonl,
    Yaml,
}

/// Writes results in the form that was asked for.
#[derive(Debug)]
pub(crate) struct Output {
    format: Format,
    look: Look,
}

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            look: Look::of_process(),
        }
    }

    pub(crate) fn look(&self) -> &Look {
        &self.look
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether results are written one by one, as soon as they are there.
    pub(crate) fn is_streaming(&self) -> bool {
        self.format == Format::Jsonl
    }

    /// Writes one result.
    pub(crate) fn document<T: Serialize>(
        &self,
        value: &T,
        text: impl FnOnce(&Look) -> String,
    ) -> io::Result<()> {
        match self.format {
            Format::Table => write(&text(&self.look)),
            Format::Json => write(&json_lines(&serde_json::to_string_pretty(value)?)),
            Format::Jsonl => self.entry(value),
            Format::Yaml => write(&yaml(value)?),
        }
    }

    /// Writes several results as one document, or with jsonl as several.
    pub(crate) fn list<T: Serialize>(
        &self,
        values: &[T],
        text: impl FnOnce(&Look) -> String,
    ) -> io::Result<()> {
        if self.is_streaming() {
            return values.iter().try_for_each(|value| self.entry(value));
        }
        self.document(&values, text)
    }

    /// Writes one result of several: as it is for one, as a list for more.
    pub(crate) fn one_or_more<T: Serialize>(
        &self,
        values: &[T],
        text: impl FnOnce(&Look) -> String,
    ) -> io::Result<()> {
        match values {
            [value] => self.document(value, text),
            _ => self.list(values, text),
        }
    }

    /// Writes a line of JSON.
    pub(crate) fn entry<T: Serialize>(&self, value: &T) -> io::Result<()> {
        write(&json_lines(&serde_json::to_string(value)?))
    }

    /// Writes text as it is.
    pub(crate) fn text(&self, text: &str) -> io::Result<()> {
        write(text)
    }
}

/// JSON with the end of its line.
fn json_lines(json: &str) -> String {
    json_escaped(json).into_owned() + "\n"
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(unwritten)
}

/// Says what could not be written to.
pub(crate) fn unwritten(cause: io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("standard output: {cause}"))
}

/// Says on standard error that the service has listed fewer than it counts.
pub(crate) fn note_missing(listed: usize, missing: Option<u64>, what: &str) {
    let Some(missing) = missing else {
        return;
    };
    let total = missing.saturating_add(listed as u64);
    let were = if missing == 1 { "was" } else { "were" };
    note(&format!(
        "{listed} of {total} {what}; {missing} {were} not listed"
    ));
}

/// Writes a line that is no result, on standard error.
pub(crate) fn note(text: &str) {
    // Nothing depends on it, and there is no other place to tell that it is gone.
    let _ = writeln!(io::stderr().lock(), "{}", printable(text));
}
