//! Start, stop, stop later and delete.

use serde_json::json;

use crate::delays::Pace;
use crate::error::ApiError;
use crate::operation::{Call, Output};
use crate::state::Instance;

/// StartDevInstance.
pub(in crate::operation) fn start(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let now = call.now;
    change(call, |instance, pace| instance.start(now, pace))
}

/// StopDevInstance.
pub(in crate::operation) fn stop(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let now = call.now;
    if call.profile.is_lenient() {
        change(call, |instance, pace| instance.stop_lenient(now, pace))
    } else {
        change(call, |instance, pace| instance.stop(now, pace))
    }
}

/// DeleteDevInstance.
pub(in crate::operation) fn delete(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let now = call.now;
    change(call, |instance, pace| instance.delete(now, pace))
}

/// TimedStopDevInstance. Without `enable` the timer is taken away, as with `false`.
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

/// Returns the documented least is an hour, or more than one. No page names a largest; the timer
/// holds what 32 bits can.
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
