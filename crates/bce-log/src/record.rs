//! A log record before it is formatted.

use crate::clock::Moment;
use crate::fields::Fields;
use crate::level::Level;

/// The contents of a log record, from which a line of the log is formatted.
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
    /// The names and the fields of the spans around the record, outermost first.
    pub(crate) spans: Vec<(&'static str, Fields)>,
}
