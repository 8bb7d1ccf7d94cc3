//! Wraps text between words.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Returns the number of columns that a text takes up on a terminal.
pub(super) fn width(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.width(),
    }
}

/// Returns the width of the widest part of a text that cannot be broken between lines.
pub(super) fn widest_word(text: &str) -> usize {
    words(text)
        .map(|word| width(word.trim_end()))
        .max()
        .unwrap_or_default()
}

/// Wraps a text to at most `columns`, between words and between Chinese characters. A word that is
/// wider is broken after the last punctuation mark that fits, or else at the end of the line.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    if width(text) <= columns {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in words(text) {
        append(&mut lines, word, columns);
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn append(lines: &mut Vec<String>, word: &str, columns: usize) {
    let used = lines.last().map_or(0, |line| width(line));
    let needed = width(word.trim_end());
    if used + needed <= columns {
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
    } else if needed <= columns {
        lines.push(word.to_owned());
    } else {
        // The word begins on this line only if a good part of it fits there.
        if used > 0 {
            lines.push(String::new());
        }
        let mut rest = word;
        while width(rest.trim_end()) > columns {
            let (part, after) = rest.split_at(fitting(rest, columns));
            if let Some(line) = lines.last_mut() {
                line.push_str(part);
            }
            lines.push(String::new());
            rest = after;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(rest);
        }
    }
}

/// Returns how many bytes of a word that is too wide for a line are put on the line: up to the last
/// punctuation mark that fits; or else as many as fit, but at least one character.
fn fitting(word: &str, columns: usize) -> usize {
    let (mut used, mut hard, mut soft) = (0, 0, 0);
    for (at, c) in word.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns && hard > 0 {
            break;
        }
        hard = at + c.len_utf8();
        if matches!(
            c,
            '/' | '-' | '_' | '.' | ',' | ':' | ';' | '=' | '&' | '?' | '@'
        ) {
            soft = hard;
        }
    }
    match soft {
        0 => hard,
        soft => soft,
    }
}

/// Splits a text into words, each with the spaces after it. Every Chinese character is a word,
/// together with punctuation that may not begin a line.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (word, after) = rest.split_at(end_of_word(rest));
        rest = after;
        Some(word)
    })
}

fn end_of_word(text: &str) -> usize {
    let mut previous: Option<char> = None;
    for (at, c) in text.char_indices() {
        let may_break = previous.is_some_and(|before| match (before, c) {
            (_, ' ') => false,
            (' ', _) => true,
            (before, c) => {
                let stays = is_closing(c) || is_opening(before);
                (is_wide(before) || is_wide(c)) && !stays
            }
        });
        if may_break {
            return at;
        }
        previous = Some(c);
    }
    text.len()
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

/// Returns whether a line may not begin with this character.
fn is_closing(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '！'
            | '？'
            | '）'
            | '】'
            | '》'
            | '”'
            | '’'
            | ')'
            | ','
            | '.'
            | ';'
            | ':'
            | '!'
            | '?'
    ) || c.width() == Some(0)
}

/// Returns whether a line may not end with this character.
fn is_opening(c: char) -> bool {
    matches!(c, '（' | '【' | '《' | '“' | '‘' | '(')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words_and_between_chinese_characters() {
        assert_eq!(
            wrapped("no node has a free one", 10),
            ["no node", "has a free", "one"]
        );
        assert_eq!(wrapped("训练机一号", 6), ["训练机", "一号"]);
        assert_eq!(
            wrapped("镜像拉取失败，请重试", 12),
            ["镜像拉取失", "败，请重试"]
        );
        assert_eq!(wrapped("ab训练cd", 4), ["ab训", "练cd"]);
        assert_eq!(wrapped("short", 10), ["short"]);
        assert_eq!(wrapped("", 10), [""]);
    }

    #[test]
    fn a_word_that_is_too_wide_is_broken_behind_punctuation_or_anywhere() {
        let url = "registry.example.com/team/image:v1";
        assert_eq!(wrapped(url, 21), ["registry.example.com/", "team/image:v1"]);
        assert_eq!(wrapped("at abcdefgh", 4), ["at", "abcd", "efgh"]);
        assert_eq!(wrapped("abc", 0), ["ab", "c"]);
    }

    #[test]
    fn the_widest_word_counts_columns() {
        assert_eq!(widest_word("a bcd ef"), 3);
        assert_eq!(widest_word("训练 ab"), 2);
        assert_eq!(widest_word(""), 0);
    }
}
