//! Escapes texts for Markdown.

use serde_json::Value;

use super::lines::is_number_of_list;

/// Escapes plain text for Markdown, so that it contains no HTML, and no links except those to the
/// addresses in it. Text between backquotes stays code if all of it is harmless, and names such as
/// `sshEnable` become code.
pub(crate) fn escape(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts: Vec<&str> = text.split('`').collect();
    let text = if has_only_plain_code(&parts) {
        let part = |(index, part): (usize, &&str)| match index % 2 {
            0 => escape_words(part),
            _ => format!("`{part}`"),
        };
        parts.iter().enumerate().map(part).collect()
    } else {
        escape_words(&text)
    };
    match text.split(' ').next() {
        Some("-" | "+") => format!("\\{text}"),
        Some(word) if word.starts_with(['>', '#', '|', '~']) => format!("\\{text}"),
        Some(word) if is_number_of_list(word) => {
            let (number, rest) = text.split_at(word.len() - 1);
            format!("{number}\\{rest}")
        }
        _ => text,
    }
}

/// Returns whether the backquotes of a text form pairs that contain only harmless code. `parts` is
/// the text, split at its backquotes. Since the text is not trusted, the code must contain neither
/// HTML nor invisible characters.
fn has_only_plain_code(parts: &[&str]) -> bool {
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || " _-./:=,\"'*{}+$%@~#&|()[]!?;^…".contains(c);
    let is_apart = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    let is_code = |around: &[&str]| match *around {
        [before, code, after] => {
            !code.is_empty()
                && code.chars().all(is_plain)
                && is_apart(before.chars().next_back())
                && is_apart(after.chars().next())
        }
        _ => true,
    };
    // An odd number of parts means that every backquote has a partner.
    parts.len() % 2 == 1 && parts.windows(3).step_by(2).all(is_code)
}

fn escape_words(text: &str) -> String {
    let words: Vec<String> = text.split(' ').map(escape_word).collect();
    words.join(" ")
}

fn escape_word(word: &str) -> String {
    let Some(start) = word.find("https://").or_else(|| word.find("http://")) else {
        return escape_marks(word);
    };
    let (before, address) = word.split_at(start);
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    let end = address.find(|c| !legal(c)).unwrap_or(address.len());
    let end = address
        .get(..end)
        .unwrap_or(address)
        .trim_end_matches(['.', ',', ';', ':', ')', ']', '\''])
        .len();
    let (address, after) = address.split_at(end);
    format!("{}<{address}>{}", escape_marks(before), escape_marks(after))
}

fn escape_marks(text: &str) -> String {
    if let Some(name) = api_name(text) {
        return text.replace(name, &format!("`{name}`"));
    }
    text.replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
        .replace('<', "\\<")
        .replace('*', "\\*")
        .replace('`', "'")
}

/// Returns the name of an API member that a word contains, such as `volumnConfs` in `volumnConfs,`;
/// `None` if it contains no such name.
fn api_name(word: &str) -> Option<&str> {
    let name = word.trim_matches(|c: char| "'\".,;:()!?".contains(c));
    let legal = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    (legal && name.contains(|c: char| c.is_ascii_uppercase())).then_some(name)
}

/// Formats a JSON value for use inside backquotes.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => code(text),
        other => code(&other.to_string()),
    }
}

/// Formats a string for use inside backquotes: as a single line without backquotes.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::new();
    for c in text.chars() {
        match c {
            '`' => code.push('\''),
            c if c.is_control() => code.extend(c.escape_default()),
            c => code.push(c),
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_description_becomes_a_link_or_html() {
        assert_eq!(
            escape("List<T> [x] `y[0] z`, * `z"),
            "List\\<T> \\[x\\] 'y\\[0\\] z', \\* 'z"
        );
        assert_eq!(
            escape(" [`y[0]`](a) `camelCase`\n* `z`. "),
            "\\[`y[0]`\\](a) `camelCase` \\* `z`."
        );
        assert_eq!(escape("``"), "''");
        // Code that could become something else if it were broken open, or that has no end.
        assert_eq!(escape("`y <z>` `a`"), "'y \\<z>' 'a'");
        assert_eq!(escape("`\u{202e}``<z>`"), "'\u{202e}''\\<z>'");
        assert_eq!(escape("fooBar`x`"), "fooBar'x'");
        assert_eq!(
            escape("see https://a.example/b."),
            "see <https://a.example/b>."
        );
        assert_eq!(escape("(https://a.example)"), "(<https://a.example>)");
        assert_eq!(
            escape("参见https://a.example/b页面 http://x/<id>"),
            "参见<https://a.example/b>页面 <http://x/>\\<id>"
        );
        assert_eq!(escape("- dash"), "\\- dash");
        assert_eq!(escape("1. first"), "1\\. first");
        assert_eq!(escape("1.5x"), "1.5x");
    }
}
