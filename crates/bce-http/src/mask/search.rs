//! Where secrets stand in a text.

use memchr::memchr_iter;

use super::MASK;
use super::spelling::Reading;

/// What a secret is, which decides how short a text may be that is masked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A key, a token or a signature: always, and also its beginning alone.
    Key,
    /// A password: not when it is so short that it may be a part of any word.
    Password,
    /// A name or a value that need not be secret: not when it may be a word.
    Value,
}

/// The shortest passwords and values that are looked for, in characters.
const SHORTEST_PASSWORD: usize = 4;
const SHORTEST_VALUE: usize = 8;

/// So many bytes are enough to know a longer secret by: nobody else writes the same.
const LONGEST: usize = 4096;

/// So many bytes of a key, a token or a signature are as bad as the whole.
const BEGINNING: usize = 16;

/// A secret to look for.
pub(super) struct Pattern<'a> {
    secret: &'a [u8],
    /// How much has to be found; what follows of the secret is masked with it.
    enough: usize,
    /// Whether it is looked for as a word of its own.
    word: bool,
}

impl<'a> Pattern<'a> {
    /// `None` for what is too short to be told from other text.
    pub(super) fn new(secret: &'a str, kind: Kind) -> Option<Self> {
        let length = secret.chars().count();
        let shortest = match kind {
            Kind::Key => 1,
            Kind::Password => SHORTEST_PASSWORD,
            Kind::Value => SHORTEST_VALUE,
        };
        if length < shortest {
            return None;
        }
        let secret = secret.as_bytes();
        let enough = match kind {
            Kind::Key => BEGINNING,
            Kind::Password | Kind::Value => LONGEST,
        };
        Some(Self {
            secret,
            enough: secret.len().min(enough),
            // Keys are longer, but for those of tests.
            word: length < SHORTEST_PASSWORD,
        })
    }

    /// Adds start and end of each place where the secret, or enough of it, stands.
    fn find(&self, reading: &Reading<'_>, found: &mut Vec<(usize, usize)>) {
        let bytes = &*reading.bytes;
        let Some(&first) = self.secret.first() else {
            return;
        };
        for start in memchr_iter(first, bytes) {
            let rest = bytes.get(start..).unwrap_or_default();
            let same = self.secret.iter().zip(rest).take_while(|(a, b)| a == b);
            let length = same.count();
            let end = start + length;
            if length >= self.enough && (!self.word || is_word(bytes, start, end)) {
                found.extend(reading.span(start, end));
            }
        }
    }
}

fn is_word(bytes: &[u8], start: usize, end: usize) -> bool {
    let of_word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
    };
    !of_word(start.checked_sub(1)) && !of_word(Some(end))
}

/// The text with a mask in the place of each secret; `None` if there is none in it.
pub(super) fn mask(text: &str, patterns: &[Pattern<'_>]) -> Option<String> {
    let mut found = Vec::new();
    for reading in Reading::all(text) {
        for pattern in patterns {
            pattern.find(&reading, &mut found);
        }
    }
    if found.is_empty() {
        return None;
    }
    found.sort_unstable();
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for (start, stop) in found {
        let (start, stop) = whole_characters(text, start, stop);
        // What overlaps or touches gets one mask.
        if start > end || masked.is_empty() {
            masked.push_str(text.get(end..start).unwrap_or_default());
            masked.push_str(MASK);
        }
        end = end.max(stop);
    }
    masked.push_str(text.get(end..).unwrap_or_default());
    Some(masked)
}

/// The range, widened to the characters that it touches.
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
        // Characters count, not bytes.
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

    /// Ways in which others quote a text.
    fn quoted(secret: &str, way: usize) -> String {
        let each = |write: fn(char) -> String| secret.chars().map(write).collect();
        match way {
            0 => secret.to_owned(),
            1 => bce_auth::encode::uri_encode(secret),
            2 => bce_auth::encode::uri_encode(secret).to_ascii_lowercase(),
            3 => serde_json::to_string(secret).unwrap_or_default(),
            4 => format!("{secret:?}"),
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
            10 => serde_json::to_string(&quoted(secret, 3)).unwrap_or_default(),
            _ => serde_json::to_string(&quoted(secret, 1)).unwrap_or_default(),
        }
    }

    fn inside_quotes(text: &str) -> &str {
        let inside = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        inside.unwrap_or(text)
    }

    proptest! {
        #[test]
        fn no_spelling_of_a_secret_is_left(
            secret in "[ -~é访😀]{8,40}",
            before in "[ -~]{0,20}",
            after in "[ -~]{0,20}",
            way in 0usize..12,
        ) {
            // Lower case changes the secret itself, where it is not escaped.
            prop_assume!(way != 2 || secret.to_ascii_lowercase() == secret);
            let shown = quoted(&secret, way);
            let shown = inside_quotes(&shown);
            let text = format!("{before}{shown}{after}");
            let masked = masked(&text, &[(&secret, Kind::Value)]);
            prop_assert!(!masked.contains(shown), "{masked:?} shows {shown:?}");
            prop_assert!(masked.contains(MASK), "{masked:?} of {secret:?} as {shown:?}");
        }
    }
}
