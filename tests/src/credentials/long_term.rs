//! Checks with long-term keys that the service does not know, and that cannot be renewed.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aihc_dev::Client;
use aihc_emulator::Emulator;
use bce_auth::{CachedCredentials, Credentials, FnProvider, ProvideCredentials};
use bce_sts::SessionTokenProvider;

use super::PATIENCE;
use super::measure::{Calls, Checked, Counted, real};
use crate::rows::Rows;

const CALLS: usize = 20;

pub(super) fn rows(rows: &mut Rows) {
    real(rows, "client: unknown key, fixed; requests", fixed);
    real(rows, "client: unknown key, from a cached provider", cached);
    real(rows, "client: unknown key for STS; requests to STS", of_sts);
}

async fn fixed() -> Checked {
    let emulator = Emulator::builder().start().await?;
    let client = client(&emulator, unknown_key()?)?;
    let calls = call(&client).await;
    let requests = emulator.handle().request_count("DescribeDevInstances");
    seen(calls, usize::try_from(requests)?, CALLS..=CALLS)
}

/// Checks a cached key that the service refuses. The provider has no other key, but the cache only
/// learns that by asking the provider again.
async fn cached() -> Checked {
    let emulator = Emulator::builder().start().await?;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let provider = FnProvider::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        std::future::ready(unknown_key())
    });
    let client = client(&emulator, CachedCredentials::new(provider))?;
    let calls = call(&client).await;
    let requests = emulator.handle().request_count("DescribeDevInstances");
    let most = u64::try_from(CALLS)? + 1;
    if requests > most {
        return Err(format!("{requests} requests, expected {most} at most").into());
    }
    seen(calls, asked.load(Ordering::SeqCst), 2..=3)
}

async fn of_sts() -> Checked {
    let emulator = Emulator::builder().start().await?;
    let sts = bce_sts::Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(unknown_key()?)
        .build()?;
    let provider = SessionTokenProvider::new(sts.get_session_token());
    let client = client(&emulator, provider)?;
    let calls = call(&client).await;
    let handle = emulator.handle();
    let unsigned = handle.request_count("DescribeDevInstances");
    if unsigned != 0 {
        return Err(format!("{unsigned} requests without credentials").into());
    }
    let requests = usize::try_from(handle.request_count("GetSessionToken"))?;
    seen(calls, requests, CALLS..=CALLS)
}

fn unknown_key() -> Result<Credentials, bce_auth::CredentialsError> {
    Credentials::new("nobody", "secret")
}

fn client(
    emulator: &Emulator,
    provider: impl ProvideCredentials,
) -> Result<Client, aihc_dev::Error> {
    Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(provider)
        .build()
}

/// Makes calls one after the other, all of which fail.
async fn call(client: &Client) -> Calls {
    let calls = Calls::default();
    for _ in 0..CALLS {
        calls.make(client.list_dev_instances()).await;
    }
    calls
}

fn seen(calls: Calls, provider_calls: usize, expected: RangeInclusive<usize>) -> Checked {
    Ok(Counted {
        calls,
        provider_calls,
        expected,
        failures: CALLS,
        patience: PATIENCE,
    })
}
