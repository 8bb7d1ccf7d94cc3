//! Texts of several paragraphs. Each paragraph is translated separately, and so is the description
//! beside a name or a command. Names and commands are not translated.

use std::borrow::Cow;

/// A part of a text of several paragraphs.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// Words to be translated, as a single line.
    Words(Cow<'a, str>),
    /// A part that is the same in all languages: line ends, commands, names.
    Fixed(&'a str),
}

/// Translates those words of a text for which `translate` returns a translation.
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

/// Splits a text into its parts, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    // A paragraph consists of adjacent lines with the same indent, which is either none or that of
    // the second column.
    let mut paragraph: Option<(usize, String)> = None;
    for line in text.split_inclusive('\n') {
        let words = line.trim_end_matches('\n');
        let end = line.get(words.len()..).unwrap_or_default();
        let indent = words.len() - words.trim_start().len();
        if let Some((begun_at, begun)) = &mut paragraph {
            if !words.is_empty() && indent == *begun_at {
                begun.push(' ');
                begun.push_str(words.trim_start());
                continue;
            }
            end_paragraph(&mut pieces, &mut paragraph);
            pieces.push(Piece::Fixed("\n"));
        }
        match words_behind(words) {
            Some(at) => {
                let (fixed, words) = words.split_at(at);
                if !fixed.is_empty() {
                    pieces.push(Piece::Fixed(fixed));
                }
                paragraph = Some((at, words.to_owned()));
            }
            None if words.is_empty() => pieces.push(Piece::Fixed(end)),
            None => pieces.push(Piece::Fixed(line)),
        }
    }
    if paragraph.is_some() {
        end_paragraph(&mut pieces, &mut paragraph);
        if text.ends_with('\n') {
            pieces.push(Piece::Fixed("\n"));
        }
    }
    pieces
}

fn end_paragraph(pieces: &mut Vec<Piece<'_>>, paragraph: &mut Option<(usize, String)>) {
    pieces.extend(
        paragraph
            .take()
            .map(|(_, words)| Piece::Words(words.into())),
    );
}

/// Returns the index at which the words of a line begin: at the start, after a comment sign, or in
/// the second of two columns. Returns `None` if the line has no words to translate.
fn words_behind(line: &str) -> Option<usize> {
    const COMMENT: &str = " # ";
    if line.is_empty() {
        return None;
    }
    let indent = line.len() - line.trim_start().len();
    if indent == 0 {
        return Some(0);
    }
    if let Some(at) = line.find(COMMENT) {
        return Some(at + COMMENT.len());
    }
    let inner = line.get(indent..)?;
    let gap = inner.find("  ")?;
    let words = inner.get(gap..)?.trim_start();
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
        let text = "Order:\n  1  one,\n     two\n  2  three\n";
        assert_eq!(marked(text), "<Order:>\n  1  <one, two>\n  2  <three>\n");
    }

    #[test]
    fn what_has_no_translation_stays() {
        let one = |text: &str| (text == "One.").then_some("一。");
        assert_eq!(translated("One.\n\nTwo.", one), "一。\n\nTwo.");
    }
}
