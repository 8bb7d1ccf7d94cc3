//! Finds an instance that a call may have created although its response was lost.

use bce_http::Error;
use time::{Duration, OffsetDateTime};

use crate::Client;
use crate::model::{DevInstanceBrief, DevInstanceQueryKey};

/// The tolerance when the time at which an instance was created is compared with a time of this
/// computer: the service states whole seconds, and two clocks never agree exactly.
const TOLERANCE: Duration = Duration::MINUTE;

impl Client {
    /// Returns the caller's own instances with exactly this name that were created at `since` or
    /// later according to this computer's clock, with a tolerance of one minute. Instances whose
    /// time of creation the service does not state are included.
    ///
    /// Use this method after a creation that failed with
    /// [`may_have_been_applied`](Error::may_have_been_applied). A second call might create a second
    /// instance, because the documentation of the operation mentions no idempotency token. Names
    /// are not documented as unique, so use a name only once. The delay before a new instance is
    /// listed is not documented either: look again before you conclude that there is none.
    /// Instances that the service counts but does not list are not found.
    ///
    /// # Errors
    ///
    /// If a page cannot be read; the error is that of
    /// [`list_dev_instances`](Self::list_dev_instances).
    pub async fn find_created(
        &self,
        name: &str,
        since: OffsetDateTime,
    ) -> Result<Vec<DevInstanceBrief>, Error> {
        let list = self.list_dev_instances().only_my_devs(true);
        let list = list.query_key(DevInstanceQueryKey::Name).query_val(name);
        // The service dates instances by its own clock.
        let since = since.saturating_add(self.http.clock().offset());
        let earliest = since.saturating_sub(TOLERANCE);
        let mut found = list.items().collect_all().await?;
        found.retain(|instance| {
            let created = instance.created_at.and_then(|time| time.to_date_time());
            instance.name == name && created.is_none_or(|created| created >= earliest)
        });
        Ok(found)
    }
}
