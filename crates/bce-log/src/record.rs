//! A record that has not been formatted.

use crate::clock::Moment;
use crate::fields::Fields;
use crate::level::Level;

/// The contents of a record, from which the parts of a line are made.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    pub(crate) level: Level,
    pub(crate) moment: Moment,
    pub(crate) target: &'a str,
    pub(crate) file: Option<&'a str>,
    pub(crate) line: Option<u32>,
    pub(crate) module: Option<&'a str>,
    pub(crate) message: String,
    pub(crate) fields: Fields,
    /// The spans around the record, outermost first.
    pub(crate) spans: Vec<(&'static str, Fields)>,
}
