#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod clock;
mod core;
mod env;
mod error;
mod fields;
mod filter;
mod format;
mod layer;
mod level;
mod logger;
mod output;
mod panics;
mod record;
mod sync;

pub use tracing;

pub use self::builder::Builder;
pub use self::env::init_from_env;
pub use self::error::Error;
pub use self::filter::Filter;
pub use self::format::Part;
pub use self::level::Level;
pub use self::logger::{Handle, Logger};
pub use self::output::{FileOutput, Rotation};

/// Records an event at [`Level::Fatal`], with the syntax of `tracing::error!`. Like `log.Fatal` of
/// the Go SDK, the macro does not end the program.
///
/// Other subscribers of tracing receive an ERROR with the field `bce_log.fatal`.
///
/// ```
/// let path = "/etc/app.toml";
/// bce_log::fatal!(path, "no configuration");
/// bce_log::fatal!(target: "audit", "{path} is gone");
/// ```
#[macro_export]
macro_rules! fatal {
    (target: $target:expr, $($arguments:tt)+) => {
        $crate::tracing::event!(
            target: $target,
            $crate::tracing::Level::ERROR,
            bce_log.fatal = true,
            $($arguments)+
        )
    };
    ($($arguments:tt)+) => {
        $crate::tracing::event!(
            $crate::tracing::Level::ERROR,
            bce_log.fatal = true,
            $($arguments)+
        )
    };
}
