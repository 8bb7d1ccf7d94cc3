//! Runs the emulator as users run it: as a binary in a separate process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A time scale at which a new dev instance runs after a few milliseconds.
pub(super) const FAST: u32 = 1000;
/// A time scale for tests of jobs. With it, jobs run for some seconds, so that operations can be
/// called meanwhile.
pub(super) const STEADY: u32 = 20;

/// The running process of the emulator. Dropping the value ends the process.
#[derive(Debug)]
pub(super) struct Emulator {
    process: Child,
    address: SocketAddr,
    control: SocketAddr,
}

impl Emulator {
    /// Builds the binary, and starts it on free ports.
    pub(super) fn start(
        access_key_id: &str,
        secret_access_key: &str,
        time_scale: u32,
    ) -> Result<Self, String> {
        let time_scale = time_scale.to_string();
        let mut process = Command::new(build()?)
            .args([
                "--access-key",
                access_key_id,
                "--secret-key",
                secret_access_key,
            ])
            .args(["--time-scale", &time_scale, "--control", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the emulator does not start: {error}"))?;
        let mut lines = process.stdout.take().map(BufReader::new);
        // If the process ends early, there are no such lines.
        let mut address = || {
            let mut line = String::new();
            let _ = lines.as_mut()?.read_line(&mut line);
            let (_, address) = line.trim_end().rsplit_once("http://")?;
            address.parse().ok()
        };
        match (address(), address()) {
            (Some(address), Some(control)) => Ok(Self {
                process,
                address,
                control,
            }),
            _ => {
                end(&mut process);
                Err("the emulator did not print its addresses".to_owned())
            }
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address of the port through which tests control the emulator.
    pub(super) fn control(&self) -> SocketAddr {
        self.control
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn end(process: &mut Child) {
    // The process may already have ended.
    let _ = process.kill();
    let _ = process.wait();
}

/// Builds the binary of the emulator, and returns its path.
fn build() -> Result<String, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        // `cargo xtask` sets these variables. If they changed, build scripts would run again.
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    let output = cargo
        .args([
            "build",
            "--quiet",
            // With the features of the whole workspace, for which the tests have compiled it.
            "--workspace",
            "--bin",
            "aihc-emulator",
        ])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(str::to_owned));
    executable.ok_or_else(|| "the emulator does not build".to_owned())
}
