//! Lists all dev instances in constant memory, however many there are.
//!
//! `cargo run -p examples --example list_all`
//!
//! For credentials and endpoint, see `Client::from_env`.

// The program prints to a terminal.
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
