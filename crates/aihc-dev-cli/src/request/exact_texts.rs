//! Tests that a string in a file that describes an instance is sent exactly as written, or refused.

use serde_json::{Value, json};

use super::file::parse;
use super::{Old, Schema};

const SCHEMA: Schema = Schema::of_create();

/// Returns the value of the environment variable `A` in a file that describes an instance; `None`
/// if the file is refused.
fn from_file(text: &str) -> Option<Value> {
    let given = parse(text).ok()?;
    let mut body = json!({});
    SCHEMA.fill(&mut body, given, Old::None).ok()?;
    Some(body["conf"]["envs"]["A"].clone())
}

fn from_option(text: &str) -> Option<Value> {
    let mut body = json!({});
    SCHEMA.set(&mut body, "envs.A", text, Old::None).ok()?;
    Some(body["conf"]["envs"]["A"].clone())
}

/// Returns whether a string may be written without quotes in YAML.
fn plain(text: &str) -> bool {
    let first = text.chars().next();
    !text.is_empty()
        && text.trim() == text
        && !first.is_some_and(|c| ",[]{}#&*!|>'\"%@`?:-".contains(c))
        && !text.contains([',', '[', ']', '{', '}'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !text
            .contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
}

#[track_caller]
fn arrives(text: &str) {
    let exact = Some(Value::from(text));
    let quoted = json!(text).to_string();
    let nothing = ["null", "Null", "NULL", "~"].contains(&text);
    if text == "***" {
        return;
    }
    // In quotes, it must be used as it is; or refused, if it contains a character that must be
    // escaped.
    let json = format!(r#"{{"conf":{{"envs":{{"A":{quoted}}}}}}}"#);
    assert_eq!(from_file(&json), exact, "{text:?}");
    assert_eq!(from_option(&quoted), exact, "{text:?}");
    let escaped: String = quoted
        .chars()
        .map(|c| match c {
            '\u{7f}'..='\u{9f}' | '\u{feff}' => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    assert_eq!(
        from_file(&format!("conf:\n  envs:\n    A: {escaped}\n")),
        exact,
        "{text:?}"
    );
    let raw = from_file(&format!("conf:\n  envs:\n    A: {quoted}\n"));
    assert!(raw.is_none() || raw == exact, "{text:?}: {raw:?}");
    if !text.contains(['\n', '\r', '\t']) {
        let single = text.replace('\'', "''");
        let single = from_file(&format!("conf: {{envs: {{A: '{single}'}}}}\n"));
        assert!(single.is_none() || single == exact, "{text:?}: {single:?}");
    }
    let is_json_text = serde_json::from_str::<String>(text).is_ok();
    if text != "null" && !is_json_text {
        assert_eq!(from_option(text), exact, "{text:?}");
    }
    if plain(text) {
        let expected = if nothing { None } else { exact.clone() };
        for file in [
            format!("conf:\n  envs:\n    A: {text}\n"),
            format!("conf: {{envs: {{A: {text} }}}}\n"),
        ] {
            assert_eq!(from_file(&file), expected, "{file:?}");
        }
    }
    // Without quotes, JSON only has numbers and three words.
    let unquoted = from_file(&format!("{{\"conf\":{{\"envs\":{{\"A\":{text}}}}}}}"));
    if !text.contains(['"', '}', '[', '\n', ' ', '\t', '\r']) {
        assert!(
            unquoted.is_none() || unquoted == exact,
            "{text:?}: {unquoted:?}"
        );
    }
}

#[test]
fn texts_that_look_like_something_else_arrive_as_they_are() {
    for text in [
        "0123",
        "007",
        "1.10",
        "0644",
        "1e3",
        "0x1F",
        "0o17",
        "0b1",
        "1_000",
        "+1",
        "-1",
        "-0",
        ".5",
        "5.",
        "1.",
        "true",
        "True",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "null",
        "Null",
        "NULL",
        "~",
        "***",
        "",
        " ",
        ".inf",
        "-.inf",
        ".nan",
        "NaN",
        "Infinity",
        "2026-01-01",
        "12:30:45",
        "1:20",
        "=",
        "<<",
        "!",
        "!!str x",
        "&a",
        "*a",
        "{}",
        "[]",
        "{\"a\": 1}",
        "a: b",
        "a #b",
        "- a",
        "00000000000000000000000000000001",
        "123456789012345678901234567890",
        "1e400",
        "'",
        "\"",
        "\"x\"",
        "'x'",
        "x'",
        "\\",
        "\\n",
        "a\nb",
        "a\r\nb",
        "\t",
        "\0",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{202e}x",
        "\u{feff}",
        "训练",
        "😀",
        "a=b",
        "%",
        "@x",
        "`x`",
        "0.1000000000000000055511151231257827",
        "9223372036854775808",
        "18446744073709551616",
    ] {
        arrives(text);
    }
}

#[test]
fn any_text_arrives_as_it_is_or_is_refused() {
    const ALPHABET: &[char] = &[
        '0', '1', '9', '.', 'e', 'E', 'x', '_', '+', '-', ':', '~', '#', ' ', '\'', '"', '\\',
        '\n', '\t', ',', '[', '{', '}', ']', '&', '*', '!', '|', '>', '%', '@', '`', '?', 'n', 'u',
        'l', 't', 'r', 'y', 's', '训', '😀', '\u{202e}', '\u{7f}', '\u{85}', '/', '=', '<', '$',
    ];
    let mut random = fastrand::Rng::with_seed(19);
    for _ in 0..4000 {
        let length = random.usize(0..8);
        let text: String = (0..length)
            .map(|_| ALPHABET[random.usize(..ALPHABET.len())])
            .collect();
        arrives(&text);
    }
}
