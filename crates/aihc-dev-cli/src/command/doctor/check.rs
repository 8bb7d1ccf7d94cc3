//! The result of one of the checks that `doctor` makes.

use serde::Serialize;

use crate::exit::{Exit, Failure, hint};
use crate::language::Text;

/// The result of one of the checks that `doctor` makes, for example of the credentials.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Check {
    pub(super) check: &'static str,
    pub(super) ok: bool,
    pub(super) found: Text,
    /// What the user should do about a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<Text>,
    #[serde(skip)]
    pub(super) exit: Exit,
}

impl Check {
    pub(super) fn ok(check: &'static str, found: impl Into<Text>) -> Self {
        Self {
            check,
            ok: true,
            found: found.into(),
            advice: None,
            exit: Exit::Ok,
        }
    }

    pub(super) fn failed(check: &'static str, failure: &Failure) -> Self {
        Self {
            ok: false,
            advice: hint::of(failure),
            exit: failure.exit(),
            ..Self::ok(check, failure.text())
        }
    }
}
