//! Results, on standard output.
//!
//! | file | holds |
//! |---|---|
//! | `options.rs` | the forms, and the options of all commands about results |
//! | `selection.rs`, `filter.rs`, `sort.rs`, `query.rs` | which results, in which order, and what of them |
//! | `document.rs`, `csv.rs` | results for programs |
//! | `table.rs`, `layout.rs`, `wrap.rs` | results for people |
//! | the others | what is shown of instances, jobs, pools and so on |

mod csv;
mod datasets;
mod detail;
mod difference;
mod document;
mod filter;
mod gpus;
mod instances;
mod jobs;
mod layout;
mod options;
mod places;
mod query;
mod selection;
mod services;
mod sort;
mod state;
mod table;
mod time;
mod wrap;

use std::fmt;
use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::Value;

pub(crate) use self::datasets::dataset_table;
pub(crate) use self::detail::Detail;
pub(crate) use self::difference::{difference, note_difference, yaml};
use self::document::Document;
pub(crate) use self::gpus::{free_gpus, gpus_of_pools, gpus_of_queue, number};
pub(crate) use self::instances::{Instance, instances};
pub(crate) use self::jobs::{JobDocument, job_table};
pub(crate) use self::options::{Format, OutputOptions};
pub(crate) use self::places::{pool_table, queue_table};
use self::selection::Results;
pub(crate) use self::services::{ServiceDocument, service_table};
pub(crate) use self::state::{PackJob, state_name};
pub(crate) use self::table::{Cell, Column, Table, Tone};
pub(crate) use self::time::short;
use crate::language::tr;
use crate::terminal::{Look, json_escaped, printable, stdout_reader};

/// What people see of results.
pub(crate) enum Shown {
    Text(String),
    Table(Table),
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Table> for Shown {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl Shown {
    /// The table, if it has a row for each result.
    fn into_table(self) -> Option<Table> {
        match self {
            Self::Table(table) if table.has_headings() => Some(table),
            _ => None,
        }
    }
}

/// Writes results in the form that was asked for.
#[derive(Debug)]
pub(crate) struct Output {
    options: OutputOptions,
    look: Look,
}

impl Output {
    pub(crate) fn new(options: OutputOptions) -> Self {
        Self {
            options,
            look: Look::of_process(),
        }
    }

    pub(crate) fn look(&self) -> &Look {
        &self.look
    }

    pub(crate) fn format(&self) -> Format {
        self.options.format()
    }

    /// Whether people read the results.
    pub(crate) fn is_for_people(&self) -> bool {
        matches!(self.format(), Format::Table | Format::Wide)
    }

    /// Whether other commands read the results as arguments.
    pub(crate) fn is_for_pipes(&self) -> bool {
        matches!(self.format(), Format::Name | Format::Id)
    }

    /// Whether results can be written one by one, without an end.
    pub(crate) fn can_follow(&self) -> bool {
        (self.is_for_people() || self.is_streaming())
            && !self.selects()
            && self.options.columns.is_empty()
    }

    /// Whether a table is made, for people or for programs, or results are ordered by what is in one.
    pub(crate) fn needs_table(&self) -> bool {
        let is_csv = self.format() == Format::Csv;
        // These take headings as well.
        self.is_for_people() || is_csv || self.options.selects()
    }

    /// Whether results are written one by one, as soon as they are there.
    pub(crate) fn is_streaming(&self) -> bool {
        let all = self.options.query.is_none() && !self.options.selects();
        self.format() == Format::Jsonl && all
    }

    /// Whether some of the results are left out, or come in another order.
    pub(crate) fn selects(&self) -> bool {
        self.options.selects()
    }

    /// What is wrong with the options for a command that may change something.
    pub(crate) fn conflict(&self, changes: bool) -> Option<String> {
        if changes && (self.selects() || !self.options.columns.is_empty()) {
            return Some(tr!(
                "--filter, --sort-by and --columns are for commands that only read"
            ));
        }
        self.options.conflict()
    }

    /// Writes one result.
    pub(crate) fn document<T: Serialize, S: Into<Shown>>(
        &self,
        value: &T,
        shown: impl FnOnce(&Look) -> S,
    ) -> io::Result<()> {
        if self.selects() {
            return Err(Misuse::error(tr!("--filter and --sort-by are for lists")));
        }
        match self.format() {
            Format::Json | Format::Jsonl | Format::Yaml => self.written(value),
            _ => self.rows(&[value], shown),
        }
    }

    /// Writes several results as one document, or with jsonl as several.
    pub(crate) fn list<T: Serialize, S: Into<Shown>>(
        &self,
        values: &[T],
        shown: impl FnOnce(&Look) -> S,
    ) -> io::Result<()> {
        if self.is_streaming() {
            return values.iter().try_for_each(|value| self.entry(value));
        }
        self.rows(values, shown)
    }

    /// Writes one result of several: as it is for one, as a list for more.
    pub(crate) fn one_or_more<T: Serialize, S: Into<Shown>>(
        &self,
        values: &[T],
        shown: impl FnOnce(&Look) -> S,
    ) -> io::Result<()> {
        match values {
            [value] => self.document(value, shown),
            _ => self.list(values, shown),
        }
    }

    /// Writes results in any form.
    fn rows<T: Serialize, S: Into<Shown>>(
        &self,
        values: &[T],
        shown: impl FnOnce(&Look) -> S,
    ) -> io::Result<()> {
        let is_plain = !self.selects() && self.options.columns.is_empty();
        let wide = self.format() == Format::Wide;
        if is_plain && self.is_for_people() {
            return match shown(&self.look).into() {
                Shown::Text(text) => write(&text),
                Shown::Table(table) => self.table(&table, wide),
            };
        }
        let table = match self.needs_table() {
            true => shown(&self.look).into().into_table(),
            false => None,
        };
        if self.is_for_people() && table.is_none() {
            return Err(Misuse::error(tr!(
                "--columns, --filter and --sort-by are for lists; --query takes members of results"
            )));
        }
        let documents: serde_json::Result<_> = values.iter().map(Document::of).collect();
        let mut results = Results {
            documents: documents?,
            table,
        };
        let order = results.order(&self.options)?;
        if order.is_empty() && !values.is_empty() && self.is_for_people() {
            note(&tr!(
                "--filter leaves none of {count}",
                count = values.len()
            ));
        }
        if !self.options.columns.is_empty() {
            results.table = Some(results.chosen_table(&self.options.columns, &order)?);
        } else if let Some(table) = &mut results.table {
            table.select(&order);
        }
        match (self.format(), &results.table) {
            (Format::Table | Format::Wide, Some(table)) => self.table(table, wide),
            (Format::Json | Format::Jsonl | Format::Yaml, _) => {
                let chosen: Vec<_> = order.iter().filter_map(|at| values.get(*at)).collect();
                match (self.format(), &self.options.query) {
                    (Format::Jsonl, None) => chosen.iter().try_for_each(|value| self.entry(value)),
                    _ => self.written(&chosen),
                }
            }
            _ => write(&results.plain(&self.options, &order)?),
        }
    }

    /// Results as people see them now, within this look, and which of them are shown.
    pub(crate) fn arranged<T: Serialize, S: Into<Shown>>(
        &self,
        values: &[T],
        shown: impl FnOnce(&Look) -> S,
        look: &Look,
    ) -> io::Result<(String, Vec<usize>)> {
        let all = || (0..values.len()).collect();
        let mut table = match shown(look).into() {
            Shown::Text(text) if self.selects() || !self.options.columns.is_empty() => {
                drop(text);
                return Err(Misuse::error(tr!(
                    "--columns, --filter and --sort-by are for lists; --query takes members of results"
                )));
            }
            Shown::Text(text) => return Ok((text, all())),
            Shown::Table(table) => table,
        };
        let mut order = all();
        if self.selects() || !self.options.columns.is_empty() {
            let documents: serde_json::Result<_> = values.iter().map(Document::of).collect();
            let results = Results {
                documents: documents?,
                table: Some(table),
            };
            order = results.order(&self.options)?;
            table = match (self.options.columns.is_empty(), results.table) {
                (true, Some(mut table)) => {
                    table.select(&order);
                    table
                }
                (_, rows) => Results {
                    table: rows,
                    ..results
                }
                .chosen_table(&self.options.columns, &order)?,
            };
        }
        let wide = self.format() == Format::Wide;
        let laid = table.lay(look, wide, !self.options.no_headers);
        Ok((laid.text, order))
    }

    /// Whether changes can be shown as they come.
    pub(crate) fn can_watch(&self) -> bool {
        self.options.query.is_none() && (self.is_for_people() || self.format() == Format::Jsonl)
    }

    /// Writes a table, and says which columns there was no room for.
    fn table(&self, table: &Table, wide: bool) -> io::Result<()> {
        let laid = table.lay(&self.look, wide, !self.options.no_headers);
        write(&laid.text)?;
        if !laid.dropped.is_empty() {
            note(&tr!(
                "no room for {columns}; --output wide shows all",
                columns = laid.dropped.join(", ")
            ));
        }
        Ok(())
    }

    /// Writes a document, or what is asked for of it.
    fn written<T: Serialize>(&self, value: &T) -> io::Result<()> {
        let Some(query) = &self.options.query else {
            return self.formatted(value);
        };
        let found = query
            .search(value)
            .map_err(|error| Misuse::error(format!("--query: {error}")))?;
        match (self.format(), &found) {
            (Format::Jsonl, Value::Array(values)) => {
                values.iter().try_for_each(|value| self.entry(value))
            }
            _ => self.formatted(&found),
        }
    }

    fn formatted<T: Serialize>(&self, value: &T) -> io::Result<()> {
        match self.format() {
            Format::Jsonl => self.entry(value),
            Format::Yaml => write(&yaml(value)?),
            _ => write(&json_lines(&serde_json::to_string_pretty(value)?)),
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

/// A result that cannot be shown as it was asked for: a mistake in the command line, which shows only when
/// the results are there.
#[derive(Debug)]
pub(crate) struct Misuse(String);

impl Misuse {
    fn error(text: impl Into<String>) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidInput, Self(text.into()))
    }

    /// What is wrong, if an error is one.
    pub(crate) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// JSON with the end of its line.
fn json_lines(json: &str) -> String {
    json_escaped(json).into_owned() + "\n"
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout_reader::must_be_writable()
        .and_then(|()| stdout.write_all(text.as_bytes()))
        .and_then(|()| stdout.flush());
    written.map_err(unwritten)
}

/// Says what could not be written to.
pub(crate) fn unwritten(cause: io::Error) -> io::Error {
    io::Error::new(cause.kind(), tr!("standard output: {cause}", cause = cause))
}

/// Says on standard error that the service has listed fewer than it counts.
pub(crate) fn note_missing(listed: usize, missing: Option<u64>, what: &str) {
    let Some(missing) = missing else {
        return;
    };
    let total = missing.saturating_add(listed as u64);
    note(&match missing {
        1 => tr!(
            "{listed} of {total} {what}; 1 was not listed",
            listed = listed,
            total = total,
            what = what
        ),
        _ => tr!(
            "{listed} of {total} {what}; {missing} were not listed",
            listed = listed,
            total = total,
            what = what,
            missing = missing
        ),
    });
}

/// Writes a line that is no result, on standard error.
pub(crate) fn note(text: &str) {
    // Nothing depends on it, and there is no other place to tell that it is gone.
    let _ = writeln!(io::stderr().lock(), "{}", printable(text));
}
