//! Makes text from elsewhere safe to print: it cannot move the cursor, colour the terminal or
//! change the direction of writing.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

pub(crate) use bce_http::rt::one_line;

/// Escapes unprintable characters in the same way as [`one_line`], but keeps line ends. This
/// function is for texts that the tool itself has divided into lines.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c != '\n' && is_unprintable(c)) {
        return text.into();
    }
    let lines: Vec<_> = text.split('\n').map(one_line).collect();
    lines.join("\n").into()
}

/// Returns a log record that is safe to print, with a final line end. Tabs are kept; carriage
/// returns at line ends are removed.
pub(crate) fn log_lines(record: &str) -> String {
    let record = record.strip_suffix('\n').unwrap_or(record);
    let lines = record.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let fields: Vec<_> = line.split('\t').map(one_line).collect();
        fields.join("\t") + "\n"
    });
    lines.collect()
}

/// Returns equivalent JSON without unprintable characters. They can occur only in strings, where an
/// escape represents them.
pub(crate) fn json_escaped(json: &str) -> Cow<'_, str> {
    let wanted = |c| c != '\n' && is_unprintable(c);
    if !json.contains(wanted) {
        return json.into();
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            c if !wanted(c) => escaped.push(c),
            // The code of each of these characters has at most four hexadecimal digits.
            c => escaped += &format!("\\u{:04x}", u32::from(c)),
        }
    }
    escaped.into()
}

/// Returns the beginning of a line that fits in this many columns. If the line is cut off, the
/// result ends with an ellipsis.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Returns whether the character is unprintable, that is, whether [`one_line`] replaces it.
fn is_unprintable(c: char) -> bool {
    let mut bytes = [0; 4];
    !matches!(c, ' '..='~') && matches!(one_line(c.encode_utf8(&mut bytes)), Cow::Owned(_))
}

/// Returns whether the character is unprintable without being a control character, such as a mark
/// that changes the direction of writing.
pub(crate) fn is_invisible(c: char) -> bool {
    !c.is_control() && is_unprintable(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_of_others_do_not_reach_the_terminal() {
        assert_eq!(printable("a\n\x07b\u{202e}"), "a\n\\u{7}b\\u{202e}");
        assert_eq!(printable("机器 一\n"), "机器 一\n");
    }

    #[test]
    fn a_record_of_a_log_keeps_its_lines_and_tabs_alone() {
        assert_eq!(
            log_lines("a\tb\r\n\n\x1b[31mc\r50%\n"),
            "a\tb\n\n\\u{1b}[31mc 50%\n"
        );
        assert_eq!(log_lines(""), "\n");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let json = "{\n  \"a\": \"\u{202e}\u{61c}\u{7f}\u{85}机器\"\n}";
        let escaped = json_escaped(json);
        assert_eq!(
            escaped,
            "{\n  \"a\": \"\\u202e\\u061c\\u007f\\u0085机器\"\n}"
        );
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&escaped), read(json));
    }

    #[test]
    fn a_line_fits_the_terminal_also_in_chinese() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("拉取镜像", 6), "拉取…");
        assert_eq!(cut("拉取镜像", 7).width(), 7);
        assert_eq!(cut("abc", 0), "…");
    }

    #[test]
    fn what_is_invisible_is_no_control_character() {
        assert!(is_invisible('\u{200b}') && is_invisible('\u{2028}'));
        assert!(!is_invisible('\x1b') && !is_invisible('机') && !is_invisible('a'));
    }
}
