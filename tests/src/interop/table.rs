//! The table of results: a row for each SDK and case, and a column for each kind of credentials.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rows::Rows;

/// The two kinds of credentials, each of which has a column in the table of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// A long-term access key.
    Key,
    /// A temporary access key with its session token.
    Token,
}

impl Kind {
    pub(super) const BOTH: [Self; 2] = [Self::Key, Self::Token];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Token => "token",
        }
    }
}

/// The verdict on one test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The test case has passed. The string tells how, such as `refused`.
    Passed(&'static str),
    Failed(String),
    /// The test case was left out, and counts neither as passed nor as failed.
    LeftOut(String),
}

#[derive(Debug)]
struct Row {
    sdk: String,
    case: String,
    through: String,
    cells: [Option<Verdict>; 2],
}

/// The table of all test cases, in the order in which they were reported.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Enters a verdict into the cell for this test case and kind of credentials. If the cell
    /// already contains a failure, the failure is kept.
    pub(super) fn put(
        &mut self,
        sdk: &str,
        case: &str,
        through: &str,
        kind: Kind,
        verdict: Verdict,
    ) {
        let same = |row: &Row| row.sdk == sdk && row.case == case && row.through == through;
        let at = self.rows.iter().position(same).unwrap_or_else(|| {
            self.rows.push(Row {
                sdk: sdk.to_owned(),
                case: case.to_owned(),
                through: through.to_owned(),
                cells: [None, None],
            });
            self.rows.len() - 1
        });
        if let Some(row) = self.rows.get_mut(at) {
            let [key, token] = &mut row.cells;
            let cell = match kind {
                Kind::Key => key,
                Kind::Token => token,
            };
            if !matches!(cell, Some(Verdict::Failed(_))) {
                *cell = Some(verdict);
            }
        }
    }

    /// Returns the rows, each with the results for both kinds of credentials, in the format of
    /// `tests/interop/expected.tsv`. The name of the SDK does not include its version.
    pub(super) fn results(&self) -> Vec<String> {
        let results = self.rows.iter().map(|row| {
            let sdk = row.sdk.split(' ').next().unwrap_or_default();
            let [key, token] = &row.cells;
            [sdk, &row.case, &row.through, cell(key), cell(token)].join("\t")
        });
        results.collect()
    }

    /// Adds a test for each cell of the table that has passed or failed, and notes why the other
    /// cells were left out.
    pub(super) fn add_to(&self, rows: &mut Rows) {
        for row in &self.rows {
            for (kind, verdict) in row.verdicts() {
                let Row {
                    sdk, case, through, ..
                } = row;
                let case = format!("{sdk} {case} through {through} with {}", kind.name());
                match verdict {
                    Verdict::Passed(_) => rows.checked(case, Ok(())),
                    Verdict::Failed(why) => rows.checked(case, Err(why.clone())),
                    Verdict::LeftOut(_) => {}
                }
            }
        }
        for (why, count) in self.left_out() {
            rows.notes().add(format!("left out, {count} times: {why}"));
        }
    }

    /// Returns the reasons for which test cases were left out, each with the number of test cases.
    fn left_out(&self) -> BTreeMap<String, usize> {
        let mut reasons = BTreeMap::new();
        for row in &self.rows {
            for (_, verdict) in row.verdicts() {
                if let Verdict::LeftOut(why) = verdict {
                    let reason = format!("{}, {}: {why}", row.sdk, row.through);
                    *reasons.entry(reason).or_default() += 1;
                }
            }
        }
        reasons
    }
}

impl Row {
    fn verdicts(&self) -> impl Iterator<Item = (Kind, &Verdict)> {
        let cells = Kind::BOTH.into_iter().zip(&self.cells);
        cells.filter_map(|(kind, cell)| Some((kind, cell.as_ref()?)))
    }
}

fn cell(verdict: &Option<Verdict>) -> &'static str {
    match verdict {
        None => "",
        Some(Verdict::Passed(word)) => word,
        Some(Verdict::Failed(_)) => "FAILED",
        Some(Verdict::LeftOut(_)) => "-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Outcome;

    fn table(verdicts: &[Verdict]) -> Table {
        let mut table = Table::default();
        for verdict in verdicts {
            table.put("sdk", "case", "client", Kind::Key, verdict.clone());
        }
        table
    }

    #[test]
    fn a_failure_is_not_painted_over() {
        let failed = Verdict::Failed("why".to_owned());
        let table = table(&[Verdict::Passed("ok"), failed, Verdict::Passed("ok")]);
        assert_eq!(table.results(), ["sdk\tcase\tclient\tFAILED\t"]);
    }

    #[test]
    fn what_is_left_out_does_not_count() {
        let mut rows = Rows::default();
        table(&[Verdict::LeftOut("why".to_owned())]).add_to(&mut rows);
        assert_eq!(rows.run(&[], None), Outcome::default());
    }
}
