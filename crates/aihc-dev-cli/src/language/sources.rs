//! The string literals in the sources of this crate, for tests.

use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::prose::{Piece, pieces};

/// The string literals in the sources, except for those in tests, in attributes, and in macros for
/// logs and developers.
#[derive(Default)]
pub(super) struct Sources {
    /// The literals that are looked up in the catalogue.
    pub(super) translated: Vec<Text>,
    /// The literals that are not looked up in the catalogue.
    pub(super) plain: Vec<Text>,
}

/// A string literal.
pub(super) struct Text {
    /// The path of the file, relative to `src`.
    pub(super) file: String,
    pub(super) text: String,
    /// The names of the values that are filled in.
    pub(super) values: Vec<String>,
}

/// The macros that look up their text in the catalogue.
const TRANSLATING: [&str; 2] = ["tr", "text"];
/// The macros whose texts are for logs or for developers.
const FOR_PROGRAMMERS: [&str; 12] = [
    "assert",
    "assert_eq",
    "debug_assert",
    "unreachable",
    "panic",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "include_str",
    "macro_rules",
];

impl Sources {
    pub(super) fn of(folder: &Path) -> Self {
        let mut sources = Self::default();
        sources.read_folder(folder, folder);
        sources
    }

    fn read_folder(&mut self, root: &Path, folder: &Path) {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in &paths {
            if path.is_dir() {
                self.read_folder(root, path);
            } else if path.extension().is_some_and(|end| end == "rs") && !is_test(path) {
                let file = path.strip_prefix(root).unwrap().to_str().unwrap();
                let text = std::fs::read_to_string(path).unwrap();
                self.read(&file.replace('\\', "/"), text.parse().unwrap());
            }
        }
    }

    fn read(&mut self, file: &str, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut rest = &tokens[..];
        while let Some((first, behind)) = rest.split_first() {
            rest = behind;
            match (first, behind) {
                (TokenTree::Punct(sign), [TokenTree::Group(attribute), ..])
                    if sign.as_char() == '#' =>
                {
                    rest = &behind[1..];
                    if attribute.stream().to_string().replace(' ', "") == "cfg(test)" {
                        rest = behind_item(rest);
                    }
                }
                // An attribute that applies to the whole file.
                (TokenTree::Punct(sign), [TokenTree::Punct(_), TokenTree::Group(_), ..])
                    if sign.as_char() == '#' =>
                {
                    rest = &behind[2..];
                }
                (
                    TokenTree::Ident(name),
                    [TokenTree::Punct(sign), TokenTree::Group(arguments), ..],
                ) if sign.as_char() == '!' => {
                    rest = &behind[2..];
                    let name = name.to_string();
                    if name == "paragraphs" {
                        self.read_paragraphs(file, arguments);
                    } else if TRANSLATING.contains(&name.as_str()) {
                        self.read_translated(file, arguments);
                    } else if !FOR_PROGRAMMERS.contains(&name.as_str()) {
                        self.read(file, arguments.stream());
                    }
                }
                (TokenTree::Ident(name), [TokenTree::Punct(_), TokenTree::Ident(_), ..])
                    if name == "macro_rules" =>
                {
                    rest = behind_item(behind);
                }
                (TokenTree::Group(group), _) => self.read(file, group.stream()),
                (TokenTree::Literal(_), _) => self.plain.extend(literal(first).map(|text| Text {
                    file: file.to_owned(),
                    text,
                    values: Vec::new(),
                })),
                _ => {}
            }
        }
    }

    fn read_paragraphs(&mut self, file: &str, arguments: &Group) {
        let text = arguments.stream().into_iter().next();
        let text = text.as_ref().and_then(literal).unwrap_or_default();
        for piece in pieces(&text) {
            if let Piece::Words(words) = piece {
                self.translated.push(Text {
                    file: file.to_owned(),
                    text: words.into_owned(),
                    values: Vec::new(),
                });
            }
        }
    }

    fn read_translated(&mut self, file: &str, arguments: &Group) {
        let tokens: Vec<_> = arguments.stream().into_iter().collect();
        let Some(text) = tokens.first().and_then(literal) else {
            panic!("{file}: the text of tr! is not a literal: {arguments}");
        };
        let values = tokens.windows(3).filter_map(|three| match three {
            [
                TokenTree::Punct(comma),
                TokenTree::Ident(name),
                TokenTree::Punct(equals),
            ] if comma.as_char() == ',' && equals.as_char() == '=' => Some(name.to_string()),
            _ => None,
        });
        self.translated.push(Text {
            file: file.to_owned(),
            text,
            values: values.collect(),
        });
        // The values may contain texts as well.
        self.read(file, tokens.into_iter().skip(1).collect());
    }
}

/// Returns the tokens after the item with which `tokens` begins.
fn behind_item(tokens: &[TokenTree]) -> &[TokenTree] {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(sign) => sign.as_char() == ';',
        _ => false,
    };
    let end = tokens.iter().position(is_end);
    end.map_or(&[], |end| &tokens[end + 1..])
}

/// Returns whether a file is a module that exists only in tests.
fn is_test(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let parent = path.parent().unwrap().join("mod.rs");
    let parent = std::fs::read_to_string(parent).unwrap_or_default();
    parent.contains(&format!("#[cfg(test)]\nmod {name};"))
}

fn literal(token: &TokenTree) -> Option<String> {
    let literal: syn::LitStr = syn::parse_str(&token.to_string()).ok()?;
    Some(literal.value())
}

/// Returns whether a string contains two consecutive words of lower-case English letters, and is
/// thus probably a text for users.
pub(super) fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| {
        let word = word.trim_matches(['.', ',', ';', ':', '?', '!', '(', ')', '`', '\'']);
        word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
    };
    let words: Vec<_> = text.split([' ', '\n']).collect();
    words.windows(2).any(|pair| pair.iter().all(is_word))
}

#[test]
fn sentences_are_told_from_names() {
    assert!(is_sentence("the queue is full") && is_sentence("{n}; all of the next"));
    for name in [
        "BCE_REGION",
        "{}: {}",
        "VERSION ID",
        "ssh -p {port} {target}",
        "content-type",
    ] {
        assert!(!is_sentence(name), "{name}");
    }
}
