//! Takes one dev instance through its life cycle with a client.
//!
//! `cargo run --bin quickstart` needs no account: it starts a local emulator, requests a session
//! token from its STS, and calls all eleven operations on one instance.
//!
//! With `--endpoint URL`, or with `BCE_ACCESS_KEY_ID` and `BCE_SECRET_ACCESS_KEY` in the
//! environment, it only lists the dev instances of a real service, and changes nothing.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

mod look;
mod progress;
mod tour;

use std::process::ExitCode;

use bce_http::ClientBuilder;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
Usage: quickstart [--endpoint URL]

Without arguments and without credentials in the environment: calls all operations of a
local emulator. Otherwise: lists the instances of the service at the endpoint, and changes nothing.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        [] if has_credentials() => look_at(None).await,
        [] => {
            if std::env::var_os("AIHC_ENDPOINT").is_some() {
                println!(
                    "AIHC_ENDPOINT is ignored, since there are no credentials in the environment"
                );
            }
            tour::walk().await
        }
        ["--endpoint", endpoint] => look_at(Some(endpoint)).await,
        ["--help"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(summary) => {
            println!("quickstart: {summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether the environment contains a key. An empty variable counts as not set.
fn has_credentials() -> bool {
    let names = [
        "BCE_ACCESS_KEY_ID",
        "BCE_SECRET_ACCESS_KEY",
        "BAIDUCLOUD_ACCESS_KEY",
        "BAIDUCLOUD_SECRET_KEY",
    ];
    names
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

async fn look_at(endpoint: Option<&str>) -> Result<String> {
    let mut builder = ClientBuilder::<aihc_dev::Client>::from_env()?;
    if let Some(endpoint) = endpoint {
        builder = builder.endpoint(endpoint);
    }
    look::around(&builder.build()?).await
}
