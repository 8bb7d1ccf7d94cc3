//! Selects and orders the results, and chooses their columns.

use std::collections::BTreeSet;
use std::io;

use time::OffsetDateTime;

use super::Misuse;
use super::csv::{csv, field};
use super::document::{Document, Member, listed};
use super::options::{Format, OutputOptions};
use super::table::{Cell, Column, Table};
use crate::language::tr;
use crate::request::similar;

/// Results in machine-readable form, with the table for human-readable output.
pub(super) struct Results {
    pub(super) documents: Vec<Document>,
    pub(super) table: Option<Table>,
}

impl Results {
    /// Returns the indices of the selected results, in the requested order.
    pub(super) fn order(&self, options: &OutputOptions) -> io::Result<Vec<usize>> {
        let now = OffsetDateTime::now_utc();
        let mut conditions = Vec::new();
        for condition in &options.filter {
            let condition = match self.elapsed(&condition.member) {
                Some(column) => condition.since(&column.name, now).map_err(Misuse::error)?,
                None => condition.clone(),
            };
            let members = self.members("--filter", &condition.member)?;
            conditions.push((condition, members));
        }
        let sorted = match &options.sort_by {
            None => (0..self.documents.len()).collect(),
            Some(order) => {
                let texts = self.texts("--sort-by", &order.column)?;
                match self.elapsed(&order.column) {
                    // The texts are times, and more time has passed since an earlier one.
                    Some(_) => order.reversed().of(&texts),
                    None => order.of(&texts),
                }
            }
        };
        let mut kept = Vec::new();
        for at in sorted {
            let holds = || -> io::Result<bool> {
                for (condition, members) in &conditions {
                    let member = members.get(at).unwrap_or(&Member::Nothing);
                    if !condition.holds(member).map_err(Misuse::error)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            };
            if holds()? {
                kept.push(at);
            }
        }
        Ok(kept)
    }

    /// Returns the column with the heading `name` if it shows how much time has passed since a time;
    /// `None` if `name` is the member with that time, or if there is no such column.
    fn elapsed(&self, name: &str) -> Option<&Column> {
        let (_, column) = column(self.table.as_ref()?, name)?;
        let is_member = || self.documents.iter().any(|it| it.at(name).is_some());
        (column.is_elapsed && column.name != name && !is_member()).then_some(column)
    }

    /// Returns, for each result, the value of the member `name`; if results cannot have this
    /// member, the value in the column with the heading `name`. Error messages contain `option`.
    fn members(&self, option: &str, name: &str) -> io::Result<Vec<Member>> {
        let heading = self.table.as_ref().and_then(|table| column(table, name));
        let of = match (self.must_have(option, name), heading) {
            (Ok(()), _) => name,
            (Err(_), Some((_, column))) => &column.name,
            (Err(error), None) => return Err(error),
        };
        let member = |document: &Document| document.at(of);
        if !self.documents.is_empty() && self.documents.iter().all(|it| member(it).is_none()) {
            // Only the table contains this value.
            let texts = self.texts(option, name)?;
            return Ok(texts.into_iter().map(Member::Text).collect());
        }
        let members = self.documents.iter().map(member);
        Ok(members.map(|it| it.unwrap_or(Member::Nothing)).collect())
    }

    /// Returns, for each result, the text in the column `name`; if there is no such column, that of
    /// the member `name`. Error messages contain `option`.
    fn texts(&self, option: &str, name: &str) -> io::Result<Vec<String>> {
        let table = self.table.as_ref();
        let column = table.and_then(|table| column(table, name));
        let Some((table, (at, column))) = table.zip(column) else {
            self.must_have(option, name)?;
            let text = |document: &Document| document.at(name).as_ref().map(Member::text);
            let texts = self.documents.iter().map(text);
            return Ok(texts.map(Option::unwrap_or_default).collect());
        };
        let mut texts: Vec<Option<String>> = self.documents.iter().map(|_| None).collect();
        for (of, cells) in table.rows() {
            if let Some(text) = texts.get_mut(of).filter(|text| text.is_none()) {
                *text = Some(field(column, cells.get(at), self.documents.get(of)));
            }
        }
        Ok(texts.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// Fails if no result has the member `name`, and it is not among the members that results of
    /// this kind can have. Succeeds if there are no results, and these members are unknown. The
    /// error message contains `option`. Without this check, a mistyped name would look like a
    /// condition that no result fulfils.
    fn must_have(&self, option: &str, name: &str) -> io::Result<()> {
        let described = self.described();
        let leads_to = |known: &str| {
            known == name
                || known
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('.'))
        };
        let is_there = |document: &Document| document.at(name).is_some();
        if self.documents.iter().any(is_there) || described.iter().any(|known| leads_to(known)) {
            return Ok(());
        }
        let mut known: Vec<String> = self.documents.iter().flat_map(Document::paths).collect();
        if known.is_empty() && described.is_empty() {
            // If there are no results, it is not known which members they have.
            return Ok(());
        }
        known.extend(described.into_iter().map(str::to_owned));
        let mut seen = BTreeSet::new();
        known.retain(|path| seen.insert(path.clone()));
        if let Some(meant) = similar(name, known.iter().map(String::as_str)) {
            return Err(Misuse::error(tr!(
                "{option} {name}: there is no such member; did you mean {meant}?",
                option = option,
                name = name,
                meant = meant
            )));
        }
        let known = listed(&known);
        Err(Misuse::error(tr!(
            "{option} {name}: there is no such member; available: {known}",
            option = option,
            name = name,
            known = known
        )))
    }

    /// Returns the members that results of this kind can have, whether or not any of the present
    /// results has them; empty if these members are not known.
    fn described(&self) -> Vec<&str> {
        let Some(table) = self.table.as_ref().filter(|it| !it.members().is_empty()) else {
            return Vec::new();
        };
        let columns = table.columns().iter().map(|column| column.name.as_str());
        columns.chain(table.members().iter().copied()).collect()
    }

    /// Returns the table with the requested columns, and with the results in this order.
    pub(super) fn chosen_table(&self, columns: &[String], order: &[usize]) -> io::Result<Table> {
        let mut chosen = Vec::new();
        for name in columns {
            let name = name.trim();
            let found = self.table.as_ref().and_then(|table| column(table, name));
            match found {
                Some((at, column)) => chosen.push((Some(at), column.clone().always())),
                None => {
                    self.must_have_column(name)?;
                    chosen.push((None, Column::of_member(name)));
                }
            }
        }
        let mut table = Table::of(chosen.iter().map(|(_, column)| column.clone()), &[]);
        let mut add = |of: usize, cells: &[Cell]| {
            let document = self.documents.get(of);
            let cell = |(at, column): &(Option<usize>, Column)| match at {
                Some(at) => cells.get(*at).cloned().unwrap_or_else(|| Cell::from("")),
                None => field(column, None, document).into(),
            };
            table.row_of(of, chosen.iter().map(cell));
        };
        match &self.table {
            Some(rows) => rows.rows().for_each(|(of, cells)| add(of, cells)),
            None => (0..self.documents.len()).for_each(|of| add(of, &[])),
        }
        table.select(order);
        Ok(table)
    }

    fn must_have_column(&self, name: &str) -> io::Result<()> {
        self.must_have("--columns", name).map_err(|error| {
            let headings = self.table.iter().flat_map(|table| table.columns());
            let headings: Vec<_> = headings.map(|it| it.heading.clone()).collect();
            match headings.is_empty() {
                true => error,
                false => {
                    let headings = listed(&headings);
                    Misuse::error(tr!(
                        "{error}; also the columns {headings}",
                        error = error,
                        headings = headings
                    ))
                }
            }
        })
    }

    /// Returns the results as CSV, or as one id or name per line, depending on the format.
    pub(super) fn plain(&self, options: &OutputOptions, order: &[usize]) -> io::Result<String> {
        match options.format() {
            Format::Csv => csv(
                self.table.as_ref(),
                &self.documents,
                order,
                !options.no_headers,
            ),
            form => {
                let documents = order.iter().filter_map(|at| self.documents.get(*at));
                let mut lines = String::new();
                for document in documents {
                    lines += &handle(document, form)?;
                    lines.push('\n');
                }
                Ok(lines)
            }
        }
    }
}

/// Finds a column by its name or its heading, and returns it with its index; `None` if there is
/// none.
fn column<'a>(table: &'a Table, name: &str) -> Option<(usize, &'a Column)> {
    let mut columns = table.columns().iter().enumerate();
    columns.find(|(_, column)| column.is_called(name))
}

/// Returns the id of a result or, if the format is `name`, the name of the result. A result without
/// a name is represented by its id in both formats.
fn handle(document: &Document, form: Format) -> io::Result<String> {
    // If a result has several ids, the first of these members is the id of the result itself.
    const IDS: [&str; 6] = [
        "id",
        "jobId",
        "imagePackJobId",
        "devInstanceId",
        "queueId",
        "resourcePoolId",
    ];
    const NAMES: [&str; 3] = ["name", "queueName", "service.name"];
    let first = |paths: &[&str]| {
        let texts = paths
            .iter()
            .filter_map(|path| Some(document.at(path)?.text()));
        texts.into_iter().find(|text| !text.is_empty())
    };
    let found = match form {
        Format::Name => first(&NAMES).or_else(|| first(&IDS)),
        _ => first(&IDS),
    };
    match found {
        Some(text) => Ok(crate::terminal::one_line(&text).into_owned()),
        None => Err(Misuse::error(tr!(
            "these results have neither ids nor names: use --output table, csv, json, jsonl or yaml"
        ))),
    }
}
