//! Tables without borders that are fitted to the width of the terminal.

use super::layout::{Grid, Laid};
use crate::terminal::{Look, one_line};

/// A table, whose fields are text.
#[derive(Debug, Default)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
    members: &'static [&'static str],
    has_headings: bool,
}

/// A row, and the index of the result that it shows.
#[derive(Debug)]
struct Row {
    of: usize,
    cells: Vec<Cell>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(super) heading: String,
    /// The name of the column in machine-readable output. If results have a member with this path,
    /// such output contains its value.
    pub(super) name: String,
    pub(super) when: When,
    /// The rank, which determines the order in which columns are dropped if they do not fit: first
    /// the empty ones, then those with the highest rank. A column with rank 0 is dropped only if it
    /// is empty.
    pub(super) rank: u8,
    /// Whether fields may be wrapped between words.
    pub(super) folds: bool,
    /// Whether the column shows how much time has passed since the time in the member.
    pub(super) is_elapsed: bool,
}

/// The formats in which a column is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum When {
    Always,
    /// In all formats except for `table`.
    Wide,
    /// Only in human-readable output.
    ForPeople,
}

/// A field of a table.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(super) text: String,
    pub(super) tone: Tone,
}

/// The severity of a field, which determines its colour.
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

    pub(super) fn plain(text: &str) -> Self {
        Self::new(text, Tone::Plain)
    }
}

/// Returns the part of a text that may be shown in a table: its first 4000 characters. Measuring a
/// very long text would take seconds.
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

impl Column {
    /// Creates a column that is shown in all formats. `member` is the path of the member that the
    /// column shows.
    pub(crate) fn new(heading: &str, member: &str) -> Self {
        Self {
            heading: heading.to_owned(),
            name: member.to_owned(),
            when: When::Always,
            rank: 0,
            folds: false,
            is_elapsed: false,
        }
    }

    /// Creates a column that shows how much time has passed since the time in the member at the
    /// path `member`.
    pub(crate) fn since(heading: &str, member: &str) -> Self {
        Self {
            is_elapsed: true,
            ..Self::new(heading, member)
        }
    }

    /// Sets the rank. If the columns do not fit, those with a high rank are dropped before those
    /// with a low one.
    pub(crate) fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    /// Allows fields to be wrapped between words.
    pub(crate) fn folds(mut self) -> Self {
        self.folds = true;
        self
    }

    /// Shows the column only in the wide table and in machine-readable output.
    pub(crate) fn wide(mut self) -> Self {
        self.when = When::Wide;
        self
    }

    /// Shows the column only in human-readable output.
    pub(crate) fn for_people(mut self) -> Self {
        self.when = When::ForPeople;
        self
    }

    /// Shows the column in all formats, and sets its rank to 0.
    pub(super) fn always(mut self) -> Self {
        self.when = When::Always;
        self.rank = 0;
        self
    }

    /// Creates a column for the member at `path`. The path is also the heading.
    pub(super) fn of_member(path: &str) -> Self {
        Self::new(path, path).folds()
    }

    /// Returns whether `name` is the name of this column, or its heading. In headings, upper and
    /// lower case and the separators between words are ignored.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let plain = |text: &str| text.replace([' ', '-', '_'], "").to_lowercase();
        self.name == name || plain(&self.heading) == plain(name)
    }
}

impl Table {
    /// Creates a table with these headings.
    pub(crate) fn new(headings: impl IntoIterator<Item = &'static str>) -> Self {
        let column = |(at, heading)| {
            let column = Column::new(heading, &in_camel_case(heading));
            match at {
                0 => column,
                _ => column.folds(),
            }
        };
        Self::of(headings.into_iter().enumerate().map(column), &[])
    }

    /// Creates a table with these columns. `members` are members of the results in addition to
    /// those that the columns show.
    pub(crate) fn of(
        columns: impl IntoIterator<Item = Column>,
        members: &'static [&'static str],
    ) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            members,
            has_headings: true,
            rows: Vec::new(),
        }
    }

    /// Creates a table without headings that consists of names and values.
    pub(crate) fn of_pairs() -> Self {
        let columns = [Column::new("", ""), Column::new("", "").folds()];
        Self {
            has_headings: false,
            ..Self::of(columns, &[])
        }
    }

    /// Adds a row for the next result: the one after the result of the last row, or the first
    /// result if the table has no rows.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> &mut Self {
        let next = self.rows.last().map_or(0, |row| row.of + 1);
        self.row_of(next, cells)
    }

    /// Adds a row that shows the result with this index. A result may have several rows.
    pub(crate) fn row_of(&mut self, of: usize, cells: impl IntoIterator<Item = Cell>) -> &mut Self {
        let cells = cells.into_iter().collect();
        self.rows.push(Row { of, cells });
        self
    }

    /// Adds a name with its value, unless the value is empty.
    pub(crate) fn pair(&mut self, name: &'static str, value: impl Into<Cell>) -> &mut Self {
        let value = value.into();
        if !value.text.is_empty() {
            self.row([name.into(), value]);
        }
        self
    }

    /// Returns the table as text with a final line end; empty if there are no rows.
    pub(crate) fn render(&self, look: &Look) -> String {
        self.lay(look, false, true).text
    }

    pub(super) fn lay(&self, look: &Look, wide: bool, headers: bool) -> Laid {
        if self.rows.is_empty() {
            return Laid::default();
        }
        let shown = |column: &Column| wide || column.when != When::Wide;
        let at: Vec<usize> = (self.columns.iter().enumerate())
            .filter(|(_, column)| shown(column))
            .map(|(at, _)| at)
            .collect();
        let kept = |row: &'_ Row| -> Vec<usize> {
            at.iter()
                .copied()
                .filter(|at| *at < row.cells.len())
                .collect()
        };
        let grid = Grid {
            columns: at.iter().filter_map(|at| self.columns.get(*at)).collect(),
            rows: (self.rows.iter())
                .map(|row| {
                    kept(row)
                        .into_iter()
                        .filter_map(|at| row.cells.get(at))
                        .collect()
                })
                .collect(),
            headers: headers && self.has_headings,
            colour: look.colour,
        };
        grid.lay(look.width.map(usize::from))
    }

    /// Returns whether the table has headings. If so, its rows show results; otherwise, they show
    /// the names and values of a single result.
    pub(super) fn has_headings(&self) -> bool {
        self.has_headings
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn members(&self) -> &'static [&'static str] {
        self.members
    }

    /// Returns, for each row, the index of the result that it shows, and its fields.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, &[Cell])> {
        self.rows.iter().map(|row| (row.of, row.cells.as_slice()))
    }

    /// Keeps only the rows of these results, in this order.
    pub(super) fn select(&mut self, order: &[usize]) {
        let mut rows: std::collections::BTreeMap<usize, Vec<Row>> = Default::default();
        for row in self.rows.drain(..) {
            rows.entry(row.of).or_default().push(row);
        }
        let selected = order
            .iter()
            .flat_map(|of| rows.remove(of).unwrap_or_default());
        self.rows = selected.collect();
    }
}

/// Converts a heading: `FREE GPUS` becomes `freeGpus`.
fn in_camel_case(heading: &str) -> String {
    let mut name = String::new();
    for word in heading.split(' ') {
        let lower = word.to_lowercase();
        let mut letters = lower.chars();
        match (name.is_empty(), letters.next()) {
            (false, Some(first)) => name.extend(first.to_uppercase()),
            (_, first) => name.extend(first),
        }
        name.push_str(letters.as_str());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look {
        width: None,
        colour: false,
        live: false,
    };

    fn within(width: u16) -> Look {
        Look {
            width: Some(width),
            ..PLAIN
        }
    }

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
        assert_eq!(
            table.render(&within(30)),
            "ID           MESSAGE\n\
             dv-12345678  no node has a\n\
             \x20            free accelerator\n"
        );
    }

    #[test]
    fn columns_go_by_their_rank_before_rows_become_blocks() {
        let mut table = Table::of(
            [
                Column::new("ID", "id"),
                Column::new("STATE", "status"),
                Column::new("QUEUE", "queueName").rank(1),
                Column::new("AGE", "createdAt").rank(2),
            ],
            &[],
        );
        table.row(["dv-12345678", "running", "default", "4d"].map(Cell::from));
        table.row(["dv-2", "", "a-rather-long-one", "4d"].map(Cell::from));
        let laid = table.lay(&within(40), false, true);
        assert_eq!(laid.dropped, ["AGE"]);
        let laid = table.lay(&within(20), false, true);
        assert_eq!(laid.dropped, ["QUEUE", "AGE"]);
        assert_eq!(
            laid.text,
            "ID           STATE\ndv-12345678  running\ndv-2\n"
        );
        let laid = table.lay(&within(19), false, true);
        assert_eq!(laid.dropped, [""; 0]);
        assert_eq!(
            laid.text,
            "dv-12345678\n  STATE  running\n  QUEUE  default\n  AGE    4d\n\n\
             dv-2\n  QUEUE\n    a-rather-long-\n    one\n  AGE    4d\n"
        );
    }

    #[test]
    fn no_line_is_too_wide_and_no_word_is_broken_that_fits() {
        let words = [
            "a",
            "dv-f458ede5",
            "running",
            "registry.example.com/a:v1",
            "训练",
            "机,",
            "（一）",
            "b c",
        ];
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..2000 {
            let columns = random.usize(1..6);
            let column = |at| {
                let column = Column::new(["ID", "NAME", "FREE GPUS", "状态", "X"][at], "x");
                let column = column.rank(random.u8(0..4));
                match random.bool() {
                    true => column.folds(),
                    false => column,
                }
            };
            let mut table = Table::of((0..columns).map(column).collect::<Vec<_>>(), &[]);
            let mut random = fastrand::Rng::with_seed(random.u64(..));
            for _ in 0..random.usize(1..4) {
                let mut cell = |_| {
                    let count = random.usize(0..5);
                    let words: Vec<_> = (0..count)
                        .map(|_| words[random.usize(0..words.len())])
                        .collect();
                    Cell::from(words.join(" "))
                };
                table.row((0..columns).map(&mut cell).collect::<Vec<_>>());
            }
            // The widest word, with the indents of a block, below its name.
            let width = random.u16(30..100);
            let laid = table.lay(&within(width), false, true);
            for line in laid.text.lines() {
                let used = unicode_width::UnicodeWidthStr::width(line);
                assert!(
                    used <= usize::from(width),
                    "{used} > {width}\n{}",
                    laid.text
                );
                assert_eq!(line.trim_end(), line, "{}", laid.text);
            }
            for (_, cells) in table.rows() {
                for (at, cell) in cells.iter().enumerate() {
                    let heading = &table.columns()[at].heading;
                    if laid.dropped.contains(heading) {
                        continue;
                    }
                    for word in cell.text.split(' ').filter(|word| word.is_ascii()) {
                        assert!(
                            laid.text.contains(word),
                            "{word:?} is broken\n{}",
                            laid.text
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn values_go_below_their_names_where_they_do_not_fit_beside_them() {
        let mut table = Table::of_pairs();
        table.pair("Image", "registry.example.com/team/image:v1");
        table.pair("Internal IP", "10.0.0.9");
        assert_eq!(
            table.render(&within(40)),
            "Image\n  registry.example.com/team/image:v1\nInternal IP  10.0.0.9\n"
        );
    }

    #[test]
    fn rows_follow_their_results() {
        let mut table = Table::new(["A"]);
        table.row_of(0, ["0".into()]).row_of(0, ["0b".into()]);
        table.row_of(1, ["1".into()]).row_of(2, ["2".into()]);
        table.select(&[2, 0]);
        assert_eq!(table.render(&PLAIN), "A\n2\n0\n0b\n");
    }

    #[test]
    fn programs_know_columns_by_other_names() {
        assert_eq!(in_camel_case("FREE GPUS"), "freeGpus");
        assert_eq!(in_camel_case("ID"), "id");
        let column = Column::new("FREE GPUS", "freeGpus");
        for name in ["FREE GPUS", "free-gpus", "free_gpus", "freeGpus"] {
            assert!(column.is_called(name), "{name}");
        }
        assert!(!column.is_called("gpus"));
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
