//! Reading of a whole response body.

use memchr::memchr;
use serde::de::{DeserializeSeed, Deserializer, Error};
use serde_json::Value as Tree;

use super::context::Context;
use super::counted_value::TreeSeed;
use super::scan::read_all;
use super::source::{Scalar, read_value};
use super::{Failed, FromWire, Members, Value, deadline_reader, repair};

/// A document of more bytes than this is not read a second time to find additional information,
/// such as an id.
pub(crate) const LONG: usize = 1 << 20;

/// A callback that receives the value of a document.
pub(crate) type Take<'a> = &'a mut dyn FnMut(Value<'_>) -> Result<(), Failed>;

/// Reads a JSON document that consists of one object. The object may also be the value of a member
/// of the document; `also_inside` has the names that this member may have. Unpaired surrogates and
/// bytes that are not UTF-8 affect only the string that contains them. If several members have the
/// same name, the last one is used.
///
/// # Errors
///
/// If the document cannot be read; the error states the reason and the location:
/// `devInstance.conf.resources.cpus: invalid type …`. Also if the time limit of the call or the
/// attempt passes, or if the values would take up too much memory.
pub(crate) fn from_json<T: FromWire>(body: &[u8], also_inside: &[&str]) -> Result<T, String> {
    let mut place = None;
    take_from_json(body, also_inside, &mut |value| T::read(&mut place, value))?;
    place.ok_or_else(|| "expected an object, found null".to_owned())
}

/// Does the same as [`from_json`], but reads the object into a value that `new` creates. If the
/// object is read several times, for example because the document had to be repaired, `new` is
/// called each time, and only the last value is returned. A document that is `null` counts as an
/// object without members.
pub(crate) fn members_from_json<M: Members>(
    body: &[u8],
    also_inside: &[&str],
    new: impl Fn() -> M,
) -> Result<M, String> {
    let mut members = new();
    take_from_json(body, also_inside, &mut |value| {
        members = new();
        value.object(&mut members).map(drop)
    })?;
    Ok(members)
}

/// Does the same as [`from_json`], for a document with any contents. Returns `None` if the document
/// cannot be read.
pub(crate) fn tree_from_json(body: &[u8]) -> Option<Tree> {
    read_mended(without_mark(body), &mut |text| text.read(WholeTree)).ok()
}

/// Repairs a document as [`repair::repaired`] does, after removing a byte order mark.
pub(crate) fn repaired(body: &[u8]) -> Option<String> {
    repair::repaired(without_mark(body))
}

fn take_from_json(body: &[u8], also_inside: &[&str], take: Take<'_>) -> Result<(), String> {
    let body = without_mark(body);
    let read = read_mended(body, &mut |text| {
        let inside = match also_inside.is_empty() {
            true => None,
            false => text.which_holds(also_inside),
        };
        match inside {
            Some(inside) => text.read(Whole(&mut |value| {
                value.object(&mut Inside(inside, take)).map(drop)
            })),
            None => text.read(Whole(take)),
        }
    });
    read.map_err(|misread| match body.trim_ascii().is_empty() {
        true => "it is empty".to_owned(),
        false => misread.to_string(),
    })
}

/// Returns the document without a byte order mark. Some gateways prepend one, although JSON does
/// not allow it.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// A document, either as it was received or repaired.
#[derive(Clone, Copy)]
struct Text<'a> {
    json: &'a [u8],
    /// The length of the body that was received.
    body: usize,
    is_copy: bool,
}

/// The reason why a document cannot be read, and the location of the error.
struct Misread {
    error: serde_json::Error,
    place: String,
    /// Whether repairing the document may help: the error is in the document itself, and neither
    /// the memory limit nor the time limit was exceeded.
    is_mendable: bool,
}

impl std::fmt::Display for Misread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place.is_empty() {
            true => write!(f, "{}", self.error),
            false => write!(f, "{}: {}", self.place, self.error),
        }
    }
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

    fn read<S: Seed>(self, seed: S) -> Result<S::Value, Misread> {
        let is_in_time = deadline_reader::is_in_time(self.json);
        let mut context = self.room(is_in_time);
        let seed = With(seed, &mut context);
        let read = if is_in_time {
            let text = std::str::from_utf8(self.json);
            text.map_err(|_| Error::custom("it is not valid UTF-8"))
                .and_then(|text| read_all(serde_json::Deserializer::from_str(text), seed))
        } else {
            read_all(deadline_reader::deserializer(self.json), seed)
        };
        read.map_err(|error| Misread {
            is_mendable: !context.is_exceeded() && !error.is_io(),
            place: context.place(),
            error,
        })
    }

    /// Returns a context with the memory that the values of the document may take up. If the reader
    /// may need a buffer for unescaping strings, the memory of the buffer is subtracted, and also
    /// the memory that is needed to move the buffer when it grows.
    fn room(self, is_in_time: bool) -> Context {
        let copies = usize::from(self.is_copy);
        // A short body always has enough memory.
        let has_escapes = || memchr(b'\\', self.json).is_some();
        let plain = self.body > LONG && is_in_time && !has_escapes();
        let buffers = if plain { 0 } else { 3 };
        let taken = self.json.len().saturating_mul(copies + buffers);
        Context::beside(taken.saturating_add(self.body), self.body)
    }

    /// Returns the first of `names` under which the document has a member that is an object; `None`
    /// if there is no such member, or if the document cannot be read.
    fn which_holds<'n>(self, names: &[&'n str]) -> Option<&'n str> {
        let mut holds = WhichHolds { names, first: None };
        let read = self.read(Whole(&mut |value| value.object(&mut holds).map(drop)));
        read.ok()?;
        names.get(holds.first?).copied()
    }
}

/// Reads a document. If this fails for a reason other than the memory limit or the time limit, and
/// there is something to repair in the document, repairs it and reads it again.
fn read_mended<V>(
    body: &[u8],
    read: &mut dyn FnMut(Text<'_>) -> Result<V, Misread>,
) -> Result<V, Misread> {
    let misread = match read(Text::came(body)) {
        Ok(value) => return Ok(value),
        Err(misread) => misread,
    };
    let mended = match misread.is_mendable {
        true => repair::repaired(body),
        false => None,
    };
    match mended {
        Some(text) => read(Text::mended(text.as_bytes(), body)),
        None => Err(misread),
    }
}

/// Builds a value from a document.
trait Seed {
    type Value;

    fn read<'de, D: Deserializer<'de>>(
        self,
        deserializer: D,
        context: &mut Context,
    ) -> Result<Self::Value, D::Error>;
}

/// Combines a [`Seed`] with the context in which it reads, as a `DeserializeSeed` of serde.
struct With<'a, S>(S, &'a mut Context);

impl<'de, S: Seed> DeserializeSeed<'de> for With<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.read(deserializer, self.1)
    }
}

/// Passes the value of the whole document to a callback.
struct Whole<'a>(Take<'a>);

impl Seed for Whole<'_> {
    type Value = ();

    fn read<'de, D: Deserializer<'de>>(
        self,
        deserializer: D,
        context: &mut Context,
    ) -> Result<(), D::Error> {
        read_value(deserializer, context, self.0)
    }
}

/// Reads the whole document as a tree.
struct WholeTree;

impl Seed for WholeTree {
    type Value = Tree;

    fn read<'de, D: Deserializer<'de>>(
        self,
        deserializer: D,
        context: &mut Context,
    ) -> Result<Tree, D::Error> {
        TreeSeed(context).deserialize(deserializer)
    }
}

/// Passes the member with this name to a callback.
struct Inside<'a>(&'a str, Take<'a>);

impl Members for Inside<'_> {
    fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
        match name == self.0 {
            true => (self.1)(value),
            false => Ok(()),
        }
    }
}

/// Finds the first of several names under which the document has a member that is an object.
struct WhichHolds<'a, 'n> {
    names: &'a [&'n str],
    first: Option<usize>,
}

impl Members for WhichHolds<'_, '_> {
    fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
        let Some(place) = self.names.iter().position(|known| *known == name) else {
            return Ok(());
        };
        let mut is_object = false;
        value.scalar("any value", |scalar| {
            is_object = scalar == Scalar::Object;
            true
        })?;
        if is_object {
            self.first = Some(self.first.map_or(place, |first| first.min(place)));
        }
        Ok(())
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
    fn of_members_of_one_name_the_last_counts_at_every_level() {
        type Nested = BTreeMap<String, BTreeMap<String, Vec<i64>>>;
        let read = |body: &str| from_json::<Nested>(body.as_bytes(), &[]).unwrap();
        let expected = read(r#"{"a":{"c":[3]},"b":{}}"#);
        for body in [
            r#"{"a":{"b":[1],"c":[2]},"b":{},"a":{"c":[3]}}"#,
            r#"{"a":{"c":[1,2],"c":[3]},"b":{}}"#,
            r#"{"a":{"c":null,"c":[3]},"b":null,"b":{}}"#,
            r#"{"a":{"c":[3],"b":[1],"b":null},"b":{}}"#,
            r#"{"a":{"c":[1],"\u0063":[3]},"b":{}}"#,
        ] {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn an_error_has_its_place_in_lists_and_maps() {
        type Nested = BTreeMap<String, Vec<BTreeMap<String, Vec<i64>>>>;
        let place = |body: &str| {
            let problem = from_json::<Nested>(body.as_bytes(), &[]).unwrap_err();
            problem.split_once(": ").unwrap().0.to_owned()
        };
        assert_eq!(place(r#"{"a":[null,{},{"b":[],"c":[1,[]]}]}"#), "a[2].c[1]");
        assert_eq!(place(r#"{"a":[{"b":[1,nothing]}]}"#), "a[0].b[1]");
        assert_eq!(place(r#"{"a":[{"b":{}}]}"#), "a[0].b");
        assert_eq!(place(r#"{"a\u0062":[{"b\n":[1,true]}]}"#), "ab[0].b\n[1]");
        // Neither the document itself nor the text between two members has a location.
        for (body, expected) in [
            (
                "[]",
                "invalid type: sequence, expected an object at line 1 column 2",
            ),
            (
                r#"{"a":[]"#,
                "EOF while parsing an object at line 1 column 7",
            ),
            (r#"{"a":[]}}"#, "trailing characters at line 1 column 9"),
        ] {
            let problem = from_json::<Nested>(body.as_bytes(), &[]).unwrap_err();
            assert_eq!(problem, expected);
        }
        assert_eq!(place(r#"{"a":[{"b":[1]}"#), "a");
        // A long document behaves like a short one.
        let elements = LONG / 8;
        let long = "{\"\":null},".repeat(elements);
        let long = format!("{{\"a\":[{long}{{\"b\":[7.5]}}]}}");
        assert_eq!(place(&long), format!("a[{elements}].b[0]"));
    }

    #[test]
    fn what_was_read_of_a_document_before_it_was_mended_leaves_nothing() {
        struct Names(Vec<String>);
        impl Members for Names {
            fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
                self.0.push(name.to_owned());
                value.or_default(&mut String::new())
            }
        }
        let read = |body: &str| {
            let names = members_from_json(body.as_bytes(), &["in"], || Names(Vec::new()));
            names.unwrap().0
        };
        assert_eq!(read(r#"{"a":"","b":"\ud800"}"#), ["a", "b"]);
        assert_eq!(read(r#"{"in":{"a":""},"in":{"b":""}}"#), ["b"]);
        assert!(read(r#"{"in":{"a":""},"in":null}"#).is_empty());
    }

    #[test]
    fn what_is_deeper_than_the_reader_goes_is_refused() {
        #[derive(Default)]
        struct Deep {
            inner: Option<Box<Deep>>,
        }
        impl Members for Deep {
            fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
                match name {
                    "a" => value.optional_boxed(&mut self.inner),
                    _ => Ok(()),
                }
            }
        }
        let read = |depth: usize, inner: &str| {
            let body = format!("{}{inner}{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
            from_json::<Deep>(body.as_bytes(), &[]).map(drop)
        };
        assert_eq!(read(127, "null"), Ok(()));
        for inner in ["null", r#"{"b":"\ud800"}"#] {
            let problem = read(128, inner).unwrap_err();
            assert!(problem.contains("recursion limit exceeded"), "{problem}");
        }
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
