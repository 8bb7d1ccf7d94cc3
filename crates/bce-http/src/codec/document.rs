//! A whole response body.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error};
use serde_json::Value;

use super::{FromWire, repair};

/// Reads a JSON document that is one object. `also_inside` names members that may hold it. A text
/// with surrogates that stand alone, or with bytes that are not UTF-8, spoils nothing but itself,
/// and of members of one name the last counts.
///
/// # Errors
/// Text that says what is wrong and where: `devInstance.conf.resources.cpus: invalid type …`.
pub(crate) fn from_json<T: FromWire>(body: &[u8], also_inside: &[&str]) -> Result<T, String> {
    let text = repair::text(without_mark(body));
    read(&text, also_inside).or_else(|misread| match repair::repaired(&text) {
        Some(text) => read(&text, also_inside).map_err(|misread| misread.locate::<T>(&text)),
        None => Err(misread.locate::<T>(&text)),
    })
}

/// As [`from_json`], for a document of any form.
pub(crate) fn any_from_json<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let text = repair::text(without_mark(body));
    serde_json::from_str(&text).or_else(|error| match repair::repaired(&text) {
        Some(text) => serde_json::from_str(&text),
        None => Err(error),
    })
}

/// The document as a strict reader takes it; `None` where there is nothing to mend.
pub(crate) fn repaired(body: &[u8]) -> Option<String> {
    let text = repair::text(without_mark(body));
    repair::repaired(&text).or(match text {
        Cow::Owned(text) => Some(text),
        Cow::Borrowed(_) => None,
    })
}

/// A byte order mark is no part of the document, but some gateways prepend one.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// A document that cannot be read, and the part of it that was to be.
struct Misread<'a> {
    inside: Option<(&'a str, Value)>,
    error: serde_json::Error,
}

fn read<'a, T: FromWire>(text: &str, also_inside: &[&'a str]) -> Result<T, Misread<'a>> {
    if let Some((name, inner)) = unwrap_member(text, also_inside) {
        return Document::read(&inner).map_err(|error| Misread {
            inside: Some((name, inner)),
            error,
        });
    }
    read_all(serde_json::Deserializer::from_str(text)).map_err(|error| Misread {
        inside: None,
        error,
    })
}

/// Reads a document with nothing behind it.
fn read_all<'de, T: FromWire, R: serde_json::de::Read<'de>>(
    mut json: serde_json::Deserializer<R>,
) -> serde_json::Result<T> {
    let response = Document::read(&mut json)?;
    json.end().map(|()| response)
}

/// The object under one of the names, if the document has such a member.
fn unwrap_member<'a>(text: &str, names: &[&'a str]) -> Option<(&'a str, Value)> {
    if names.is_empty() {
        return None;
    }
    let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
        return None;
    };
    names.iter().find_map(|name| {
        let inner = members.remove(*name).filter(Value::is_object)?;
        Some((*name, inner))
    })
}

impl Misread<'_> {
    /// Says what is wrong with the document and where.
    fn locate<T: FromWire>(&self, text: &str) -> String {
        if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return "it is empty".to_owned();
        }
        match &self.inside {
            Some((name, inner)) => format!("{name}.{}", locate::<T, _>(inner, &self.error)),
            None => locate::<T, _>(&mut serde_json::Deserializer::from_str(text), &self.error),
        }
    }
}

/// Names the place of an error, by reading once more with a reader that keeps track.
fn locate<'de, T: FromWire, D: Deserializer<'de>>(json: D, error: &serde_json::Error) -> String {
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(json, &mut track);
    let failed = Document::<T>::read(tracked).is_err();
    match track.path().to_string() {
        path if failed && path != "." => format!("{path}: {error}"),
        _ => error.to_string(),
    }
}

struct Document<T>(std::marker::PhantomData<T>);

impl<T: FromWire> Document<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        Self(std::marker::PhantomData).deserialize(deserializer)
    }
}

impl<'de, T: FromWire> DeserializeSeed<'de> for Document<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::from_wire(deserializer)?.ok_or_else(|| D::Error::custom(Expected))
    }
}

struct Expected;

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an object, found null")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    type Texts = BTreeMap<String, String>;

    fn read(body: &[u8], also_inside: &[&str]) -> Result<Vec<(String, String)>, String> {
        from_json::<Texts>(body, also_inside).map(|texts| texts.into_iter().collect())
    }

    fn one(name: &str, text: &str) -> Result<Vec<(String, String)>, String> {
        Ok(vec![(name.to_owned(), text.to_owned())])
    }

    #[test]
    fn one_bad_text_spoils_one_text() {
        assert_eq!(read(br#"{"a":"x\ud800y"}"#, &[]), one("a", "x\u{fffd}y"));
        assert_eq!(read(b"{\"a\":\"x\xffy\"}", &[]), one("a", "x\u{fffd}y"));
        assert_eq!(
            read(b"{\"a\xff\":\"\\udc00\"}", &[]),
            one("a\u{fffd}", "\u{fffd}")
        );
        let mixed = read(
            b"\xef\xbb\xbf{\"a\":\"\xc3\",\"b\":\"\\ud83d\\ude00\",\"a\":\"\\ud83d\"}",
            &[],
        );
        let expected =
            [("a", "\u{fffd}"), ("b", "\u{1f600}")].map(|(n, t)| (n.to_owned(), t.to_owned()));
        assert_eq!(mixed, Ok(expected.to_vec()));
    }

    #[test]
    fn what_holds_the_object_may_be_repaired_too() {
        let inside: &[&str] = &["result"];
        for body in [
            &b"{\"x\":\"\\ud800\",\"result\":{\"a\":\"1\"}}"[..],
            b"{\"x\":\"\xff\",\"result\":{\"a\":\"1\"}}",
            b"{\"result\":{\"a\":\"2\"},\"result\":{\"a\":\"1\"}}",
        ] {
            assert_eq!(read(body, inside), one("a", "1"));
        }
        let problem = read(br#"{"result":{"a":[],"b":"\ud800"}}"#, inside).unwrap_err();
        assert!(problem.starts_with("result.a: "), "{problem}");
    }

    #[test]
    fn an_error_has_the_place_of_what_came() {
        let problem = read(br#"{"a":"\ud800","b":"1","b":"2","c":7}"#, &[]).unwrap_err();
        assert!(problem.starts_with("c: invalid type"), "{problem}");
        assert!(problem.ends_with("line 1 column 35"), "{problem}");
        assert!(read(b"\xff{}", &[]).is_err());
        assert!(read(br#"{"a":"1","a":"2"}x"#, &[]).is_err());
        assert_eq!(read(b" \n", &[]), Err("it is empty".to_owned()));
    }
}
