//! Arms a timed stop: the dev instance stops by itself after some hours, whatever happens to the
//! program that asked for it. Nought hours disarm it.
//!
//! `cargo run -p examples --example timed_stop ID HOURS`
//!
//! Credentials and endpoint: see `Client::from_env`.

// A program for a terminal.
#![allow(clippy::print_stdout)]

use std::error::Error;

use aihc_dev::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [id, hours] = arguments.as_slice() else {
        return Err("usage: timed_stop ID HOURS".into());
    };
    let hours: i64 = hours.parse()?;
    let client = Client::from_env()?;

    let timer = client.timed_stop_dev_instance(id).enable(hours > 0);
    let timer = if hours > 0 {
        timer.delay_sec(hours * 3600)
    } else {
        timer
    };
    timer.await?;

    let instance = client.query_dev_instance_detail(id).await?.dev_instance;
    match instance
        .timed_stop_dev_instance
        .and_then(|timer| timer.delay_sec)
    {
        Some(seconds) if seconds > 0 => println!("{id} stops by itself, {seconds} s after now"),
        _ => println!("{id} runs on"),
    }
    Ok(())
}
