//! Writes the tables and plots in `docs/benchmarks.md` if a benchmark runs with `--save`. The rest
//! of that page is written by hand.
//!
//! A table is between the lines `<!-- table: NAME -->` and `<!-- end of table -->`.

mod plot;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::growth::Series;
use crate::report::{Figure, Row, Verdict};

const PAGE: &str = "benchmarks.md";
const END: &str = "<!-- end of table -->";

/// Writes the rows of a benchmark to its table in `docs/benchmarks.md`.
pub(crate) fn save_rows(name: &str, rows: &[Row]) -> Result<(), String> {
    save_table(name, &table(rows))
}

/// Writes series of measurements to the table `growth` in `docs/benchmarks.md`, and draws them in
/// the plot `growth.svg`.
pub(crate) fn save_series(all: &[Series]) -> Result<(), String> {
    let mut text = String::new();
    for series in all {
        push_series(&mut text, series);
    }
    save_table("growth", &text)?;
    write("growth.svg", &plot::lines(all))
}

/// Draws the cost per call of each compared client in the plot `call.svg`.
pub(crate) fn save_calls(groups: &[(String, Vec<(&str, Figure)>)]) -> Result<(), String> {
    write("call.svg", &plot::bars("us cpu per call", groups))
}

fn save_table(name: &str, table: &str) -> Result<(), String> {
    let file = docs().join(PAGE);
    let page = std::fs::read_to_string(&file).map_err(|error| format!("{PAGE}: {error}"))?;
    write(PAGE, &replaced(&page, name, table)?)
}

fn write(name: &str, text: &str) -> Result<(), String> {
    std::fs::write(docs().join(name), text).map_err(|error| format!("{name}: {error}"))
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// Returns `page`, the text of `docs/benchmarks.md`, after replacing the table called `name`.
fn replaced(page: &str, name: &str, table: &str) -> Result<String, String> {
    let start = format!("<!-- table: {name} -->\n");
    let missing = || format!("{PAGE} has no table {name}");
    let (before, rest) = page.split_once(&start).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    let table = table.trim_matches('\n');
    Ok(format!("{before}{start}\n{table}\n\n{END}{after}"))
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| | ours | beside it | ratio | goal | |\n\
         |---|---:|---:|---:|---:|---|\n",
    );
    for row in rows {
        let beside = row.baseline.map_or(String::new(), |(name, figure)| {
            format!("{:.1} ({name})", figure.median)
        });
        let (ratio, goal) = row.goal.texts();
        let verdict = row.verdict().map_or("", Verdict::text);
        let cells = [
            format!("{}, {}", row.name, row.unit),
            spread(row.ours),
            beside,
            ratio,
            goal,
            verdict.to_owned(),
        ];
        push_line(&mut text, &cells);
    }
    text
}

fn push_series(text: &mut String, series: &Series) {
    let unit = series.unit;
    let title = sentence(series.title);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n{title}:\n");
    push_line(text, &["size", unit, "least", "most"].map(str::to_owned));
    text.push_str("|---:|---:|---:|---:|\n");
    for (size, figure) in series.sizes.iter().zip(&series.figures) {
        let figures = [figure.median, figure.least, figure.most].map(|value| format!("{value:.2}"));
        let cells: Vec<String> = [size.to_string()].into_iter().chain(figures).collect();
        push_line(text, &cells);
    }
}

fn push_line(text: &mut String, cells: &[String]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn spread(figure: Figure) -> String {
    let Figure {
        least,
        median,
        most,
    } = figure;
    match least == most {
        true => format!("{median:.1}"),
        false => format!("{median:.1} ({least:.1} to {most:.1})"),
    }
}

/// Returns `title` with a capital first letter.
fn sentence(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_replaced_and_nothing_else_is() {
        let page = "a\n<!-- table: x -->\nold\n<!-- end of table -->\nb\n\
                    <!-- table: y -->\nkept\n<!-- end of table -->\n";
        let expected = "a\n<!-- table: x -->\n\n| new |\n\n<!-- end of table -->\nb\n\
                        <!-- table: y -->\nkept\n<!-- end of table -->\n";
        let once = replaced(page, "x", "| new |\n").unwrap();
        assert_eq!(once, expected);
        assert_eq!(replaced(&once, "x", "| new |\n").unwrap(), expected);
        assert!(replaced(page, "z", "").is_err());
    }
}
