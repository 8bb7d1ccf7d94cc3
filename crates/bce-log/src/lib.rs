#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod clock;
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

pub use tracing;

pub use builder::Builder;
pub use env::init_from_env;
pub use error::Error;
pub use filter::Filter;
pub use format::Part;
pub use level::Level;
pub use logger::{Handle, Logger};
pub use output::{FileOutput, Rotation};

/// Records at [`Level::Fatal`], in the ways of `tracing::error!`. Like `log.Fatal` of the Go SDK it
/// does not end the program.
///
/// For other subscribers of tracing it is an ERROR with the field `bce_log.fatal`.
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
