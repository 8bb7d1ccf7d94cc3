//! Texts of several paragraphs. Each paragraph is a text of its own, and so is what stands beside a
//! name or behind a command; names and commands stay as they are.

use std::borrow::Cow;

/// A piece of a text of several paragraphs.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// Words for people, as one line.
    Words(Cow<'a, str>),
    /// What is the same in all languages: line ends, commands, names.
    Fixed(&'a str),
}

/// The text with its words in another language, as far as `translate` has them.
pub(super) fn translated(text: &str, translate: impl Fn(&str) -> Option<&'static str>) -> String {
    let mut result = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => result.push_str(translate(&words).unwrap_or(&words)),
            Piece::Fixed(text) => result.push_str(text),
        }
    }
    result
}

/// The pieces of a text, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut paragraph: Option<String> = None;
    for line in text.split_inclusive('\n') {
        let words = line.trim_end_matches('\n');
        let end = line.get(words.len()..).unwrap_or_default();
        if !words.is_empty() && !words.starts_with(' ') {
            match &mut paragraph {
                Some(begun) => {
                    begun.push(' ');
                    begun.push_str(words);
                }
                None => paragraph = Some(words.to_owned()),
            }
            // The end of the paragraph's last line follows it.
            if end.is_empty() {
                pieces.extend(paragraph.take().map(|words| Piece::Words(words.into())));
            }
            continue;
        }
        if let Some(words) = paragraph.take() {
            pieces.push(Piece::Words(words.into()));
            pieces.push(Piece::Fixed("\n"));
        }
        if let Some(at) = words_behind(words) {
            let (fixed, words) = words.split_at(at);
            pieces.push(Piece::Fixed(fixed));
            pieces.push(Piece::Words(words.into()));
        } else if !words.is_empty() {
            pieces.push(Piece::Fixed(words));
        }
        pieces.push(Piece::Fixed(end));
    }
    if let Some(words) = paragraph {
        pieces.push(Piece::Words(words.into()));
        pieces.push(Piece::Fixed("\n"));
    }
    pieces
}

/// Where in an indented line the words begin: behind a comment's sign, or in the second of two columns.
fn words_behind(line: &str) -> Option<usize> {
    const COMMENT: &str = " # ";
    if let Some(at) = line.find(COMMENT) {
        return Some(at + COMMENT.len());
    }
    let indent = line.len() - line.trim_start().len();
    let inner = line.get(indent..)?;
    let gap = inner.find("  ")?;
    let behind = inner.get(gap..)?;
    let words = behind.trim_start();
    (!words.is_empty()).then(|| line.len() - words.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        let mut marked = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Words(words) => marked += &format!("<{words}>"),
                Piece::Fixed(text) => marked += text,
            }
        }
        marked
    }

    #[test]
    fn paragraphs_are_one_line_and_commands_stay() {
        let text = "One\ntwo.\n\nExamples:\n  a --b c\n  d --e   # why\n\nThree.";
        assert_eq!(
            marked(text),
            "<One two.>\n\n<Examples:>\n  a --b c\n  d --e   # <why>\n\n<Three.>"
        );
        assert_eq!(marked("One.\n"), "<One.>\n");
    }

    #[test]
    fn the_second_column_is_words() {
        let text = "Exit codes:\n  0    done\n  130  interrupted; 129 ended";
        assert_eq!(
            marked(text),
            "<Exit codes:>\n  0    <done>\n  130  <interrupted; 129 ended>"
        );
    }

    #[test]
    fn what_has_no_translation_stays() {
        let one = |text: &str| (text == "One.").then_some("一。");
        assert_eq!(translated("One.\n\nTwo.", one), "一。\n\nTwo.");
    }
}
