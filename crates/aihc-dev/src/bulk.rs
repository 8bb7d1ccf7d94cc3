//! Operations that stop, start or delete several dev instances.

use bce_http::{Error, Pace};
use futures_util::stream::{self, StreamExt as _};

use crate::Client;
use crate::model::{DeleteDevInstanceResponse, StartDevInstanceResponse, StopDevInstanceResponse};

/// The maximum number of calls that run at the same time when several instances are stopped,
/// started or deleted.
const AT_ONCE: usize = 8;

/// The ids of instances, each with the result of its call, in the order in which the ids were
/// given.
type Outcomes<T> = Vec<(String, Result<T, Error>)>;

/// Methods that stop, start or delete several instances. At most eight calls run at a time. Each id
/// has one result, in the order of the ids, and an error of one call does not stop the others. When
/// the service throttles a call, all calls slow down together, and throttled calls are repeated as
/// [`Pace`] describes.
///
/// For other operations, or for a different number of calls at a time, use `buffer_unordered` of
/// the crate `futures` together with a [`Pace`]; the documentation of [`Pace`] has an example.
impl Client {
    /// Stops these instances. Returns each id with the result of its call, in the given order.
    pub async fn stop_dev_instances(
        &self,
        ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Outcomes<StopDevInstanceResponse> {
        let stop = |id, pace: Option<&Pace>| self.stop_dev_instance(id).with_pace(pace).send();
        each(ids, stop).await
    }

    /// Starts these instances. Returns each id with the result of its call, in the given order.
    pub async fn start_dev_instances(
        &self,
        ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Outcomes<StartDevInstanceResponse> {
        let start = |id, pace: Option<&Pace>| self.start_dev_instance(id).with_pace(pace).send();
        each(ids, start).await
    }

    /// Deletes these instances, with their cloud disks and all data on them. Returns each id with
    /// the result of its call, in the given order.
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
    // A single call has no others to slow down with.
    let pace = (ids.len() > 1).then(Pace::new);
    let calls = ids.into_iter().enumerate().map(|(n, id)| {
        let call = call(id.clone(), pace.as_ref());
        async move { (n, (id, call.await)) }
    });
    // Not `buffered`, which makes later calls wait behind a slow one.
    let calls = stream::iter(calls).buffer_unordered(AT_ONCE);
    let mut outcomes: Vec<_> = calls.collect().await;
    outcomes.sort_by_key(|(n, _)| *n);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
