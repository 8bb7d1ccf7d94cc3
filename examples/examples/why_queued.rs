//! Tells why a dev instance is in its state: prints the state, its reason, and the events of the
//! last day, newest first.
//!
//! `cargo run -p examples --example why_queued ID`
//!
//! For credentials and endpoint, see `Client::from_env`.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use aihc_dev::Client;
use examples::Failure;
use time::{Duration, OffsetDateTime};

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let id = std::env::args().nth(1).ok_or("usage: why_queued ID")?;
    let client = Client::from_env()?;

    let instance = client.query_dev_instance_detail(&id).await?.dev_instance;
    let state = instance
        .status
        .map_or("unknown".to_owned(), |status| status.to_string());
    println!("{id} is {state} {}", instance.status_reason);

    let now = OffsetDateTime::now_utc();
    let events = client.list_dev_instance_events(&id, now - Duration::DAY, now + Duration::MINUTE);
    let mut events = events.items().collect_all().await?;
    events.sort_by_key(|event| std::cmp::Reverse(event.last_timestamp.map(|time| time.raw())));
    for event in events {
        let time = event
            .last_timestamp
            .map(|time| time.to_string())
            .unwrap_or_default();
        println!("{time}  {}: {}", event.reason, event.message);
    }
    Ok(())
}
