//! Operations of STS, the security token service.

use std::ops::RangeInclusive;
use std::sync::Arc;

use bce_auth::Secret;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::dev::view::ACCOUNT_ID;
use super::{Call, Output};
use crate::access::{Acl, Principal};
use crate::date::iso8601;
use crate::error::ApiError;
use crate::state::{Grant, Session};

/// Handles GetSessionToken: issues a temporary credential for the caller.
pub(super) fn get_session_token(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let seconds = duration(call, 43_200, 1..=129_600)?;
    let session = issue(call, call.caller.principal.clone(), seconds)?;
    let mut answer = view(&session, call.moment.wall, seconds);
    answer.insert("userId".into(), json!(ACCOUNT_ID));
    Ok(Value::from(answer).into())
}

/// Handles AssumeRole: issues a temporary credential for a role. Any role name is accepted.
pub(super) fn assume_role(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let seconds = duration(call, 7200, 1..=7200)?;
    let name = call.arguments.text("roleName").to_owned();
    let account_id = call.arguments.text("accountId").to_owned();
    let role_id = format!("role-{name}");
    let session = issue(call, Principal::Role { account_id, name }, seconds)?;
    let mut answer = view(&session, call.moment.wall, seconds);
    answer.insert("userId".into(), json!(call.arguments.text("userId")));
    answer.insert("roleId".into(), json!(role_id));
    Ok(Value::from(answer).into())
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
    let document = Value::from(call.arguments.body());
    let acl = Acl::parse(&document).map_err(ApiError::invalid_parameter)?;
    let acl = acl.map(|acl| call.state.sessions.keep(acl));
    // The new session inherits the restrictions of the caller's session; otherwise a caller could
    // remove them.
    let mut acls = call.caller.acls.clone();
    let is_new = |acl: &Arc<Acl>| !acls.iter().any(|known| Arc::ptr_eq(known, acl));
    let narrower = acl.clone().filter(is_new);
    acls.extend(narrower);
    let now = call.moment.session;
    let grant = Grant {
        principal,
        key: call.caller.key.clone(),
        // A response contains the time to the second, so the exact time is a whole second as well.
        expires_at: end(now, duration),
        acls,
        document: acl,
    };
    call.state
        .sessions
        .issue(grant, now)
        .map_err(|error| ApiError::internal(error.to_string()))
}

fn end(now: OffsetDateTime, duration: Duration) -> OffsetDateTime {
    now.checked_add(duration)
        .unwrap_or(now)
        .truncate_to_second()
}

/// Returns the members that describe a session in a response. `now` is the time of the clock for
/// signatures, because clients compare the times of the session with their own clocks.
fn view(session: &Session, now: OffsetDateTime, duration: Duration) -> Map<String, Value> {
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
        ("expiration", json!(iso8601(end(now, duration)))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}
