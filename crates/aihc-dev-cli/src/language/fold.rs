//! Wraps the lines of help. Unlike clap, which breaks lines only at spaces, this also works for
//! Chinese.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

/// Characters that may not begin a line.
const CLOSING: &str = "，。、；：？！）」』】》”’…%,.;:?!)]}";
/// Characters that may not end a line.
const OPENING: &str = "（「『【《“‘([{";
/// The minimum width of a column of text.
const NARROWEST: usize = 20;
/// The indent of a description that is below its option.
const BELOW: usize = 10;

/// Wraps a line. Continuation lines are indented like the text of the first line. Lines without
/// Chinese (mostly commands) and commands with a comment after them are not wrapped.
pub(super) fn line(line: &str, width: usize) -> Cow<'_, str> {
    let bare = without_escapes(line);
    if columns(&bare) <= width || !bare.contains(is_wide) || bare.contains(" # ") {
        return line.into();
    }
    let indent = hanging_indent(&bare);
    let indent = match indent + NARROWEST > width {
        true => indent.min(2),
        false => indent,
    };
    let whole = in_lines(line, indent, width);
    if !ends_alone(&whole) {
        return whole.into();
    }
    // If possible without another line, avoids a last line that consists of a single character.
    let lines = whole.lines().count();
    let narrower = (1..=4).map(|less| in_lines(line, indent, width.saturating_sub(2 * less)));
    let better = |it: &String| !ends_alone(it) && it.lines().count() == lines;
    narrower.into_iter().find(better).unwrap_or(whole).into()
}

/// Returns whether the last line consists of at most one character, apart from punctuation marks at
/// its end.
fn ends_alone(folded: &str) -> bool {
    let last = folded.lines().next_back().unwrap_or_default();
    let last = without_escapes(last.trim());
    let last = last.trim_end_matches(|c| CLOSING.contains(c));
    last.chars().count() <= 1
}

/// Wraps the lines of a help text. As in clap, if there is too little space for one of the
/// descriptions beside the options, all descriptions in the same block of lines are put below their
/// options.
pub(super) fn help(lines: &[Cow<'_, str>], width: usize) -> String {
    let mut text = String::new();
    let is_blank = |line: &Cow<'_, str>| line.trim().is_empty();
    for block in lines.chunk_by(|one, other| is_blank(one) == is_blank(other)) {
        let narrow = block.iter().any(|line| has_no_room(line, width));
        for line in block {
            match option(line).filter(|_| narrow) {
                None => text += &self::line(line, width),
                Some((option, about)) => {
                    text += &format!("{option}\n");
                    let about = format!("{}{about}", " ".repeat(BELOW));
                    text += &self::line(&about, width);
                }
            }
        }
    }
    text
}

/// Returns whether there is too little space for the description beside its option.
fn has_no_room(line: &str, width: usize) -> bool {
    let bare = without_escapes(line);
    let too_long = columns(&bare) > width && bare.contains(is_wide);
    too_long && option(line).is_some() && hanging_indent(&bare) + NARROWEST > width
}

/// Splits a line of help into the option or argument and its description; returns `None` if the
/// line does not have these two columns.
fn option(line: &str) -> Option<(&str, &str)> {
    let inner = line.trim_start_matches(' ');
    if inner.len() == line.len() || !without_escapes(inner).starts_with(['-', '<', '[']) {
        return None;
    }
    let (first, about) = inner.split_once("  ")?;
    let option = line.get(..line.len() - inner.len() + first.len())?;
    Some((option, about.trim_start_matches(' ')))
}

fn in_lines(line: &str, indent: usize, width: usize) -> String {
    let mut folded = String::with_capacity(line.len() + 64);
    let (mut used, mut is_first) = (0, true);
    for word in words(line) {
        let needed = columns(&without_escapes(word.trim_end()));
        if used + needed > width && !is_first {
            folded.truncate(folded.trim_end_matches(' ').len());
            folded.push('\n');
            folded.extend(std::iter::repeat_n(' ', indent));
            used = indent;
            let word = word.trim_start_matches(' ');
            folded.push_str(word);
            used += columns(&without_escapes(word));
            continue;
        }
        is_first &= word.trim().is_empty();
        folded.push_str(word);
        used += columns(&without_escapes(word));
    }
    folded
}

/// Returns the indent of continuation lines. It aligns them with the text after a dash, or with the
/// second column if the line is indented and has two; otherwise, it is the indent of the line
/// itself.
fn hanging_indent(bare: &str) -> usize {
    let indent = bare.len() - bare.trim_start().len();
    let inner = bare.trim_start();
    if inner.starts_with("- ") {
        return indent + 2;
    }
    let Some((first, rest)) = inner.split_once("  ") else {
        return indent;
    };
    let gap = rest.len() - rest.trim_start().len();
    match indent {
        0 => 0,
        _ => indent + columns(first) + 2 + gap,
    }
}

/// Splits a line at all places where it may be broken. Spaces are at the ends of the parts; escape
/// sequences may be anywhere.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut begin, mut previous, mut in_escape) = (0, None::<char>, false);
    for (at, c) in line.char_indices() {
        if in_escape {
            in_escape = c != 'm';
            continue;
        }
        if c == '\x1b' {
            in_escape = true;
            continue;
        }
        if let Some(previous) = previous.replace(c)
            && may_fold(previous, c)
        {
            words.extend(line.get(begin..at));
            begin = at;
        }
    }
    words.extend(line.get(begin..));
    words
}

fn may_fold(before: char, after: char) -> bool {
    if after == ' ' || CLOSING.contains(after) {
        return false;
    }
    if before == ' ' {
        return true;
    }
    (is_wide(before) || is_wide(after)) && !OPENING.contains(before)
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

fn columns(bare: &str) -> usize {
    bare.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Returns the text without escape sequences for colours.
pub(super) fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\x1b') {
        return text.into();
    }
    let mut in_escape = false;
    let bare = text.chars().filter(|c| {
        let skipped = in_escape || *c == '\x1b';
        in_escape = skipped && *c != 'm';
        !skipped
    });
    bare.collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_folded_between_any_two_characters_but_not_before_a_full_stop() {
        assert_eq!(line("一二三四五六\n", 8), "一二三四\n五六\n");
        assert_eq!(line("一二三四。五六\n", 8), "一二三\n四。五六\n");
        assert_eq!(line("一二（三四）\n", 6), "一二\n（三\n四）\n");
    }

    #[test]
    fn what_follows_begins_where_the_words_do() {
        let folded = line("  --name <N>  一二三四五六七八九十一二三四五六\n", 36);
        let expected = "  --name <N>  一二三四五六七八九十一\n              二三四五六\n";
        assert_eq!(folded, expected);
        let folded = line("          - zh: 一二三四五六七八九十\n", 34);
        assert_eq!(
            folded,
            "          - zh: 一二三四五六七八\n            九十\n"
        );
    }

    #[test]
    fn where_there_is_no_room_texts_are_below_their_options() {
        let lines = [
            "Options:\n",
            "      --interval <TIME>  一二三四五六七八九十\n",
            "  -h, --help             一二\n",
            "\n",
        ];
        let expected = "Options:\n      --interval <TIME>\n          一二三四五六七八九十\n  \
                        -h, --help\n          一二\n\n";
        assert_eq!(help(&lines.map(Cow::from), 36), expected);
        assert_eq!(help(&lines.map(Cow::from), 60), lines.concat());
    }

    #[test]
    fn no_last_line_is_a_single_character() {
        assert_eq!(
            line("一二三四五六七八九。\n", 16),
            "一二三四五六七\n八九。\n"
        );
    }

    #[test]
    fn words_of_latin_letters_and_commands_stay_whole() {
        assert_eq!(line("一二 abc def 三\n", 10), "一二 abc\ndef 三\n");
        let command = "  aihc-dev create --name first --pool cce-1   # 一二三四\n";
        assert_eq!(line(command, 20), command);
        let english = "a b c d e f g\n";
        assert_eq!(line(english, 5), english);
    }

    #[test]
    fn colours_take_no_room() {
        let coloured = "\x1b[1m一二\x1b[0m三四\n";
        assert_eq!(line(coloured, 8), coloured);
        assert_eq!(line(coloured, 6), "\x1b[1m一二\x1b[0m\n三四\n");
        assert_eq!(without_escapes("\x1b[1ma\x1b[0mb"), "ab");
    }
}
