//! The state that a logger and its layers share: the filter, the format of a record and the
//! outputs.

use std::sync::{Arc, RwLock};

use tracing::level_filters::LevelFilter;

use crate::clock::Clock;
use crate::filter::{self, Filter};
use crate::format::Format;
use crate::level::Level;
use crate::output::Outputs;
use crate::record::Record;
use crate::sync::read;

/// The filter, the format and the outputs of a logger.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) filter: RwLock<Filter>,
    pub(crate) format: Format,
    pub(crate) clock: Clock,
    pub(crate) outputs: Outputs,
    /// Targets whose records go to a different logger.
    pub(crate) routes: Vec<(String, Arc<Core>)>,
}

impl Core {
    /// Returns the core that receives the records of this target: the one to which the target is
    /// routed, or else this one.
    pub(crate) fn of(&self, target: &str) -> &Self {
        let covering = self
            .routes
            .iter()
            .filter(|(name, _)| filter::covers(name, target));
        let longest = covering.max_by_key(|(name, _)| name.len());
        longest.map_or(self, |(_, core)| core.of(target))
    }

    pub(crate) fn shows(&self, target: &str, level: Level) -> bool {
        read(&self.filter).shows(target, level)
    }

    pub(crate) fn least(&self) -> LevelFilter {
        let own = read(&self.filter).least();
        let routes = self.routes.iter().map(|(_, core)| core.least());
        routes.fold(own, Ord::max)
    }

    pub(crate) fn write(&self, record: &Record<'_>) {
        self.outputs
            .write(&self.format.line(record), &record.moment);
    }
}
