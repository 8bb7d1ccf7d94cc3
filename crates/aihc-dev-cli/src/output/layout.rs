//! The layout of a table: determines which columns fit and how wide they are, or writes a block for
//! each row.

use super::table::{Cell, Column, Tone};
use super::wrap::{widest_word, width, wrapped};

/// The number of spaces between two fields.
const GAP: usize = 2;
/// The minimum width of a wrapped column, unless its contents are narrower.
const FOLDED: usize = 16;
/// A value is shown beside its name, rather than below it, only if there is room for this many
/// columns, or if the value fits on one line.
const BESIDE: usize = 24;

/// A table that is to be laid out: the columns that are shown, and the rows.
pub(super) struct Grid<'a> {
    pub(super) columns: Vec<&'a Column>,
    pub(super) rows: Vec<Vec<&'a Cell>>,
    pub(super) headers: bool,
    pub(super) colour: bool,
}

/// A table that has been laid out as text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Laid {
    pub(super) text: String,
    /// The headings of columns that did not fit.
    pub(super) dropped: Vec<String>,
}

impl Grid<'_> {
    /// Lays out the table within `available` columns of the terminal, or with lines of any length
    /// if that is `None`.
    pub(super) fn lay(&self, available: Option<usize>) -> Laid {
        let natural: Vec<usize> = (0..self.columns.len()).map(|at| self.natural(at)).collect();
        let Some(available) = available else {
            return self.laid(&(0..natural.len()).collect::<Vec<_>>(), &natural);
        };
        let least: Vec<usize> = (0..natural.len())
            .map(|at| self.least(at, &natural))
            .collect();
        let mut kept: Vec<usize> = (0..natural.len()).collect();
        if sum(&kept, &least) > available {
            // An empty column is dropped first, because it shows nothing.
            kept.retain(|at| *at == 0 || !self.is_empty(*at));
        }
        loop {
            if sum(&kept, &least) <= available {
                self.take_back(&mut kept, &least, available);
                let fixed = sum(&kept, &least);
                let widths = shared(&kept, &natural, &least, available - fixed);
                return self.laid(&kept, &widths);
            }
            let Some(next) = self.dispensable(&kept) else {
                break;
            };
            kept.retain(|at| *at != next);
        }
        Laid {
            text: self.stacked(available),
            dropped: Vec::new(),
        }
    }

    /// Restores columns that were dropped too early: they fit now that wider columns have been
    /// dropped as well. Columns with the lowest rank are restored first.
    fn take_back(&self, kept: &mut Vec<usize>, least: &[usize], available: usize) {
        let rank = |at: &usize| self.columns.get(*at).map_or(0, |column| column.rank);
        let mut gone: Vec<usize> = (0..least.len())
            .filter(|at| !kept.contains(at) && !self.is_empty(*at))
            .collect();
        gone.sort_by_key(rank);
        for at in gone {
            kept.push(at);
            match sum(kept, least) <= available {
                true => kept.sort_unstable(),
                false => kept.truncate(kept.len() - 1),
            }
        }
    }

    /// Returns the column to drop next: the one with the highest rank, and among equals the last.
    /// Returns `None` if no column may be dropped.
    fn dispensable(&self, kept: &[usize]) -> Option<usize> {
        let rank = |at: &usize| self.columns.get(*at).map_or(0, |column| column.rank);
        kept.iter()
            .copied()
            .filter(|at| rank(at) > 0)
            .max_by_key(rank)
    }

    fn is_empty(&self, at: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(at));
        cells.all(|cell| cell.text.is_empty())
    }

    fn natural(&self, at: usize) -> usize {
        let heading = match (self.headers, self.columns.get(at)) {
            (true, Some(column)) => width(&column.heading),
            _ => 0,
        };
        let cells = self.rows.iter().filter_map(|row| row.get(at));
        cells
            .map(|cell| width(&cell.text))
            .fold(heading, usize::max)
    }

    fn least(&self, at: usize, natural: &[usize]) -> usize {
        let natural = natural.get(at).copied().unwrap_or_default();
        let Some(column) = self.columns.get(at).filter(|column| column.folds) else {
            return natural;
        };
        let heading = match self.headers {
            true => widest_word(&column.heading),
            false => 0,
        };
        let cells = self.rows.iter().filter_map(|row| row.get(at));
        let word = cells
            .map(|cell| widest_word(&cell.text))
            .fold(heading, usize::max);
        word.max(natural.min(FOLDED))
    }

    /// Lays out, beside each other, the columns whose indices are in `kept`.
    fn laid(&self, kept: &[usize], widths: &[usize]) -> Laid {
        let mut text = String::new();
        if self.headers {
            let headings: Vec<_> = kept
                .iter()
                .filter_map(|at| self.columns.get(*at))
                .map(|column| Cell::plain(&column.heading))
                .collect();
            self.row(
                &headings.iter().map(Some).collect::<Vec<_>>(),
                kept,
                widths,
                &mut text,
            );
        }
        for row in &self.rows {
            let cells: Vec<_> = kept.iter().map(|at| row.get(*at).copied()).collect();
            self.row(&cells, kept, widths, &mut text);
        }
        let dropped =
            (0..self.columns.len()).filter(|at| !kept.contains(at) && !self.is_empty(*at));
        let dropped = dropped.filter_map(|at| self.columns.get(at));
        Laid {
            text,
            dropped: dropped.map(|column| column.heading.clone()).collect(),
        }
    }

    fn row(&self, cells: &[Option<&Cell>], kept: &[usize], widths: &[usize], text: &mut String) {
        let width_of = |n: usize| {
            kept.get(n)
                .and_then(|at| widths.get(*at))
                .copied()
                .unwrap_or_default()
        };
        let lines: Vec<Vec<String>> = cells
            .iter()
            .enumerate()
            .map(|(n, cell)| cell.map_or_else(Vec::new, |cell| wrapped(&cell.text, width_of(n))))
            .collect();
        let height = lines.iter().map(Vec::len).max().unwrap_or_default();
        for line in 0..height {
            let start = text.len();
            let mut column = 0;
            let mut at = 0;
            for (n, parts) in lines.iter().enumerate() {
                if let Some(part) = parts.get(line).filter(|part| !part.is_empty()) {
                    text.extend(std::iter::repeat_n(' ', column - at));
                    let tone = cells
                        .get(n)
                        .copied()
                        .flatten()
                        .map_or(Tone::Plain, |cell| cell.tone);
                    self.paint(part, tone, text);
                    at = column + width(part);
                }
                column += width_of(n) + GAP;
                at = at.min(column);
            }
            debug_assert!(text.len() >= start);
            text.push('\n');
        }
    }

    /// Lays out a block for each row: the first field, followed by the other fields with their
    /// headings. If no column has a heading, lays out the table with [`pairs`](Self::pairs).
    fn stacked(&self, available: usize) -> String {
        let mut text = String::new();
        if !self.headers && self.columns.iter().all(|column| column.heading.is_empty()) {
            return self.pairs(available);
        }
        let names = self
            .columns
            .iter()
            .skip(1)
            .map(|column| width(&column.heading));
        let name_width = names.max().unwrap_or_default();
        for (n, row) in self.rows.iter().enumerate() {
            if n > 0 {
                text.push('\n');
            }
            if let Some(first) = row.first() {
                self.block(first, 0, available, &mut text);
            }
            for (column, cell) in self.columns.iter().zip(row).skip(1) {
                if !cell.text.is_empty() {
                    self.named(&column.heading, cell, 2, name_width, available, &mut text);
                }
            }
        }
        text
    }

    /// Lays out names with their values. A value that is too wide is put below its name.
    fn pairs(&self, available: usize) -> String {
        let mut text = String::new();
        let names = self.rows.iter().filter_map(|row| row.first());
        let name_width = names
            .map(|cell| width(&cell.text))
            .max()
            .unwrap_or_default();
        for row in &self.rows {
            if let (Some(name), Some(value)) = (row.first(), row.get(1)) {
                self.named(&name.text, value, 0, name_width, available, &mut text);
            }
        }
        text
    }

    /// Lays out a name with its value beside it, or below it if the value is too wide.
    fn named(
        &self,
        name: &str,
        cell: &Cell,
        indent: usize,
        name_width: usize,
        available: usize,
        text: &mut String,
    ) {
        let left = indent + name_width + GAP;
        let room = available.saturating_sub(left);
        let fits = widest_word(&cell.text) <= room && (room >= BESIDE || width(&cell.text) <= room);
        if !fits {
            for line in wrapped(name, available.saturating_sub(indent)) {
                push_line(indent, &line, text);
            }
            self.block(cell, indent + GAP, available, text);
            return;
        }
        let mut lines = wrapped(&cell.text, room).into_iter();
        text.extend(std::iter::repeat_n(' ', indent));
        text.push_str(name);
        if let Some(first) = lines.next() {
            text.extend(std::iter::repeat_n(' ', left - indent - width(name)));
            self.paint(&first, cell.tone, text);
        }
        text.push('\n');
        for line in lines {
            text.extend(std::iter::repeat_n(' ', left));
            self.paint(&line, cell.tone, text);
            text.push('\n');
        }
    }

    fn block(&self, cell: &Cell, indent: usize, available: usize, text: &mut String) {
        for line in wrapped(&cell.text, available.saturating_sub(indent)) {
            text.extend(std::iter::repeat_n(' ', indent));
            self.paint(&line, cell.tone, text);
            text.push('\n');
        }
    }

    fn paint(&self, part: &str, tone: Tone, text: &mut String) {
        let colour = match tone {
            _ if !self.colour => None,
            Tone::Plain => None,
            Tone::Good => Some("\x1b[32m"),
            Tone::Busy => Some("\x1b[33m"),
            Tone::Bad => Some("\x1b[31m"),
        };
        match colour {
            None => text.push_str(part),
            Some(colour) => {
                text.push_str(colour);
                text.push_str(part);
                text.push_str("\x1b[39m");
            }
        }
    }
}

fn push_line(indent: usize, line: &str, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', indent));
    text.push_str(line);
    text.push('\n');
}

/// Returns the total width of the columns whose indices are in `kept`, including the gaps between
/// them.
fn sum(kept: &[usize], widths: &[usize]) -> usize {
    let total: usize = kept.iter().filter_map(|at| widths.get(*at)).sum();
    total + GAP * kept.len().saturating_sub(1)
}

/// Distributes the remaining width `left` among those columns in `kept` that have only their
/// minimum width, but need more. Returns the widths of the columns.
fn shared(kept: &[usize], natural: &[usize], least: &[usize], mut left: usize) -> Vec<usize> {
    let mut widths = least.to_vec();
    let need = |at: usize| {
        let natural = natural.get(at).copied().unwrap_or_default();
        natural.saturating_sub(least.get(at).copied().unwrap_or_default())
    };
    let mut hungry: Vec<usize> = kept.iter().copied().filter(|at| need(*at) > 0).collect();
    hungry.sort_by_key(|at| need(*at));
    let mut rest = hungry.len();
    for at in hungry {
        let more = need(at).min(left / rest.max(1));
        if let Some(width) = widths.get_mut(at) {
            *width += more;
        }
        left -= more;
        rest -= 1;
    }
    widths
}
