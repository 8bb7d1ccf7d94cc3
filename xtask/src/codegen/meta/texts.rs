//! Reads the English texts of Baidu's API metadata from `i18n/en-US`, and converts them to plain
//! text.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::schema::read_json;

/// The texts of one product. The keys are like `bcc.CreateAsp.name` and `common.marker`.
#[derive(Debug, Default)]
pub(super) struct Texts(BTreeMap<String, String>);

impl Texts {
    /// Reads the texts of a product. If a file is missing or invalid, its operation has no texts.
    pub(super) fn read(root: &Path, product: &str) -> Self {
        let root = root.join("i18n/en-US");
        let mut texts = Self::default();
        if let Ok(common) = read_json::<Value>(&root.join("common.json")) {
            texts.add("common", &common);
        }
        let files = std::fs::read_dir(root.join(product)).into_iter().flatten();
        let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
        paths.sort();
        for path in paths {
            if let Ok(file) = read_json::<Value>(&path) {
                texts.add(product, &file);
            }
        }
        texts
    }

    fn add(&mut self, prefix: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    self.add(&format!("{prefix}.{name}"), value);
                }
            }
            Value::String(text) => {
                let text = plain(text);
                if !text.is_empty() {
                    self.0.insert(prefix.to_owned(), text);
                }
            }
            _ => {}
        }
    }

    /// Returns the text for a key; `None` if there is none.
    pub(super) fn get(&self, key: Option<&str>) -> Option<&str> {
        self.0.get(key?).map(String::as_str)
    }
}

/// Removes HTML tags, and the backquotes, double asterisks and escapes of Markdown. Replaces HTML
/// entities with their characters, and links with their text and web address. Any other Markdown is
/// escaped when the text becomes a doc comment.
pub(super) fn plain(text: &str) -> String {
    let text = without_tags(text);
    let text = without_links(&text);
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(next)) if next.is_ascii_punctuation() => {}
            ('*', Some('*')) => {
                chars.next();
            }
            ('`', _) => {}
            _ => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Replaces HTML tags with spaces, and HTML entities with the characters that they stand for. A `<`
/// that does not begin a tag is kept.
fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        out.push_str(before);
        let name = tag.trim_start_matches(['<', '/']);
        let end = tag.find('>').filter(|_| {
            HTML.iter().any(|known| {
                let after = name.get(known.len()..).and_then(|rest| rest.chars().next());
                let same = name
                    .get(..known.len())
                    .is_some_and(|it| it.eq_ignore_ascii_case(known));
                same && after.is_some_and(|c| !c.is_ascii_alphanumeric())
            })
        });
        let (skipped, replacement) = end.map_or((1, "<"), |end| (end + 1, " "));
        out.push_str(replacement);
        rest = tag.get(skipped..).unwrap_or_default();
    }
    out.push_str(rest);
    ENTITIES.iter().fold(out, |text, (entity, stands_for)| {
        text.replace(entity, stands_for)
    })
}

/// The HTML tags that occur in the texts of Baidu's API metadata.
const HTML: &[&str] = &[
    "a", "b", "br", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "i", "li", "ol", "p",
    "pre", "span", "strong", "sup", "sub", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
];

const ENTITIES: &[(&str, &str)] = &[
    ("&nbsp;", " "),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&amp;", "&"),
];

/// Converts `[text](address)` to `text (address)`, or only `text` if the address does not begin
/// with `http`.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let (before, after) = rest.split_at(middle);
        let (Some(open), Some(close)) = (before.rfind('['), after.find(')')) else {
            let (kept, left) = rest.split_at(middle + 2);
            out.push_str(kept);
            rest = left;
            continue;
        };
        let address = after.get(2..close).unwrap_or_default();
        out.push_str(before.get(..open).unwrap_or_default());
        out.push_str(before.get(open + 1..).unwrap_or_default());
        if address.starts_with("http") {
            out.push_str(&format!(" ({address})"));
        }
        rest = after.get(close + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_is_no_text_goes() {
        assert_eq!(
            plain("One<br/>two</BR> <b>three</b>&nbsp;&lt;4&gt;"),
            "One two three <4>"
        );
        assert_eq!(
            plain("valid values \\[ allow \\| deny ]"),
            "valid values [ allow | deny ]"
        );
        assert_eq!(plain("`Bind` or **Unbind**\n now"), "Bind or Unbind now");
        assert_eq!(plain("a < b and <name> stay"), "a < b and <name> stay");
    }

    #[test]
    fn links_keep_their_words_and_addresses() {
        let text = "See [the list](https://example.org/a) and [more](#more), f](x and [y](";
        assert_eq!(
            plain(text),
            "See the list (https://example.org/a) and more, f](x and [y]("
        );
    }
}
