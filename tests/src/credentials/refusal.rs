//! Checks with session tokens that the service rejects before they expire.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aihc_dev::Client;
use aihc_emulator::{Emulator, Handle};
use bce_sts::SessionTokenProvider;
use time::OffsetDateTime;
use tokio::task::JoinSet;

use super::PATIENCE;
use super::measure::{Calls, Checked, Counted, real};
use crate::fixtures::conf;
use crate::rows::Rows;

const READS: usize = 50;
const LIFE: Duration = Duration::from_secs(60);

pub(super) fn rows(rows: &mut Rows) {
    real(
        rows,
        "client: token refused by the service, one read",
        move || reads(1),
    );
    let name = format!("client: token refused by the service, {READS} reads at once");
    real(rows, name, move || reads(READS));
    real(
        rows,
        "client: token refused by the service, a create",
        create,
    );
}

/// An emulator that accepts the session token of a client once, and rejects it from then on. The
/// token has expired by the clock of the emulator, which was set ahead, but not by the clock of the
/// client.
struct ForgetfulService {
    emulator: Emulator,
    client: Client,
    issued: u64,
}

impl ForgetfulService {
    async fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let ahead = Arc::new(AtomicI64::new(0));
        let seconds = Arc::clone(&ahead);
        let clock = move || {
            OffsetDateTime::now_utc() + time::Duration::seconds(seconds.load(Ordering::SeqCst))
        };
        let emulator = Emulator::builder().clock(clock).start().await?;
        let sts = bce_sts::Client::builder()
            .endpoint(emulator.endpoint())
            .credentials(emulator.credentials().clone())
            .build()?;
        let life = i64::try_from(LIFE.as_secs())?;
        let request = sts.get_session_token().duration_seconds(life);
        let client = Client::builder()
            .endpoint(emulator.endpoint())
            .credentials(SessionTokenProvider::new(request))
            .build()?;
        client.list_dev_instances().await?;
        // This is less than the offset at which clients correct their own clocks.
        ahead.store(2 * life, Ordering::SeqCst);
        Ok(Self {
            issued: emulator.handle().request_count("GetSessionToken"),
            emulator,
            client,
        })
    }

    fn seen(&self, calls: Calls) -> Checked {
        let issued = self.handle().request_count("GetSessionToken") - self.issued;
        Ok(Counted {
            calls,
            provider_calls: usize::try_from(issued)?,
            expected: 1..=1,
            failures: 0,
            patience: PATIENCE,
        })
    }

    fn handle(&self) -> Handle {
        self.emulator.handle()
    }

    /// Returns how many requests for this operation the service has refused because of their
    /// credentials.
    fn refused(&self, operation: &str) -> usize {
        let requests = self.handle().requests();
        let refused = requests.iter().filter(|request| {
            request.operation == Some(operation) && request.code == Some("InvalidAccessKeyId")
        });
        refused.count()
    }
}

async fn reads(count: usize) -> Checked {
    let service = ForgetfulService::start().await?;
    let calls = Calls::default();
    let reads: JoinSet<()> = (0..count)
        .map(|_| {
            let (client, calls) = (service.client.clone(), calls.clone());
            async move { calls.make(client.list_dev_instances()).await }
        })
        .collect();
    reads.join_all().await;
    let refused = service.refused("DescribeDevInstances");
    // Each call is refused once at most, and then repeated.
    if !(1..=count).contains(&refused) {
        return Err(format!("{refused} requests of {count} calls were refused").into());
    }
    service.seen(calls)
}

async fn create() -> Checked {
    let service = ForgetfulService::start().await?;
    let calls = Calls::default();
    let create = service
        .client
        .create_dev_instance()
        .name("once")
        .conf(conf())
        .creator("owner")
        .creator_id("owner-id");
    calls.make(create).await;
    let requests = service.handle().request_count("CreateDevInstance");
    let refused = service.refused("CreateDevInstance");
    let created = service.handle().instances().len();
    if (requests, refused, created) != (2, 1, 1) {
        return Err(format!("{requests} requests, {refused} refused, {created} created").into());
    }
    service.seen(calls)
}
