//! Checks with credentials that the emulated STS has issued, under load and in real time.

use std::time::{Duration, Instant};

use aihc_dev::Client;
use aihc_emulator::Emulator;
use bce_auth::{Clock, ProvideCredentials};
use bce_http::Endpoint;
use bce_http::layer::InFlight;
use bce_http::layer::{Transport, TransportConfig};
use bce_sts::{AssumeRoleProvider, SessionTokenProvider};
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tower::Layer;

use super::measure::{Calls, Checked, Counted, real};
use super::{CALLS, PATIENCE};
use crate::rows::Rows;

/// The number of connections that calls share after they have received their credentials.
const CONNECTIONS: usize = 64;

const LIFE_SECONDS: u32 = 2;
const TRAFFIC: Duration = Duration::from_secs(6);
const TASKS: usize = 8;
const CALL_EVERY: Duration = Duration::from_millis(20);

pub(super) fn rows(rows: &mut Rows) {
    let seconds = TRAFFIC.as_secs();
    let name = format!("client: tokens live {LIFE_SECONDS} s, {seconds} s of traffic; renewals");
    real(rows, name, short_lives);
    let calls = format!("client: cold, {CALLS} calls at once");
    real(rows, format!("{calls}, session token"), cold_session);
    real(rows, format!("{calls}, role"), cold_role);
}

fn sts(emulator: &Emulator) -> Result<bce_sts::Client, bce_sts::Error> {
    bce_sts::Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(emulator.credentials().clone())
        .build()
}

async fn cold_session() -> Checked {
    let emulator = Emulator::builder().start().await?;
    let provider = SessionTokenProvider::new(sts(&emulator)?.get_session_token());
    cold(&emulator, provider, "GetSessionToken").await
}

async fn cold_role() -> Checked {
    let emulator = Emulator::builder().start().await?;
    let provider = AssumeRoleProvider::new(sts(&emulator)?.assume_role("account", "role"));
    cold(&emulator, provider, "AssumeRole").await
}

/// Makes calls at the same time, all of which wait for the first credentials. After that, they
/// share a limited number of connections.
async fn cold(
    emulator: &Emulator,
    provider: impl ProvideCredentials,
    issue: &'static str,
) -> Checked {
    let endpoint: Endpoint = emulator.endpoint().parse()?;
    let transport = Transport::new(&endpoint, TransportConfig::default())?;
    let client = Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(provider)
        .build_with_transport(InFlight::new(CONNECTIONS).layer(transport))?;
    let calls = Calls::default();
    let at_once: JoinSet<()> = (0..CALLS)
        .map(|_| {
            let (client, calls) = (client.clone(), calls.clone());
            async move { calls.make(client.list_dev_instances()).await }
        })
        .collect();
    at_once.join_all().await;
    let handle = emulator.handle();
    let requests = handle.request_count("DescribeDevInstances");
    if requests != u64::try_from(CALLS)? {
        return Err(format!("{requests} requests for {CALLS} calls").into());
    }
    Ok(Counted {
        calls,
        provider_calls: usize::try_from(handle.request_count(issue))?,
        expected: 1..=1,
        failures: 0,
        patience: PATIENCE,
    })
}

/// A clock that is ten times as fast as real time, so that a token with a lifetime of 20 s expires
/// after 2 s. The emulator lets tokens expire at whole seconds, which can shorten a lifetime by up
/// to a second. That is half of a lifetime of 2 s, but only a twentieth of a lifetime of 20 s.
#[derive(Clone, Copy)]
struct FastClock {
    started: (OffsetDateTime, Instant),
}

impl FastClock {
    const SPEED: u32 = 10;

    fn start() -> Self {
        Self {
            started: (OffsetDateTime::now_utc(), Instant::now()),
        }
    }
}

impl Clock for FastClock {
    fn now(&self) -> OffsetDateTime {
        self.started.0 + self.started.1.elapsed() * Self::SPEED
    }
}

async fn short_lives() -> Checked {
    let clock = FastClock::start();
    let emulator = Emulator::builder().clock(clock).start().await?;
    let sts = bce_sts::Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(emulator.credentials().clone())
        .clock(clock)
        .build()?;
    let seconds = LIFE_SECONDS * FastClock::SPEED;
    let request = sts.get_session_token().duration_seconds(seconds.into());
    let client = Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(SessionTokenProvider::new(request))
        .clock(clock)
        .build()?;

    let calls = Calls::default();
    let end = Instant::now() + TRAFFIC;
    let mut tasks: JoinSet<()> = (0..TASKS)
        .map(|_| traffic(client.clone(), calls.clone(), end))
        .collect();
    while let Some(task) = tasks.join_next().await {
        task?;
    }
    let issued = emulator.handle().request_count("GetSessionToken");
    Ok(Counted {
        calls,
        // The first request is not a renewal.
        provider_calls: usize::try_from(issued)?.saturating_sub(1),
        // Tokens are renewed in the last quarter of their lifetimes, so each of them is used for
        // 1.5 to 2 s.
        expected: 2..=4,
        failures: 0,
        patience: PATIENCE,
    })
}

async fn traffic(client: Client, calls: Calls, end: Instant) {
    let mut next = tokio::time::interval(CALL_EVERY);
    while Instant::now() < end {
        next.tick().await;
        calls.make(client.list_dev_instances()).await;
    }
}
