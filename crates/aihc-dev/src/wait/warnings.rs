//! Reading the latest warnings about an instance, which may explain why a wait has failed.

use std::time::Duration;

use bce_auth::Clock as _;
use bce_http::RetryPolicy;
use bce_http::wait::Warning;

use crate::model::{Event, EventType};
use crate::{Client, Timestamp};

/// The maximum number of warnings that the error of a failed wait contains.
const SHOWN: usize = 3;

/// Reads up to 100 warnings of the last day about an instance, and returns the latest `SHOWN` of
/// them, newest first. Returns none if reading them fails or takes too long.
pub(super) async fn warnings(client: Client, dev_instance_id: String) -> Vec<Warning> {
    let now = client.http.clock().now();
    let start = now - time::Duration::DAY;
    let list =
        client.list_dev_instance_events(dev_instance_id, start, now + time::Duration::MINUTE);
    let answer = list
        .event_type(EventType::Warning)
        .page_size(100)
        .with_timeout(Duration::from_secs(5))
        .with_retry(RetryPolicy::none())
        .await;
    let mut events = answer.map(|response| response.events).unwrap_or_default();
    events.retain(|event| event.r#type == Some(EventType::Warning));
    events.sort_by_key(|event| std::cmp::Reverse(seen_at(event)));
    let warnings = events.into_iter().take(SHOWN).map(|event| {
        let time = seen_at(&event).map_or_else(String::new, |time| time.to_string());
        Warning::new(event.reason, event.message, time)
    });
    warnings.collect()
}

/// Returns the time at which an event was last seen, or first seen if the service does not give the
/// last time, or `None` if it gives neither.
fn seen_at(event: &Event) -> Option<Timestamp> {
    event.last_timestamp.or(event.first_timestamp)
}
