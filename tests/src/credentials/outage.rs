//! Checks with a credentials provider that fails for a minute while clients make calls. The checks
//! run in simulated time.

use std::time::Duration;

use aihc_dev::Client;
use http::Response;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::measure::{Calls, Checked, Counted, simulated};
use super::source::{LATENCY, Source};
use crate::rows::Rows;

const LIFE: Duration = Duration::from_secs(3600);
const OUTAGE: Duration = Duration::from_secs(60);
/// How long calls are made after the end of the outage. In each check in this file, the credentials
/// expire within this time.
const AFTERWARDS: Duration = Duration::from_secs(100);
const TASKS: usize = 20;
const CALL_EVERY: Duration = Duration::from_millis(250);
const SERVICE_LATENCY: Duration = Duration::from_millis(5);
/// The tolerance for two sleeps, each of which may last a millisecond longer than requested.
const TIMER: Duration = Duration::from_millis(2);

const ANSWER: &str = r#"{"devInstances":[],"totalCount":0,"requestId":"r"}"#;

pub(super) fn rows(rows: &mut Rows) {
    let advisory = LIFE - OUTAGE - Duration::from_secs(90);
    // An outage that ends just before the credential expires leaves the least time to renew it.
    let last = LIFE - OUTAGE - Duration::from_secs(1);
    let name = "client: provider fails for a minute, advisory window";
    simulated(rows, name, move || outage(advisory));
    let name = "client: provider fails for a minute, to 1 s before the end";
    simulated(rows, name, move || outage(last));
}

/// Makes calls at regular intervals, from the beginning of the provider's outage until the
/// credential has expired. The outage begins when the credential has the age `begins`.
async fn outage(begins: Duration) -> Checked {
    let source = Source::start(LIFE);
    let service = tower::service_fn(|_request| async {
        tokio::time::sleep(SERVICE_LATENCY).await;
        Ok::<_, std::io::Error>(Response::new(ANSWER))
    });
    let client = Client::builder()
        .credentials(source.cached())
        .build_with_transport(service)?;
    client.list_dev_instances().await?;
    tokio::time::sleep(begins).await;

    source.fail(true);
    let calls = Calls::default();
    let end = Instant::now() + OUTAGE + AFTERWARDS;
    let mut tasks: JoinSet<()> = (0..TASKS)
        .map(|_| traffic(client.clone(), calls.clone(), end))
        .collect();
    tokio::time::sleep(OUTAGE).await;
    source.fail(false);
    let asked = source.asked();
    while let Some(task) = tasks.join_next().await {
        task?;
    }
    if source.asked() == asked {
        return Err("the credential was not renewed after the outage".into());
    }
    Ok(Counted {
        calls,
        // The first request, which returned the credential, is not counted.
        provider_calls: asked - 1,
        // The pauses are 1, 2, 4, 8, 16 and 30 s, each of which may be up to half shorter.
        expected: 5..=10,
        failures: 0,
        // In the last minute of the credential, calls wait for an attempt that is in flight.
        patience: LATENCY + SERVICE_LATENCY + TIMER,
    })
}

async fn traffic(client: Client, calls: Calls, end: Instant) {
    let mut next = tokio::time::interval(CALL_EVERY);
    while Instant::now() < end {
        next.tick().await;
        calls.make(client.list_dev_instances()).await;
    }
}
