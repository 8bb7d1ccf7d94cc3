//! A program that outlives its credentials. It lists dev instances as a role, again and again,
//! while the provider requests new credentials from STS before the old ones expire.
//!
//! `cargo run -p examples --example assume_role_refresh -- ACCOUNT_ID ROLE_NAME [SECONDS]`
//!
//! SECONDS is the lifetime of each credential, 900 by default; the program runs for twice as long.
//! It reads its own key from BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY, or from
//! `~/.bce/config.json`. BCE_STS_ENDPOINT and AIHC_ENDPOINT set other endpoints.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use aihc_dev::{Client, ClientBuilder};
use bce_auth::ProvideCredentials;
use bce_sts::AssumeRoleProvider;
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: assume_role_refresh ACCOUNT_ID ROLE_NAME [SECONDS]";
    let account = arguments.next().ok_or(usage)?;
    let role = arguments.next().ok_or(usage)?;
    let seconds: u32 = arguments.next().map_or(Ok(900), |text| text.parse())?;

    let sts = bce_sts::Client::from_env()?;
    let request = sts
        .assume_role(account, role)
        .duration_seconds(seconds.into());
    // Shared, so that the program can also print which key is in use. Clients can share it as well.
    let provider = Arc::new(AssumeRoleProvider::new(request));
    let client = ClientBuilder::<Client>::from_env()?
        .credentials(Arc::clone(&provider))
        .build()?;

    let life = Duration::from_secs(seconds.into());
    let pause = Duration::from_secs(5).min(life / 4);
    let started = Instant::now();
    while started.elapsed() < 2 * life {
        let page = client.list_dev_instances().await?;
        let total = page.total_count.unwrap_or_default();
        let credentials = provider.provide_credentials().await?;
        println!("{total} dev instances, as {}", credentials.access_key_id());
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
