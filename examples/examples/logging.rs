//! The logging examples in the documentation of the Go SDK, one snippet for each. Every snippet
//! sets up the logger of the program. Since a program has only one logger, the first argument
//! selects the snippet to run.
//!
//! `cargo run -p examples --example logging SNIPPET [DIR]`
//!
//! | snippet | Go |
//! |---|---|
//! | `silent` | nothing is set up |
//! | `info` | `SetLogHandler(STDERR)`, `SetLogLevel(INFO)` |
//! | `size` | `STDERR \| FILE`, `SetLogDir`, `ROTATE_SIZE`, `SetRotateSize(1 << 30)` |
//! | `message` | `STDOUT`, `SetLogFormat([]string{FMT_LEVEL, FMT_MSG})` |
//! | `project` | `log.Debugf` beside the records of the SDK |
//! | `own` | `NewLogger()`, `SetLogHandler(FILE)`, `SetLogDir`, `ROTATE_SIZE`, `Info` |
//! | `env` | the settings in `BCE_LOG` |
//!
//! Every snippet then lists the dev instances, which the SDK logs. For credentials and endpoint,
//! see `Client::from_env`.

use std::path::PathBuf;

use aihc_dev::Client;
use bce_log::tracing::{debug, info};
use bce_log::{FileOutput, Level, Logger, Part, Rotation};
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let snippet = arguments.next().unwrap_or_default();
    let dir = arguments
        .next()
        .map_or_else(std::env::temp_dir, PathBuf::from);
    match snippet.as_str() {
        "silent" => {}
        // Records at level INFO and above are written to standard error.
        "info" => {
            Logger::builder().level(Level::Info).stderr().init()?;
        }
        // Records at level DEBUG and above are written to standard error, and to files of 1 GiB.
        "size" => {
            let files = FileOutput::new().dir(dir.join("rustsdk-log"));
            let files = files.rotation(Rotation::Size(1 << 30));
            Logger::builder().stderr().file(files).init()?;
        }
        // Only the level and the message are written, to standard output.
        "message" => {
            let parts = [Part::Level, Part::Message];
            Logger::builder().stdout().format(parts).init()?;
        }
        // The records of the application are written together with those of the SDK.
        "project" => {
            Logger::builder().stderr().init()?;
            debug!("logging {} using tracing with the AIHC Rust SDK", "message");
        }
        // A separate logger, which does not get the records of the SDK.
        "own" => {
            let files = FileOutput::new().dir(dir.join("log"));
            let files = files.rotation(Rotation::DEFAULT_SIZE);
            let mine = Logger::builder().file(files).build()?;
            mine.in_scope(|| info!("this is my own logger, in a scope"));

            // As the logger of a target, it can be used anywhere in the program.
            Logger::builder().stderr().route("mine", mine).init()?;
            info!(target: "mine", "this is my own logger, by its target");
        }
        "env" => {
            bce_log::init_from_env()?;
        }
        _ => return Err("usage: logging silent|info|size|message|project|own|env [DIR]".into()),
    }
    Client::from_env()?.list_dev_instances().await?;
    Ok(())
}
