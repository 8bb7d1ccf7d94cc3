//! Comma-separated values as in RFC 4180.
//!
//! The fields contain the values that the service returns; only unprintable characters are escaped.
//! Some programs put a `'` in front of a value that begins with `=`, `+`, `-` or `@`; we do not,
//! because that would falsify negative numbers and names in every program except spreadsheets. To
//! open such a file in a spreadsheet, import its columns as text.

use std::io;

use super::document::Document;
use super::table::{Cell, Column, Table, When};
use crate::terminal::printable;

/// Returns the results as CSV. If there is a table, the result has its rows, its columns except for
/// those that are only for human-readable output, and a column for each of its additional members.
/// Without a table, the result has a column for each member, and a row for each document whose
/// index is in `order`.
pub(super) fn csv(
    table: Option<&Table>,
    documents: &[Document],
    order: &[usize],
    headers: bool,
) -> io::Result<String> {
    match table {
        Some(table) => of_table(table, documents, headers),
        None => of_members(documents, order, headers),
    }
}

fn of_table(table: &Table, documents: &[Document], headers: bool) -> io::Result<String> {
    let columns: Vec<(usize, &Column)> = (table.columns().iter().enumerate())
        .filter(|(_, column)| column.when != When::ForPeople)
        .collect();
    let is_shown = |name: &str| columns.iter().any(|(_, column)| column.name == name);
    let more: Vec<&str> = (table.members().iter().copied())
        .filter(|name| !is_shown(name))
        .collect();
    let mut writer = writer();
    if headers {
        let names = columns.iter().map(|(_, column)| column.name.as_str());
        writer.write_record(names.chain(more.iter().copied()))?;
    }
    for (of, cells) in table.rows() {
        let document = documents.get(of);
        let fields = columns
            .iter()
            .map(|(at, column)| field(column, cells.get(*at), document));
        let more = more
            .iter()
            .map(|path| member(document, path).unwrap_or_default());
        writer.write_record(fields.chain(more).map(|text| safe(&text)))?;
    }
    finish(writer)
}

fn of_members(documents: &[Document], order: &[usize], headers: bool) -> io::Result<String> {
    let mut paths: Vec<String> = Vec::new();
    for path in documents.iter().flat_map(Document::paths) {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let mut writer = writer();
    if paths.is_empty() {
        return Ok(String::new());
    }
    if headers {
        writer.write_record(&paths)?;
    }
    for document in order.iter().map(|at| documents.get(*at)) {
        let fields = paths
            .iter()
            .map(|path| member(document, path).unwrap_or_default());
        writer.write_record(fields.map(|text| safe(&text)))?;
    }
    finish(writer)
}

/// Returns a field of machine-readable output: the value of the member that the column shows, or
/// else the text in the table.
pub(super) fn field(column: &Column, cell: Option<&Cell>, document: Option<&Document>) -> String {
    let text = || cell.map(|cell| cell.text.clone()).unwrap_or_default();
    member(document, &column.name).unwrap_or_else(text)
}

fn member(document: Option<&Document>, path: &str) -> Option<String> {
    Some(document?.at(path)?.text())
}

/// Escapes unprintable characters, except for line ends and tabs.
fn safe(text: &str) -> String {
    let parts: Vec<_> = text.split('\t').map(printable).collect();
    parts.join("\t")
}

fn writer() -> csv::Writer<Vec<u8>> {
    let mut builder = csv::WriterBuilder::new();
    builder
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new())
}

fn finish(writer: csv::Writer<Vec<u8>>) -> io::Result<String> {
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    String::from_utf8(bytes).map_err(io::Error::other)
}
