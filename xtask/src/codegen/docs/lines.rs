//! Wraps paragraphs to the lines of doc comments.

/// The width at which the lines of a doc comment are wrapped.
const WIDTH: usize = 96;

/// Formats paragraphs as `///` lines with an indentation.
pub(crate) fn comment(indent: &str, paragraphs: &[String]) -> String {
    lines(&format!("{indent}///"), paragraphs)
}

/// Formats paragraphs as `//!` lines.
pub(crate) fn module(paragraphs: &[&str]) -> String {
    lines(
        "//!",
        &paragraphs
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>(),
    )
}

fn lines(prefix: &str, paragraphs: &[String]) -> String {
    let mut out = String::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            out.push_str(&format!("{prefix}\n"));
        }
        for item in paragraph.replace(is_unshown, "").split('\n') {
            let continuation = if item.starts_with("- ") { "  " } else { "" };
            let mut line = String::new();
            // Code stays on one line: at the beginning of a line, a word in it could start a block,
            // and what follows would no longer be code.
            let mut in_code = false;
            for word in item.split(' ').filter(|word| !word.is_empty()) {
                let was_in_code = in_code;
                in_code ^= word.matches('`').count() % 2 == 1;
                if !line.is_empty()
                    && prefix.len() + 1 + line.len() + 1 + word.len() > WIDTH
                    && !starts_block(word)
                    && !was_in_code
                {
                    out.push_str(&format!("{prefix} {line}\n"));
                    line = format!("{continuation}{word}");
                } else {
                    if !line.is_empty() {
                        line.push(' ');
                    }
                    line.push_str(word);
                }
            }
            out.push_str(&format!("{prefix} {line}\n"));
        }
    }
    out
}

/// Returns whether a character must not occur in a comment because it is invisible. The compiler
/// refuses characters that change the direction of text; control characters are excluded as well.
fn is_unshown(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() && c != '\n'
}

/// Returns whether Markdown could interpret a word at the start of a line as the beginning of a
/// block, such as a list, a heading, a quotation or HTML.
fn starts_block(word: &str) -> bool {
    let html = word.starts_with('<') && !word.starts_with("<http");
    html || word.starts_with(['-', '+', '*', '#', '>', '=', '~', '|']) || is_number_of_list(word)
}

pub(super) fn is_number_of_list(word: &str) -> bool {
    let digits = word.trim_end_matches(['.', ')']);
    digits.len() + 1 == word.len()
        && !digits.is_empty()
        && digits.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_is_in_a_comment() {
        let text = "right\u{202e} to\u{2066} left\u{2069}\u{0}\r".to_owned();
        assert_eq!(comment("", &[text]), "/// right to left\n");
    }

    #[test]
    fn code_stays_on_one_line() {
        let (long, longer) = ("a".repeat(90), "_".repeat(95));
        let text = format!("{long} `x {longer} y` b");
        assert_eq!(
            comment("", &[text]),
            format!("/// {long}\n/// `x {longer} y`\n/// b\n")
        );
    }

    #[test]
    fn long_texts_are_wrapped_without_making_lists() {
        for block in ["-", "<script>"] {
            let text = format!("{} {block} b", "a".repeat(95));
            assert_eq!(
                comment("", &[text]),
                format!("/// {} {block}\n/// b\n", "a".repeat(95))
            );
        }
    }
}
