//! The expected reports of the programs that use an official SDK.

use serde::Deserialize;

use super::reports::{Answer, Report};
use super::table::Verdict;

const SPECS: [&str; 2] = [
    include_str!("../../../xtask/spec/aihc-dev.json"),
    include_str!("../../../xtask/spec/sts.json"),
];

#[derive(Deserialize)]
struct Spec {
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    name: String,
}

/// Returns the names of all operations of `aihc-dev` and STS.
pub(super) fn operations() -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for spec in SPECS {
        let spec: Spec =
            serde_json::from_str(spec).map_err(|error| format!("the API description: {error}"))?;
        names.extend(spec.operations.into_iter().map(|operation| operation.name));
    }
    Ok(names)
}

/// A program that uses an SDK.
#[derive(Clone, Copy, Debug)]
pub(super) enum Program {
    /// Makes calls that the service must accept.
    Operations,
    /// Makes calls that the service must refuse.
    Refusals,
    /// Makes calls about pools, queues, datasets, models, jobs and services, with two official
    /// Python packages.
    Aihc,
}

const MISMATCH: &str = "SignatureDoesNotMatch";
const UNKNOWN: &str = "InvalidAccessKeyId";
const EXPIRED: &str = "RequestExpired";

/// The expected error code for each bad request; `None` for the valid request from which the bad
/// ones are made.
const REFUSALS: [(&str, Option<&str>); 14] = [
    ("request as signed", None),
    ("changed method", Some(MISMATCH)),
    ("changed path", Some(MISMATCH)),
    ("changed query", Some(MISMATCH)),
    ("added query parameter", Some(MISMATCH)),
    ("changed header", Some(MISMATCH)),
    ("added x-bce header", Some(MISMATCH)),
    ("changed host", Some(MISMATCH)),
    ("changed body length", Some(MISMATCH)),
    ("changed body of the same length", Some(MISMATCH)),
    ("expired signature", Some(EXPIRED)),
    ("date of tomorrow", Some(EXPIRED)),
    ("wrong secret key", Some(MISMATCH)),
    ("unknown access key", Some(UNKNOWN)),
];

/// The expected error code for each bad request that is only possible with session credentials.
const TOKEN_REFUSALS: [(&str, Option<&str>); 3] = [
    ("no session token", Some(UNKNOWN)),
    ("another session token", Some(UNKNOWN)),
    ("changed session token", Some(MISMATCH)),
];

/// The table of results that is expected. A comparison with it shows whether a program has reported
/// nothing, or has left out a case.
const RESULTS: &str = include_str!("../../interop/expected.tsv");

/// Compares the results with the expected table. Returns each row that is missing or not expected,
/// with its problem.
pub(super) fn compare(results: &[String]) -> Vec<(String, Result<(), String>)> {
    let expected: Vec<&str> = RESULTS.lines().collect();
    let missing = expected
        .iter()
        .filter(|row| !results.iter().any(|result| result == *row))
        .map(|row| (*row, "is expected, and is not there"));
    let unknown = results
        .iter()
        .map(String::as_str)
        .filter(|result| !expected.contains(result))
        .map(|row| (row, "is there, and is not expected"));
    let wrong = missing.chain(unknown);
    wrong
        .map(|(row, problem)| (row.replace('\t', " | "), Err(problem.to_owned())))
        .collect()
}

impl Program {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Refusals => "refusals",
            Self::Aihc => "aihc",
        }
    }

    /// Returns the verdict on the report about a test case: whether the SDK's call had the expected
    /// result.
    pub(super) fn judge(self, report: &Report) -> Verdict {
        if report.result == Answer::LeftOut {
            return Verdict::LeftOut(report.detail.clone());
        }
        let code = match self {
            Self::Operations | Self::Aihc => None,
            Self::Refusals => {
                let mut known = REFUSALS.iter().chain(&TOKEN_REFUSALS);
                match known.find(|(case, _)| *case == report.case) {
                    Some((_, code)) => *code,
                    None => return Verdict::Failed("nobody knows what to expect".to_owned()),
                }
            }
        };
        match (report.result, code) {
            (Answer::Accepted, None) => return Verdict::Passed("ok"),
            (Answer::Refused, Some(code)) if report.detail == code => {
                return Verdict::Passed("refused");
            }
            _ => {}
        }
        let expected = code.unwrap_or("success");
        Verdict::Failed(match report.result {
            Answer::Accepted => format!("accepted instead of {expected}"),
            _ => format!("{} instead of {expected}", report.detail),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::table::Kind;

    fn verdict(program: Program, case: &str, result: Answer, detail: &str) -> Verdict {
        program.judge(&Report {
            case: case.to_owned(),
            through: "client".to_owned(),
            credentials: Kind::Key,
            result,
            detail: detail.to_owned(),
        })
    }

    #[test]
    fn an_operation_passes_only_when_it_is_accepted() {
        let judge = |result| verdict(Program::Operations, "StopDevInstance", result, "Forbidden");
        assert_eq!(judge(Answer::Accepted), Verdict::Passed("ok"));
        assert!(matches!(judge(Answer::Refused), Verdict::Failed(_)));
        assert!(matches!(judge(Answer::Failed), Verdict::Failed(_)));
        assert!(matches!(judge(Answer::LeftOut), Verdict::LeftOut(_)));
    }

    #[test]
    fn a_witness_that_says_less_than_it_can_is_noticed() {
        let all: Vec<String> = RESULTS.lines().map(str::to_owned).collect();
        assert!(all.len() > 80);
        assert!(compare(&all).is_empty());
        assert_eq!(compare(&all[1..]).len(), 1);
        let mut silent = all;
        let row = silent
            .iter_mut()
            .find(|row| row.contains("ok\tok"))
            .unwrap();
        *row = row.replace("ok\tok", "-\tok");
        assert_eq!(compare(&silent).len(), 2);
    }

    #[test]
    fn every_operation_beside_dev_instances_has_a_witness() {
        let spec: Spec =
            serde_json::from_str(include_str!("../../../xtask/spec/aihc.json")).unwrap();
        assert!(spec.operations.len() >= 50);
        for Operation { name } in spec.operations {
            let row = |row: &&str| row.contains(&format!("\t{name}\t")) && row.ends_with("\tok\t");
            assert!(RESULTS.lines().any(|line| row(&line)), "{name}");
        }
    }

    #[test]
    fn a_refusal_passes_only_with_its_own_code() {
        let judge = |case, result, code| verdict(Program::Refusals, case, result, code);
        let refused = |case, code| judge(case, Answer::Refused, code);
        assert_eq!(
            refused("changed query", MISMATCH),
            Verdict::Passed("refused")
        );
        assert!(matches!(
            refused("changed query", EXPIRED),
            Verdict::Failed(_)
        ));
        assert!(matches!(
            refused("request as signed", MISMATCH),
            Verdict::Failed(_)
        ));
        assert!(matches!(
            refused("something new", MISMATCH),
            Verdict::Failed(_)
        ));
        let accepted = judge("changed query", Answer::Accepted, "");
        assert!(matches!(accepted, Verdict::Failed(_)));
    }
}
