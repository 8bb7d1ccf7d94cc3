//! One record, before it has a form.

use crate::clock::Moment;
use crate::fields::Fields;
use crate::level::Level;

/// What the parts of a line are made of.
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
    /// The spans around it, the outermost first.
    pub(crate) spans: Vec<(&'static str, Fields)>,
}
