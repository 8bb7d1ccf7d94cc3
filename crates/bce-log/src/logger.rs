//! Loggers, and handles to loggers that are in use.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, OnceLock};

use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::core::Core;
use crate::filter::Filter;
use crate::layer;
use crate::level::Level;
use crate::sync::{lock, read, write};

/// Ensures that tracing's cache is rebuilt by one thread at a time. Otherwise, if two threads
/// rebuilt it concurrently, the one that started first could finish last and store outdated
/// results.
static ASKING: Mutex<()> = Mutex::new(());

/// A second subscriber, which does nothing. As long as only one subscriber exists, tracing asks
/// only the default subscriber of the current thread about a new callsite, and caches the result
/// for all threads. A logger that is not the global one would then lose records.
static SECOND: OnceLock<Dispatch> = OnceLock::new();

/// A logger with its own outputs and its own filter, which clones share.
///
/// A logger does not receive any records by itself. To use it for the whole program, see
/// [`Builder::init`](crate::Builder::init); for a section of code, [`in_scope`](Self::in_scope);
/// for a target, [`Builder::route`](crate::Builder::route); as part of another subscriber,
/// [`layer`](Self::layer).
#[derive(Clone)]
pub struct Logger(Arc<Shared>);

struct Shared {
    core: Arc<Core>,
    /// The logger as a subscriber. It is created when it is first used, because tracing asks every
    /// existing subscriber which events it wants.
    dispatch: OnceLock<Dispatch>,
}

impl Logger {
    pub(crate) fn new(core: Core) -> Self {
        Self(Arc::new(Shared {
            core: Arc::new(core),
            dispatch: OnceLock::new(),
        }))
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.0.core
    }

    /// Runs `code`. Its records on this thread go to this logger and not to the global one.
    ///
    /// For futures, see [`dispatch`](Self::dispatch).
    pub fn in_scope<T>(&self, code: impl FnOnce() -> T) -> T {
        tracing::dispatcher::with_default(self.dispatch(), code)
    }

    /// Returns the logger as a subscriber, for use with
    /// `tracing::instrument::WithSubscriber::with_subscriber`: the records of a future then go to
    /// this logger, regardless of which thread polls the future.
    pub fn dispatch(&self) -> &Dispatch {
        SECOND.get_or_init(|| Dispatch::new(NoSubscriber::default()));
        self.global()
    }

    /// Returns the logger as a subscriber with a single layer, so that the logger's filter applies
    /// to the whole subscriber.
    pub(crate) fn global(&self) -> &Dispatch {
        self.0.dispatch.get_or_init(|| {
            let layer = layer::sole(Arc::clone(&self.0.core));
            Dispatch::new(Registry::default().with(layer))
        })
    }

    /// Returns the logger as a layer for a subscriber that has other layers as well. The logger's
    /// filter applies to this layer only.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        layer::one_of_several(Arc::clone(&self.0.core))
    }

    /// Returns a handle that changes this logger while it is in use.
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.0.core))
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Logger").field(&self.0.core).finish()
    }
}

/// A handle with which a logger in use can be changed and monitored. Dropping the handle has no
/// effect.
#[derive(Clone, Debug)]
pub struct Handle(Arc<Core>);

impl Handle {
    /// Changes the default threshold. The thresholds of individual targets stay the same.
    pub fn set_level(&self, level: Level) {
        self.change(|filter| filter.set_general(Some(level)));
    }

    /// Replaces the filter.
    pub fn set_filter(&self, filter: Filter) {
        self.change(|current| *current = filter);
    }

    /// Returns the current filter.
    pub fn filter(&self) -> Filter {
        read(&self.0.filter).clone()
    }

    /// Returns the number of records that did not reach an output, for example because a disk was
    /// full or a pipe was closed. A record that did not reach two outputs is counted twice.
    pub fn lost_records(&self) -> u64 {
        self.0.outputs.lost()
    }

    /// Makes the operating system write the current log file to disk, in case the machine fails,
    /// and flushes standard output. When only the program ends, for whatever reason, no record is
    /// lost even without this.
    ///
    /// # Errors
    ///
    /// If the file cannot be written to disk, or if standard output cannot be flushed.
    pub fn flush(&self) -> io::Result<()> {
        io::stdout().flush()?;
        self.0
            .outputs
            .file
            .as_ref()
            .map_or(Ok(()), |file| file.sync())
    }

    fn change(&self, change: impl FnOnce(&mut Filter)) {
        change(&mut write(&self.0.filter));
        // Tracing caches for each callsite whether its events are wanted.
        let _asking = lock(&ASKING);
        tracing::callsite::rebuild_interest_cache();
    }
}
