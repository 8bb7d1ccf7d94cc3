//! Tolerant reading and exact writing of JSON. For generated models.
//!
//! Services of this cloud write `null` for absent members, numbers as text, empty text for
//! absent numbers, and members that no page lists; of a member that comes twice they mean the
//! last. Reading accepts all of that and nothing more: a list is never taken for an object, or
//! text for a number that it does not spell. What is not text in a text becomes U+FFFD.
//! Writing is exact: a number is a number, and what was not set is left out.
//!
//! # Secrets
//!
//! `Serialize` of a model writes `***` in the place of each secret, since it is there to print and to
//! keep what was read. What is sent is written by [`ToWire`], in clear text; only types with secrets in
//! them have it, and all others are sent as they serialize. A model that was written with masks is
//! refused before it is sent, by the name of the member. To keep a secret, take it from the member with
//! [`Secret::expose`](bce_auth::Secret::expose); for the whole document as it is sent, write [`Wire`].

pub use crate::codec::{
    Doubles, Failed, Form, FromWire, HasDoubles, HasText, InText, Members, Missing, Partial,
    SecretKind, Slot, TextOrNumber, ToWire, Value, Wire, date_time_millis, date_time_seconds,
    double_text, read, read_optional, read_placed, serialize_date_time_millis,
    serialize_date_time_seconds, serialize_doubles, serialize_hidden, serialize_in_text,
    serialize_optional_date_time_millis, serialize_optional_date_time_seconds, whole_millis,
    whole_seconds,
};
