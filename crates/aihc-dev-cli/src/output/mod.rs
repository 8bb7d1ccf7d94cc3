//! Results on standard output.
//!
//! | file | contents |
//! |---|---|
//! | `options.rs` | the formats, and the options that all commands have for results |
//! | `selection.rs`, `filter.rs`, `sort.rs`, `query.rs` | which results are shown, in which order, and which parts of them |
//! | `document.rs`, `csv.rs` | machine-readable results |
//! | `table.rs`, `layout.rs`, `wrap.rs` | human-readable results |
//! | the others | the results for instances, jobs, pools and so on |

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

/// The human-readable form of results: a text or a table.
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
    /// Returns the table if its rows show results; `None` for text, and for a table of the names
    /// and values of a single result.
    fn into_table(self) -> Option<Table> {
        match self {
            Self::Table(table) if table.has_headings() => Some(table),
            _ => None,
        }
    }
}

/// Writes results in the requested format.
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

    /// Returns whether the format is human-readable.
    pub(crate) fn is_for_people(&self) -> bool {
        matches!(self.format(), Format::Table | Format::Wide)
    }

    /// Returns whether the format prints arguments for other commands.
    pub(crate) fn is_for_pipes(&self) -> bool {
        matches!(self.format(), Format::Name | Format::Id)
    }

    /// Returns whether an unlimited number of results can be written, each as soon as it is
    /// available.
    pub(crate) fn can_follow(&self) -> bool {
        (self.is_for_people() || self.is_streaming())
            && !self.selects()
            && self.options.columns.is_empty()
    }

    /// Returns whether a table is needed, either as output or for ordering and filtering.
    pub(crate) fn needs_table(&self) -> bool {
        let is_csv = self.format() == Format::Csv;
        // With these, the headings of columns can be used as well.
        self.is_for_people() || is_csv || self.options.selects()
    }

    /// Returns whether results are written one by one, as soon as they are available.
    pub(crate) fn is_streaming(&self) -> bool {
        let all = self.options.query.is_none() && !self.options.selects();
        self.format() == Format::Jsonl && all
    }

    /// Returns whether results are filtered or reordered.
    pub(crate) fn selects(&self) -> bool {
        self.options.selects()
    }

    /// Returns a message about options that conflict with each other or with a command that may
    /// make changes; `None` if there is no conflict.
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

    /// Writes several results as a list; with `jsonl` and without a query, writes one document for
    /// each.
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

    /// Writes a single result as an object, or several as a list.
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

    /// Writes results in the requested format.
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
                "--columns, --filter and --sort-by are for lists; use --query for members of \
                 results"
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
                "--filter matches none of {count}",
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

    /// Returns the human-readable results, laid out for `look`, and the indices of the results that
    /// are shown.
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
                    "--columns, --filter and --sort-by are for lists; use --query for members of \
                     results"
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

    /// Returns whether the format allows changes to be shown as they happen.
    pub(crate) fn can_watch(&self) -> bool {
        self.options.query.is_none() && (self.is_for_people() || self.format() == Format::Jsonl)
    }

    /// Writes a table, and tells the user which columns did not fit.
    fn table(&self, table: &Table, wide: bool) -> io::Result<()> {
        let laid = table.lay(&self.look, wide, !self.options.no_headers);
        write(&laid.text)?;
        if !laid.dropped.is_empty() {
            note(&tr!(
                "no room for {columns}; use --output wide to see all",
                columns = laid.dropped.join(", ")
            ));
        }
        Ok(())
    }

    /// Writes a document or, if there is a query, the result of applying the query to it.
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

    /// Writes text unchanged.
    pub(crate) fn text(&self, text: &str) -> io::Result<()> {
        write(text)
    }
}

/// An error in the command line that is found only when results are available: they cannot be shown
/// as requested.
#[derive(Debug)]
pub(crate) struct Misuse(String);

impl Misuse {
    fn error(text: impl Into<String>) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidInput, Self(text.into()))
    }

    /// Returns the `Misuse` in an error; `None` if it contains none.
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

/// Returns equivalent JSON without unprintable characters, and with a final line end.
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

/// Adds to the message of an error that it concerns standard output.
pub(crate) fn unwritten(cause: io::Error) -> io::Error {
    io::Error::new(cause.kind(), tr!("standard output: {cause}", cause = cause))
}

/// Prints a note on standard error if the service has listed fewer items than it has counted.
/// `missing` is the difference; `None` if there is none. `what` is the word for the items.
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

/// Prints a line on standard error.
pub(crate) fn note(text: &str) {
    // A failure only affects the display, and there is nowhere else to report it.
    let _ = writeln!(io::stderr().lock(), "{}", printable(text));
}
