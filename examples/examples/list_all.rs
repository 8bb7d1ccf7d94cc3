//! Lists all dev machines, however many there are, in constant memory.
//!
//! `cargo run -p examples --example list_all`
//!
//! Credentials and endpoint: see `Client::from_env`.

// A program for a terminal.
#![allow(clippy::print_stdout)]

use std::error::Error;

use aihc_dev::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let mut machines = client.list_dev_instances().page_size(100).items();
    while let Some(machine) = machines.try_next().await? {
        let state = machine
            .status
            .map_or("unknown".to_owned(), |status| status.to_string());
        println!("{}  {state}  {}", machine.id, machine.name);
    }
    Ok(())
}
