//! Repair of documents that a strict reader refuses because of a single string or member name.
//!
//! The repairs are made in place, in a copy of the document. Its length changes only if the
//! document has bytes that are not UTF-8. Otherwise, the line and the column of an error are those
//! in the document that was received.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::DEEPEST;
use super::deadline_reader::Steps;
use super::scan::scan_json;

/// What replaces an unpaired surrogate: U+FFFD, as an escape of the same length.
const REPLACEMENT: &[u8] = br"\ufffd";

/// What replaces bytes that are not UTF-8.
const REPLACED: &str = "\u{fffd}";

/// Replacing bytes that are not UTF-8 may lengthen a document by at most half of its length plus
/// this number of bytes.
const FEW: usize = 1 << 20;

/// The search for members with the same name ends once the objects around the current position have
/// more than this many members in total. An object of this size is probably a map, and when a map
/// is read, the last of several entries with the same name is used anyway.
const MOST_MEMBERS: usize = 16 << 10;

/// A member name of more bytes than this keeps its escapes when it is compared with other names.
const LONGEST_NAME: usize = 64 << 10;

/// Repairs a document: U+FFFD replaces unpaired surrogates and bytes that are not UTF-8, and of
/// several members with the same name, only the last one is kept. In a document that is not JSON
/// for another reason, only the bytes that are not UTF-8 are replaced. Returns `None` if there is
/// nothing to repair, if the document does not begin like an object, a list or a string, or if it
/// contains too many bytes that are not UTF-8. Once the time limit has passed, returns `None` or a
/// document that is not repaired completely.
pub(super) fn repaired(body: &[u8]) -> Option<String> {
    if !matches!(body.trim_ascii_start().first(), Some(b'{' | b'[' | b'"')) {
        return None;
    }
    let text = text(body)?;
    let surrogate = next_lone_surrogate(text.as_bytes(), 0);
    let doubled = doubled_members(text.as_bytes());
    if surrogate.is_none() && doubled.is_empty() || scan_json(body).is_err() {
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
    for member in doubled {
        if let Some(place) = json.get_mut(member.start()..member.end()) {
            place.fill(b' ');
        }
    }
    String::from_utf8(json).ok()
}

/// Returns the document as a string, with U+FFFD in place of bytes that are not UTF-8. Returns
/// `None` if this would lengthen the document by more than half of its length plus `FEW` bytes, or
/// if the time limit passes first.
fn text(body: &[u8]) -> Option<Cow<'_, str>> {
    // This recognizes valid text several times faster than the loop below.
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

/// Returns the position of the first unpaired surrogate at or after `from`; `None` if there is
/// none, or if the time limit passes first. `from` must not be inside an escape. Escapes occur only
/// in strings, so there is no need to find the strings themselves.
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

/// Returns the number in the escape `\uXXXX` at a position, or `None` if there is no such escape.
fn escaped_unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(br"\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// A member of an object: the position of its name, and the position after the comma that follows
/// the member. Positions have 32 bits, because a document of small members has a great many of
/// them.
#[derive(Clone, Copy)]
struct Member {
    start: u32,
    end: u32,
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Member {
    fn beginning_at(at: usize) -> Self {
        let start = position(at);
        Self { start, end: start }
    }

    fn start(&self) -> usize {
        self.start as usize
    }

    fn end(&self) -> usize {
        self.end as usize
    }
}

/// Returns the members, at every level, that are followed by another member of the same object with
/// the same name. Stops where a document is nested more deeply than `serde_json` accepts, where it
/// has too many members, or when the time limit passes.
fn doubled_members(json: &[u8]) -> Vec<Member> {
    let mut doubled = Vec::new();
    if u32::try_from(json.len()).is_err() {
        return doubled;
    }
    // The members of all open objects, and the index of the first member of each; `None` for a
    // list.
    let mut members: Vec<Member> = Vec::new();
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut name_follows = false;
    let mut at = 0;
    let mut steps = Steps::new();
    while let Some(byte) = json.get(at) {
        if steps.is_late(at) {
            break;
        }
        match byte {
            b'"' => {
                if std::mem::take(&mut name_follows) {
                    if members.len() == MOST_MEMBERS {
                        break;
                    }
                    members.push(Member::beginning_at(at));
                }
                match end_of_text(json, at, &mut steps) {
                    Some(end) => at = end,
                    None => break,
                }
                continue;
            }
            b'{' | b'[' if open.len() == DEEPEST => break,
            b'{' => {
                open.push(Some(members.len()));
                name_follows = true;
            }
            b'[' => open.push(None),
            b',' if matches!(open.last(), Some(Some(_))) => {
                if let Some(member) = members.last_mut() {
                    member.end = position(at + 1);
                }
                name_follows = true;
            }
            b'}' => {
                name_follows = false;
                if let Some(Some(first)) = open.pop() {
                    let of_object = members.get(first..).unwrap_or_default();
                    add_doubled(json, of_object, &mut doubled);
                    members.truncate(first);
                }
            }
            b']' => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    doubled
}

/// Adds the members of one object that are followed by another member with the same name. Adds none
/// if the time limit passes.
fn add_doubled(json: &[u8], members: &[Member], doubled: &mut Vec<Member>) {
    let mut steps = Steps::new();
    let mut named = Vec::with_capacity(members.len());
    for member in members {
        if steps.is_late(member.start()) {
            return;
        }
        named.push((name_at(json, member.start()), *member));
    }
    named.sort_unstable_by(|(name, one), (other_name, other)| {
        name.cmp(other_name).then(one.start.cmp(&other.start))
    });
    for pair in named.windows(2) {
        if let [(name, member), (next, _)] = pair
            && name == next
        {
            doubled.push(*member);
        }
    }
}

/// Returns the name at a position, with its quotes and without escapes; a long name keeps its
/// escapes.
fn name_at(json: &[u8], at: usize) -> Cow<'_, str> {
    let end = end_of_text(json, at, &mut Steps::endless());
    let quoted = end.and_then(|end| json.get(at..end)).unwrap_or_default();
    let plain = std::str::from_utf8(quoted).unwrap_or_default();
    if memchr(b'\\', quoted).is_none() || quoted.len() > LONGEST_NAME {
        return Cow::Borrowed(plain);
    }
    // Both forms keep the quotes, because a name with escapes may equal one without.
    let unescaped = serde_json::from_str::<String>(plain);
    unescaped.map_or(Cow::Borrowed(plain), |name| format!("\"{name}\"").into())
}

/// Returns the position after the string that begins at a position, or the end of the document if
/// the string does not end; `None` if the time limit passes first.
fn end_of_text(json: &[u8], at: usize, steps: &mut Steps) -> Option<usize> {
    let mut at = at + 1;
    while let Some(found) = json.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if json.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
        if steps.is_late(at) {
            return None;
        }
    }
    Some(json.len())
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
        // A truncated character must not swallow the quote.
        assert_eq!(text(b"\"\xe6\x9c\""), "\"\u{fffd}\"");
    }

    #[test]
    fn what_is_hardly_text_at_all_is_left_alone() {
        assert!(text(&vec![0xff; FEW / 4]).is_some());
        assert!(text(&vec![0xff; FEW]).is_none());
    }

    #[test]
    fn what_has_too_many_members_is_not_searched_for_doubled_ones() {
        let members = |count: usize| format!("{{{}\"a\":0}}", "\"a\":0,".repeat(count - 1));
        assert!(repaired(members(MOST_MEMBERS).as_bytes()).is_some());
        assert_eq!(repaired(members(MOST_MEMBERS + 1).as_bytes()), None);
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
    fn of_doubled_members_the_last_is_left() {
        for (before, expected) in [
            (r#"{"a":1,"a":2}"#, r#"{      "a":2}"#),
            (
                r#"{"a":1,"b":{"c":[],"c":{}},"a":null}"#,
                r#"{      "b":{       "c":{}},"a":null}"#,
            ),
            (r#"{"a":1 , "a":2,"a":3}"#, r#"{              "a":3}"#),
            (
                r#"[{"a":"}","a":1},{"a":2}]"#,
                r#"[{        "a":1},{"a":2}]"#,
            ),
            (r#"{"a\"":1,"a\"":2}"#, r#"{        "a\"":2}"#),
            (r#"{"ab":1,"\u0061b":2}"#, r#"{       "\u0061b":2}"#),
            // A dropped member may contain doubled members itself.
            (
                r#"{"a":{"b":1,"b":2},"a":0}"#,
                r#"{                  "a":0}"#,
            ),
        ] {
            assert_eq!(after(before), expected);
        }
        for single in [
            r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#,
            r#"{"a":"b","b":"a"}"#,
            "{}",
            "[[],{},\"\"]",
            "1",
        ] {
            assert_eq!(repaired(single.as_bytes()), None, "{single}");
        }
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        for broken in [
            r#"{"a":nothing,"a":2}"#,
            r#"{"a":1,"a":2"#,
            r#"{"a":1,"a":2}}"#,
            r#""\ud80""#,
            r#""\ud800"#,
            "<html>\\ud800</html>",
            "",
        ] {
            assert_eq!(repaired(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn what_is_deeper_than_any_reader_goes_is_left_alone() {
        let nested = |depth: usize| {
            let inner = r#"{"a":1,"a":2}"#;
            format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth))
        };
        let is_readable = |json: &str| serde_json::from_str::<Value>(json).is_ok();
        let (deepest, deeper) = (nested(DEEPEST - 1), nested(DEEPEST));
        assert!(is_readable(&deepest) && !is_readable(&deeper));
        assert!(repaired(deepest.as_bytes()).is_some());
        assert_eq!(repaired(deeper.as_bytes()), None);
    }

    /// Generates JSON text in which names of members often occur twice, because there are only a
    /// few different ones.
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
            // A map also keeps the last of doubled members, but cannot read unpaired surrogates.
            let expected: Value = serde_json::from_str(&json.replace("\\ud800", "\\ufffd")).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&repaired).unwrap(), expected);
            prop_assert_eq!(super::repaired(repaired.as_bytes()), None);
        }

        #[test]
        fn nothing_makes_it_panic(json in "[\\[\\]{}:,\"a\\\\ud8cf ]{0,40}") {
            let json = json.as_bytes();
            next_lone_surrogate(json, 0);
            doubled_members(json);
        }
    }
}
