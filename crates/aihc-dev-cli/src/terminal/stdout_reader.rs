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

/// Fails where nothing can be written to standard output, as after `1<FILE`: the standard library takes
/// what is written there for written.
#[cfg(unix)]
pub(crate) fn must_be_writable() -> io::Result<()> {
    use rustix::fs::{OFlags, fcntl_getfl};
    use rustix::io::Errno;

    match fcntl_getfl(io::stdout())? & OFlags::RWMODE {
        OFlags::RDONLY => Err(Errno::BADF.into()),
        _ => Ok(()),
    }
}

/// The write tells.
#[cfg(not(unix))]
pub(crate) fn must_be_writable() -> io::Result<()> {
    Ok(())
}

/// The next write tells.
#[cfg(not(unix))]
fn is_gone() -> bool {
    false
}
