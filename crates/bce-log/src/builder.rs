//! The builder of a logger.

use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::core::Core;
use crate::error::Error;
use crate::filter::Filter;
use crate::format::{Format, Part};
use crate::level::Level;
use crate::logger::{Handle, Logger};
use crate::output::{FileOutput, FileWriter, Outputs, Stream, StreamWriter};
use crate::panics;

/// A builder for a [`Logger`]. Without an output, the logger writes nothing; with an output, it
/// writes records of the level DEBUG and above by default.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    pub(crate) filter: Filter,
    pub(crate) streams: Vec<Stream>,
    pub(crate) file: Option<FileOutput>,
    pub(crate) parts: Option<Vec<Part>>,
    pub(crate) json: bool,
    pub(crate) utc: bool,
    pub(crate) panics: bool,
    clock: Clock,
    routes: Vec<(String, Logger)>,
}

impl Logger {
    /// Returns a builder for a logger.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// Sets the threshold: records of this level, and more severe ones, are written.
    pub fn level(mut self, level: Level) -> Self {
        self.filter.set_general(Some(level));
        self
    }

    /// Sets a different threshold for a target. A target is the path of a module, and includes
    /// everything below the module.
    pub fn target(mut self, target: impl Into<String>, level: Level) -> Self {
        self.filter = self.filter.target(target, level);
        self
    }

    /// Sets the filter, which contains all thresholds, in place of those that were set before.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Writes to standard output.
    pub fn stdout(self) -> Self {
        self.stream(Stream::Stdout)
    }

    /// Writes to standard error.
    pub fn stderr(self) -> Self {
        self.stream(Stream::Stderr)
    }

    pub(crate) fn stream(mut self, stream: Stream) -> Self {
        if !self.streams.contains(&stream) {
            self.streams.push(stream);
        }
        self
    }

    /// Writes to files.
    pub fn file(mut self, output: FileOutput) -> Self {
        self.file = Some(output);
        self
    }

    /// Sets the parts of a line, in this order. By default, these are the parts in
    /// [`Part::DEFAULT`]. Replaces an earlier [`json`](Self::json).
    pub fn format(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.parts = Some(parts.into_iter().collect());
        self.json = false;
        self
    }

    /// Writes JSON, one object per line. An object contains all parts of a record, except for those
    /// that have no value.
    pub fn json(mut self) -> Self {
        self.json = true;
        self
    }

    /// Uses UTC instead of local time, both in records and for the rotation of files.
    pub fn utc(mut self) -> Self {
        self.utc = true;
        self
    }

    /// Sets the function that returns the current time, for example for tests.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(now);
        self
    }

    /// Records each panic of the program at [`Level::Panic`] with the target `panic`, as long as
    /// the logger exists and its filter admits this. For this purpose, a panic hook is installed,
    /// which afterwards calls the previous hook.
    pub fn panics(mut self) -> Self {
        self.panics = true;
        self
    }

    /// Routes the records of a target to another logger. The logger that is being built does not
    /// write them.
    pub fn route(mut self, target: impl Into<String>, logger: Logger) -> Self {
        self.routes.push((target.into(), logger));
        self
    }

    /// Builds a logger that is not the global one.
    ///
    /// # Errors
    ///
    /// If a setting cannot be applied ([`Error::Setting`]), or if the log file cannot be written
    /// ([`Error::File`]).
    pub fn build(self) -> Result<Logger, Error> {
        let mut clock = self.clock;
        if self.utc {
            clock.zone = TimeZone::UTC;
        }
        let file = self
            .file
            .map(|output| FileWriter::open(output, &clock.now()));
        let silent = self.streams.is_empty() && file.is_none();
        let streams = self.streams.into_iter().map(StreamWriter::new);
        let routes = self.routes.into_iter();
        let logger = Logger::new(Core {
            filter: RwLock::new(if silent { Filter::off() } else { self.filter }),
            format: match self.parts {
                _ if self.json => Format::Json,
                Some(parts) => Format::Text(parts),
                None => Format::Text(Part::DEFAULT.into()),
            },
            clock,
            outputs: Outputs {
                streams: streams.collect(),
                file: file.transpose()?,
            },
            routes: routes
                .map(|(target, logger)| (target, Arc::clone(logger.core())))
                .collect(),
        });
        if self.panics {
            panics::record(&logger);
        }
        Ok(logger)
    }

    /// Builds the logger and makes it the global one, which receives the records of all threads.
    ///
    /// # Errors
    ///
    /// If [`build`](Self::build) would fail, or if the program already has a global logger
    /// ([`Error::AlreadySet`]).
    pub fn init(mut self) -> Result<Handle, Error> {
        let with_panics = std::mem::take(&mut self.panics);
        let logger = self.build()?;
        let global = tracing::dispatcher::set_global_default(logger.global().clone());
        global.map_err(|_| Error::AlreadySet)?;
        if with_panics {
            panics::record(&logger);
        }
        Ok(logger.handle())
    }
}
