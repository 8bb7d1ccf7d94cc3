//! Gives a dev instance another number of cores and leaves everything else as it is.
//!
//! `cargo run -p examples --example change_one_thing ID CORES`
//!
//! Rebuilds a running instance. Credentials and endpoint: see `Client::from_env`.

// A program for a terminal.
#![allow(clippy::print_stdout)]

use std::error::Error;

use aihc_dev::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [id, cores] = arguments.as_slice() else {
        return Err("usage: change_one_thing ID CORES".into());
    };
    let cores: i64 = cores.parse()?;
    let client = Client::from_env()?;

    let changed = client
        .change_dev_instance(id, |conf| conf.resources.cpus = cores)
        .await?;
    match changed {
        Some(_) => println!("{id} has {cores} cores now"),
        None => println!("{id} had {cores} cores already"),
    }
    Ok(())
}
