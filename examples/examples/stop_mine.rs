//! Stops all of your own dev instances that can be stopped, and prints the result for each.
//!
//! `cargo run -p examples --example stop_mine`
//!
//! For credentials and endpoint, see `Client::from_env`.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use aihc_dev::Client;
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let client = Client::from_env()?;
    let mut list = client.list_dev_instances().only_my_devs(true).items();
    let mut mine = Vec::new();
    list.collect_into(&mut mine).await?;
    if let Some(missing) = list.missing() {
        println!("{missing} more were not listed, and may still be running");
    }
    mine.retain(|instance| instance.status.is_some_and(|status| status.can_stop()));

    let ids = mine.into_iter().map(|instance| instance.id);
    let mut failed = 0;
    for (id, outcome) in client.stop_dev_instances(ids).await {
        match outcome {
            Ok(_) => println!("{id} stopping"),
            Err(error) => {
                failed += 1;
                println!("{id} {error}");
            }
        }
    }
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} could not be stopped").into()),
    }
}
