//! The signals that end a command.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

/// How long a command may take to handle a signal before the process exits.
const GRACE: Duration = Duration::from_secs(1);

/// A signal that asks the process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// The terminal was closed; on Windows, its window is being closed.
    HangUp,
    /// SIGTERM; on Windows, Ctrl-Break.
    Terminate,
}

impl Signal {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::HangUp => 1,
            Self::Interrupt => 2,
            Self::Terminate => 15,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::HangUp => "SIGHUP",
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        }
    }
}

/// Waits for the first signal on a thread of its own, and sends it to the returned receiver. Then
/// gives the command some time to handle the signal, calls `end`, and exits the process with the
/// code that `end` returns. This also ends a command that is blocked in a read or a write.
pub(crate) fn first(end: impl FnOnce(Signal) -> u8 + Send + 'static) -> oneshot::Receiver<Signal> {
    let (heard, receiver) = oneshot::channel();
    let (ready, is_ready) = mpsc::channel::<()>();
    thread::spawn(move || {
        let signal = wait_for(|| drop(ready));
        // If signals cannot be handled, they end the process as usual.
        let Ok(signal) = signal else {
            return;
        };
        if heard.send(signal).is_ok() {
            thread::sleep(GRACE);
        }
        std::process::exit(i32::from(end(signal)));
    });
    // A signal before this point also ends the process, before any request has been sent.
    let _ = is_ready.recv();
    receiver
}

fn wait_for(ready: impl FnOnce()) -> io::Result<Signal> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        ready();
        Ok(signals.next().await)
    })
}

/// The signals that this process receives. On Linux, a signal that was ignored when the process
/// started, as with `nohup` or with `&` in a script, remains ignored.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    hang_up: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        // If it is unknown which signals are ignored, SIGHUP keeps its default action.
        let ignored = ignored();
        let heard = |number: Signal, kind, unknown: bool| match ignored {
            Some(mask) if mask & (1 << (number.number() - 1)) != 0 => Ok(None),
            None if unknown => Ok(None),
            _ => signal(kind).map(Some),
        };
        Ok(Self {
            hang_up: heard(Signal::HangUp, SignalKind::hangup(), true)?,
            terminate: heard(Signal::Terminate, SignalKind::terminate(), false)?,
            interrupt: heard(Signal::Interrupt, SignalKind::interrupt(), false)?,
        })
    }

    pub(crate) async fn next(&mut self) -> Signal {
        async fn of(signal: Option<&mut tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = of(self.interrupt.as_mut()) => Signal::Interrupt,
            () = of(self.hang_up.as_mut()) => Signal::HangUp,
            () = of(self.terminate.as_mut()) => Signal::Terminate,
        }
    }
}

/// Returns the set of ignored signals as bits; `None` if the system does not tell.
#[cfg(unix)]
fn ignored() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// The events that the console of this process sends. After the console window has been closed, the
/// system gives the process five seconds to end.
#[cfg(windows)]
pub(crate) struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    hang_up: tokio::signal::windows::CtrlClose,
    terminate: tokio::signal::windows::CtrlBreak,
}

#[cfg(windows)]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};

        Ok(Self {
            interrupt: ctrl_c()?,
            hang_up: ctrl_close()?,
            terminate: ctrl_break()?,
        })
    }

    pub(crate) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.hang_up.recv() => Signal::HangUp,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}
