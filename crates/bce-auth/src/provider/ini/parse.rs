//! The format of the INI files of older tools.
//!
//! Several programs write such files, each in its own dialect. This parser reads what all dialects
//! have in common. No character has a special meaning in a value, so any secret can be read:
//!
//! - `[name]` begins a section. `key = value` sets a key; the line is split at the first `=`.
//!   Spaces and tabs around the key and the value are removed, and the value is otherwise taken
//!   literally: there are no quotes, escapes, comments or continuation lines.
//! - A line that is blank, or that begins with `#` or `;`, is ignored.
//! - The names of sections and keys are ASCII case-insensitive. No section may occur twice, because
//!   programs disagree on which one takes effect.

use std::collections::HashSet;

/// A section, or the part of the file before the first section.
#[derive(Default)]
pub(super) struct Section<'a> {
    /// The name of the section; `None` for the part before the first section.
    pub(super) name: Option<&'a str>,
    pub(super) entries: Vec<Entry<'a>>,
}

/// A key and its value.
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a str,
    /// The number of the line in the file, counted from 1.
    pub(super) line: usize,
}

/// Parses a file. The first item is the part before the first section. The error states a line
/// number, and contains no part of the file.
pub(super) fn parse(text: &str) -> Result<Vec<Section<'_>>, String> {
    let mut sections = Vec::new();
    let mut section = Section::default();
    let mut names = HashSet::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let line = trim(line);
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            let name = header.strip_suffix(']').map(trim);
            let Some(name) = name.filter(|name| !name.is_empty()) else {
                return Err(format!("line {number} is not a valid [section]"));
            };
            if !names.insert(name.to_ascii_lowercase()) {
                return Err(format!(
                    "line {number} begins a section that has occurred before"
                ));
            }
            let next = Section {
                name: Some(name),
                entries: Vec::new(),
            };
            sections.push(std::mem::replace(&mut section, next));
            continue;
        }
        let pair = line
            .split_once('=')
            .map(|(key, value)| (trim(key), trim(value)));
        let Some((key, value)) = pair.filter(|(key, _)| !key.is_empty()) else {
            return Err(format!(
                "line {number} is neither `key = value` nor a [section]"
            ));
        };
        section.entries.push(Entry {
            key,
            value,
            line: number,
        });
    }
    sections.push(section);
    Ok(sections)
}

/// Removes surrounding spaces, tabs and carriage returns. Other white space may be part of a value.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs<'a>(text: &'a str) -> Vec<(Option<&'a str>, &'a str, &'a str)> {
        let sections = parse(text).unwrap();
        let all = sections.iter().flat_map(|section| {
            let pair = |entry: &Entry<'a>| (section.name, entry.key, entry.value);
            section.entries.iter().map(pair)
        });
        all.collect()
    }

    #[test]
    fn keys_belong_to_the_section_before_them() {
        let text = "a = 1\n[one]\n\tb=2\r\n\r\n# c = 3\n  ; d = 4\n[ two ]\nc =3  \ne =\n[three]";
        assert_eq!(
            pairs(text),
            [
                (None, "a", "1"),
                (Some("one"), "b", "2"),
                (Some("two"), "c", "3"),
                (Some("two"), "e", ""),
            ]
        );
        assert_eq!(parse(text).unwrap().last().unwrap().name, Some("three"));
        assert!(pairs("").is_empty());
    }

    #[test]
    fn a_value_is_kept_verbatim() {
        let secret = r##"a#b;c:d=e%f\g"h'i %(j)s [k] ${l} 'm' \n=="##;
        assert_eq!(pairs(&format!("sk = {secret} \n")), [(None, "sk", secret)]);
        for secret in ["#x", ";x", "=x", "[x]", "\"x\"", "\u{a0}x"] {
            assert_eq!(pairs(&format!("sk={secret}")), [(None, "sk", secret)]);
        }
    }

    #[test]
    fn a_line_that_means_nothing_is_refused_by_its_number() {
        for (text, number) in [
            ("hidden", 1),
            ("a = 1\n\n[x]\n= hidden", 4),
            ("[hidden", 1),
            ("[]", 1),
            ("[ ]", 1),
            ("# c\n[x] ; hidden", 2),
            ("[hidden]\n[b]\n[HIDDEN]", 3),
        ] {
            let Err(error) = parse(text) else {
                panic!("{text:?} was accepted")
            };
            assert!(error.starts_with(&format!("line {number} ")), "{error}");
            assert!(!error.contains("hidden"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(?s).*", lines in "([\\[\\]=#;\"a \t\r\n\u{feff}]){0,40}") {
            let _ = parse(&text);
            let _ = parse(&lines);
        }

        #[test]
        fn a_value_that_was_written_is_read_back(
            values in prop::collection::vec("[^\n]{0,30}", 0..8),
            blanks in "[ \t]{0,3}",
            end in "\r?\n",
        ) {
            let values: Vec<_> = values.iter().map(|value| trim(value)).collect();
            let mut text = "[s]".to_owned() + &end;
            for (index, value) in values.iter().enumerate() {
                text += &format!("{blanks}k{index}{blanks}={blanks}{value}{blanks}{end}");
            }
            let read: Vec<_> = pairs(&text).iter().map(|(_, _, value)| *value).collect();
            prop_assert_eq!(read, values);
        }
    }
}
