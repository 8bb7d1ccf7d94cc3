//! A whole response body.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use memchr::memchr;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::Value;

use super::counted_value::Tree;
use super::memory_budget::Room;
use super::scan::read_all;
use super::{FromWire, deadline_reader, repair};

/// So much of a place is shown, in characters: names in it may come from anybody.
const LONGEST_PLACE: usize = 200;

/// A longer document is not read again for what is only good to know: where an error is, or an id.
pub(crate) const LONG: usize = 1 << 20;

/// Reads a JSON document that is one object. `also_inside` names members that may hold it. A text
/// with surrogates that stand alone, or with bytes that are not UTF-8, spoils nothing but itself,
/// and of members of one name the last counts.
///
/// # Errors
///
/// If the document cannot be read, with a text that says what is wrong and where:
/// `devInstance.conf.resources.cpus: invalid type …`. Also if the limit of the call passes, and if the
/// values would take too much memory.
pub(crate) fn from_json<T: FromWire>(body: &[u8], also_inside: &[&str]) -> Result<T, String> {
    let body = without_mark(body);
    let part = |text: Text<'_>| Part::<T>::of(text, also_inside);
    let failure = match read_mended(body, |text| text.read(part(text))) {
        Ok(response) => return Ok(response),
        Err(failure) => failure,
    };
    let mended = failure.mended.as_deref().map(str::as_bytes);
    let text = mended.map_or(Text::came(body), |json| Text::mended(json, body));
    match text.json.trim_ascii().is_empty() {
        true => Err("it is empty".to_owned()),
        false => Err(part(text).locate(text, &failure.error)),
    }
}

/// As [`from_json`], for a document of any form.
pub(crate) fn any_from_json<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    read_mended(without_mark(body), |text| text.read(PhantomData::<T>)).ok()
}

/// As [`from_json`], for a document of any form that may hold anything.
pub(crate) fn tree_from_json(body: &[u8]) -> Option<Value> {
    read_mended(without_mark(body), |text| text.read(Tree)).ok()
}

/// The document as a strict reader takes it; `None` where there is nothing to mend.
pub(crate) fn repaired(body: &[u8]) -> Option<String> {
    repair::repaired(without_mark(body))
}

/// A byte order mark is no part of the document, but some gateways prepend one.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// A document, as it came or mended.
#[derive(Clone, Copy)]
struct Text<'a> {
    json: &'a [u8],
    /// The length of the body.
    body: usize,
    is_copy: bool,
}

/// Why a document cannot be read.
struct Misread {
    error: serde_json::Error,
    /// The document itself is what is wrong.
    is_mendable: bool,
}

/// Why a document cannot be read, and what was read last if it had to be mended.
struct Failure {
    error: serde_json::Error,
    mended: Option<String>,
}

impl<'a> Text<'a> {
    fn came(json: &'a [u8]) -> Self {
        Self {
            json,
            body: json.len(),
            is_copy: false,
        }
    }

    fn mended(json: &'a [u8], body: &[u8]) -> Self {
        Self {
            json,
            body: body.len(),
            is_copy: true,
        }
    }

    fn read<S, V>(self, seed: S) -> Result<V, Misread>
    where
        S: for<'de> DeserializeSeed<'de, Value = V>,
    {
        let room = self.room();
        let read = if deadline_reader::is_in_time(self.json) {
            let text = std::str::from_utf8(self.json);
            text.map_err(|_| Error::custom("it is not UTF-8"))
                .and_then(|text| read_all(serde_json::Deserializer::from_str(text), seed))
        } else {
            read_all(deadline_reader::deserializer(self.json), seed)
        };
        read.map_err(|error| Misread {
            is_mendable: !room.is_exceeded() && !error.is_io(),
            error,
        })
    }

    /// The room for what is read. The reader copies texts with escapes together, into a buffer that may
    /// have to move while it grows.
    fn room(self) -> Room {
        let copies = usize::from(self.is_copy);
        // A short body has room enough in any case.
        let has_escapes = || memchr(b'\\', self.json).is_some();
        let plain = self.body > LONG && deadline_reader::is_in_time(self.json) && !has_escapes();
        let buffers = if plain { 0 } else { 3 };
        let taken = self.json.len().saturating_mul(copies + buffers);
        Room::beside(taken.saturating_add(self.body), self.body)
    }
}

/// Reads a document, and once more, mended, if it is not as it should be.
fn read_mended<V>(
    body: &[u8],
    read: impl Fn(Text<'_>) -> Result<V, Misread>,
) -> Result<V, Failure> {
    let misread = match read(Text::came(body)) {
        Ok(value) => return Ok(value),
        Err(misread) => misread,
    };
    let mended = match misread.is_mendable {
        true => repair::repaired(body),
        false => None,
    };
    match mended {
        Some(text) => read(Text::mended(text.as_bytes(), body)).map_err(|misread| Failure {
            error: misread.error,
            mended: Some(text),
        }),
        None => Err(Failure {
            error: misread.error,
            mended: None,
        }),
    }
}

/// What is read of a document: all of it, or the object under one of the names of its members.
struct Part<'a, T> {
    inside: Option<&'a str>,
    value: PhantomData<T>,
}

impl<'a, T: FromWire> Part<'a, T> {
    fn of(text: Text<'_>, also_inside: &[&'a str]) -> Self {
        let holds = || text.read(WhichHolds(also_inside)).ok().flatten();
        let inside = if also_inside.is_empty() {
            None
        } else {
            holds()
        };
        Self {
            inside,
            value: PhantomData,
        }
    }

    /// Says what is wrong with the document and where, by reading once more with a reader that keeps
    /// track. Of a long document the line and the column have to do.
    fn locate(self, text: Text<'_>, error: &serde_json::Error) -> String {
        if text.json.len() > LONG || !deadline_reader::is_in_time(text.json) {
            return error.to_string();
        }
        let _room = text.room();
        let mut track = serde_path_to_error::Track::new();
        let mut json = serde_json::Deserializer::from_slice(text.json);
        let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
        let failed = self.deserialize(tracked).is_err();
        let mut place = Beginning(String::new());
        // It fails when there is enough.
        let _ = write!(place, "{}", track.path());
        match place.0 {
            place if failed && place != "." => format!("{place}: {error}"),
            _ => error.to_string(),
        }
    }
}

impl<'de, T: FromWire> DeserializeSeed<'de> for Part<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        match self.inside {
            Some(_) => deserializer.deserialize_map(self),
            None => whole(deserializer),
        }
    }
}

fn whole<'de, T: FromWire, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::from_wire(deserializer)?.ok_or_else(|| D::Error::custom("expected an object, found null"))
}

/// Reads the one member.
impl<'de, T: FromWire> Visitor<'de> for Part<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if self.inside != Some(&*name) {
                map.next_value::<IgnoredAny>()?;
            } else if found.is_some() {
                return Err(A::Error::custom("duplicate field"));
            } else {
                let part = Part {
                    inside: None,
                    value: PhantomData,
                };
                found = Some(map.next_value_seed(part)?);
            }
        }
        found.ok_or_else(|| A::Error::custom("a member is missing"))
    }
}

/// Finds the first of these names under which the document has an object.
struct WhichHolds<'a, 'n>(&'n [&'a str]);

impl<'de, 'a> DeserializeSeed<'de> for WhichHolds<'a, '_> {
    type Value = Option<&'a str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, 'a> Visitor<'de> for WhichHolds<'a, '_> {
    type Value = Option<&'a str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut first = None;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let place = self.0.iter().position(|known| *known == name);
            let is_object = map.next_value_seed(IsObject)?;
            if let Some(place) = place.filter(|_| is_object) {
                first = Some(first.map_or(place, |first: usize| first.min(place)));
            }
        }
        Ok(first.and_then(|place| self.0.get(place).copied()))
    }
}

/// Tells of a value whether it is an object.
struct IsObject;

impl<'de> DeserializeSeed<'de> for IsObject {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for IsObject {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        while let Some(IgnoredAny) = list.next_element()? {}
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while let Some((IgnoredAny, IgnoredAny)) = map.next_entry()? {}
        Ok(true)
    }
}

/// The beginning of a text.
struct Beginning(String);

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let left = LONGEST_PLACE.saturating_sub(self.0.chars().count());
        self.0.extend(text.chars().take(left));
        match text.chars().nth(left) {
            Some(_) => {
                self.0.push('…');
                Err(fmt::Error)
            }
            None => Ok(()),
        }
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
