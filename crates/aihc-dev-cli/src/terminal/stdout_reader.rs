//! The reader of standard output.

use std::io;
use std::time::Duration;

/// The interval of the check.
const INTERVAL: Duration = Duration::from_secs(1);

/// Completes when standard output has no reader, as after `| head`. A write would find out, but
/// there may be nothing to write for hours.
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

/// Returns `false`, since only the next write finds out.
#[cfg(not(unix))]
fn is_gone() -> bool {
    false
}
