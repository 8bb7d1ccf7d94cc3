//! The header lines of a canonical request, sorted by their encoded text.

use http::HeaderMap;

use crate::encode::{is_plain, push_encoded};
use crate::protocol::{DATE, HOST, SECURITY_TOKEN};

use super::compare;
use super::pieces::Pieces;

/// The headers that most requests sign, in the order of their names. No name is a prefix of another
/// name, and encoding leaves all of them unchanged, so their lines are in this order as well.
const USUAL: [&str; 6] = [
    "content-length",
    "content-md5",
    "content-type",
    HOST,
    DATE,
    SECURITY_TOKEN,
];

/// Returns the index of a name in `USUAL`, or `None` if it is not there. The compiler turns this
/// into comparisons of a few machine words; searching the list would call a function for each name.
#[inline]
fn usual_place(name: &str) -> Option<usize> {
    Some(match name {
        "content-length" => 0,
        "content-md5" => 1,
        "content-type" => 2,
        HOST => 3,
        DATE => 4,
        SECURITY_TOKEN => 5,
        _ => return None,
    })
}

/// The content types of JSON, unencoded and encoded, so that they need not be encoded for each
/// request. In most requests, every other value either has been encoded in advance, or is not
/// changed by encoding.
const JSON: [(&[u8], &[u8]); 2] = [
    (b"application/json", b"application%2Fjson"),
    (
        b"application/json; charset=utf-8",
        b"application%2Fjson%3B%20charset%3Dutf-8",
    ),
];

/// The error for a header that has to be signed but has more than one value.
#[derive(Debug)]
pub(crate) struct RepeatedHeader<'a>(pub(crate) &'a str);

/// The header lines at the end of a canonical request.
#[derive(Default)]
pub(crate) struct HeaderLines<'a> {
    /// The values of the headers in `USUAL`, each at the index of its name, so that they need not
    /// be sorted.
    usual: [Option<Value<'a>>; USUAL.len()],
    /// All other headers, and repeated ones. If there are any, `finish` moves the headers in
    /// `usual` to this list, and sorts it by name.
    others: Vec<(&'a str, Value<'a>)>,
}

#[derive(Clone, Copy)]
enum Value<'a> {
    Raw(&'a [u8]),
    Encoded(&'a [u8]),
}

impl<'a> HeaderLines<'a> {
    /// Adds a header, unless its value is blank: blank values are not signed.
    pub(crate) fn add(&mut self, name: &'a str, value: &'a [u8]) {
        let value = value.trim_ascii();
        if !value.is_empty() {
            self.put(name, Value::Raw(value));
        }
    }

    /// Adds a header whose value is not blank, and is already encoded.
    pub(crate) fn add_encoded(&mut self, name: &'a str, value: &'a [u8]) {
        self.put(name, Value::Encoded(value));
    }

    /// Adds every header for whose name `wanted` returns `true`. Fails if such a header occurs more
    /// than once.
    pub(crate) fn add_all(
        &mut self,
        headers: &'a HeaderMap,
        mut wanted: impl FnMut(&str) -> bool,
    ) -> Result<(), RepeatedHeader<'a>> {
        let mut previous = "";
        for (name, value) in headers {
            let name = name.as_str();
            if !wanted(name) {
                continue;
            }
            // The map returns all values of a name one after another.
            if name == previous {
                return Err(RepeatedHeader(name));
            }
            previous = name;
            self.add(name, value.as_bytes());
        }
        Ok(())
    }

    #[inline]
    fn put(&mut self, name: &'a str, value: Value<'a>) {
        match usual_place(name).and_then(|place| self.usual.get_mut(place)) {
            Some(free @ None) => *free = Some(value),
            // A verifier may receive the same header twice.
            _ => self.others.push((name, value)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Appends the lines in the order that the canonical request requires.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.others.is_empty() && !self.sort() {
            return push_unordered(out, &self.others);
        }
        // Writing a line end too many and taking it back costs less than counting the lines.
        let start = out.len();
        for (name, value) in self.all() {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            value.push(out);
            out.push(b'\n');
        }
        if out.len() > start {
            out.pop();
        }
    }

    /// Appends the names of the headers, separated by `;`. They are sorted once `finish` has been
    /// called.
    pub(crate) fn push_names(&self, out: &mut Vec<u8>) {
        let start = out.len();
        for (name, _) in self.all() {
            out.extend_from_slice(name.as_bytes());
            out.push(b';');
        }
        if out.len() > start {
            out.pop();
        }
    }

    /// Returns the names of the headers. They are sorted once `finish` has been called.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.all().map(|(name, _)| name)
    }

    #[inline]
    fn all(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> + '_ {
        let usual = USUAL.iter().zip(&self.usual);
        let usual = usual.filter_map(|(&name, value)| Some((name, (*value)?)));
        usual.chain(self.others.iter().copied())
    }

    /// Moves the headers in `usual` to `others`, and sorts `others` by name. Returns whether it is
    /// certain that the header lines are then in order as well.
    fn sort(&mut self) -> bool {
        let Self { usual, others } = self;
        let usual = USUAL.into_iter().zip(usual);
        others.extend(usual.filter_map(|(name, value)| Some((name, value.take()?))));
        others.sort_unstable_by(|(a, _), (b, _)| compare(a.as_bytes(), b.as_bytes()));
        lines_follow_names(others)
    }
}

impl Value<'_> {
    #[inline]
    fn push(self, out: &mut Vec<u8>) {
        match self {
            Self::Encoded(value) => out.extend_from_slice(value),
            Self::Raw(value) => match JSON.iter().find(|(json, _)| *json == value) {
                Some((_, encoded)) => out.extend_from_slice(encoded),
                None => push_encoded(out, value),
            },
        }
    }
}

/// Returns whether it is certain that the lines of these headers, which are sorted by name, are in
/// order as well. It is not if a name begins with the one before it (`a-b:` comes before `a:`,
/// although `a` comes before `a-b`), nor if a name contains characters that must be encoded.
fn lines_follow_names(headers: &[(&str, Value<'_>)]) -> bool {
    let mut previous = None;
    headers.iter().all(|&(name, _)| {
        let begins_alike = previous
            .replace(name)
            .is_some_and(|previous| name.starts_with(previous));
        !begins_alike && is_plain(name.as_bytes())
    })
}

fn push_unordered(out: &mut Vec<u8>, headers: &[(&str, Value<'_>)]) {
    let mut lines = Pieces::new(out, b'\n');
    for (name, value) in headers {
        lines.add(out, |out| {
            push_encoded(out, name.as_bytes());
            out.push(b':');
            value.push(out);
            true
        });
    }
    lines.sort(out);
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn lines(headers: &HeaderMap) -> Result<(String, String), String> {
        let mut out = b"before\n".to_vec();
        let mut lines = HeaderLines::default();
        lines
            .add_all(headers, |_| true)
            .map_err(|repeated| repeated.0.to_owned())?;
        lines.finish(&mut out);
        let names: Vec<_> = lines.names().collect();
        let names = names.join(";");
        Ok((String::from_utf8(out).unwrap(), names))
    }

    #[test]
    fn lines_sort_with_their_colon_and_names_without() {
        let mut headers = HeaderMap::new();
        headers.insert("x-bce-a", HeaderValue::from_static("1"));
        headers.insert("x-bce-a-b", HeaderValue::from_static(" 2\t"));
        headers.insert("x-bce-blank", HeaderValue::from_static(" "));
        headers.insert("host", HeaderValue::from_bytes(b"h\xFF|").unwrap());
        headers.insert("odd|name", HeaderValue::from_static("/"));
        let (text, names) = lines(&headers).unwrap();
        assert_eq!(
            text,
            "before\nhost:h%FF%7C\nodd%7Cname:%2F\nx-bce-a-b:2\nx-bce-a:1"
        );
        assert_eq!(names, "host;odd|name;x-bce-a;x-bce-a-b");
    }

    #[test]
    fn a_repeated_header_is_an_error_even_when_one_value_is_blank() {
        let mut headers = HeaderMap::new();
        headers.append("x-bce-a", HeaderValue::from_static("1"));
        headers.append("x-bce-b", HeaderValue::from_static("1"));
        headers.append("x-bce-a", HeaderValue::from_static(""));
        assert_eq!(lines(&headers).unwrap_err(), "x-bce-a");
    }

    #[test]
    fn the_usual_names_are_in_order_and_so_are_their_lines() {
        assert!(USUAL.is_sorted());
        let places = USUAL.map(usual_place);
        assert!(places.into_iter().flatten().eq(0..USUAL.len()));
        let usual = USUAL.map(|name| (name, Value::Raw(b"value")));
        assert!(lines_follow_names(&usual));
    }

    #[test]
    fn the_content_types_of_json_are_encoded_as_any_value_is() {
        for (json, encoded) in JSON {
            let mut out = Vec::new();
            push_encoded(&mut out, json);
            assert_eq!(out, encoded);
        }
    }

    #[test]
    fn a_usual_header_that_is_added_twice_has_two_lines() {
        let mut out = Vec::new();
        let mut lines = HeaderLines::default();
        lines.add("x-bce-date", b"2");
        lines.add("host", b"b");
        lines.add("host", b"a");
        lines.finish(&mut out);
        assert_eq!(
            lines.names().collect::<Vec<_>>(),
            ["host", "host", "x-bce-date"]
        );
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
    }

    proptest! {
        /// Tests that the fast path for the headers in `USUAL`, which uses no list, writes the same
        /// as the path for arbitrary headers.
        #[test]
        fn usual_headers_are_written_as_any_headers_are(
            headers in proptest::collection::hash_map(
                proptest::sample::select(&USUAL),
                prop_oneof![
                    proptest::sample::select(&[JSON[0].0, JSON[1].0]).prop_map(<[u8]>::to_vec),
                    proptest::collection::vec(any::<u8>(), 0..40),
                ],
                0..USUAL.len(),
            ),
        ) {
            let (mut short, mut general) = (HeaderLines::default(), HeaderLines::default());
            for (name, value) in &headers {
                short.add(name, value);
                let value = value.trim_ascii();
                if !value.is_empty() {
                    general.others.push((name, Value::Raw(value)));
                }
            }
            prop_assert!(short.others.is_empty());
            let (mut text, mut other) = (Vec::new(), Vec::new());
            short.finish(&mut text);
            general.finish(&mut other);
            prop_assert_eq!(text, other);
            prop_assert!(short.names().eq(general.names()));
        }
    }
}
