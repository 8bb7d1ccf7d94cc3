//! The same operation on several instances.

use bce_http::{Error, Pace};
use futures_util::stream::{self, StreamExt as _};

use crate::Client;
use crate::model::{DeleteDevInstanceResponse, StartDevInstanceResponse, StopDevInstanceResponse};

/// Calls that are under way at the same time.
const AT_ONCE: usize = 8;

/// Ids and what came of them, in the order that the ids were given in.
type Outcomes<T> = Vec<(String, Result<T, Error>)>;

/// Several instances at once: eight calls at a time, and a result for each id, in order. An error
/// of one stops none of the others. When the service asks for fewer requests, all of them slow down
/// together ([`Pace`]) and go on until their deadlines. Other operations, and other numbers of calls at a
/// time, need no help of this crate: `buffer_unordered` of the crate `futures` runs any calls together,
/// and [`Pace`] has an example.
impl Client {
    /// Stops these instances.
    pub async fn stop_dev_instances(
        &self,
        ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Outcomes<StopDevInstanceResponse> {
        let stop = |id, pace: Option<&Pace>| self.stop_dev_instance(id).with_pace(pace).send();
        each(ids, stop).await
    }

    /// Starts these instances.
    pub async fn start_dev_instances(
        &self,
        ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Outcomes<StartDevInstanceResponse> {
        let start = |id, pace: Option<&Pace>| self.start_dev_instance(id).with_pace(pace).send();
        each(ids, start).await
    }

    /// Deletes these instances, with their cloud disks and all data on them.
    pub async fn delete_dev_instances(
        &self,
        ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Outcomes<DeleteDevInstanceResponse> {
        let delete = |id, pace: Option<&Pace>| self.delete_dev_instance(id).with_pace(pace).send();
        each(ids, delete).await
    }
}

async fn each<T, F>(
    ids: impl IntoIterator<Item = impl Into<String>>,
    call: impl Fn(String, Option<&Pace>) -> F,
) -> Outcomes<T>
where
    F: Future<Output = Result<T, Error>>,
{
    let ids: Vec<String> = ids.into_iter().map(Into::into).collect();
    // One alone has nobody to slow down with.
    let pace = (ids.len() > 1).then(Pace::new);
    let calls = ids.into_iter().enumerate().map(|(n, id)| {
        let call = call(id.clone(), pace.as_ref());
        async move { (n, (id, call.await)) }
    });
    // Not `buffered`: there a slow call holds back all that come after the next few.
    let calls = stream::iter(calls).buffer_unordered(AT_ONCE);
    let mut outcomes: Vec<_> = calls.collect().await;
    outcomes.sort_by_key(|(n, _)| *n);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
