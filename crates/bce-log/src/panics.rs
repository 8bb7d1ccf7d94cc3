//! Recording panics.

use std::panic::PanicHookInfo;
use std::sync::Arc;

use crate::core::Core;
use crate::fields::{Fields, Value};
use crate::level::Level;
use crate::logger::Logger;
use crate::record::Record;

/// The target of the records of panics, by which filters can select them. It is not the path of a
/// module, because no module records a panic.
const TARGET: &str = "panic";

/// Installs a panic hook that writes each panic to this logger, as long as the logger exists and
/// its filter admits panics. The hook then calls the previous hook.
pub(crate) fn record(logger: &Logger) {
    let core = Arc::downgrade(logger.core());
    let earlier = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // The panic is not recorded through tracing, which must not be entered twice, and which
        // would show its own callsite as the location.
        if let Some(core) = core.upgrade() {
            write(&core, panic);
        }
        earlier(panic);
    }));
}

fn write(core: &Core, panic: &PanicHookInfo<'_>) {
    let core = core.of(TARGET);
    if !core.shows(TARGET, Level::Panic) {
        return;
    }
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let thread = std::thread::current();
    let name = Value::Text(thread.name().unwrap_or("unnamed").to_owned());
    core.write(&Record {
        level: Level::Panic,
        moment: core.clock.now(),
        target: TARGET,
        file: panic.location().map(|place| place.file()),
        line: panic.location().map(|place| place.line()),
        module: None,
        message: text.unwrap_or("a panic without a message").to_owned(),
        fields: Fields(vec![("thread", name)]),
        spans: Vec::new(),
    });
}
