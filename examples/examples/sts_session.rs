//! Requests a session token that is valid for a minute, and uses it in a client of dev instances.
//! Session tokens are for programs that must not have a long-term key.
//!
//! `cargo run -p examples --example sts_session`
//!
//! Reads the key from BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY, or from `~/.bce/config.json`.
//! BCE_STS_ENDPOINT and AIHC_ENDPOINT set endpoints other than the default ones.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use aihc_dev::{Client, ClientBuilder, Credentials};
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let sts = bce_sts::Client::from_env()?;

    // Without an access control list, the token has all permissions of its owner.
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
