//! Compares output with golden files. `UPDATE_GOLDEN=1 cargo test -p aihc-dev-cli --test it` writes
//! the files.

use std::path::Path;

/// Asserts that `text` is equal to the file `tests/golden/NAME`.
#[track_caller]
pub(crate) fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(
        text == expected,
        "{name} differs; UPDATE_GOLDEN=1 accepts it\n--- expected\n{expected}--- found\n{text}"
    );
}

/// Replaces ids, times and ports, which are different in each run, with fixed text.
pub(crate) fn steady(text: &str) -> String {
    let mut steady = String::new();
    for word in text.split_inclusive([' ', '\n', '"', '/', '=', ',']) {
        let end = word.trim_end_matches([' ', '\n', '"', '/', '=', ',']).len();
        let (word, separator) = word.split_at(end);
        steady += &steady_word(word);
        steady += separator;
    }
    steady
}

fn steady_word(word: &str) -> String {
    let is_hex = |text: &str| text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_time = word.len() == 20 && word.ends_with('Z') && word.as_bytes().get(10) == Some(&b'T');
    let is_age = word
        .strip_suffix('s')
        .is_some_and(|number| number.parse::<u16>().is_ok());
    if is_time {
        return "2026-01-01T00:00:00Z".to_owned();
    }
    if is_age {
        return "0s".to_owned();
    }
    if let Some((prefix @ ("dv" | "tk"), id)) = word.split_once('-')
        && is_hex(id)
    {
        return format!("{prefix}-00000000");
    }
    if let Some(id) = word
        .strip_prefix("aibox-")
        .and_then(|rest| rest.strip_suffix("-0"))
        && is_hex(id)
    {
        return "aibox-00000000-0".to_owned();
    }
    if let Some(port) = word.strip_prefix("127.0.0.1:")
        && port.parse::<u16>().is_ok()
    {
        return "127.0.0.1:PORT".to_owned();
    }
    word.to_owned()
}

#[test]
fn only_what_differs_from_run_to_run_is_replaced() {
    let text = "dv-0a1b2c3d  训练  1s\nhttp://127.0.0.1:34567/?action=A \"2026-08-20T01:02:03Z\" dv-nope sets";
    assert_eq!(
        steady(text),
        "dv-00000000  训练  0s\nhttp://127.0.0.1:PORT/?action=A \"2026-01-01T00:00:00Z\" dv-nope sets"
    );
}
