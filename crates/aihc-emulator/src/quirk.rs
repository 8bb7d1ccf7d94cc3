//! Variants of responses that some source shows and that a client must survive.

use std::fmt;
use std::str::FromStr;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::scenario::SettingError;

/// A variant of the emulator's answers that some source shows: another page of the documentation, an
/// SDK, or a report of live use. A client must survive them all.
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
    /// The time stamps of events are text and their `type` is a number, as the table has it: 0 for
    /// `Normal`, 1 for `Warning`. Which number means which is not documented.
    EventTypes,
    /// A bad parameter is `InvalidParam`, as seen live on sibling actions.
    InvalidParam,
    /// `SignatureDoesNotMatch` comes with status 401, as on the common page; the lenient profile does
    /// that, too.
    SignatureStatus,
    /// STS answers with one object `credential`, as its tables have it.
    StsResponseShape,
    /// The secret key of a session is `accessKeySecret`, as on the page of data types.
    StsSecretName,
    /// The times of STS have a fraction and an offset, as the time values of the Go SDK can have.
    StsTimes,
    /// The members of `timedStopDevInstance` are text, as the table has it; empty without a timer.
    TimedStopTypes,
    /// Empty values are null, also texts, lists and objects.
    ZeroValues,
}

/// A quirk with its name, and how it rewrites what is answered.
struct Row {
    quirk: Quirk,
    name: &'static str,
    /// Changes the response of an operation.
    rewrite: fn(&str, &mut Value),
    /// Changes a refusal.
    refuse: fn(ApiError) -> ApiError,
}

const SAME_ANSWER: fn(&str, &mut Value) = |_, _| {};
const SAME_REFUSAL: fn(ApiError) -> ApiError = |error| error;

/// In the order in which they are applied: `zero-values` sees what the others leave, and the secret
/// gets its name before it is wrapped.
const TABLE: [Row; 8] = [
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
    /// Returns its name, as the program's `--quirks` takes it.
    pub fn name(self) -> &'static str {
        let row = TABLE.iter().find(|row| row.quirk == self);
        row.map(|row| row.name).unwrap_or_default()
    }

    /// Returns all quirks.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.quirk)
    }
}

/// Writes the [`name`](Quirk::name).
impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Quirk {
    type Err = SettingError;

    /// Reads a name such as `zero-values`.
    fn from_str(name: &str) -> Result<Self, SettingError> {
        let row = TABLE.iter().find(|row| row.name == name);
        let unknown = || SettingError(format!("there is no quirk {name:?}"));
        row.map(|row| row.quirk).ok_or_else(unknown)
    }
}

/// The quirks that are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quirks(Vec<Quirk>);

impl Quirks {
    pub(crate) fn add(&mut self, quirk: Quirk) {
        if !self.0.contains(&quirk) {
            self.0.push(quirk);
        }
    }

    /// Changes the response of an operation.
    pub(crate) fn rewrite(&self, operation: &str, answer: &mut Value) {
        for row in self.rows() {
            (row.rewrite)(operation, answer);
        }
    }

    /// Changes a refusal.
    pub(crate) fn refuse(&self, error: ApiError) -> ApiError {
        self.rows().fold(error, |error, row| (row.refuse)(error))
    }

    fn rows(&self) -> impl Iterator<Item = &'static Row> {
        TABLE.iter().filter(|row| self.0.contains(&row.quirk))
    }
}

fn event_types(_: &str, answer: &mut Value) {
    let events = answer.get_mut("events").and_then(Value::as_array_mut);
    for event in events
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        let kind = i64::from(event.get("type") == Some(&json!("Warning")));
        event.insert("type".into(), json!(kind));
        as_text(event, "firstTimestamp");
        as_text(event, "lastTimestamp");
    }
}

fn timed_stop_types(_: &str, answer: &mut Value) {
    let Some(timer) = answer.pointer_mut("/devInstance/timedStopDevInstance") else {
        return;
    };
    match timer.as_object_mut() {
        Some(timer) => {
            as_text(timer, "delaySec");
            as_text(timer, "startTime");
        }
        None => *timer = json!({"delaySec": "", "startTime": ""}),
    }
}

fn as_text(members: &mut Map<String, Value>, name: &str) {
    if let Some(value) = members.get_mut(name) {
        *value = json!(value.to_string());
    }
}

fn zero_values(operation: &str, answer: &mut Value) {
    // An empty page is no missing one, and no source shows STS without its members.
    if operation.starts_with("Describe")
        && let Some(members) = answer.as_object_mut()
    {
        for value in members.values_mut() {
            match value {
                Value::Array(values) => values.iter_mut().for_each(empty_to_null),
                Value::Object(members) => members.values_mut().for_each(empty_to_null),
                _ => {}
            }
        }
    }
}

fn empty_to_null(value: &mut Value) {
    let empty = match value {
        Value::String(text) => text.is_empty(),
        Value::Array(values) => {
            values.iter_mut().for_each(empty_to_null);
            values.is_empty()
        }
        Value::Object(members) => {
            members.values_mut().for_each(empty_to_null);
            members.is_empty()
        }
        _ => false,
    };
    if empty {
        *value = Value::Null;
    }
}

fn sts_secret_name(_: &str, answer: &mut Value) {
    if let Some(members) = answer.as_object_mut()
        && let Some(secret) = members.remove("secretAccessKey")
    {
        members.insert("accessKeySecret".into(), secret);
    }
}

fn sts_response_shape(_: &str, answer: &mut Value) {
    if answer.get("sessionToken").is_some() {
        *answer = json!({"credential": answer.take()});
    }
}

/// The same instants, eight hours ahead of UTC as a clock in Beijing shows them.
fn sts_times(_: &str, answer: &mut Value) {
    for name in ["createTime", "expiration"] {
        if let Some(time) = answer.get_mut(name)
            && let Some(moved) = time.as_str().and_then(in_beijing)
        {
            *time = json!(moved);
        }
    }
}

fn in_beijing(text: &str) -> Option<String> {
    use time::format_description::well_known::Rfc3339;
    let at = time::OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let at = at.checked_to_offset(time::macros::offset!(+8))?;
    let at = at.checked_add(time::Duration::milliseconds(123))?;
    at.format(&Rfc3339).ok()
}

fn invalid_param(error: ApiError) -> ApiError {
    match error.code {
        "InvalidParameter" => ApiError {
            code: "InvalidParam",
            ..error
        },
        _ => error,
    }
}

fn signature_status(error: ApiError) -> ApiError {
    match error.code {
        "SignatureDoesNotMatch" => ApiError {
            status: StatusCode::UNAUTHORIZED,
            ..error
        },
        _ => error,
    }
}

#[cfg(test)]
mod tests {
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
        let all: Vec<Quirk> = Quirk::all().collect();
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
