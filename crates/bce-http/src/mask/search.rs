//! The search for secrets in text.

use std::borrow::Cow;

use memchr::memchr_iter;

use bce_auth::Secret;

use super::spelling::Reading;

/// The kind of a secret. It determines how long a secret, or a part of it, must be in order to be
/// masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A key, a token or a signature: masked even if it is short, or if only a sufficiently long
    /// part of it occurs. If it is very short, it is masked only where it is a separate word.
    Key,
    /// The value of an `authorization` header: masked even if only a sufficiently long beginning of
    /// it occurs. Of the rest, only the signature is secret on its own; it is searched for
    /// separately, as a key.
    Authorization,
    /// A password: not masked if it is so short that it may occur in any word.
    Password,
    /// A user name, or a value that may or may not be secret: not masked if it is so short that it
    /// may be an ordinary word.
    Value,
}

/// A password is searched for only if it has at least this many characters.
const SHORTEST_PASSWORD: usize = 4;
/// A user name, or a value that may or may not be secret, is searched for only if it has at least
/// this many characters.
const SHORTEST_VALUE: usize = 8;

/// If at least this many consecutive bytes of a key, a token or a signature occur, or this many
/// bytes at the beginning of a password or an authorization, they are masked even if the rest does
/// not occur.
const BEGINNING: usize = 16;

/// If at least this many bytes at the beginning of a user name, or of a value that may or may not
/// be secret, occur, they are masked even if the rest does not occur. The limit is greater than
/// that for passwords, because different values may begin with the same characters.
const BEGINNING_OF_VALUE: usize = 20;

/// In text whose white space was removed, a secret is searched for only if it has at least this
/// many bytes: a shorter one may result from adjacent words by chance.
const SHORTEST_UNBROKEN: usize = 8;

/// The length of the blocks into which a text is divided in order to find parts of a key. If the
/// text and the key have `BEGINNING` consecutive bytes in common, these bytes always contain at
/// least one whole block of the text. It is therefore sufficient to look up each block in the key.
const BLOCK: usize = BEGINNING / 2;

/// A secret to search for.
pub(super) struct Pattern<'a> {
    secret: &'a [u8],
    kind: Kind,
    /// Whether the secret is masked only where it is a separate word.
    word: bool,
}

impl<'a> Pattern<'a> {
    /// Creates a pattern; returns `None` for a secret that is too short to be distinguished from
    /// other text.
    pub(super) fn new(secret: &'a str, kind: Kind) -> Option<Self> {
        let is_shorter_than = |length: usize| secret.chars().take(length).count() < length;
        let shortest = match kind {
            Kind::Key | Kind::Authorization => 1,
            Kind::Password => SHORTEST_PASSWORD,
            Kind::Value => SHORTEST_VALUE,
        };
        (!is_shorter_than(shortest)).then(|| Self {
            secret: secret.as_bytes(),
            kind,
            // Only the keys of tests are this short.
            word: is_shorter_than(SHORTEST_PASSWORD),
        })
    }

    /// Returns the secret without white space.
    fn unbroken(&self) -> Cow<'a, [u8]> {
        let is_space = |byte: &u8| byte.is_ascii_whitespace();
        if !self.secret.iter().any(is_space) {
            return self.secret.into();
        }
        let kept = self.secret.iter().filter(|byte| !is_space(byte));
        kept.copied().collect()
    }

    /// Searches a text, which may be the decoded form of another text, for the secret or for a
    /// sufficiently long part of it. Adds the start and the end of each occurrence to `found`, as
    /// positions in the text before decoding.
    fn find(&self, reading: &Reading<'_>, found: &mut Vec<(usize, usize)>) {
        let bytes = &*reading.bytes;
        let secret = match reading.is_unbroken {
            true => self.unbroken(),
            false => self.secret.into(),
        };
        if reading.is_unbroken && secret.len() < SHORTEST_UNBROKEN {
            return;
        }
        let enough = match self.kind {
            Kind::Key | Kind::Authorization | Kind::Password => BEGINNING,
            Kind::Value => BEGINNING_OF_VALUE,
        };
        let mut add = |start, end| {
            if !self.word || is_word(bytes, start, end) {
                found.extend(reading.span(start, end));
            }
        };
        if self.kind == Kind::Key && secret.len() >= BEGINNING {
            shared(bytes, &secret, add);
            return;
        }
        for start in places(bytes, secret.get(..1).unwrap_or_default()) {
            let length = same(bytes.get(start..).unwrap_or_default(), &secret);
            if length >= enough.min(secret.len()) {
                add(start, start + length);
            }
        }
    }
}

/// Finds the parts of the text that also occur in the key and have at least [`BEGINNING`] bytes.
/// Passes the start and the end of each of these parts to `add`.
fn shared(text: &[u8], key: &[u8], mut add: impl FnMut(usize, usize)) {
    for (number, block) in text.chunks_exact(BLOCK).enumerate() {
        let start = number * BLOCK;
        for at in places(key, block) {
            let (before, after) = (text.get(..start), text.get(start..));
            let (key_before, key_after) = (key.get(..at), key.get(at..));
            let before = same_end(before.unwrap_or_default(), key_before.unwrap_or_default());
            let after = same(after.unwrap_or_default(), key_after.unwrap_or_default());
            if before + after >= BEGINNING {
                add(start - before, start + after);
            }
        }
    }
}

/// Returns the positions in `text` at which `part` occurs; none if `part` is empty.
fn places<'a>(text: &'a [u8], part: &'a [u8]) -> impl Iterator<Item = usize> {
    let firsts = part.first().map(|&first| memchr_iter(first, text));
    let begins = |&at: &usize| text.get(at..).is_some_and(|rest| rest.starts_with(part));
    firsts.into_iter().flatten().filter(begins)
}

/// Returns the length of the longest common prefix, in bytes.
fn same(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// Returns the length of the longest common suffix, in bytes.
fn same_end(one: &[u8], other: &[u8]) -> usize {
    let pairs = one.iter().rev().zip(other.iter().rev());
    pairs.take_while(|(a, b)| a == b).count()
}

fn is_word(bytes: &[u8], start: usize, end: usize) -> bool {
    let of_word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
    };
    !of_word(start.checked_sub(1)) && !of_word(Some(end))
}

/// Returns the text with a mask in place of each secret; `None` if it contains no secret.
pub(super) fn mask(text: &str, patterns: &[Pattern<'_>]) -> Option<String> {
    let mut found = Vec::new();
    let mut find = |reading: &Reading<'_>| {
        for pattern in patterns {
            pattern.find(reading, &mut found);
        }
    };
    match Reading::only(text) {
        Some(reading) => find(&reading),
        None => Reading::all(text).iter().for_each(find),
    }
    if found.is_empty() {
        return None;
    }
    found.sort_unstable();
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for (start, stop) in found {
        let (start, stop) = whole_characters(text, start, stop);
        // Occurrences that overlap or touch share one mask.
        if start > end || masked.is_empty() {
            masked.push_str(text.get(end..start).unwrap_or_default());
            masked.push_str(Secret::MASK);
        }
        end = end.max(stop);
    }
    masked.push_str(text.get(end..).unwrap_or_default());
    Some(masked)
}

/// Returns the range from `start` to `end`, extended on both sides to whole characters.
fn whole_characters(text: &str, mut start: usize, mut end: usize) -> (usize, usize) {
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while end < text.len() && !text.is_char_boundary(end) {
        end += 1;
    }
    (start, end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(text: &str, secrets: &[(&str, Kind)]) -> String {
        let patterns: Vec<_> = secrets
            .iter()
            .filter_map(|&(secret, kind)| Pattern::new(secret, kind))
            .collect();
        mask(text, &patterns).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn keys_are_always_masked_passwords_from_four_and_values_from_eight_characters_on() {
        let text = "abc abcd abcdefg abcdefgh";
        assert_eq!(
            masked(text, &[("abc", Kind::Key)]),
            "*** abcd abcdefg abcdefgh"
        );
        assert_eq!(
            masked(text, &[("abcd", Kind::Key)]),
            "abc *** ***efg ***efgh"
        );
        assert_eq!(masked(text, &[("abc", Kind::Password)]), text);
        assert_eq!(
            masked(text, &[("abcd", Kind::Password)]),
            "abc *** ***efg ***efgh"
        );
        assert_eq!(masked(text, &[("abcdefg", Kind::Value)]), text);
        assert_eq!(
            masked(text, &[("abcdefgh", Kind::Value)]),
            "abc abcd abcdefg ***"
        );
        // Lengths are in characters, not in bytes.
        assert_eq!(masked("口令", &[("口令", Kind::Password)]), "口令");
        assert_eq!(
            masked("x口令口令x", &[("口令口令", Kind::Password)]),
            "x***x"
        );
    }

    #[test]
    fn what_overlaps_or_touches_is_masked_once() {
        let secrets = [
            ("abcdef", Kind::Key),
            ("defghi", Kind::Key),
            ("ijkl", Kind::Key),
        ];
        assert_eq!(masked("-abcdefghijkl-", &secrets), "-***-");
        assert_eq!(masked("abcdefabcdef", &secrets), "***");
        assert_eq!(masked("aaaaaa", &[("aaaa", Kind::Key)]), "***");
    }

    #[test]
    fn a_beginning_that_ends_inside_of_a_character_masks_the_whole_of_it() {
        let secret = "123456789012345é7";
        assert_eq!(
            masked("<123456789012345è>", &[(secret, Kind::Key)]),
            "<***>"
        );
    }

    #[test]
    fn a_secret_is_found_in_parts_and_across_lines() {
        let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF";
        let wrapped = format!("<{}\r\n {}\n{}>", &key[..10], &key[10..30], &key[30..]);
        assert_eq!(masked(&wrapped, &[(key, Kind::Key)]), "<***>");
        assert_eq!(
            masked(&format!("<{}>", &key[1..]), &[(key, Kind::Key)]),
            "<***>"
        );
        assert_eq!(
            masked(&format!("<{}...>", &key[5..21]), &[(key, Kind::Key)]),
            "<***...>"
        );
        let lines = "first line of a secret\nsecond line of it";
        for text in [
            "first line of a secret second line of it",
            "first line of a secret\r\nsecond line of it",
        ] {
            assert_eq!(masked(text, &[(lines, Kind::Value)]), "***");
        }
        let value = "a very secret value of a variable";
        assert_eq!(
            masked("<a very secret value of>", &[(value, Kind::Value)]),
            "<***>"
        );
        assert_eq!(
            masked("<a very secret>", &[(value, Kind::Value)]),
            "<a very secret>"
        );
        // Adjacent words do not make a secret.
        assert_eq!(
            masked("a late string", &[("test", Kind::Password)]),
            "a late string"
        );
    }

    /// Returns a secret as a server may quote it. The number `way` selects one of twelve encodings.
    fn quoted(secret: &str, way: usize) -> String {
        let each = |write: fn(char) -> String| secret.chars().map(write).collect();
        match way {
            0 => secret.to_owned(),
            1 => bce_auth::encode::uri_encode(secret),
            2 => bce_auth::encode::uri_encode(secret).to_ascii_lowercase(),
            3 => inside_quotes(&json(secret)),
            4 => inside_quotes(&format!("{secret:?}")),
            5 => each(|c| {
                c.encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|u| format!("\\u{u:04X}"))
                    .collect()
            }),
            6 => each(|c| format!("&#{};", u32::from(c))),
            7 => each(|c| {
                c.to_string()
                    .bytes()
                    .map(|byte| format!("%{byte:02x}"))
                    .collect()
            }),
            8 => bce_auth::encode::uri_encode(secret).replace("%20", "+"),
            9 => each(|c| match c {
                '&' => "&amp;".to_owned(),
                '<' => "&lt;".to_owned(),
                '>' => "&gt;".to_owned(),
                '"' => "&quot;".to_owned(),
                c => c.to_string(),
            }),
            10 => inside_quotes(&json(&json(secret))),
            _ => inside_quotes(&json(&quoted(secret, 1))),
        }
    }

    fn json(text: &str) -> String {
        serde_json::to_string(text).unwrap()
    }

    /// Returns a quoted string without its quotes.
    fn inside_quotes(text: &str) -> String {
        text[1..text.len() - 1].to_owned()
    }

    /// The length of `\ud83d\ude00` and of `&#x0001f600;`.
    const LONGEST_ESCAPE: usize = 12;

    proptest! {
        #[test]
        fn no_spelling_of_a_secret_is_left(
            secret in "[ -~é访😀]{8,40}",
            before in "[ -~]{0,20}",
            after in "[ -~]{0,20}",
            way in 0usize..12,
        ) {
            // Lower case changes the secret itself, unless it is escaped.
            prop_assume!(way != 2 || secret.to_ascii_lowercase() == secret);
            // The secret must not become part of an escape that begins before it.
            let end = before.get(before.len().saturating_sub(LONGEST_ESCAPE)..);
            prop_assume!(!end.unwrap_or_default().contains(['\\', '%', '&']));
            let shown = quoted(&secret, way);
            let text = format!("{before}{shown}{after}");
            let masked = masked(&text, &[(&secret, Kind::Value)]);
            prop_assert!(!masked.contains(&shown), "{masked:?} shows {shown:?}");
            prop_assert!(masked.contains(Secret::MASK), "{masked:?} of {secret:?} as {shown:?}");
        }
    }
}
