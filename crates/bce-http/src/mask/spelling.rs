//! The encodings in which a server may quote a string: percent-encoded, as in a URL or a form; with
//! the escapes of JSON or of a programming language; and with the entities of an HTML page.

use std::borrow::Cow;

/// A text, either unchanged or decoded: its bytes, and the position in the original text from which
/// each byte comes.
pub(super) struct Reading<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// For each byte, the start and the end, in the original text, of what the byte was decoded
    /// from; `None` if the text is unchanged.
    spans: Option<Vec<(usize, usize)>>,
    /// Whether white space was removed.
    pub(super) is_unbroken: bool,
}

/// An encoding of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Percent,
    /// Percent-encoding, with `+` for a space.
    Form,
    /// Escapes that begin with a backslash.
    Escapes,
    Entities,
}

const SPELLINGS: [Spelling; 4] = [
    Spelling::Percent,
    Spelling::Form,
    Spelling::Escapes,
    Spelling::Entities,
];

impl<'a> Reading<'a> {
    fn plain(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes().into(),
            spans: None,
            is_unbroken: false,
        }
    }

    /// Returns the text itself, if it is certain that neither decoding it nor removing white space
    /// would change anything; otherwise `None`.
    pub(super) fn only(text: &'a str) -> Option<Self> {
        let may_differ = |byte: u8| {
            byte.is_ascii_whitespace() || SPELLINGS.iter().any(|spelling| spelling.begins(byte))
        };
        (!text.bytes().any(may_differ)).then(|| Self::plain(text))
    }

    /// Returns the text itself and, for each encoding, the decoded text if it differs. Each decoded
    /// text is decoded once more, because a quotation within a quotation is encoded twice. For each
    /// of these texts that contains white space, also returns a copy without white space.
    pub(super) fn all(text: &'a str) -> Vec<Self> {
        let plain = Self::plain(text);
        let mut all = plain.others();
        let twice: Vec<Self> = all.iter().flat_map(Self::others).collect();
        all.extend(twice);
        all.push(plain);
        let unbroken: Vec<Self> = all.iter().filter_map(Self::unbroken).collect();
        all.extend(unbroken);
        all
    }

    /// Returns the text without white space, because long text that is quoted may have been
    /// wrapped, or its lines joined. Returns `None` if there is no white space.
    fn unbroken(&self) -> Option<Self> {
        let kept =
            || (self.bytes.iter().enumerate()).filter(|(_, byte)| !byte.is_ascii_whitespace());
        let is_broken = self.bytes.iter().any(u8::is_ascii_whitespace);
        is_broken.then(|| Self {
            bytes: kept().map(|(_, byte)| *byte).collect(),
            spans: Some(kept().filter_map(|(at, _)| self.span(at, at + 1)).collect()),
            is_unbroken: true,
        })
    }

    fn others(&self) -> Vec<Self> {
        SPELLINGS
            .iter()
            .filter_map(|&spelling| self.read(spelling))
            .collect()
    }

    /// Decodes the escapes of one encoding in the text. Returns `None` if the text has none; for
    /// `Form`, also if it has no `+`.
    fn read(&self, spelling: Spelling) -> Option<Self> {
        if !self.bytes.iter().any(|&byte| spelling.begins(byte)) {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut spans = Vec::with_capacity(self.bytes.len());
        let mut at = 0;
        let mut changed = false;
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let unit = spelling.unit(rest);
            changed |= unit.is_some();
            let plain = || (Unit::of_byte(rest.first().copied().unwrap_or_default()), 1);
            let (unit, length) = unit.unwrap_or_else(plain);
            if let Some(span) = self.span(at, at + length) {
                for &byte in unit.as_bytes() {
                    bytes.push(byte);
                    spans.push(span);
                }
            }
            at += length;
        }
        changed.then(|| Self {
            bytes: bytes.into(),
            spans: Some(spans),
            is_unbroken: false,
        })
    }

    /// Returns the range in the original text from which the bytes from `start` to `end` come;
    /// `None` if `end` is not greater than `start`.
    pub(super) fn span(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let last = end.checked_sub(1).filter(|last| *last >= start)?;
        match &self.spans {
            Some(spans) => Some((spans.get(start)?.0, spans.get(last)?.1)),
            None => Some((start, end)),
        }
    }
}

/// The decoded value of one escape, which is at most one character; or a byte that is not part of
/// an escape.
struct Unit {
    bytes: [u8; 4],
    length: usize,
}

impl Unit {
    fn of_byte(byte: u8) -> Self {
        Self {
            bytes: [byte, 0, 0, 0],
            length: 1,
        }
    }

    fn of_char(c: char) -> Self {
        let mut bytes = [0; 4];
        let length = c.encode_utf8(&mut bytes).len();
        Self { bytes, length }
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Spelling {
    /// Returns whether a text that contains this byte may have this encoding. For `Form`, only `+`
    /// counts: in a text without `+`, `Percent` decodes the same escapes.
    fn begins(self, byte: u8) -> bool {
        match self {
            Self::Percent => byte == b'%',
            Self::Form => byte == b'+',
            Self::Escapes => byte == b'\\',
            Self::Entities => byte == b'&',
        }
    }

    /// Decodes the escape at the beginning of a string. Returns its value and its length, or `None`
    /// if there is no valid escape.
    fn unit(self, text: &[u8]) -> Option<(Unit, usize)> {
        match (self, text) {
            (Self::Percent | Self::Form, [b'%', digits @ ..]) => {
                let digits = digits.get(..2)?;
                Some((Unit::of_byte(u8::try_from(number(digits, 16)?).ok()?), 3))
            }
            (Self::Form, [b'+', ..]) => Some((Unit::of_byte(b' '), 1)),
            (Self::Escapes, [b'\\', rest @ ..]) => escape(rest),
            (Self::Entities, [b'&', rest @ ..]) => entity(rest),
            _ => None,
        }
    }
}

/// Decodes the escape after a backslash. Returns its value and its length, including the backslash.
fn escape(text: &[u8]) -> Option<(Unit, usize)> {
    let byte = |byte| Some((Unit::of_byte(byte), 2));
    match *text {
        [b'n', ..] => byte(b'\n'),
        [b'r', ..] => byte(b'\r'),
        [b't', ..] => byte(b'\t'),
        [b'b', ..] => byte(8),
        [b'f', ..] => byte(12),
        [b'0', ..] => byte(0),
        [b'x', ref digits @ ..] => {
            let value = u8::try_from(number(digits.get(..2)?, 16)?).ok()?;
            Some((Unit::of_byte(value), 4))
        }
        [b'u', b'{', ref rest @ ..] => {
            let end = rest.iter().take(7).position(|&byte| byte == b'}')?;
            let value = number(rest.get(..end)?, 16)?;
            Some((Unit::of_char(char::from_u32(value)?), end + 4))
        }
        [b'u', ref rest @ ..] => {
            let first = number(rest.get(..4)?, 16)?;
            if let Some(c) = char::from_u32(first) {
                return Some((Unit::of_char(c), 6));
            }
            let second = rest.get(4..)?.strip_prefix(b"\\u")?;
            let pair = [first, number(second.get(..4)?, 16)?];
            let pair = pair.map(|half| u16::try_from(half).unwrap_or_default());
            let c = char::decode_utf16(pair).next()?.ok()?;
            Some((Unit::of_char(c), 12))
        }
        [other, ..] if other.is_ascii_punctuation() => byte(other),
        _ => None,
    }
}

/// Decodes the entity after an ampersand. Returns its value and its length, including the
/// ampersand.
fn entity(text: &[u8]) -> Option<(Unit, usize)> {
    const LONGEST: usize = 10;
    let end = text.iter().take(LONGEST).position(|&byte| byte == b';')?;
    let c = match text.get(..end)? {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        b"nbsp" => ' ',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits, 16)?)?,
        [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
        _ => return None,
    };
    Some((Unit::of_char(c), end + 2))
}

/// Parses a number of one to eight digits, without a sign. Returns `None` if the text is not such a
/// number.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let fits = (1..=8).contains(&digits.len());
    let text = std::str::from_utf8(digits).ok().filter(|_| fits)?;
    let plain = text.chars().all(|c| c.is_digit(radix));
    plain.then(|| u32::from_str_radix(text, radix).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> Vec<String> {
        let all = Reading::all(text);
        all.iter()
            .map(|it| String::from_utf8_lossy(&it.bytes).into_owned())
            .collect()
    }

    #[test]
    fn a_plain_text_has_one_reading() {
        assert_eq!(readings("访问50%of\\Co&"), ["访问50%of\\Co&"]);
    }

    #[test]
    fn every_spelling_is_read() {
        for (text, read) in [
            ("a%2Fb%3d", "a/b="),
            ("a%2Bb+c", "a+b c"),
            (r#"a\"b\/\u0026\n"#, "a\"b/&\n"),
            (r"\ud83d\ude00\u{1f600}\x41", "\u{1f600}\u{1f600}A"),
            ("a&quot;b&#39;c&#x2f;&amp;", "a\"b'c/&"),
            // Encoded twice.
            ("a%252Fb", "a/b"),
            (r#"a\\\"b"#, "a\"b"),
            ("a&amp;quot;", "a\""),
            (r#"a\u0025\u0032F"#, "a/"),
        ] {
            assert!(readings(text).iter().any(|it| it == read), "{text}");
        }
    }

    #[test]
    fn a_wrapped_text_is_read_as_one() {
        let reading = Reading::all("<a b\r\n  c\td>");
        let unbroken = reading.iter().find(|it| &*it.bytes == b"<abcd>").unwrap();
        assert_eq!(unbroken.span(1, 5), Some((1, 11)));
    }

    #[test]
    fn what_only_looks_like_an_escape_stays() {
        for text in [
            "%",
            "%4",
            "%zz",
            "\\",
            "\\u12",
            "\\ud83d",
            "\\ud83dx",
            "&",
            "&;",
            "&#;",
            "&#x;",
            "\\u{}",
            "\\u{110000}",
            "%+1",
        ] {
            let plain = readings(text);
            assert!(plain.contains(&text.to_owned()), "{text}");
            assert!(
                plain.iter().all(|it| it == text || text == "%+1"),
                "{text}: {plain:?}"
            );
        }
    }

    #[test]
    fn spans_lead_back_to_the_text() {
        let text = "x%2Fy\\u00e9";
        for reading in Reading::all(text) {
            let end = reading.bytes.len();
            assert_eq!(reading.span(0, end), Some((0, text.len())));
        }
        let read = Reading::plain(text).read(Spelling::Percent).unwrap();
        assert_eq!(read.span(1, 2), Some((1, 4)));
        assert_eq!(read.span(1, 1), None, "nothing comes from nowhere");
    }
}
