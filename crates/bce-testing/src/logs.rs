//! Captures everything that tracing emits, as text.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, Once};

use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;

use crate::sync::lock;

/// Captures every event and every span of the current thread, at TRACE and above, until this value
/// is dropped. This includes records of dependencies that use the `log` crate. A thread can have
/// only one capture at a time.
///
/// One subscriber serves the whole process, and only the destination depends on the thread: if
/// subscribers were created and dropped on several threads, they would miss events, because tracing
/// caches for each callsite whether its events are wanted.
pub struct LogCapture {
    text: Text,
}

/// A layer of any type.
pub type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

type Text = Arc<Mutex<Vec<u8>>>;

thread_local! {
    static CAPTURE: RefCell<Option<Text>> = const { RefCell::new(None) };
}

static SUBSCRIBER: Once = Once::new();

impl LogCapture {
    /// Starts capturing.
    pub fn start() -> Self {
        Self::start_beside(|| None)
    }

    /// Starts capturing. If this is the first capture of the process, the subscriber also gets the
    /// layer that `layer` returns, for all threads and all later captures. Otherwise, `layer` is
    /// not called.
    pub fn start_beside(layer: impl FnOnce() -> Option<AnyLayer>) -> Self {
        SUBSCRIBER.call_once(|| {
            let lines = tracing_subscriber::fmt::layer()
                .with_span_events(FmtSpan::FULL)
                .with_ansi(false)
                .with_writer(|| ThreadWriter);
            let subscriber = tracing_subscriber::registry().with(layer()).with(lines);
            // If the program already has its own subscriber, captures are empty.
            let _ = tracing::subscriber::set_global_default(subscriber);
            if log::set_logger(&Records).is_ok() {
                log::set_max_level(log::LevelFilter::Trace);
            }
        });
        let text = Text::default();
        CAPTURE.with_borrow_mut(|capture| *capture = Some(Arc::clone(&text)));
        Self { text }
    }

    /// Returns the text that has been captured so far.
    pub fn text(&self) -> String {
        let bytes = lock(&self.text);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for LogCapture {
    fn drop(&mut self) {
        CAPTURE.with_borrow_mut(|capture| *capture = None);
    }
}

/// Writes to the capture of the current thread, if there is one.
struct ThreadWriter;

impl io::Write for ThreadWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        CAPTURE.with_borrow(|capture| {
            if let Some(text) = capture {
                lock(text).extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes records of the `log` crate, one line for each.
struct Records;

impl log::Log for Records {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let (level, target) = (record.level(), record.target());
        // Writing to a capture cannot fail.
        let _ = io::Write::write_fmt(
            &mut ThreadWriter,
            format_args!("{level} {target}: {}\n", record.args()),
        );
    }

    fn flush(&self) {}
}

impl fmt::Debug for LogCapture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogCapture").finish_non_exhaustive()
    }
}
