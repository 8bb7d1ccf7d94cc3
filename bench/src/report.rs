//! Rows with their goals: a table, JSON, and how many goals are met.

use std::process::ExitCode;

use serde_json::{Value, json};

/// One figure beside the figure that it is held against.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: Figure,
    /// What the work itself costs, and what does it.
    pub(crate) baseline: Option<(&'static str, Figure)>,
    pub(crate) goal: Goal,
}

/// The median of several rounds, with the least and the most of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

/// What a row must come to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// Ours is at most so many times the baseline. Holds the ratio that was measured: the median of
    /// the rounds' ratios, each of two figures that were taken one right after the other.
    Ratio { measured: f64, at_most: f64 },
    /// Ours is at most so much.
    AtMost(f64),
    /// Printed for its own sake.
    None,
}

impl Row {
    /// Whether the goal is met, if there is one.
    pub(crate) fn is_met(&self) -> Option<bool> {
        match self.goal {
            Goal::Ratio { measured, at_most } => Some(measured <= at_most),
            Goal::AtMost(most) => Some(self.ours.median <= most),
            Goal::None => None,
        }
    }
}

impl Figure {
    /// A figure that is the same in every round.
    pub(crate) fn exact(value: f64) -> Self {
        Self {
            least: value,
            median: value,
            most: value,
        }
    }
}

/// Prints the rows and, as the last line, `N goals met, M missed`.
pub(crate) fn print(rows: &[Row]) {
    print_rows(rows);
    let (met, missed) = verdicts(rows);
    println!("{met} goals met, {missed} missed");
}

/// Prints the rows.
pub(crate) fn print_rows(rows: &[Row]) {
    println!(
        "{:<44}{:>10}{:>20}{:>11}{:>8}{:>8}  ",
        "", "ours", "(least to most)", "baseline", "ratio", "goal"
    );
    for row in rows {
        let spread = format!("({:.1} to {:.1})", row.ours.least, row.ours.most);
        let baseline = row
            .baseline
            .map_or(String::new(), |(_, figure)| format!("{:.1}", figure.median));
        let (ratio, goal) = match row.goal {
            Goal::Ratio { measured, at_most } => {
                (format!("{measured:.2}"), format!("{at_most:.2}"))
            }
            Goal::AtMost(most) => (String::new(), format!("{most:.1}")),
            Goal::None => (String::new(), String::new()),
        };
        let verdict = match row.is_met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        let name = match row.baseline {
            Some((baseline, _)) => format!("{} ({} / {baseline})", row.name, row.unit),
            None => format!("{} ({})", row.name, row.unit),
        };
        println!(
            "{name:<44}{:>10.1}{spread:>20}{baseline:>11}{ratio:>8}{goal:>8}  {verdict}",
            row.ours.median
        );
    }
}

/// Writes the rows where a program can read them.
pub(crate) fn write_json(rows: &[Row], file: &str) -> Result<(), String> {
    let figure = |figure: Figure| json!({ "least": figure.least, "median": figure.median, "most": figure.most });
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let (ratio, goal) = match row.goal {
                Goal::Ratio { measured, at_most } => (Some(measured), Some(at_most)),
                Goal::AtMost(most) => (None, Some(most)),
                Goal::None => (None, None),
            };
            json!({
                "name": row.name,
                "unit": row.unit,
                "ours": figure(row.ours),
                "baseline": row.baseline.map(|(name, value)| json!({ "name": name, "figure": figure(value) })),
                "ratio": ratio,
                "goal": goal,
                "met": row.is_met(),
            })
        })
        .collect();
    let text = format!("{:#}\n", Value::Array(rows));
    std::fs::write(file, text).map_err(|error| format!("{file}: {error}"))
}

/// Failure when a goal is missed.
pub(crate) fn exit_code(rows: &[Row]) -> ExitCode {
    match verdicts(rows) {
        (_, 0) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn verdicts(rows: &[Row]) -> (usize, usize) {
    let count = |met| rows.iter().filter(|row| row.is_met() == Some(met)).count();
    (count(true), count(false))
}
