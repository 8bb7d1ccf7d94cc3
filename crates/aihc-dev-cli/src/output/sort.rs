//! `--sort-by`: the order of results.

use std::cmp::Ordering;

use serde_json::{Number, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::document::number;
use crate::language::tr;

/// The column or member by which results are ordered, and the direction.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SortOrder {
    pub(super) column: String,
    descending: bool,
}

impl SortOrder {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (column, descending) = match text.rsplit_once(':') {
            None => (text, false),
            Some((column, "asc")) => (column, false),
            Some((column, "desc")) => (column, true),
            Some(_) => return Err(tr!("write COLUMN, COLUMN:asc or COLUMN:desc")),
        };
        match column.trim() {
            "" => Err(tr!("names no column")),
            column => Ok(Self {
                column: column.to_owned(),
                descending,
            }),
        }
    }

    /// Returns the opposite order. Empty strings still come last.
    pub(super) fn reversed(&self) -> Self {
        Self {
            column: self.column.clone(),
            descending: !self.descending,
        }
    }

    /// Returns the indices of these strings in sorted order. If all of them are numbers or all are
    /// times, they are compared as such. Empty strings come last. The order is stable.
    pub(super) fn of(&self, texts: &[String]) -> Vec<usize> {
        let keys = Keys::of(texts);
        let mut order: Vec<usize> = (0..texts.len()).collect();
        let is_empty = |index: usize| texts.get(index).is_none_or(String::is_empty);
        order.sort_by(|&a, &b| {
            let order = match self.descending {
                false => keys.compare(a, b),
                true => keys.compare(b, a),
            };
            is_empty(a).cmp(&is_empty(b)).then(order)
        });
        order
    }
}

/// Strings that have been parsed for comparison.
enum Keys<'a> {
    Numbers(Vec<Option<Number>>),
    Times(Vec<Option<OffsetDateTime>>),
    Texts(&'a [String]),
}

impl<'a> Keys<'a> {
    fn of(texts: &'a [String]) -> Self {
        let as_number = |text: &str| match number(text) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        };
        let as_time = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        if let Some(numbers) = all(texts, as_number) {
            return Self::Numbers(numbers);
        }
        match all(texts, as_time) {
            Some(times) => Self::Times(times),
            None => Self::Texts(texts),
        }
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Numbers(numbers) => match (numbers.get(a), numbers.get(b)) {
                (Some(Some(a)), Some(Some(b))) => compare(a, b),
                _ => Ordering::Equal,
            },
            Self::Times(times) => times.get(a).cmp(&times.get(b)),
            Self::Texts(texts) => texts.get(a).cmp(&texts.get(b)),
        }
    }
}

/// Parses all strings except for empty ones; returns `None` if one of them cannot be parsed.
fn all<T>(texts: &[String], read: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    let read = |text: &String| match text.as_str() {
        "" => Some(None),
        text => read(text).map(Some),
    };
    texts.iter().map(read).collect()
}

/// Compares two numbers; returns `None` if one of them is not a number.
pub(super) fn compare_numbers(a: &str, b: &str) -> Option<Ordering> {
    match (number(a)?, number(b)?) {
        (Value::Number(a), Value::Number(b)) => Some(compare(&a, &b)),
        _ => None,
    }
}

fn compare(a: &Number, b: &Number) -> Ordering {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => {
            let float = |number: &Number| number.as_f64().unwrap_or(f64::NAN);
            float(a).total_cmp(&float(b))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'a>(order: &str, texts: &[&'a str]) -> Vec<&'a str> {
        let owned: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        let order = SortOrder::parse(order).unwrap().of(&owned);
        order.into_iter().map(|index| texts[index]).collect()
    }

    #[test]
    fn numbers_and_times_are_no_texts_and_nothing_comes_last() {
        assert_eq!(sorted("c", &["10", "", "9", "2.5"]), ["2.5", "9", "10", ""]);
        assert_eq!(sorted("c:desc", &["10", "", "9"]), ["10", "9", ""]);
        assert_eq!(
            sorted("c", &["9007199254740993", "9007199254740992"]),
            ["9007199254740992", "9007199254740993"]
        );
        assert_eq!(
            sorted("c", &["2026-01-01T00:00:00Z", "2026-01-01T07:00:00+08:00"]),
            ["2026-01-01T07:00:00+08:00", "2026-01-01T00:00:00Z"]
        );
        assert_eq!(sorted("c", &["b", "10", "9"]), ["10", "9", "b"]);
    }

    #[test]
    fn equals_stay_in_their_order_also_downwards() {
        let texts = ["1".to_owned(), "2".to_owned(), "1".to_owned()];
        assert_eq!(SortOrder::parse("c").unwrap().of(&texts), [0, 2, 1]);
        assert_eq!(SortOrder::parse("c:desc").unwrap().of(&texts), [1, 0, 2]);
    }

    #[test]
    fn only_two_directions_exist() {
        assert!(SortOrder::parse("age:down").is_err());
        assert!(SortOrder::parse(":desc").is_err());
    }
}
