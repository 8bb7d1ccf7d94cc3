//! Filters, which decide which records are written.

use tracing::Metadata;
use tracing::level_filters::LevelFilter;

use crate::level::Level;

/// The name of the field that marks fatal events: an event of tracing at ERROR that has this field
/// is a record at FATAL. A callsite always has the same fields, so tracing can cache whether its
/// events pass the threshold.
pub(crate) const FATAL: &str = "bce_log.fatal";

/// A default threshold, and further thresholds for individual targets.
///
/// The target of a record is the path of its module, unless the record states a different one. A
/// threshold for a target covers everything below that target: `bce_http` covers `bce_http::layer`,
/// but not `bce_http_extras`. If several thresholds cover a record, the one for the longest target
/// applies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    general: Option<Level>,
    targets: Vec<(String, Option<Level>)>,
}

impl Default for Filter {
    fn default() -> Self {
        Self::new(Level::Debug)
    }
}

impl Filter {
    /// Creates a filter that admits this level and more severe ones.
    pub fn new(level: Level) -> Self {
        Self {
            general: Some(level),
            targets: Vec::new(),
        }
    }

    /// Creates a filter that admits nothing, except from targets that are added later.
    pub fn off() -> Self {
        Self {
            general: None,
            targets: Vec::new(),
        }
    }

    /// Sets a different threshold for a target.
    pub fn target(self, target: impl Into<String>, level: Level) -> Self {
        self.with(target.into(), Some(level))
    }

    /// Makes the filter admit nothing from a target.
    pub fn silence(self, target: impl Into<String>) -> Self {
        self.with(target.into(), None)
    }

    pub(crate) fn with(mut self, target: String, level: Option<Level>) -> Self {
        self.targets.retain(|(known, _)| *known != target);
        self.targets.push((target, level));
        self
    }

    pub(crate) fn set_general(&mut self, level: Option<Level>) {
        self.general = level;
    }

    pub(crate) fn shows(&self, target: &str, level: Level) -> bool {
        let covering = self.targets.iter().filter(|(name, _)| covers(name, target));
        let own = covering.max_by_key(|(name, _)| name.len());
        let threshold = own.map_or(self.general, |(_, level)| *level);
        threshold.is_some_and(|threshold| level >= threshold)
    }

    /// Returns the most verbose level of tracing that any of the thresholds admits.
    pub(crate) fn least(&self) -> LevelFilter {
        let targets = self.targets.iter().filter_map(|(_, level)| *level);
        match targets.chain(self.general).min() {
            Some(Level::Trace) => LevelFilter::TRACE,
            Some(Level::Debug) => LevelFilter::DEBUG,
            Some(Level::Info) => LevelFilter::INFO,
            Some(Level::Warn) => LevelFilter::WARN,
            Some(Level::Error | Level::Fatal) => LevelFilter::ERROR,
            // Panics are not recorded through tracing.
            Some(Level::Panic) | None => LevelFilter::OFF,
        }
    }
}

/// Returns the level of the events and spans of a callsite.
pub(crate) fn level_of(metadata: &Metadata<'_>) -> Level {
    match Level::from(*metadata.level()) {
        Level::Error if metadata.fields().field(FATAL).is_some() => Level::Fatal,
        level => level,
    }
}

/// Returns whether `target` is equal to `name` or below it.
pub(crate) fn covers(name: &str, target: &str) -> bool {
    let below = target.strip_prefix(name);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_target_decides_whatever_the_order() {
        let filter = Filter::new(Level::Warn)
            .target("a::b", Level::Trace)
            .target("a", Level::Info)
            .silence("a::b::c");
        assert!(filter.shows("a::b", Level::Trace));
        assert!(filter.shows("a::b::d", Level::Trace));
        assert!(!filter.shows("a::b::c", Level::Panic));
        assert!(filter.shows("a::x", Level::Info) && !filter.shows("a::x", Level::Debug));
        assert!(!filter.shows("ab", Level::Info) && filter.shows("ab", Level::Warn));
    }

    #[test]
    fn a_later_threshold_of_a_target_replaces_the_earlier() {
        let filter = Filter::off()
            .target("a", Level::Debug)
            .target("a", Level::Error);
        assert!(!filter.shows("a", Level::Warn) && filter.shows("a", Level::Fatal));
        assert!(!filter.shows("b", Level::Panic));
    }

    #[test]
    fn the_least_level_covers_every_target() {
        assert_eq!(Filter::new(Level::Fatal).least(), LevelFilter::ERROR);
        assert_eq!(Filter::new(Level::Panic).least(), LevelFilter::OFF);
        let filter = Filter::new(Level::Fatal).target("a", Level::Info);
        assert_eq!(filter.least(), LevelFilter::INFO);
    }
}
