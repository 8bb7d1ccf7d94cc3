//! Tolerant reading and exact writing of JSON, used by generated models.
//!
//! Services of this cloud write `null` for absent members, numbers as strings, an empty string for
//! an absent number, and undocumented members; if a member occurs twice, the last one is meant.
//! Reading accepts all of this, but neither a list as an object, nor a string as a number unless
//! the string contains one. Invalid characters in a string become U+FFFD. Writing is exact: a
//! number is written as a number, and members that are not set are omitted.
//!
//! # Secrets
//!
//! `Serialize` of a model writes `***` in place of each secret, because it is meant for printing,
//! and for storing data that was read. [`ToWire`] writes the data for a request, with secrets in
//! clear text. Only types that may contain secrets implement it; all other types are sent as
//! `Serialize` writes them. If a model was written with masks and read again, it is refused before
//! it is sent; the error names the member. To store a secret, take it from the member with
//! [`Secret::expose`](bce_auth::Secret::expose); to write the whole document with secrets in clear
//! text, use [`Wire`].

pub use crate::codec::{
    Doubles, Failed, Form, FromWire, HasDoubles, HasText, InText, Members, Missing, Partial,
    SecretKind, Slot, TextOrNumber, ToWire, Value, Wire, date_time_millis, date_time_seconds,
    double_text, read, read_optional, read_placed, serialize_date_time_millis,
    serialize_date_time_seconds, serialize_doubles, serialize_hidden, serialize_in_text,
    serialize_optional_date_time_millis, serialize_optional_date_time_seconds, whole_millis,
    whole_seconds,
};
