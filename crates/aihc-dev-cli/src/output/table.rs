//! Tables without borders that fit the terminal.

use comfy_table::{ColumnConstraint, ContentArrangement, presets};

use crate::terminal::{Look, one_line};

/// Columns between two fields.
const GAP: u16 = 2;
/// What is left for each column that is folded so that others are not.
const ROOM: i64 = 10;

/// A table of text. Where it does not fit, the widest columns are folded, and never the first.
#[derive(Debug)]
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// One field of a table.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

/// How good or bad a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Busy,
    Bad,
}

impl Cell {
    pub(crate) fn new(text: impl AsRef<str>, tone: Tone) -> Self {
        Self {
            text: one_line(short(text.as_ref())).into_owned(),
            tone,
        }
    }
}

/// As much of a text as anybody reads in a table: measuring more takes seconds.
fn short(text: &str) -> &str {
    const LONGEST: usize = 4000;
    let end = text.char_indices().nth(LONGEST).map(|(end, _)| end);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Tone::Plain)
    }
}

impl Table {
    /// A table with these headings.
    pub(crate) fn new(headings: impl IntoIterator<Item = &'static str>) -> Self {
        Self {
            headings: headings.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    /// A list of names and values, without headings.
    pub(crate) fn of_pairs() -> Self {
        Self::new([])
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> &mut Self {
        self.rows.push(cells.into_iter().collect());
        self
    }

    /// A name and its value, unless the value is empty.
    pub(crate) fn pair(&mut self, name: &'static str, value: impl Into<Cell>) -> &mut Self {
        let value = value.into();
        if !value.text.is_empty() {
            self.row([name.into(), value]);
        }
        self
    }

    /// The text, with the end of the last line; nothing, if there are no rows.
    pub(crate) fn render(&self, look: &Look) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        match look.width {
            Some(width) => table
                .set_width(width)
                .set_content_arrangement(ContentArrangement::Dynamic),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        if look.colour {
            table.enforce_styling().style_text_only();
        } else {
            table.force_no_tty();
        }
        if !self.headings.is_empty() {
            table.set_header(self.headings.clone());
        }
        for row in &self.rows {
            table.add_row(row.iter().map(styled));
        }
        let last = table.column_count().saturating_sub(1);
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index < last { GAP } else { 0 }));
        }
        if let Some(width) = look.width {
            for index in unfolded(&table.column_max_content_widths(), width) {
                if let Some(column) = table.column_mut(index) {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
            }
        }
        table.trim_fmt() + "\n"
    }
}

/// The columns that keep their width: the first, and of the others the narrowest, as long as there
/// is room for the rest.
fn unfolded(widths: &[u16], available: u16) -> Vec<usize> {
    let mut order: Vec<usize> = (0..widths.len()).collect();
    order.sort_by_key(|&index| (index > 0, widths.get(index)));
    let mut left = i64::from(available) + i64::from(GAP);
    let mut rest = widths.len() as i64;
    let mut kept = Vec::new();
    for index in order {
        rest -= 1;
        left -= widths
            .get(index)
            .map_or(0, |width| i64::from(*width) + i64::from(GAP));
        if index > 0 && left < rest * ROOM {
            break;
        }
        kept.push(index);
    }
    kept
}

fn styled(cell: &Cell) -> comfy_table::Cell {
    let shown = comfy_table::Cell::new(&cell.text);
    match cell.tone {
        Tone::Plain => shown,
        Tone::Good => shown.fg(comfy_table::Color::Green),
        Tone::Busy => shown.fg(comfy_table::Color::Yellow),
        Tone::Bad => shown.fg(comfy_table::Color::Red),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look {
        width: None,
        colour: false,
        live: false,
    };

    #[test]
    fn a_cell_holds_no_more_than_anybody_reads() {
        let huge = "\u{1b}".repeat(1 << 20);
        assert_eq!(
            Cell::new(&huge, Tone::Plain).text.len(),
            4000 * "\\u{1b}".len()
        );
        assert_eq!(Cell::from("机器").text, "机器");
    }

    fn sample() -> Table {
        let mut table = Table::new(["ID", "NAME", "STATE"]);
        table.row([
            "dv-1".into(),
            "训练机一号".into(),
            Cell::new("running", Tone::Good),
        ]);
        table.row(["dv-22".into(), "plain".into(), "stopped".into()]);
        table
    }

    #[test]
    fn chinese_counts_two_columns() {
        assert_eq!(
            sample().render(&PLAIN),
            "ID     NAME        STATE\n\
             dv-1   训练机一号  running\n\
             dv-22  plain       stopped\n"
        );
    }

    #[test]
    fn long_fields_are_folded_to_fit_and_ids_are_not() {
        let mut table = Table::new(["ID", "MESSAGE"]);
        table.row([
            "dv-12345678".into(),
            "no node has a free accelerator".into(),
        ]);
        let narrow = Look {
            width: Some(30),
            ..PLAIN
        };
        assert_eq!(
            table.render(&narrow),
            "ID           MESSAGE\n\
             dv-12345678  no node has a\n\
             \x20            free accelerator\n"
        );
    }

    #[test]
    fn narrow_columns_keep_their_width_as_long_as_wide_ones_have_room() {
        assert_eq!(unfolded(&[20, 6, 16, 5, 60], 115), [0, 3, 1, 2, 4]);
        assert_eq!(unfolded(&[20, 6, 16, 5, 60], 114), [0, 3, 1, 2]);
        assert_eq!(unfolded(&[20, 6, 16, 5, 60], 63), [0, 3, 1, 2]);
        assert_eq!(unfolded(&[20, 6, 16, 5, 60], 62), [0, 3, 1]);
        assert_eq!(unfolded(&[20, 6, 16, 5, 60], 30), [0]);
        assert_eq!(unfolded(&[], 30), [0; 0]);
    }

    #[test]
    fn colours_come_only_where_they_are_wanted() {
        let coloured = Look {
            colour: true,
            ..PLAIN
        };
        assert!(sample().render(&coloured).contains("\x1b["));
        assert!(!sample().render(&PLAIN).contains('\x1b'));
    }

    #[test]
    fn escape_sequences_in_names_are_escaped() {
        let mut table = Table::of_pairs();
        table.pair("Name", "\x1b]0;evil\x07").pair("Empty", "");
        assert_eq!(table.render(&PLAIN), "Name  \\u{1b}]0;evil\\u{7}\n");
    }
}
