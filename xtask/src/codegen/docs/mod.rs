//! Converts the texts of an API description to doc comments.

mod facts;
mod lines;
mod markdown;
mod sentences;

pub(crate) use self::facts::{member_facts, page, preconditions};
pub(crate) use self::lines::{comment, module};
pub(crate) use self::markdown::{code, escape, value};
pub(crate) use self::sentences::{described, note, rules, sentence, third_person};
