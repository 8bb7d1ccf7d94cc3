//! Sets a timer that stops a dev instance after some hours, even if this program no longer runs.
//! With 0 hours, cancels the timer.
//!
//! `cargo run -p examples --example timed_stop ID HOURS`
//!
//! For credentials and endpoint, see `Client::from_env`.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use aihc_dev::Client;
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [id, hours] = arguments.as_slice() else {
        return Err("usage: timed_stop ID HOURS".into());
    };
    let hours: u64 = hours.parse()?;
    let client = Client::from_env()?;

    match hours {
        0 => client.cancel_timed_stop(id).await?,
        _ => {
            let after = Duration::from_secs(hours.saturating_mul(3600));
            client.enable_timed_stop(id, after).await?
        }
    };

    let instance = client.query_dev_instance_detail(id).await?.dev_instance;
    match instance
        .timed_stop_dev_instance
        .and_then(|timer| timer.delay_sec)
    {
        Some(seconds) if seconds > 0 => println!("{id} stops in {seconds} s"),
        _ => println!("{id} has no timed stop"),
    }
    Ok(())
}
