//! Tolerant reading and exact writing of JSON. The documentation of [`rt::codec`](crate::rt::codec)
//! explains it to authors of code generators.

mod collection;
mod context;
mod counted_value;
mod deadline_reader;
mod document;
mod double;
mod forms;
mod in_text;
mod raw;
mod repair;
mod scalar;
mod scan;
mod secret;
mod short_text;
mod slot;
mod source;
mod time;
mod value;
mod visit;
mod wire;

use serde::de::{Deserializer, Error};

use self::context::Context;
pub(crate) use self::deadline_reader::is_cut_short;
pub(crate) use self::document::{LONG, from_json, members_from_json, repaired, tree_from_json};
pub use self::double::{Doubles, HasDoubles, double_text, serialize_doubles};
pub use self::forms::Form;
pub use self::in_text::{HasText, InText, serialize_in_text};
pub use self::scalar::TextOrNumber;
pub(crate) use self::scan::{scan_json, scan_members};
pub use self::secret::serialize_hidden;
pub(crate) use self::short_text::Word;
pub use self::slot::Slot;
pub(crate) use self::source::Scalar;
pub use self::time::{
    date_time_millis, date_time_seconds, serialize_date_time_millis, serialize_date_time_seconds,
    serialize_optional_date_time_millis, serialize_optional_date_time_seconds, whole_millis,
    whole_seconds,
};
pub use self::value::{Failed, FromWire, Members, Missing, Partial, Value};
pub use self::wire::{SecretKind, ToWire, Wire};

/// `serde_json` reads at most this many levels of nested lists and objects.
pub(crate) const DEEPEST: usize = 127;

/// Reads a value from any format, as the `Deserialize` implementation of a generated type does.
///
/// # Errors
///
/// If the value is of another type, or represents an absent value.
pub fn read<'de, T: FromWire, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let read = read_optional(deserializer)?;
    read.ok_or_else(|| D::Error::custom("a value is required, found null"))
}

/// Reads a value from any format. Returns `None` for `null`, and for other values that represent an
/// absent value, such as an empty string in place of a number.
///
/// # Errors
///
/// If the value is of another type.
pub fn read_optional<'de, T: FromWire, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let mut place = None;
    let mut context = Context::unbounded();
    source::read_value(deserializer, &mut context, &mut |value| {
        T::read(&mut place, value)
    })?;
    Ok(place)
}

/// Does the same as [`read`], but an error begins with the location of the value that could not be
/// read: `conf.resources.cpus: invalid type …`.
///
/// # Errors
///
/// If the value is of another type, or represents an absent value.
pub fn read_placed<'de, T: FromWire, D: Deserializer<'de>>(deserializer: D) -> Result<T, String> {
    let mut place = None;
    let mut context = Context::unbounded();
    let read = source::read_value(deserializer, &mut context, &mut |value| {
        T::read(&mut place, value)
    });
    match (read, context.place()) {
        (Ok(()), _) => place.ok_or_else(|| "a value is required, found null".to_owned()),
        (Err(error), place) if place.is_empty() => Err(error.to_string()),
        (Err(error), place) => Err(format!("{place}: {error}")),
    }
}
