//! Tolerant reading and exact writing of JSON; [`rt::codec`](crate::rt::codec) says how, to those who
//! generate models.

mod alias;
mod collection;
mod counted_value;
mod deadline_reader;
mod document;
mod enumeration;
mod member;
mod memory_budget;
mod repair;
mod scalar;
mod scan;
mod secret;
mod short_text;
mod time;
mod wire;

use serde::de::Deserializer;

pub use self::alias::{Aliases, object_with_aliases};
pub use self::collection::{object, object_of_members};
pub(crate) use self::deadline_reader::is_cut_short;
pub(crate) use self::document::{LONG, any_from_json, from_json, repaired, tree_from_json};
pub use self::enumeration::{integer_enum, text_enum};
pub use self::member::{optional, or_default, required};
pub use self::scalar::{optional_text_or_number, required_text_or_number, text_or_number};
pub(crate) use self::scan::scan_json;
pub use self::secret::serialize_hidden;
pub(crate) use self::short_text::Word;
pub use self::time::{
    date_time_millis, date_time_seconds, serialize_date_time_millis, serialize_date_time_seconds,
    serialize_optional_date_time_millis, serialize_optional_date_time_seconds, whole_millis,
    whole_seconds,
};
pub use self::wire::{SecretKind, ToWire, Wire};

/// A value that can be read from what services send.
pub trait FromWire: Sized {
    /// Reads a value; `None` for what stands for an absent one: `null`, empty text in the place
    /// of a number, a boolean or a time, and `0` in the place of a time.
    ///
    /// # Errors
    ///
    /// If the value is of another type.
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;
}

/// An object that reads its members, for [`object_of_members`].
///
/// Derived code takes a list for an object. In generated models it stands beside the type
/// (`#[serde(remote = "…")]`), behind this trait alone, so that [`FromWire`] and `Deserialize` of the
/// type read the same.
pub trait FromMembers: Sized {
    /// Reads the members from a map.
    ///
    /// # Errors
    ///
    /// If a member is of another type, or one that must be there is not.
    fn from_members<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}
