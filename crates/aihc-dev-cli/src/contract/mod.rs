//! Compares the responses of the live service with the API description.
//!
//! | file or folder | |
//! |---|---|
//! | `shape.rs` | the types of the tables in `generated/answers/` |
//! | `compare/` | the comparison of a body with the API description |
//! | `judge.rs` | the comparison of status, headers, code and body |
//! | `class.rs`, `words.rs` | what may be revealed of values and names |
//! | `found.rs`, `ledger.rs` | the findings, by position and by operation |
//! | `recorder.rs` | the layer that compares every response of a client |
//! | `report.rs`, `markdown.rs` | the report |

mod class;
mod compare;
mod found;
mod judge;
mod ledger;
mod markdown;
mod recorder;
mod report;
pub(crate) mod shape;
mod words;

pub(crate) use self::recorder::Recorder;
pub(crate) use self::report::{About, Report};
