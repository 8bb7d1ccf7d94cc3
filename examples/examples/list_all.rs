//! Lists all dev instances, however many there are, in constant memory.
//!
//! `cargo run -p examples --example list_all`
//!
//! Credentials and endpoint: see `Client::from_env`.

// A program for a terminal.
#![allow(clippy::print_stdout)]

use aihc_dev::Client;
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let client = Client::from_env()?;
    let mut instances = client.list_dev_instances().page_size(100).items();
    while let Some(instance) = instances.try_next().await? {
        let state = instance
            .status
            .map_or("unknown".to_owned(), |status| status.to_string());
        println!("{}  {state}  {}", instance.id, instance.name);
    }
    Ok(())
}
