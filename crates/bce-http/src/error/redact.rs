//! Making text that comes from a server safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::mask::Secrets;

/// The maximum length of a message, in characters.
const LONGEST_MESSAGE: usize = 2000;

/// The maximum length of a code or a request id, in characters.
const LONGEST_NAME: usize = 128;

/// Only this many bytes at the beginning of a string are searched for secrets. The rest is never
/// shown.
const LOOKED_THROUGH: usize = 1 << 14;

/// The number of bytes that are dropped from the end of a masked string if the original string was
/// longer than `LOOKED_THROUGH` and therefore cut off. They may be the start of a secret that was
/// not recognized because its end is missing. The number is large, because each character of the
/// secret may be written as a long escape.
const UNSURE: usize = 512;

/// Returns a message without the secrets of the call, and truncated to a length suitable for a log.
pub(super) fn message(text: &str, secrets: &Secrets) -> String {
    let masked = masked_head(text, |head| secrets.mask(head.to_owned()).into());
    bounded(&masked, LONGEST_MESSAGE)
}

/// Returns a code or a request id without the secrets of the call, on one line.
pub(crate) fn name(text: &str, secrets: &Secrets) -> String {
    let masked = masked_head(text, |head| secrets.mask_name(head));
    bounded(&one_line(&masked), LONGEST_NAME)
}

/// Returns the beginning of a body, with secrets masked. The body need not be valid UTF-8.
pub(super) fn beginning(body: &[u8], secrets: &Secrets) -> String {
    let head = body.get(..LOOKED_THROUGH + 1).unwrap_or(body);
    let text = String::from_utf8_lossy(head);
    masked_head(&text, |head| secrets.mask(head.to_owned()).into()).into_owned()
}

/// Returns the beginning of a string, masked by `mask`. If the string is longer than
/// `LOOKED_THROUGH` bytes, the end of the masked text is dropped as well, because it may be the
/// start of a secret.
fn masked_head<'a>(text: &'a str, mask: impl FnOnce(&'a str) -> Cow<'a, str>) -> Cow<'a, str> {
    let head = before(text, LOOKED_THROUGH);
    let masked = mask(head);
    match head.len() < text.len() {
        true => format!("{}…", before(&masked, masked.len().saturating_sub(UNSURE))).into(),
        false => masked,
    }
}

/// Returns at most the first `end` bytes of a string, without splitting a character.
fn before(text: &str, mut end: usize) -> &str {
    end = end.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn bounded(text: &str, longest: usize) -> String {
    // A character has at least one byte.
    if text.len() <= longest {
        return text.to_owned();
    }
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some(_) => text.chars().take(longest - 1).chain(['…']).collect(),
    }
}

/// Makes text that comes from a server safe to show in a log or a terminal: line ends and tabs
/// become spaces, and other characters that cannot be seen are escaped.
///
/// Use this function wherever text from a service is shown: names, reasons, messages. The `Display`
/// output of [`Error`](crate::Error) is already safe.
///
/// ```
/// use bce_http::rt::one_line;
///
/// assert_eq!(one_line("no\nplace"), "no place");
/// assert_eq!(one_line("\x1b[2Jgone"), "\\u{1b}[2Jgone");
/// assert_eq!(one_line("exe.\u{202e}gpj"), "exe.\\u{202e}gpj");
/// ```
pub fn one_line(text: &str) -> Cow<'_, str> {
    // Most strings can be accepted by examining their bytes.
    let is_printable = |byte| matches!(byte, b' '..=b'~');
    if text.bytes().all(is_printable) || !text.contains(is_unseen) {
        return text.into();
    }
    let mut line = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => line.push(' '),
            c if is_unseen(c) => {
                // Writing to a string cannot fail.
                let _ = write!(line, "{}", c.escape_unicode());
            }
            c => line.push(c),
        }
    }
    line.into()
}

/// Returns whether a character counts as invisible: a control character, a line separator, a
/// character that controls the direction of the text, or a zero-width space.
fn is_unseen(c: char) -> bool {
    let directs = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c.is_control() || directs || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line_and_shows_what_it_holds() {
        assert_eq!(one_line("a\nb\r\tc\u{2028}d"), "a b  c d");
        assert_eq!(one_line("\x1b[31m\0"), "\\u{1b}[31m\\u{0}");
        assert_eq!(one_line("x\u{202e}cod\u{2066}"), "x\\u{202e}cod\\u{2066}");
        assert!(matches!(one_line("机器 é 👍🏽"), Cow::Borrowed(_)));
    }

    #[test]
    fn names_are_short_and_messages_are_bounded() {
        let none = Secrets::default();
        assert_eq!(name(&"c".repeat(128), &none), "c".repeat(128));
        let long = name(&"é".repeat(1 << 20), &none);
        assert_eq!(long, format!("{}…", "é".repeat(127)));
        assert_eq!(name("a\nb\u{202e}", &none), "a b\\u{202e}");
        let long = message(&"x".repeat(1 << 20), &none);
        assert_eq!(long.chars().count(), LONGEST_MESSAGE);
    }
}
