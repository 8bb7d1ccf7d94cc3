//! The checks that `doctor` makes, with advice for each failure.

use std::time::{Duration, Instant};

use aihc_dev::{Client, RetryPolicy};
use bce_http::layer::Transport;

use super::check::Check;
use crate::client::{Context, Provider};
use crate::exit::{Exit, Failure};
use crate::language::text;
use crate::output::short;

/// The time limit of the signed request that `doctor` sends, unless an option sets another one.
const LIMIT: Duration = Duration::from_secs(15);

/// Runs the checks of `doctor`. Leaves out those that cannot be run after an earlier one has
/// failed.
pub(super) async fn examine(context: &Context) -> Vec<Check> {
    let mut checks = vec![credentials(context)];
    let client = match context.client() {
        Ok(client) => client,
        Err(failure) => {
            // The same problem has already been reported by the check of the credentials.
            if checks.iter().all(|check| check.ok) {
                checks.push(Check::failed("endpoint", &failure));
            }
            return checks;
        }
    };
    checks.push(Check::ok("endpoint", client.endpoint().to_string()));
    match context.transport(client.endpoint()) {
        Ok(transport) => {
            let proxy = transport.proxy();
            checks.push(Check::ok(
                "proxy",
                proxy.unwrap_or_else(|| "none".to_owned()),
            ));
            checks.push(connection(&transport).await);
        }
        Err(failure) => checks.push(Check::failed("proxy", &failure)),
    }
    let limit = context.options.timeout.unwrap_or(LIMIT);
    let (read, answered) = signed_read(&client, limit).await;
    checks.push(read);
    // Every response contains the time of the service.
    if answered {
        checks.push(clock(&client));
    }
    checks
}

/// Checks where the credentials come from. The result contains the access key id, which is not
/// secret.
fn credentials(context: &Context) -> Check {
    match context.credentials() {
        Ok((credentials, provider)) => {
            let id = credentials.access_key_id();
            let is_temporary = credentials.session_token().is_some();
            let found = match provider {
                Provider::Environment if is_temporary => {
                    text!("temporary key {id} from the environment", id = id)
                }
                Provider::Environment => text!("long-term key {id} from the environment", id = id),
                Provider::Profile(profile) => {
                    let (name, path) = (profile.name(), profile.path().display());
                    match is_temporary {
                        true => text!(
                            "temporary key {id} from profile {name} of {path}",
                            id = id,
                            name = name,
                            path = path
                        ),
                        false => text!(
                            "long-term key {id} from profile {name} of {path}",
                            id = id,
                            name = name,
                            path = path
                        ),
                    }
                }
            };
            Check::ok("credentials", found)
        }
        Err(failure) => Check::failed("credentials", &failure),
    }
}

/// Checks that the endpoint can be reached in the same way as by calls: through the proxy, if there
/// is one, and with TLS, unless the endpoint uses plain HTTP.
async fn connection(transport: &Transport) -> Check {
    let started = Instant::now();
    match transport.connect().await {
        Ok(()) => {
            let took = started.elapsed().as_millis();
            Check::ok("connection", text!("open after {took} ms", took = took))
        }
        Err(error) => Check {
            advice: Some(text!(
                "check --region or --endpoint, the network and the proxy"
            )),
            ..Check::failed("connection", &Failure::from(error))
        },
    }
}

/// Sends a signed request that lists one instance. Also returns whether the service responded; an
/// error response counts as well.
async fn signed_read(client: &Client, limit: Duration) -> (Check, bool) {
    let call = client
        .list_dev_instances()
        .page_size(1)
        .with_timeout(limit)
        .with_retry(RetryPolicy::none());
    match call.await {
        Ok(page) => {
            let total = page.total_count.unwrap_or_default();
            let found = text!("accepted; {total} in the list", total = total);
            (Check::ok("signed read", found), true)
        }
        Err(error) => {
            let answered = error.service().is_some();
            (
                Check::failed("signed read", &Failure::from(error)),
                answered,
            )
        }
    }
}

/// Checks whether the local clock agrees with that of the service. The client has learned the
/// difference from responses.
fn clock(client: &Client) -> Check {
    let offset = client.list_dev_instances().client().clock().offset();
    if offset.is_zero() {
        return Check::ok("clock", text!("within four minutes of the service's"));
    }
    let distance = short(offset.unsigned_abs());
    let found = match offset.is_positive() {
        true => text!("{distance} behind the service's", distance = distance),
        false => text!("{distance} ahead of the service's", distance = distance),
    };
    Check {
        ok: false,
        advice: Some(text!(
            "set the clock; until then requests are signed with the service's time"
        )),
        exit: Exit::Refused,
        ..Check::ok("clock", found)
    }
}
