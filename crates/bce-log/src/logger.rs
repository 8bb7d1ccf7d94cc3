//! A logger and the handle to one that is in use.

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

/// Of two filters that change at the same time, the one that has tracing ask again may otherwise put
/// down what the other said before.
static ASKING: Mutex<()> = Mutex::new(());

/// While there is only one subscriber, tracing takes that of the thread that happens to ask for it,
/// and for good. A logger that is not the global one would be forgotten, so there is always another.
static SECOND: OnceLock<Dispatch> = OnceLock::new();

/// A logger with outputs and a filter of its own. Clones share them.
///
/// It logs nothing until it is asked to: by [`Builder::init`](crate::Builder::init) for the whole program, by
/// [`in_scope`](Self::in_scope) for a piece of code, by [`Builder::route`](crate::Builder::route) for a target, or as a
/// [`layer`](Self::layer) of a subscriber that the application has.
#[derive(Clone)]
pub struct Logger(Arc<Shared>);

struct Shared {
    core: Arc<Core>,
    /// Made when it is first needed: tracing asks every subscriber that exists what it wants.
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

    /// Runs code whose records, on this thread, come to this logger instead of the global one.
    ///
    /// For futures see [`dispatch`](Self::dispatch).
    pub fn in_scope<T>(&self, code: impl FnOnce() -> T) -> T {
        tracing::dispatcher::with_default(self.dispatch(), code)
    }

    /// Returns the logger as a subscriber, for
    /// `tracing::instrument::WithSubscriber::with_subscriber`: what a future records then comes to
    /// this logger, whichever thread runs it.
    pub fn dispatch(&self) -> &Dispatch {
        SECOND.get_or_init(|| Dispatch::new(NoSubscriber::default()));
        self.global()
    }

    /// Returns the logger as the only subscriber.
    pub(crate) fn global(&self) -> &Dispatch {
        self.0.dispatch.get_or_init(|| {
            let layer = layer::sole(Arc::clone(&self.0.core));
            Dispatch::new(Registry::default().with(layer))
        })
    }

    /// Returns the logger as a layer, for a subscriber that has others as well. Its filter is its
    /// own.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        layer::one_of_several(Arc::clone(&self.0.core))
    }

    /// Changes this logger while it is in use.
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.0.core))
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Logger").field(&self.0.core).finish()
    }
}

/// Changes and watches a logger that is in use. To drop it changes nothing.
#[derive(Clone, Debug)]
pub struct Handle(Arc<Core>);

impl Handle {
    /// Another threshold from now on; those of targets stay.
    pub fn set_level(&self, level: Level) {
        self.change(|filter| filter.set_general(Some(level)));
    }

    /// Another filter from now on.
    pub fn set_filter(&self, filter: Filter) {
        self.change(|current| *current = filter);
    }

    /// Returns the filter at present.
    pub fn filter(&self) -> Filter {
        read(&self.0.filter).clone()
    }

    /// Returns how many records did not reach one of the outputs: a disk was full, or a pipe was
    /// closed.
    pub fn lost_records(&self) -> u64 {
        self.0.outputs.lost()
    }

    /// Has the operating system put on the disk what it was given, for the case that the machine
    /// fails. A program that ends, however it ends, loses nothing without it.
    ///
    /// # Errors
    ///
    /// If the operating system cannot write it.
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
        // Every place in the code remembers whether anybody listens.
        let _asking = lock(&ASKING);
        tracing::callsite::rebuild_interest_cache();
    }
}
