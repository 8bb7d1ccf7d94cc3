//! The results of benchmarks and their goals: writes them as a table and as JSON, and counts the
//! goals that are met.

use std::process::ExitCode;

use serde_json::{Value, json};

/// A result of a benchmark, with its baseline and its goal.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: Figure,
    /// The name and the result of the code with which ours is compared; `None` if there is no
    /// comparison.
    pub(crate) baseline: Option<(&'static str, Figure)>,
    pub(crate) goal: Goal,
}

/// The median of several rounds, with the minimum and the maximum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

/// The goal for a result of a benchmark.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// Our result is at most `at_most` times the baseline. A larger ratio of up to `accepted` is
    /// reported as accepted. `measured` is the ratio to the baseline: the median of the ratios in
    /// several rounds. If there are several runs, it is the median of their medians.
    Ratio {
        measured: f64,
        at_most: f64,
        accepted: Option<f64>,
    },
    /// Our result is at most this value.
    AtMost(f64),
    /// There is no goal; the result is printed for information.
    None,
}

/// Whether a result of a benchmark meets its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    /// The goal is missed, but the result is in the accepted range.
    Accepted,
    Missed,
}

impl Verdict {
    fn of(measured: f64, at_most: f64, accepted: Option<f64>) -> Self {
        if measured <= at_most {
            Self::Met
        } else if accepted.is_some_and(|accepted| measured <= accepted) {
            Self::Accepted
        } else {
            Self::Missed
        }
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Accepted => "accepted",
            Self::Missed => "MISSED",
        }
    }
}

impl Goal {
    /// Returns the measured ratio and the goal as text, each empty if there is none. The maximum
    /// ratio that is still accepted follows the goal in brackets.
    pub(crate) fn texts(self) -> (String, String) {
        match self {
            Self::Ratio {
                measured,
                at_most,
                accepted,
            } => {
                let accepted = accepted.map_or(String::new(), |most| format!(" ({most:.2})"));
                (format!("{measured:.2}"), format!("{at_most:.2}{accepted}"))
            }
            Self::AtMost(most) => (String::new(), format!("{most:.1}")),
            Self::None => (String::new(), String::new()),
        }
    }
}

impl Row {
    /// Returns whether the result meets its goal; `None` if there is no goal.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        match self.goal {
            Goal::Ratio {
                measured,
                at_most,
                accepted,
            } => Some(Verdict::of(measured, at_most, accepted)),
            Goal::AtMost(most) => Some(Verdict::of(self.ours.median, most, None)),
            Goal::None => None,
        }
    }
}

impl Figure {
    /// Returns a figure whose value is the same in every round.
    pub(crate) fn exact(value: f64) -> Self {
        Self {
            least: value,
            median: value,
            most: value,
        }
    }
}

/// Prints a table of the results. The last line is `N goals met, M missed`.
pub(crate) fn print(rows: &[Row]) {
    print_rows(rows);
    let (met, missed) = verdicts(rows);
    println!("{met} goals met, {missed} missed");
}

/// Prints a table of the results.
pub(crate) fn print_rows(rows: &[Row]) {
    println!(
        "{:<44}{:>10}{:>20}{:>11}{:>8}{:>13}  ",
        "", "ours", "(least to most)", "baseline", "ratio", "goal"
    );
    for row in rows {
        let spread = format!("({:.1} to {:.1})", row.ours.least, row.ours.most);
        let baseline = row
            .baseline
            .map_or(String::new(), |(_, figure)| format!("{:.1}", figure.median));
        let (ratio, goal) = row.goal.texts();
        let verdict = row.verdict().map_or("", Verdict::text);
        let name = match row.baseline {
            Some((baseline, _)) => format!("{} ({} / {baseline})", row.name, row.unit),
            None => format!("{} ({})", row.name, row.unit),
        };
        println!(
            "{name:<44}{:>10.1}{spread:>20}{baseline:>11}{ratio:>8}{goal:>13}  {verdict}",
            row.ours.median
        );
    }
}

/// Writes the results to a JSON file.
pub(crate) fn write_json(rows: &[Row], file: &str) -> Result<(), String> {
    let figure = |figure: Figure| json!({ "least": figure.least, "median": figure.median, "most": figure.most });
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let (ratio, goal, accepted) = match row.goal {
                Goal::Ratio {
                    measured,
                    at_most,
                    accepted,
                } => (Some(measured), Some(at_most), accepted),
                Goal::AtMost(most) => (None, Some(most), None),
                Goal::None => (None, None, None),
            };
            json!({
                "name": row.name,
                "unit": row.unit,
                "ours": figure(row.ours),
                "baseline": row.baseline.map(|(name, value)| json!({ "name": name, "figure": figure(value) })),
                "ratio": ratio,
                "goal": goal,
                "accepted": accepted,
                "verdict": row.verdict().map(Verdict::text),
            })
        })
        .collect();
    let text = format!("{:#}\n", Value::Array(rows));
    std::fs::write(file, text).map_err(|error| format!("{file}: {error}"))
}

/// Returns the exit code: a failure if a goal is missed.
pub(crate) fn exit_code(rows: &[Row]) -> ExitCode {
    match verdicts(rows) {
        (_, 0) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Returns how many goals are met or accepted, and how many are missed.
fn verdicts(rows: &[Row]) -> (usize, usize) {
    let verdicts = rows.iter().filter_map(Row::verdict);
    let (missed, met): (Vec<_>, Vec<_>) = verdicts.partition(|&it| it == Verdict::Missed);
    (met.len(), missed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(goal: Goal) -> Row {
        Row {
            name: "row".to_owned(),
            unit: "ns",
            ours: Figure::exact(3.0),
            baseline: None,
            goal,
        }
    }

    fn ratio(measured: f64, accepted: Option<f64>) -> Row {
        row(Goal::Ratio {
            measured,
            at_most: 1.5,
            accepted,
        })
    }

    #[test]
    fn what_is_accepted_counts_as_met_and_is_told_apart() {
        let rows = [
            ratio(1.5, Some(1.6)),
            ratio(1.6, Some(1.6)),
            ratio(1.7, Some(1.6)),
            ratio(1.6, None),
            row(Goal::AtMost(3.0)),
            row(Goal::AtMost(2.9)),
            row(Goal::None),
        ];
        let texts = rows.each_ref().map(|row| row.verdict().map(Verdict::text));
        let (met, accepted, missed) = (Some("met"), Some("accepted"), Some("MISSED"));
        assert_eq!(texts, [met, accepted, missed, missed, met, missed, None]);
        assert_eq!(verdicts(&rows), (3, 3));
    }

    #[test]
    fn a_figure_that_is_none_meets_no_goal() {
        assert_eq!(ratio(f64::NAN, Some(1.6)).verdict(), Some(Verdict::Missed));
    }
}
