//! Reading of short strings: a code, an id or a message.

use serde_json::Number;

use super::source::Scalar;
use super::{Failed, Value};

/// The maximum length of a string, in bytes. A longer string is truncated, since far fewer bytes
/// are ever shown.
const KEPT: usize = 16 << 10;

/// The result of reading a value of any type, of which only strings and numbers are kept.
#[derive(Debug, PartialEq)]
pub(crate) enum Word {
    /// A string, or the beginning of a long one.
    Text(String),
    Number(Number),
    /// A value that is neither a string nor a number, such as `null`.
    Other,
}

impl Word {
    /// Returns the string, or the number as text; `None` for any other value.
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(number.to_string()),
            Self::Other => None,
        }
    }

    /// Reads any value.
    pub(crate) fn read(value: Value<'_>) -> Result<Self, Failed> {
        let mut word = Self::Other;
        value.scalar("any value", |scalar| {
            word = match scalar {
                Scalar::Text(text) => Self::Text(beginning(text).to_owned()),
                Scalar::Integer(number) => Self::Number(number.into()),
                Scalar::Large(number) => Self::Number(number.into()),
                Scalar::Float(number) => Number::from_f64(number).map_or(Self::Other, Self::Number),
                Scalar::Null | Scalar::Boolean(_) | Scalar::List | Scalar::Object => Self::Other,
            };
            true
        })?;
        Ok(word)
    }
}

fn beginning(text: &str) -> &str {
    let ends = (0..=KEPT.min(text.len())).rev();
    let kept = ends.filter_map(|end| text.get(..end)).next();
    kept.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Members, members_from_json};

    struct Words(Vec<Word>);

    impl Members for Words {
        fn member(&mut self, _: &str, value: Value<'_>) -> Result<(), Failed> {
            self.0.push(Word::read(value)?);
            Ok(())
        }
    }

    fn read(json: &str) -> Option<String> {
        let body = format!("{{\"word\":{json}}}");
        let mut words = members_from_json(body.as_bytes(), &[], || Words(Vec::new())).unwrap();
        words.0.pop().and_then(Word::into_text)
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
