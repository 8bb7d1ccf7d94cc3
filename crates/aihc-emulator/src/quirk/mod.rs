//! Quirks: variants of the emulator's responses. Some of them occur in the documentation, in an SDK
//! or in live responses; the others are invented.

mod foreign;
mod shown;

use std::fmt;
use std::str::FromStr;

use http::HeaderMap;
use serde_json::Value;

use self::foreign as other;
use self::shown::{
    event_types, invalid_param, signature_status, sts_response_shape, sts_secret_name, sts_times,
    timed_stop_types, zero_values,
};
use crate::error::ApiError;
use crate::scenario::SettingError;

/// A variant of the emulator's responses.
///
/// Some variants occur in a source: a page of the documentation, an SDK, or a report of live use. A
/// client must cope with those. The other variants, which are called [foreign](Self::is_foreign),
/// are invented; they serve to test programs that compare responses with the API description.
///
/// ```
/// use aihc_emulator::{Emulator, Quirk};
///
/// let emulator = Emulator::builder().quirk(Quirk::ZeroValues).quirk(Quirk::InvalidParam);
/// # let _ = emulator;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Quirk {
    /// The time stamps of a dev instance's events are strings and their `type` is a number, as in
    /// the documentation's table of these events. The table does not define the numbers; the
    /// emulator sends 0 for `Normal` and 1 for `Warning`.
    EventTypes,
    /// The error code for an invalid parameter is `InvalidParam`, as in live responses of related
    /// operations.
    InvalidParam,
    /// `SignatureDoesNotMatch` has status 401, as on the documentation page of common error codes.
    /// The profile `Lenient` has the same effect.
    SignatureStatus,
    /// STS responds with a single object `credential`, as in the tables of its documentation.
    StsResponseShape,
    /// The member with the secret key of a session is named `accessKeySecret`, as on the page of
    /// data types in the documentation of IAM.
    StsSecretName,
    /// The times in responses of STS have a fraction and an offset, as times in the Go SDK may
    /// have.
    StsTimes,
    /// The members of `timedStopDevInstance` are strings, as in the documentation's table; without
    /// a timer, they are empty.
    TimedStopTypes,
    /// Empty strings, lists and objects in the responses of `Describe` operations are null, except
    /// at the top level of the response. For example, the list in the response for an empty page
    /// stays an empty list.
    ZeroValues,
    /// An invented variant: the member `phase` of listed pools is named `state`.
    RenamedMember,
    /// An invented variant: the names of the members of listed dev instances are in snake case,
    /// like `created_at`.
    SnakeCase,
    /// An invented variant: the response that describes a dev instance lacks `devInstance`.
    MissingMember,
    /// An invented variant: listed jobs have an additional member `gpuHours`.
    ExtraMember,
    /// An invented variant: `totalCount` is a string.
    CountsAsText,
    /// An invented variant: `accountId` of listed dev instances is a number.
    AccountsAsNumbers,
    /// An invented variant: booleans are the numbers 0 and 1.
    FlagsAsNumbers,
    /// An invented variant: the list of datasets is an object whose keys are the ids.
    ListAsObject,
    /// An invented variant: in the description of a dev instance, null is replaced with an empty
    /// string.
    TextForObject,
    /// An invented variant: the times of STS contain a space, and no time zone.
    TimesWithSpace,
    /// An invented variant: `createdAt` and `updatedAt` of dev instances and image pack jobs count
    /// milliseconds.
    TimesInMilliseconds,
    /// An invented variant: listed jobs are in the state `Evicted`.
    UnknownState,
    /// An invented variant: `totalCount` is always 0.
    WrongCount,
    /// An invented variant: in the responses of `Describe` operations, all members except
    /// `requestId` are in an object `data`.
    InData,
    /// An invented variant: the error code is `ResourceNotFoundException` instead of `NotFound`.
    NotFoundCode,
    /// An invented variant: errors with the code `NotFound` have status 404.
    NotFoundStatus,
    /// An invented variant: no response has the header `x-bce-request-id`.
    NoRequestId,
}

/// A quirk, its name, and its effect on responses.
struct Row {
    quirk: Quirk,
    name: &'static str,
    /// Changes the response of an operation. The string is the name of the operation.
    rewrite: fn(&str, &mut Value),
    /// Changes an error response.
    refuse: fn(ApiError) -> ApiError,
}

const SAME_ANSWER: fn(&str, &mut Value) = |_, _| {};
const SAME_REFUSAL: fn(ApiError) -> ApiError = |error| error;

/// All quirks, in the order in which they are applied. `zero-values` comes after
/// `timed-stop-types`, which creates empty strings, and `sts-secret-name` renames the secret before
/// `sts-response-shape` wraps it in an object.
const TABLE: [Row; 25] = [
    answers(Quirk::EventTypes, "event-types", event_types),
    answers(Quirk::TimedStopTypes, "timed-stop-types", timed_stop_types),
    answers(Quirk::ZeroValues, "zero-values", zero_values),
    answers(Quirk::StsTimes, "sts-times", sts_times),
    answers(Quirk::StsSecretName, "sts-secret-name", sts_secret_name),
    answers(
        Quirk::StsResponseShape,
        "sts-response-shape",
        sts_response_shape,
    ),
    refusals(Quirk::InvalidParam, "invalid-param", invalid_param),
    refusals(Quirk::SignatureStatus, "signature-status", signature_status),
    answers(
        Quirk::RenamedMember,
        "renamed-member",
        other::renamed_member,
    ),
    answers(Quirk::SnakeCase, "snake-case", other::snake_case),
    answers(
        Quirk::MissingMember,
        "missing-member",
        other::missing_member,
    ),
    answers(Quirk::ExtraMember, "extra-member", other::extra_member),
    answers(Quirk::CountsAsText, "counts-as-text", other::counts_as_text),
    answers(
        Quirk::AccountsAsNumbers,
        "accounts-as-numbers",
        other::accounts_as_numbers,
    ),
    answers(
        Quirk::FlagsAsNumbers,
        "flags-as-numbers",
        other::flags_as_numbers,
    ),
    answers(Quirk::ListAsObject, "list-as-object", other::list_as_object),
    answers(
        Quirk::TextForObject,
        "text-for-object",
        other::text_for_object,
    ),
    answers(
        Quirk::TimesWithSpace,
        "times-with-space",
        other::times_with_space,
    ),
    answers(
        Quirk::TimesInMilliseconds,
        "times-in-milliseconds",
        other::times_in_milliseconds,
    ),
    answers(Quirk::UnknownState, "unknown-state", other::unknown_state),
    answers(Quirk::WrongCount, "wrong-count", other::wrong_count),
    answers(Quirk::InData, "in-data", other::in_data),
    refusals(Quirk::NotFoundCode, "not-found-code", other::not_found_code),
    refusals(
        Quirk::NotFoundStatus,
        "not-found-status",
        other::not_found_status,
    ),
    answers(Quirk::NoRequestId, "no-request-id", SAME_ANSWER),
];

const fn answers(quirk: Quirk, name: &'static str, rewrite: fn(&str, &mut Value)) -> Row {
    Row {
        quirk,
        name,
        rewrite,
        refuse: SAME_REFUSAL,
    }
}

const fn refusals(quirk: Quirk, name: &'static str, refuse: fn(ApiError) -> ApiError) -> Row {
    Row {
        quirk,
        name,
        rewrite: SAME_ANSWER,
        refuse,
    }
}

impl Quirk {
    /// Returns the name of the quirk, which the program's `--quirks` accepts.
    pub fn name(self) -> &'static str {
        let row = TABLE.iter().find(|row| row.quirk == self);
        row.map(|row| row.name).unwrap_or_default()
    }

    /// Returns all quirks.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.quirk)
    }

    /// Returns whether this quirk is foreign, that is, invented: it occurs in no documentation
    /// page, SDK or report of live use, so clients do not have to cope with it.
    pub fn is_foreign(self) -> bool {
        self > Self::ZeroValues
    }
}

/// Writes the [`name`](Quirk::name) of the quirk.
impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Quirk {
    type Err = SettingError;

    /// Parses a name such as `zero-values`.
    fn from_str(name: &str) -> Result<Self, SettingError> {
        let row = TABLE.iter().find(|row| row.name == name);
        let unknown = || SettingError(format!("unknown quirk {name:?}"));
        row.map(|row| row.quirk).ok_or_else(unknown)
    }
}

/// The quirks that are enabled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quirks(Vec<Quirk>);

impl Quirks {
    pub(crate) fn add(&mut self, quirk: Quirk) {
        if !self.0.contains(&quirk) {
            self.0.push(quirk);
        }
    }

    /// Applies the quirks to the response of an operation.
    pub(crate) fn rewrite(&self, operation: &str, answer: &mut Value) {
        for row in self.rows() {
            (row.rewrite)(operation, answer);
        }
    }

    /// Applies the quirks to an error response.
    pub(crate) fn refuse(&self, error: ApiError) -> ApiError {
        self.rows().fold(error, |error, row| (row.refuse)(error))
    }

    /// Applies the quirks to the headers of a response.
    pub(crate) fn change_headers(&self, headers: &mut HeaderMap) {
        if self.0.contains(&Quirk::NoRequestId) {
            headers.remove("x-bce-request-id");
        }
    }

    fn rows(&self) -> impl Iterator<Item = &'static Row> {
        TABLE.iter().filter(|row| self.0.contains(&row.quirk))
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;

    fn rewritten(quirks: &[Quirk], operation: &str, mut answer: Value) -> Value {
        let mut wanted = Quirks::default();
        quirks.iter().for_each(|quirk| wanted.add(*quirk));
        wanted.rewrite(operation, &mut answer);
        answer
    }

    #[test]
    fn every_quirk_has_one_row_and_one_name() {
        let all: std::collections::BTreeSet<Quirk> = Quirk::all().collect();
        assert_eq!(all.len(), TABLE.len());
        for quirk in all {
            assert_eq!(quirk.to_string().parse(), Ok(quirk));
        }
        assert!("list-order".parse::<Quirk>().is_err());
    }

    #[test]
    fn those_that_no_source_shows_are_known_by_that() {
        assert_eq!(Quirk::all().filter(|it| it.is_foreign()).count(), 17);
        assert!(Quirk::RenamedMember.is_foreign() && !Quirk::StsTimes.is_foreign());
    }

    #[test]
    fn without_quirks_nothing_changes() {
        let answer = json!({"devInstance": {"timedStopDevInstance": null, "name": ""}});
        assert_eq!(
            rewritten(&[], "DescribeDevInstance", answer.clone()),
            answer
        );
    }

    #[test]
    fn events_and_timers_have_the_types_of_their_tables() {
        let events = json!({"events": [
            {"type": "Normal", "firstTimestamp": 1, "lastTimestamp": 2, "count": 1},
            {"type": "Warning", "firstTimestamp": 3, "lastTimestamp": 3, "count": 1},
        ]});
        let expected = json!({"events": [
            {"type": 0, "firstTimestamp": "1", "lastTimestamp": "2", "count": 1},
            {"type": 1, "firstTimestamp": "3", "lastTimestamp": "3", "count": 1},
        ]});
        let quirks = [Quirk::EventTypes];
        assert_eq!(
            rewritten(&quirks, "DescribeDevInstanceEvents", events),
            expected
        );
        let of_job = json!({"events": [
            {"type": "Warning", "firstTimestamp": "2026-01-02T03:04:05Z"},
        ]});
        assert_eq!(
            rewritten(&quirks, "DescribeJobEvents", of_job.clone()),
            of_job
        );
        let timer = |timer: Value| {
            let answer = json!({"devInstance": {"timedStopDevInstance": timer}});
            let mut answer = rewritten(&[Quirk::TimedStopTypes], "DescribeDevInstance", answer);
            answer["devInstance"]["timedStopDevInstance"].take()
        };
        assert_eq!(
            timer(json!({"delaySec": 3600, "startTime": 7})),
            json!({"delaySec": "3600", "startTime": "7"})
        );
        assert_eq!(timer(json!(null)), json!({"delaySec": "", "startTime": ""}));
    }

    #[test]
    fn what_is_empty_is_null_except_the_page_itself() {
        let answer = json!({
            "devInstances": [{"name": "a", "statusReason": "", "envs": {}, "keys": [], "count": 0}],
            "totalCount": 0,
        });
        let expected = json!({
            "devInstances": [{"name": "a", "statusReason": null, "envs": null, "keys": null,
                "count": 0}],
            "totalCount": 0,
        });
        let quirks = [Quirk::ZeroValues];
        assert_eq!(rewritten(&quirks, "DescribeDevInstances", answer), expected);
        let none = json!({"events": []});
        assert_eq!(
            rewritten(&quirks, "DescribeDevInstanceEvents", none.clone()),
            none
        );
    }

    #[test]
    fn a_session_has_the_shape_the_name_and_the_times_of_other_pages() {
        let session = json!({
            "secretAccessKey": "s", "sessionToken": "t", "createTime": "2026-08-20T00:00:00Z",
            "expiration": "2026-08-20T12:00:00Z",
        });
        let all: Vec<Quirk> = Quirk::all().filter(|it| !it.is_foreign()).collect();
        let expected = json!({"credential": {
            "accessKeySecret": "s", "sessionToken": "t",
            "createTime": "2026-08-20T08:00:00.123+08:00",
            "expiration": "2026-08-20T20:00:00.123+08:00",
        }});
        assert_eq!(rewritten(&all, "GetSessionToken", session), expected);
    }

    #[test]
    fn refusals_have_the_code_and_the_status_of_other_pages() {
        let mut quirks = Quirks::default();
        quirks.add(Quirk::InvalidParam);
        quirks.add(Quirk::SignatureStatus);
        assert_eq!(
            quirks.refuse(ApiError::invalid_parameter("x")).code,
            "InvalidParam"
        );
        let refused = quirks.refuse(ApiError::signature_mismatch("x"));
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            quirks.refuse(ApiError::not_found("x")),
            ApiError::not_found("x")
        );
    }
}
