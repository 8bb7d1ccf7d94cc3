//! Reads a document from its beginning to its end, and makes no corrections.

use serde::de::DeserializeSeed;

use super::deadline_reader;

/// Reads a document as it came, whether its texts are text or not, for what a seed makes of it without
/// taking memory.
pub(crate) fn scan_json<S, V>(document: &[u8], seed: S) -> serde_json::Result<V>
where
    S: for<'de> DeserializeSeed<'de, Value = V>,
{
    match deadline_reader::is_in_time(document) {
        true => read_all(serde_json::Deserializer::from_slice(document), seed),
        false => read_all(deadline_reader::deserializer(document), seed),
    }
}

/// Reads a document with nothing behind it.
pub(super) fn read_all<'de, S: DeserializeSeed<'de>, R: serde_json::de::Read<'de>>(
    mut json: serde_json::Deserializer<R>,
    seed: S,
) -> serde_json::Result<S::Value> {
    let value = seed.deserialize(&mut json)?;
    json.end().map(|()| value)
}
