//! The operations of the API. They are called after their requests have been checked.

mod answer;
mod catalog;
mod dev;
mod jobs;
mod limits;
mod names;
mod output;
mod page;
mod pools;
mod queues;
mod services;
mod sts;

use time::OffsetDateTime;

use self::catalog::{DATASETS, MODELS};
pub(crate) use self::output::Output;
use crate::access::Caller;
use crate::clock::Moment;
use crate::error::ApiError;
use crate::profile::Profile;
use crate::state::{ClientTokenKey, State};
use crate::validate::Arguments;
use crate::validate::rule::OperationRule;

/// A call of an operation: its arguments, caller and time, and everything else on which the
/// response depends.
pub(crate) struct Call<'a> {
    pub(crate) rule: &'static OperationRule,
    pub(crate) caller: Caller,
    pub(crate) arguments: &'a Arguments,
    pub(crate) region: &'a str,
    pub(crate) profile: Profile,
    /// The time for dev instances, jobs and services, as in [`Moment::world`].
    pub(crate) now: OffsetDateTime,
    pub(crate) moment: Moment,
    pub(crate) state: &'a mut State,
}

/// A function that handles a call. It returns the members of the response; the request id is added
/// later.
type Operation = fn(&mut Call<'_>) -> Result<Output, ApiError>;

/// Returns the function that implements the operation with this name; `None` if there is none.
pub(crate) fn find(name: &str) -> Option<Operation> {
    Some(match name {
        "CreateDevInstance" => dev::instance::create,
        "DescribeDevInstance" => dev::instance::describe,
        "ModifyDevInstance" => dev::instance::modify,
        "DescribeDevInstances" => dev::list::describe_all,
        "StartDevInstance" => dev::lifecycle::start,
        "StopDevInstance" => dev::lifecycle::stop,
        "DeleteDevInstance" => dev::lifecycle::delete,
        "TimedStopDevInstance" => dev::lifecycle::timed_stop,
        "CreateDevInstanceImagePackJob" => dev::image_pack::create,
        "DescribeDevInstanceImagePackJob" => dev::image_pack::describe,
        "DescribeDevInstanceEvents" => dev::event::describe,
        "GetSessionToken" => sts::get_session_token,
        "AssumeRole" => sts::assume_role,
        "DescribeResourcePools" => pools::describe_all,
        "DescribeResourcePool" => pools::describe,
        "DescribeResourcePoolOverview" => pools::overview,
        "DescribeQueues" => queues::describe_all,
        "DescribeQueue" => queues::describe,
        "CreateDataset" => |call| catalog::create(call, &DATASETS),
        "DeleteDataset" => |call| catalog::delete(call, &DATASETS),
        "ModifyDataset" => |call| catalog::modify(call, &DATASETS),
        "DescribeDataset" => |call| catalog::describe(call, &DATASETS),
        "DescribeDatasets" => |call| catalog::describe_all(call, &DATASETS),
        "CreateDatasetVersion" => |call| catalog::create_version(call, &DATASETS),
        "DeleteDatasetVersion" => |call| catalog::delete_version(call, &DATASETS),
        "DescribeDatasetVersion" => |call| catalog::describe_version(call, &DATASETS),
        "DescribeDatasetVersions" => |call| catalog::describe_versions(call, &DATASETS),
        "CreateModel" => |call| catalog::create(call, &MODELS),
        "DeleteModel" => |call| catalog::delete(call, &MODELS),
        "ModifyModel" => |call| catalog::modify(call, &MODELS),
        "DescribeModel" => |call| catalog::describe(call, &MODELS),
        "DescribeModels" => |call| catalog::describe_all(call, &MODELS),
        "CreateModelVersion" => |call| catalog::create_version(call, &MODELS),
        "DeleteModelVersion" => |call| catalog::delete_version(call, &MODELS),
        "DescribeModelVersion" => |call| catalog::describe_version(call, &MODELS),
        "DescribeModelVersions" => |call| catalog::describe_versions(call, &MODELS),
        "CreateJob" => jobs::create,
        "DeleteJob" => jobs::delete,
        "ModifyJob" => jobs::modify,
        "StopJob" => jobs::stop,
        "BatchStopJobs" => jobs::stop_all,
        "DescribeJob" => jobs::describe,
        "DescribeJobs" => jobs::describe_all,
        "DescribeJobEvents" => jobs::job_events,
        "DescribePodEvents" => jobs::pod_events,
        "DescribeJobLogs" => jobs::logs,
        "DescribeJobMetrics" => jobs::metrics,
        "DescribeJobNodes" => jobs::nodes,
        "DescribeJobWebterminal" => jobs::web_terminal,
        "CreateService" => services::create,
        "DescribeServices" => services::describe_all,
        "DescribeServiceStatus" => services::status,
        "DescribeService" => services::describe,
        "ModifyService" => services::modify,
        "ModifyServiceReplicas" => services::scale,
        "ModifyServiceNetConfig" => services::set_access,
        "DescribeServiceChangelogs" => services::changes,
        "DescribeServiceChangelog" => services::change,
        "DeleteService" => services::delete,
        "DescribeServicePods" => services::pods,
        "DisableServicePod" => services::block,
        "DeleteServicePod" => services::delete_pod,
        "DescribeServicePodGroups" => services::groups,
        _ => return None,
    })
}

impl Call<'_> {
    /// Creates a resource with `create` and returns its id. If the call has a client token that was
    /// used before, returns the id of the resource that was created then, or an error if the
    /// parameters were different.
    fn once(
        &mut self,
        create: impl FnOnce(&mut Self) -> Result<String, ApiError>,
    ) -> Result<String, ApiError> {
        let Some(token) = self.arguments.filled(CLIENT_TOKEN) else {
            return create(self);
        };
        let key = ClientTokenKey {
            operation: self.rule.name,
            principal: self.caller.principal.clone(),
            token: token.to_owned(),
        };
        let parameters = self.arguments.without(CLIENT_TOKEN);
        if let Some(id) = self.state.client_tokens.replay(&key, &parameters)? {
            return Ok(id.to_owned());
        }
        let id = create(self)?;
        self.state
            .client_tokens
            .remember(key, &parameters, id.clone());
        Ok(id)
    }
}

/// The query parameter with which a request can be repeated without creating another resource.
const CLIENT_TOKEN: &str = "clientToken";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::operations;

    #[test]
    fn every_operation_of_the_table_is_emulated() {
        let missing: Vec<&str> = operations()
            .map(|rule| rule.name)
            .filter(|name| find(name).is_none())
            .collect();
        assert_eq!(missing, [""; 0]);
    }
}
