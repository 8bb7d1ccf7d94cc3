//! Changes the number of cores of a dev instance, and nothing else.
//!
//! `cargo run -p examples --example change_one_thing ID CORES`
//!
//! A running instance is rebuilt. For credentials and endpoint, see `Client::from_env`.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use aihc_dev::Client;
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
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
        Some(_) => println!("{id} now has {cores} cores"),
        None => println!("{id} already has {cores} cores"),
    }
    Ok(())
}
