//! Escaping characters that must not reach a terminal or end a line.

use std::fmt::Write;

/// Returns whether a character must be escaped: it is a control character, ends a line in Unicode,
/// changes the order in which text is shown, or is invisible.
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// Appends a string in which unsafe characters are escaped as in Rust source code: `\n`, `\u{1b}`.
pub(super) fn push(line: &mut String, text: &str) {
    // Bytes below 0x80 are whole characters, and most strings contain no others.
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return line.push_str(text);
    }
    for character in text.chars() {
        if is_unsafe(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
}

/// Appends JSON in which unsafe characters are escaped as in `\u001b`. In JSON, these characters
/// can occur only in strings.
pub(super) fn push_json(line: &mut String, json: &str) {
    for character in json.chars() {
        if is_unsafe(character) {
            // Each of these characters fits in four digits.
            let _ = write!(line, "\\u{:04x}", u32::from(character));
        } else {
            line.push(character);
        }
    }
}
