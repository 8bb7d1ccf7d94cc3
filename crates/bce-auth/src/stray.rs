//! Detection of stray characters in credentials: those that were copied along with a key, or added
//! by an editor or a shell.

use std::fmt;

/// A character that is not allowed at its place in a key or a token. If it were not refused, the
/// service would only respond that the signature is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stray {
    found: char,
    outside: bool,
}

impl Stray {
    /// Returns the first stray character of a key or a token: white space at its beginning or end;
    /// or, anywhere in it, a line end or other white space, a control character or an invisible
    /// character. A space in the middle does not count; the caller decides whether it is allowed.
    pub(crate) fn find(text: &str) -> Option<Self> {
        let is_stray = |c: &char| c.is_whitespace() || c.is_control() || is_invisible(*c);
        let ends = [text.chars().next(), text.chars().next_back()];
        if let Some(found) = ends.into_iter().flatten().find(is_stray) {
            return Some(Self {
                found,
                outside: true,
            });
        }
        let found = text.chars().find(|c| *c != ' ' && is_stray(c))?;
        Some(Self {
            found,
            outside: false,
        })
    }
}

/// Writes a predicate, such as `contains a line end (U+000A)`. The caller writes its subject, the
/// name of the part that contains the character.
impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.outside {
            "begins or ends with"
        } else {
            "contains"
        };
        let kind = match self.found {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line end",
            '\u{feff}' => "a byte order mark",
            c if c.is_whitespace() => "white space",
            c if c.is_control() => "a control character",
            _ => "an invisible character",
        };
        write!(f, "{place} {kind} (U+{:04X})", u32::from(self.found))
    }
}

/// Returns whether a character has no width, although it is neither white space nor a control
/// character.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_along_with_a_key_is_found_around_it_and_in_it() {
        for (found, kind) in [
            ('\n', "a line end (U+000A)"),
            ('\r', "a line end (U+000D)"),
            ('\u{2028}', "a line end (U+2028)"),
            ('\t', "white space (U+0009)"),
            ('\u{a0}', "white space (U+00A0)"),
            ('\u{3000}', "white space (U+3000)"),
            ('\0', "a control character (U+0000)"),
            ('\u{1b}', "a control character (U+001B)"),
            ('\u{7f}', "a control character (U+007F)"),
            ('\u{9b}', "a control character (U+009B)"),
            ('\u{feff}', "a byte order mark (U+FEFF)"),
            ('\u{200b}', "an invisible character (U+200B)"),
            ('\u{202e}', "an invisible character (U+202E)"),
        ] {
            let shown = |text: String| Stray::find(&text).map(|stray| stray.to_string());
            let around = Some(format!("begins or ends with {kind}"));
            assert_eq!(shown(format!("{found}key")), around);
            assert_eq!(shown(format!("key{found}")), around);
            assert_eq!(shown(found.to_string()), around);
            assert_eq!(
                shown(format!("k{found}y")),
                Some(format!("contains {kind}"))
            );
        }
    }

    #[test]
    fn a_blank_is_stray_around_a_key_and_not_in_it() {
        for text in [" key", "key ", " "] {
            let stray = Stray::find(text).map(|stray| stray.to_string());
            assert_eq!(
                stray.as_deref(),
                Some("begins or ends with white space (U+0020)")
            );
        }
        for text in ["", "key", "a key", "a#b;c:d=e%f\\g\"h'i", "密钥", "é"] {
            assert_eq!(Stray::find(text), None, "{text}");
        }
    }
}
