//! A session token for a minute, and a client of dev instances that signs with it: what to give to a
//! program that must not hold a long-term key.
//!
//! `cargo run -p examples --example sts_session`
//!
//! Takes the key from BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY, or from `~/.bce/config.json`.
//! BCE_STS_ENDPOINT and AIHC_ENDPOINT name other endpoints than the usual ones.

// A program for a terminal.
#![allow(clippy::print_stdout)]

use std::error::Error;

use aihc_dev::{Client, ClientBuilder, Credentials};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sts = bce_sts::Client::from_env()?;

    // Without an access-control list the token may do what its owner may.
    let issued = sts.get_session_token().duration_seconds(60).await?;
    println!("access key id      {}", issued.access_key_id);
    println!("secret access key  {:?}", issued.secret_access_key);
    println!("session token      {:?}", issued.session_token);
    if let (Some(from), Some(until)) = (issued.create_time, issued.expiration) {
        println!("valid              {from} to {until}");
    }
    println!("user id            {}", issued.user_id);

    let credentials: Credentials = issued.try_into()?;
    let client = ClientBuilder::<Client>::from_env()?
        .credentials(credentials)
        .build()?;
    let page = client.list_dev_instances().await?;
    println!(
        "dev instances      {}",
        page.total_count.unwrap_or_default()
    );
    Ok(())
}
