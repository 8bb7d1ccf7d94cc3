//! Finding out what became of a creation whose response was lost.

use bce_http::Error;
use time::{Duration, OffsetDateTime};

use crate::Client;
use crate::model::{DevInstanceBrief, DevInstanceQueryKey};

/// Time stamps are whole seconds, and two clocks never agree.
const TOLERANCE: Duration = Duration::MINUTE;

impl Client {
    /// Returns the caller's own instances of exactly this name that were created at `since` or
    /// later, by this computer's clock; a minute earlier counts, too.
    ///
    /// For a creation that failed with [`may_have_been_applied`](Error::may_have_been_applied): the
    /// service documents no idempotency token, and a second call may create a second instance.
    /// Names are not documented as unique, so use one that you give away once. How soon a new
    /// instance is listed is not documented: look again before you conclude that there is none. What
    /// the service counts and does not list is not found here either.
    ///
    /// # Errors
    ///
    /// If a page cannot be read, as [`list_dev_instances`](Self::list_dev_instances) fails.
    pub async fn find_created(
        &self,
        name: &str,
        since: OffsetDateTime,
    ) -> Result<Vec<DevInstanceBrief>, Error> {
        let list = self.list_dev_instances().only_my_devs(true);
        let list = list.query_key(DevInstanceQueryKey::Name).query_val(name);
        // The service dates instances by its own clock.
        let earliest = since + self.http.clock().offset() - TOLERANCE;
        let mut found = list.items().collect_all().await?;
        found.retain(|instance| {
            let created = instance.created_at.and_then(|time| time.to_date_time());
            instance.name == name && created.is_none_or(|created| created >= earliest)
        });
        Ok(found)
    }
}
