//! What each operation does, once its request has been checked.

mod disk;
mod event;
mod image_pack;
mod instance;
mod instance_json;
mod lifecycle;
mod list;
mod output;
mod page;
mod session;

use time::OffsetDateTime;

pub(crate) use self::output::Output;
use crate::access::Caller;
use crate::clock::Moment;
use crate::error::ApiError;
use crate::profile::Profile;
use crate::state::{ClientTokenKey, State};
use crate::validate::Arguments;

/// One call: what was asked, by whom, when, and what the answer depends on.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) caller: Caller,
    pub(crate) arguments: &'a Arguments,
    pub(crate) region: &'a str,
    pub(crate) profile: Profile,
    /// The time of dev instances.
    pub(crate) now: OffsetDateTime,
    pub(crate) moment: Moment,
    pub(crate) state: &'a mut State,
}

/// Answers a call with the members of the response; the request id is added later.
type Operation = fn(&mut Call<'_>) -> Result<Output, ApiError>;

/// The code behind the name of an operation.
pub(crate) fn find(name: &str) -> Option<Operation> {
    Some(match name {
        "CreateDevInstance" => instance::create,
        "DescribeDevInstance" => instance::describe,
        "ModifyDevInstance" => instance::modify,
        "DescribeDevInstances" => list::describe_all,
        "StartDevInstance" => lifecycle::start,
        "StopDevInstance" => lifecycle::stop,
        "DeleteDevInstance" => lifecycle::delete,
        "TimedStopDevInstance" => lifecycle::timed_stop,
        "CreateDevInstanceImagePackJob" => image_pack::create,
        "DescribeDevInstanceImagePackJob" => image_pack::describe,
        "DescribeDevInstanceEvents" => event::describe,
        "GetSessionToken" => session::get_session_token,
        "AssumeRole" => session::assume_role,
        _ => return None,
    })
}

impl Call<'_> {
    /// Creates something once for each client token; without a token, every time.
    fn once(
        &mut self,
        create: impl FnOnce(&mut Self) -> Result<String, ApiError>,
    ) -> Result<String, ApiError> {
        let Some(token) = self.arguments.filled(CLIENT_TOKEN) else {
            return create(self);
        };
        let key = ClientTokenKey {
            operation: self.operation,
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

/// The query member that makes a creation repeatable.
const CLIENT_TOKEN: &str = "clientToken";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::OPERATIONS;

    #[test]
    fn every_operation_of_the_table_is_emulated() {
        let missing: Vec<&str> = OPERATIONS
            .iter()
            .map(|rule| rule.name)
            .filter(|name| find(name).is_none())
            .collect();
        assert_eq!(missing, [""; 0]);
    }
}
