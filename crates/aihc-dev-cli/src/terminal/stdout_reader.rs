//! Whether anybody reads standard output.

use std::io;
use std::time::Duration;

/// The interval at which [`gone`] checks whether standard output has a reader.
const INTERVAL: Duration = Duration::from_secs(1);

/// Completes when standard output no longer has a reader, as after `| head`; on systems other than
/// Unix, never completes. A write would report this as an error, but there may be nothing to write
/// for hours, so waiting for the next write is not enough.
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

/// Fails if standard output is not open for writing, as with `1<FILE`. The standard library ignores
/// the error of writes in this case.
#[cfg(unix)]
pub(crate) fn must_be_writable() -> io::Result<()> {
    use rustix::fs::{OFlags, fcntl_getfl};
    use rustix::io::Errno;

    match fcntl_getfl(io::stdout())? & OFlags::RWMODE {
        OFlags::RDONLY => Err(Errno::BADF.into()),
        _ => Ok(()),
    }
}

/// Always succeeds: on systems other than Unix, the write itself fails if standard output is not
/// open for writing.
#[cfg(not(unix))]
pub(crate) fn must_be_writable() -> io::Result<()> {
    Ok(())
}

/// Always returns `false`: on systems other than Unix, only the next write reports that there is no
/// reader.
#[cfg(not(unix))]
fn is_gone() -> bool {
    false
}
