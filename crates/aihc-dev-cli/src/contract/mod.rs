//! What the live service answers, beside what is described.
//!
//! | file | |
//! |---|---|
//! | `shape.rs` | the form of the table of answers in `generated/answers/` |
//! | `compare.rs` | an answer beside its description |
//! | `judge.rs` | a whole response: status, headers, code, body |
//! | `class.rs`, `words.rs` | what may be told of values and names |
//! | `found.rs`, `ledger.rs` | what was found, by place; by operation |
//! | `recorder.rs` | the layer of clients that has every response compared |
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
