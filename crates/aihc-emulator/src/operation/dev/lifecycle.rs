//! The operations that start, stop and delete dev instances, and that schedule a stop.

use serde_json::json;

use crate::delays::Pace;
use crate::error::ApiError;
use crate::operation::{Call, Output};
use crate::state::Instance;

/// Handles StartDevInstance.
pub(in crate::operation) fn start(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let now = call.now;
    change(call, |instance, pace| instance.start(now, pace))
}

/// Handles StopDevInstance.
pub(in crate::operation) fn stop(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let now = call.now;
    if call.profile.is_lenient() {
        change(call, |instance, pace| instance.stop_lenient(now, pace))
    } else {
        change(call, |instance, pace| instance.stop(now, pace))
    }
}

/// Handles DeleteDevInstance.
pub(in crate::operation) fn delete(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let now = call.now;
    change(call, |instance, pace| instance.delete(now, pace))
}

/// Handles TimedStopDevInstance, which sets or removes the timer that stops a dev instance. The
/// timer is removed if `enable` is `false` or missing.
pub(in crate::operation) fn timed_stop(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let now = call.now;
    if call.arguments.boolean("enable").unwrap_or_default() {
        let least = if call.profile.is_documented() {
            3601
        } else {
            3600
        };
        let seconds = timer_seconds(call.arguments.integer("delaySec"), least)?;
        change(call, |instance, pace| {
            instance.arm_timed_stop(seconds, now, pace)
        })
    } else {
        change(call, |instance, pace| instance.disarm_timed_stop(now, pace))
    }
}

fn change(
    call: &mut Call<'_>,
    change: impl FnOnce(&mut Instance, &Pace) -> Result<(), ApiError>,
) -> Result<Output, ApiError> {
    let id = call.arguments.text("devInstanceId");
    call.state.instances.change(id, call.now, change)?;
    Ok(json!({"devInstanceId": id}).into())
}

/// Checks the delay, in seconds, of a timer that stops a dev instance; refuses a delay below
/// `least`. A missing delay counts as 0. The caller specifies `least`, because the documentation
/// requires an hour in one place and more than an hour in another. No maximum is documented; the
/// emulator accepts any unsigned 32-bit number.
fn timer_seconds(delay: Option<i64>, least: u32) -> Result<u32, ApiError> {
    u32::try_from(delay.unwrap_or_default())
        .ok()
        .filter(|seconds| *seconds >= least)
        .ok_or_else(|| {
            let largest = u32::MAX;
            ApiError::invalid_parameter(format!(
                "delaySec must be from {least} to {largest} when enable is true"
            ))
        })
}
