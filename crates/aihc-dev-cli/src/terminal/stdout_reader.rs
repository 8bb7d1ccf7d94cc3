//! Whoever reads the results.

use std::io;
use std::time::Duration;

/// How often to look for the reader.
const INTERVAL: Duration = Duration::from_secs(1);

/// Ends when nobody can read standard output any more, as after `| head`. A write would tell as
/// much, but there may be nothing to write for hours.
pub(crate) async fn gone() {
    while !is_gone() {
        tokio::time::sleep(INTERVAL).await;
    }
}

#[cfg(unix)]
fn is_gone() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdout = io::stdout();
    let mut looked_at = [PollFd::new(&stdout, PollFlags::empty())];
    let at_once = Timespec::default();
    let gone = PollFlags::ERR | PollFlags::HUP;
    let polled = poll(&mut looked_at, Some(&at_once));
    polled.is_ok() && looked_at.iter().any(|fd| fd.revents().intersects(gone))
}

/// The next write tells.
#[cfg(not(unix))]
fn is_gone() -> bool {
    false
}
