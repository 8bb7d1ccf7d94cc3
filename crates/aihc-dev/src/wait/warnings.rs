//! Why an instance is not what was waited for, as far as its events say.

use std::time::Duration;

use bce_auth::Clock as _;
use bce_http::RetryPolicy;
use bce_http::wait::Warning;

use crate::model::{Event, EventType};
use crate::{Client, Timestamp};

/// So many warnings are shown.
const SHOWN: usize = 3;

/// Returns the latest warnings about an instance, newest first: a few of the last day. None when
/// they cannot be read in a moment.
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

/// Returns when an event was last seen, as far as the service says.
fn seen_at(event: &Event) -> Option<Timestamp> {
    event.last_timestamp.or(event.first_timestamp)
}
