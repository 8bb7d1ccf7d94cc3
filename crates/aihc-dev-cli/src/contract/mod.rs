//! The comparison of the live service's responses with their description.
//!
//! | file | |
//! |---|---|
//! | `shape.rs` | the types of the tables in `generated/answers/` |
//! | `compare.rs` | the comparison of a response with its description |
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
