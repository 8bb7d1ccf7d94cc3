//! The conversion of tracing's events and spans to records.

use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use crate::core::Core;
use crate::fields::Fields;
use crate::filter::level_of;
use crate::record::Record;

/// Returns a layer that writes everything that its own filter admits, regardless of what other
/// layers admit.
pub(crate) fn one_of_several<S>(core: Arc<Core>) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let threshold = Threshold(Arc::clone(&core));
    Writing { core, sole: None }.with_filter(threshold)
}

/// Returns a layer whose filter applies to the whole subscriber: events that the layer does not
/// write are never created.
pub(crate) fn sole<S>(core: Arc<Core>) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let sole = Some(Threshold(Arc::clone(&core)));
    Writing { core, sole }
}

struct Threshold(Arc<Core>);

impl Threshold {
    fn shows(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        self.0.of(target).shows(target, level_of(metadata))
    }

    /// Returns whether tracing should always or never pass the events of a callsite to this logger.
    /// Tracing caches this until the filter changes, and then asks again.
    fn interest(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.shows(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }
}

impl<S> Filter<S> for Threshold {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.shows(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.interest(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0.least())
    }
}

struct Writing {
    core: Arc<Core>,
    /// The filter, if it applies to the whole subscriber; `None` if a filter is wrapped around this
    /// layer instead.
    sole: Option<Threshold>,
}

impl<S> Layer<S> for Writing
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let sole = self.sole.as_ref();
        sole.map_or_else(Interest::always, |filter| filter.interest(metadata))
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let sole = self.sole.as_ref();
        sole.is_none_or(|filter| filter.shows(metadata))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.sole.as_ref().map(|filter| filter.0.least())
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            // Another logger of the same subscriber may already have stored the fields; they are
            // the same for both.
            span.extensions_mut().replace(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &tracing::span::Record<'_>, context: Context<'_, S>) {
        // This comes before the lock, because formatting a value may itself record something.
        let mut later = Fields::default();
        values.record(&mut later);
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            fields.merge(later);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let core = self.core.of(metadata.target());
        let mut fields = Fields::default();
        event.record(&mut fields);
        let around = context.event_scope(event).into_iter();
        let spans = around.flat_map(|scope| scope.from_root()).map(|span| {
            let fields = span.extensions().get::<Fields>().cloned();
            (span.name(), fields.unwrap_or_default())
        });
        core.write(&Record {
            level: level_of(metadata),
            moment: core.clock.now(),
            target: metadata.target(),
            file: metadata.file(),
            line: metadata.line(),
            module: metadata.module_path(),
            message: fields.take_message(),
            fields,
            spans: spans.collect(),
        });
    }
}
