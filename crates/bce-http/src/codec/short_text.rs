//! A code, an id or a message.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// So much of a text is kept, in bytes: far more than anybody shows.
const KEPT: usize = 16 << 10;

/// A text or a number, wherever there may be anything.
#[derive(Debug, PartialEq)]
pub(crate) enum Word {
    /// The text, or the beginning of a long one.
    Text(String),
    Number(Number),
    /// A value of another kind.
    Other,
}

impl Word {
    /// The word as text.
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(number.to_string()),
            Self::Other => None,
        }
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor)
    }
}

struct WordVisitor;

impl<'de> Visitor<'de> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Word, E> {
        Ok(Word::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Word, E> {
        Ok(Word::Other)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Word, E> {
        Ok(Word::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Word, E> {
        Ok(Word::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Word, E> {
        Ok(Number::from_f64(number).map_or(Word::Other, Word::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Word, E> {
        let ends = (0..=KEPT.min(text.len())).rev();
        let kept = ends.filter_map(|end| text.get(..end)).next();
        Ok(Word::Text(kept.unwrap_or_default().to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Word, A::Error> {
        while let Some(IgnoredAny) = list.next_element()? {}
        Ok(Word::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Word, A::Error> {
        while let Some((IgnoredAny, IgnoredAny)) = map.next_entry()? {}
        Ok(Word::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<String> {
        serde_json::from_str::<Word>(json).unwrap().into_text()
    }

    #[test]
    fn texts_and_numbers_are_words_and_nothing_else_is() {
        assert_eq!(read("\"a\\nb\"").as_deref(), Some("a\nb"));
        assert_eq!(read("-7").as_deref(), Some("-7"));
        assert_eq!(read("4.03e2").as_deref(), Some("403.0"));
        for other in ["null", "true", "[1,[2]]", r#"{"a":{"b":1}}"#] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn of_a_long_text_the_beginning_is_kept() {
        let long = format!("\"a{}\"", "机".repeat(KEPT));
        let kept = read(&long).unwrap();
        assert!((KEPT - 3..=KEPT).contains(&kept.len()) && kept.starts_with("a机"));
    }
}
