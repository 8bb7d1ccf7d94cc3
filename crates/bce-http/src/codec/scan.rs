//! Reading of a whole document without repairing it.

use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny};

use super::context::Context;
use super::source::read_value;
use super::{Members, deadline_reader};

/// Checks the syntax of a document and keeps nothing of it. Strings may contain invalid UTF-8 and
/// unpaired surrogates.
pub(crate) fn scan_json(document: &[u8]) -> serde_json::Result<()> {
    scan(document, PhantomData::<IgnoredAny>).map(drop)
}

/// Does the same as [`scan_json`], for a document that consists of one object, and also passes the
/// members of this object to `members`. The memory that `members` allocates is not counted.
pub(crate) fn scan_members(document: &[u8], members: &mut dyn Members) -> serde_json::Result<()> {
    scan(document, Scan(members))
}

fn scan<S, V>(document: &[u8], seed: S) -> serde_json::Result<V>
where
    S: for<'de> DeserializeSeed<'de, Value = V>,
{
    match deadline_reader::is_in_time(document) {
        true => read_all(serde_json::Deserializer::from_slice(document), seed),
        false => read_all(deadline_reader::deserializer(document), seed),
    }
}

struct Scan<'a>(&'a mut dyn Members);

impl<'de> DeserializeSeed<'de> for Scan<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let members = self.0;
        read_value(deserializer, &mut Context::unbounded(), &mut |value| {
            value.object(members).map(drop)
        })
    }
}

/// Reads a document, and fails if anything follows it.
pub(super) fn read_all<'de, S: DeserializeSeed<'de>, R: serde_json::de::Read<'de>>(
    mut json: serde_json::Deserializer<R>,
    seed: S,
) -> serde_json::Result<S::Value> {
    let value = seed.deserialize(&mut json)?;
    json.end().map(|()| value)
}
