//! Percent-encoding as BCE signatures require it, strictly according to RFC 3986: letters, digits
//! and `-` `_` `.` `~` are left unchanged, and every other byte becomes `%XX` with upper-case
//! digits.
//!
//! Encode the path and the query of a request with these functions, so that exactly the text that
//! is signed is sent.

const UPPER_HEX: [u8; 16] = *b"0123456789ABCDEF";

type Table = [bool; 256];

const UNRESERVED: Table = table(b"-_.~");
const UNRESERVED_AND_SLASH: Table = table(b"-_.~/");

const fn table(marks: &[u8]) -> Table {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        table[marks[mark] as usize] = true;
        mark += 1;
    }
    table
}

/// Encodes a string, or any bytes, for use as a query key, a query value or a path segment.
///
/// ```
/// assert_eq!(bce_auth::encode::uri_encode("开发 机/1+1"), "%E5%BC%80%E5%8F%91%20%E6%9C%BA%2F1%2B1");
/// ```
pub fn uri_encode(text: impl AsRef<[u8]>) -> String {
    encode(text.as_ref(), &UNRESERVED)
}

/// Encodes a whole path. This is the same as [`uri_encode`], except that `/` is left unchanged.
///
/// ```
/// assert_eq!(bce_auth::encode::uri_encode_path("/数据/a b"), "/%E6%95%B0%E6%8D%AE/a%20b");
/// ```
pub fn uri_encode_path(path: impl AsRef<[u8]>) -> String {
    encode(path.as_ref(), &UNRESERVED_AND_SLASH)
}

/// Decodes `%XX`. A `%` that is not followed by two hex digits is left unchanged, and `+` is a plus
/// sign, not a space.
///
/// The result is bytes, because encoded text need not be valid UTF-8.
///
/// ```
/// assert_eq!(bce_auth::encode::uri_decode("a%20b+c%zz"), b"a b+c%zz");
/// ```
pub fn uri_decode(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.as_ref().len());
    let mut rest = text.as_ref();
    while let Some((&byte, tail)) = rest.split_first() {
        let (byte, tail) = take_escape(byte, tail).unwrap_or((byte, tail));
        out.push(byte);
        rest = tail;
    }
    out
}

fn encode(raw: &[u8], plain: &Table) -> String {
    let mut out = Vec::with_capacity(raw.len());
    push(&mut out, raw, plain, |byte, tail| (byte, tail));
    // The encoder writes ASCII only, so the conversion cannot fail.
    String::from_utf8(out).unwrap_or_default()
}

/// Encodes bytes and appends the result.
#[inline]
pub(crate) fn push_encoded(out: &mut Vec<u8>, raw: &[u8]) {
    if is_plain(raw) {
        return out.extend_from_slice(raw);
    }
    push(out, raw, &UNRESERVED, |byte, tail| (byte, tail));
}

/// Appends a part of a query, which is already percent-encoded, in the normalized form that
/// signatures use.
pub(crate) fn push_normalised(out: &mut Vec<u8>, wire: &[u8]) {
    push(out, wire, &UNRESERVED, decode_escape);
}

/// Appends a path, which is already percent-encoded, in the normalized form that signatures use. An
/// encoded slash (`%2F`) stays encoded.
pub(crate) fn push_normalised_path(out: &mut Vec<u8>, wire: &[u8]) {
    push(out, wire, &UNRESERVED_AND_SLASH, decode_escape);
}

/// Returns whether encoding would leave every byte unchanged.
#[inline]
pub(crate) fn is_plain(text: &[u8]) -> bool {
    all(text, is_unreserved)
}

/// Returns whether a query consists only of `&`, `=`, and bytes that encoding would leave
/// unchanged.
pub(crate) fn is_plain_query(query: &[u8]) -> bool {
    all(query, |byte| {
        is_unreserved(byte) | (byte == b'&') | (byte == b'=')
    })
}

/// Returns whether `good` returns `true` for every byte.
///
/// The compiler can test a whole chunk in one step, because within a chunk every byte is tested,
/// even after one for which the result was `false`. For this, `good` has to compute its result, and
/// not look it up in a table. The last 16 bytes are tested as a chunk of their own, which may
/// overlap the chunk before it.
fn all(text: &[u8], good: impl Fn(u8) -> bool) -> bool {
    let good = |text: &[u8]| text.iter().fold(true, |all, &byte| all & good(byte));
    let Some(last) = text.last_chunk::<16>() else {
        return good(text);
    };
    let (chunks, _) = text.as_chunks::<16>();
    chunks.iter().all(|chunk| good(chunk)) && good(last)
}

/// Returns whether a byte is unreserved in the sense of RFC 3986. The result is the same as that of
/// looking up the byte in the table `UNRESERVED`, but it is computed.
fn is_unreserved(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    let mark = (byte == b'-') | (byte == b'.') | (byte == b'_') | (byte == b'~');
    letter | digit | mark
}

fn run_len(text: &[u8], plain: &Table) -> usize {
    text.iter()
        .position(|&byte| !plain[usize::from(byte)])
        .unwrap_or(text.len())
}

/// Appends text in normalized form. Bytes that are in the table `plain` are copied. Any other byte
/// is passed to `unescape`, together with the text after it; `unescape` returns the decoded byte,
/// and the text after what it has decoded. The decoded byte is then percent-encoded unless it is
/// unreserved.
fn push<'a>(
    out: &mut Vec<u8>,
    mut rest: &'a [u8],
    plain: &Table,
    unescape: impl Fn(u8, &'a [u8]) -> (u8, &'a [u8]),
) {
    loop {
        let (same, tail) = rest.split_at(run_len(rest, plain));
        out.extend_from_slice(same);
        let Some((&byte, tail)) = tail.split_first() else {
            return;
        };
        let (byte, tail) = unescape(byte, tail);
        // The table `plain` is not used here: a slash that was escaped must stay escaped, even in a
        // path.
        if UNRESERVED[usize::from(byte)] {
            out.push(byte);
        } else {
            let [high, low] = hex_digits(byte, &UPPER_HEX);
            out.extend_from_slice(&[b'%', high, low]);
        }
        rest = tail;
    }
}

fn hex_digits(byte: u8, alphabet: &[u8; 16]) -> [u8; 2] {
    [
        alphabet[usize::from(byte >> 4)],
        alphabet[usize::from(byte & 0xF)],
    ]
}

fn decode_escape(byte: u8, tail: &[u8]) -> (u8, &[u8]) {
    take_escape(byte, tail).unwrap_or((byte, tail))
}

fn take_escape(byte: u8, tail: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, tail @ ..] = tail else {
        return None;
    };
    if byte != b'%' {
        return None;
    }
    Some((hex_value(*high)? << 4 | hex_value(*low)?, tail))
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(wire: &str) -> String {
        let mut out = Vec::new();
        push_normalised(&mut out, wire.as_bytes());
        String::from_utf8(out).unwrap()
    }

    fn normalised_path(wire: &str) -> String {
        let mut out = Vec::new();
        push_normalised_path(&mut out, wire.as_bytes());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_the_66_unreserved_characters_stay() {
        let stay: Vec<u8> = (0..=255)
            .filter(|&byte| uri_encode([byte]).len() == 1)
            .collect();
        assert_eq!(
            stay,
            b"-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
        );
        assert_eq!(uri_encode([0xFF, 0x0A]), "%FF%0A");
        assert_eq!(uri_encode_path("/a/*"), "/a/%2A");
    }

    #[test]
    fn plain_is_what_encoding_leaves_as_it_is() {
        for byte in 0..=255 {
            let unreserved = UNRESERVED[usize::from(byte)];
            assert_eq!(is_plain(&[b'a', byte]), unreserved);
            let mark = byte == b'&' || byte == b'=';
            assert_eq!(is_plain_query(&[byte]), unreserved || mark);
        }
    }

    #[test]
    fn one_byte_that_is_not_plain_is_seen_wherever_it_is() {
        for len in 0..70 {
            let mut text = vec![b'a'; len];
            assert!(is_plain(&text));
            for at in 0..len {
                text[at] = b'/';
                assert!(!is_plain(&text), "{at} of {len}");
                text[at] = b'a';
            }
        }
    }

    #[test]
    fn normalising_accepts_any_legal_spelling_of_the_same_bytes() {
        assert_eq!(normalised("%7e%61%2a*"), "~a%2A%2A");
        assert_eq!(normalised("a+b%2B%20"), "a%2Bb%2B%20");
        assert_eq!(normalised("测%e6%b5%8b"), "%E6%B5%8B%E6%B5%8B");
    }

    #[test]
    fn an_escaped_slash_never_becomes_a_separator() {
        assert_eq!(normalised_path("/a%2fb/c%2F"), "/a%2Fb/c%2F");
        assert_eq!(normalised("/"), "%2F");
    }

    #[test]
    fn a_broken_escape_is_a_literal_percent() {
        for (wire, canonical) in [
            ("%", "%25"),
            ("%4", "%254"),
            ("%zz", "%25zz"),
            ("%%41", "%25A"),
        ] {
            assert_eq!(normalised(wire), canonical);
            assert_eq!(normalised_path(wire), canonical);
        }
        assert_eq!(uri_decode("%%41%e4%4"), b"%A\xE4%4");
    }
}
