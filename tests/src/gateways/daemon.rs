//! Runs a gateway as a process: starts it, waits until it listens, and kills it at the end.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, interval};

use super::folder::Folder;

/// The time limit for a gateway to begin to listen. It is long, since the machine may be busy.
const START: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(5);

/// The first of the ports that gateways use. They are below the ephemeral ports; otherwise, an
/// outgoing connection might take a port after it was chosen and before the gateway has started.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 10_000;

static NEXT_PORT: AtomicU16 = AtomicU16::new(0);

/// The running process of a gateway. Dropping the value ends the process.
#[derive(Debug)]
pub(super) struct Daemon {
    process: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts a program that listens on this port, and waits until it does. Its output is written
    /// to a file in the folder.
    pub(super) async fn start(
        program: &str,
        arguments: &[String],
        folder: &Folder,
        port: u16,
    ) -> Result<Self, String> {
        let log = folder.path().join("output.log");
        let failed = |error: std::io::Error| format!("{program}: {error}");
        let output = File::create(&log).map_err(failed)?;
        let process = Command::new(program)
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stderr(output.try_clone().map_err(failed)?)
            .stdout(output)
            .spawn()
            .map_err(failed)?;
        let mut daemon = Self { process, log };
        daemon.listens(program, port).await?;
        Ok(daemon)
    }

    async fn listens(&mut self, program: &str, port: u16) -> Result<(), String> {
        let end = Instant::now() + START;
        let mut polls = interval(POLL);
        while Instant::now() < end {
            polls.tick().await;
            if let Ok(Some(status)) = self.process.try_wait() {
                let said = self.last_lines();
                return Err(format!("{program} ended with {status}: {said}"));
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                .await
                .is_ok()
            {
                return Ok(());
            }
        }
        Err(format!("{program} does not listen: {}", self.last_lines()))
    }

    /// Ends the program immediately; its connections break.
    pub(super) fn kill(&mut self) {
        // The program may already have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    fn last_lines(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(3)..].join("; ")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Returns a free port that no other gateway test in this process uses.
pub(super) fn free_port() -> Result<u16, String> {
    // Another run, at the same time, begins at another port.
    let offset = u16::try_from(std::process::id() % u32::from(PORTS)).unwrap_or_default();
    for _ in 0..PORTS {
        let number = NEXT_PORT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST_PORT + offset.wrapping_add(number) % PORTS;
        if TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_ok() {
            return Ok(port);
        }
    }
    Err("no port is free".to_owned())
}
