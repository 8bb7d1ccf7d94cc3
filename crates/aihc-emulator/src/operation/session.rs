//! The security token service.

use std::ops::RangeInclusive;

use bce_auth::Secret;
use serde_json::{Map, Value, json};
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

use super::Call;
use super::view::ACCOUNT_ID;
use crate::error::ApiError;
use crate::state::{Principal, Session};

/// GetSessionToken: a temporary credential for the caller.
pub(super) fn get_session_token(call: &mut Call<'_>) -> Result<Value, ApiError> {
    let seconds = duration(call, 43_200, 1..=129_600)?;
    let session = issue(call, call.principal.clone(), seconds)?;
    let mut answer = view(&session, call.now);
    answer.insert("userId".into(), json!(ACCOUNT_ID));
    Ok(answer.into())
}

/// AssumeRole: a temporary credential for a role. Every role exists.
pub(super) fn assume_role(call: &mut Call<'_>) -> Result<Value, ApiError> {
    let seconds = duration(call, 7200, 1..=7200)?;
    let name = call.arguments.text("roleName").to_owned();
    let account_id = call.arguments.text("accountId").to_owned();
    let role_id = format!("role-{name}");
    let session = issue(call, Principal::Role { account_id, name }, seconds)?;
    let mut answer = view(&session, call.now);
    answer.insert("userId".into(), json!(call.arguments.text("userId")));
    answer.insert("roleId".into(), json!(role_id));
    Ok(answer.into())
}

fn duration(
    call: &Call<'_>,
    default: i64,
    allowed: RangeInclusive<i64>,
) -> Result<Duration, ApiError> {
    let seconds = call.arguments.integer("durationSeconds").unwrap_or(default);
    if allowed.contains(&seconds) {
        return Ok(Duration::seconds(seconds));
    }
    let (least, most) = (allowed.start(), allowed.end());
    Err(ApiError::invalid_parameter(format!(
        "durationSeconds must be from {least} to {most}"
    )))
}

fn issue(
    call: &mut Call<'_>,
    principal: Principal,
    duration: Duration,
) -> Result<Session, ApiError> {
    let acl = Some(call.arguments.body()).filter(|acl| !acl.is_empty());
    // Whole seconds, because that is what the answer can say.
    let expires_at = call
        .now
        .checked_add(duration)
        .unwrap_or(call.now)
        .truncate_to_second();
    call.state
        .sessions
        .issue(principal, acl.map(Value::from), call.now, expires_at)
        .map_err(|error| ApiError::internal(error.to_string()))
}

fn view(session: &Session, now: OffsetDateTime) -> Map<String, Value> {
    let credentials = &session.credentials;
    let token = credentials.session_token().map(Secret::expose);
    [
        ("accessKeyId", json!(credentials.access_key_id())),
        (
            "secretAccessKey",
            json!(credentials.secret_access_key().expose()),
        ),
        ("sessionToken", json!(token)),
        ("createTime", json!(iso8601(now))),
        ("expiration", json!(iso8601(session.expires_at))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

fn iso8601(at: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    at.to_offset(UtcOffset::UTC)
        .format(form)
        .unwrap_or_default()
}
