//! What is made of documents that a strict reader refuses because of one text.
//!
//! Everything happens in place, in a copy of the document: but for what is not UTF-8 it stays as long
//! as it was, and the line and the column of an error are those of what came.

use std::borrow::Cow;

use memchr::memchr;

use super::deadline_reader::Steps;
use super::scan::scan_json;

/// What a surrogate that stands alone becomes: U+FFFD, as long as the escape that it replaces.
const REPLACEMENT: &[u8] = br"\ufffd";

/// What becomes of bytes that are not UTF-8.
const REPLACED: &str = "\u{fffd}";

/// So much longer a text may always get, in bytes, by what is not UTF-8 in it.
const FEW: usize = 1 << 20;

/// The document with U+FFFD in place of surrogates that stand alone and of what is not UTF-8. `None`
/// where nothing is to be done, or nothing can be: what is not a JSON object stays as it is.
pub(super) fn repaired(body: &[u8]) -> Option<String> {
    if !matches!(body.trim_ascii_start().first(), Some(b'{' | b'[' | b'"')) {
        return None;
    }
    let text = text(body)?;
    let surrogate = next_lone_surrogate(text.as_bytes(), 0);
    if surrogate.is_none() || scan_json(body).is_err() {
        return match text {
            Cow::Owned(text) => Some(text),
            Cow::Borrowed(_) => None,
        };
    }
    let mut json = text.into_owned().into_bytes();
    let mut next = surrogate;
    while let Some(at) = next {
        if let Some(escape) = json.get_mut(at..at + 6) {
            escape.copy_from_slice(REPLACEMENT);
        }
        next = next_lone_surrogate(&json, at + 6);
    }
    String::from_utf8(json).ok()
}

/// The document as text, with U+FFFD in place of what is not UTF-8. `None` when so much is not that the
/// text would be half as long again.
fn text(body: &[u8]) -> Option<Cow<'_, str>> {
    // Valid text is recognised several times faster here than piece by piece.
    if let Ok(text) = std::str::from_utf8(body) {
        return Some(Cow::Borrowed(text));
    }
    let mut steps = Steps::new();
    let mut length = 0;
    for piece in body.utf8_chunks() {
        let replaced = !piece.invalid().is_empty();
        length += piece.valid().len() + usize::from(replaced) * REPLACED.len();
        if steps.is_late(length) {
            return None;
        }
    }
    if length > body.len() + body.len() / 2 + FEW {
        return None;
    }
    let mut text = String::with_capacity(length);
    for piece in body.utf8_chunks() {
        text.push_str(piece.valid());
        if !piece.invalid().is_empty() {
            text.push_str(REPLACED);
        }
        if steps.is_late(text.len()) {
            return None;
        }
    }
    Some(Cow::Owned(text))
}

/// Where the next surrogate stands alone, from a position on that is not within an escape. Escapes
/// stand in texts only, so the texts themselves need not be found.
fn next_lone_surrogate(json: &[u8], from: usize) -> Option<usize> {
    let mut steps = Steps::new();
    let mut at = from;
    while let Some(found) = json.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        at += found;
        at += match (escaped_unit(json, at), escaped_unit(json, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => return Some(at),
            _ => 2,
        };
        if steps.is_late(at - from) {
            break;
        }
    }
    None
}

/// The number of the escape `\uXXXX` at a position.
fn escaped_unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(br"\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn after(json: &str) -> String {
        let repaired = repaired(json.as_bytes()).unwrap();
        assert_eq!(repaired.len(), json.len(), "{repaired}");
        repaired
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        let text = |body| text(body).unwrap();
        assert_eq!(text(b"\"a\xffb\""), "\"a\u{fffd}b\"");
        assert_eq!(text("\"机\"".as_bytes()), "\"机\"");
        // A cut character does not take the quote with it.
        assert_eq!(text(b"\"\xe6\x9c\""), "\"\u{fffd}\"");
    }

    #[test]
    fn what_is_hardly_text_at_all_is_left_alone() {
        assert!(text(&vec![0xff; FEW / 4]).is_some());
        assert!(text(&vec![0xff; FEW]).is_none());
    }

    #[test]
    fn surrogates_that_stand_alone_are_replaced_and_pairs_are_not() {
        for (before, expected) in [
            (r#""a\ud800b""#, "a\u{fffd}b"),
            (r#""\uDFFF""#, "\u{fffd}"),
            (r#""\ud800\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\ud83d\\ude00""#, "\u{fffd}\\ude00"),
            (r#""\\\ud83d""#, "\\\u{fffd}"),
        ] {
            let read: String = serde_json::from_str(&after(before)).unwrap();
            assert_eq!(read, expected, "{before}");
        }
        for whole in [r#""\ud83d\ude00""#, r#""\\ud800""#, r#""\\\\ud800\u00e4""#] {
            assert_eq!(repaired(whole.as_bytes()), None, "{whole}");
        }
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        for broken in [
            r#"{"a":nothing,"b":"\ud800"}"#,
            r#"{"a":1,"b":"\ud800""#,
            r#"{"a":1,"b":"\ud800"}}"#,
            r#""\ud80""#,
            r#""\ud800"#,
            "<html>\\ud800</html>",
            "",
        ] {
            assert_eq!(repaired(broken.as_bytes()), None, "{broken}");
        }
    }

    /// JSON with surrogates that stand alone, as text.
    fn document() -> impl Strategy<Value = String> {
        let name = || prop::sample::select(vec!["\"a\"", "\"b\"", "\"\\u0061\"", "\"\""]);
        let texts = vec!["\"\"", "\"\\ud800\"", "\"{\\\"a\\\":1,\"", "1", "null"];
        prop::sample::select(texts)
            .prop_map(str::to_owned)
            .prop_recursive(4, 40, 5, move |inner| {
                let member =
                    (name(), inner.clone()).prop_map(|(name, value)| format!("{name} : {value}"));
                prop_oneof![
                    prop::collection::vec(inner, 0..4)
                        .prop_map(|all| format!("[{}]", all.join(", "))),
                    prop::collection::vec(member, 0..5)
                        .prop_map(|all| format!("{{{}}}", all.join(" ,"))),
                ]
            })
    }

    proptest! {
        #[test]
        fn a_repaired_document_says_the_same(json in document()) {
            let Some(repaired) = repaired(json.as_bytes()) else { return Ok(()) };
            let expected: Value = serde_json::from_str(&json.replace("\\ud800", "\\ufffd")).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&repaired).unwrap(), expected);
            prop_assert_eq!(super::repaired(repaired.as_bytes()), None);
        }

        #[test]
        fn nothing_makes_it_panic(json in "[\\[\\]{}:,\"a\\\\ud8cf ]{0,40}") {
            let json = json.as_bytes();
            next_lone_surrogate(json, 0);
            repaired(json);
        }
    }
}
