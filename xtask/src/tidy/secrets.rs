//! Searches for strings that look like keys. A test value is allowed if it is listed here, with a
//! reason.
//!
//! Secrets without a typical form, such as passwords, cannot be found in this way.
//!
//! gitleaks knows more forms. But it is in none of the registries from which `.ci/tool` installs
//! programs, and it would still need to be told the forms of Baidu's keys.

use crate::project::Project;

/// Values that only look like secrets, each with the reason why it is in the tree.
const ALLOWED: &[(&str, &str)] = &[
    (
        "0123456789abcdef0123456789abcdef",
        "the secret key of all golden data: digits in order",
    ),
    ("fedcba9876543210fedcba9876543210", "another one, backwards"),
    (
        "eca97e148cb74e9683d7b7240829d1ff",
        "an account id of the public documentation",
    ),
    (
        "d87f6a5b1c2e4f3a9b8c7d6e5f4a3b2c",
        "golden data: an issued key id that is made up",
    ),
    (
        "10eb6f5ff6ff4605bf044313e8f3ffa5",
        "golden data: an account id in an access list",
    ),
    (
        "dc9b5191440d4f93851ddffb4e942b75",
        "golden data: an account id",
    ),
    (
        "a44cc9bab11cbd156984767aad637851",
        "golden data: an upload id of the public documentation",
    ),
    (
        "9b74c9897bac770ffc029102a200c5de",
        "made up; a test looks for it in traces",
    ),
    (
        "6ba7b8109dad11d180b400c04fd430c8",
        "made up; the fault matrix looks for it in output",
    ),
    (
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "made up; a test looks for it in traces",
    ),
    ("ALTAK0123456789", "an example in documentation"),
    (
        "ALTAKabcDEF-123_456",
        "golden data: a key id with signs in it",
    ),
];

/// The length of the secret keys and account ids of Baidu AI Cloud, which consist of hexadecimal
/// digits.
const KEY_LENGTH: usize = 32;

/// The minimum number of different digits in a string that counts as a key. A string with fewer was
/// probably typed by a person.
const MIN_DIGITS: usize = 7;

/// Prefixes of tokens and key ids of various services, each with the minimum length of such a
/// string.
const PREFIXES: &[(&str, usize)] = &[
    ("ALTAK", 15),
    ("AKIA", 20),
    ("LTAI", 16),
    ("ghp_", 36),
    ("github_pat_", 40),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("cio", 35),
];

pub(super) fn check(project: &Project) -> Vec<String> {
    let mut problems = Vec::new();
    for file in &project.files {
        for (number, line) in file.text.lines().enumerate() {
            for found in suspicious(line) {
                // The value itself is not printed, since the output may be public.
                let place = format!("{}:{}", file.path, number + 1);
                problems.push(format!("{place}: {found}; see xtask/src/tidy/secrets.rs"));
            }
        }
    }
    problems
}

fn suspicious(line: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    if is_private_key(line) {
        found.push("a private key");
    }
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    for word in words {
        if is_allowed(word) {
            continue;
        }
        let is_token = |(prefix, length): &(&str, usize)| {
            word.starts_with(prefix)
                && word.len() >= *length
                && word.chars().any(|c| c.is_ascii_digit())
        };
        if PREFIXES.iter().any(is_token) {
            found.push("a token or a key id");
        }
        if word.split(['-', '_']).any(is_key) {
            found.push("a key of 32 digits");
        }
    }
    found
}

/// Returns whether a PEM block with a private key begins on this line. If only a few letters of the
/// key follow on the same line, the block is part of a test, and does not count.
fn is_private_key(line: &str) -> bool {
    const BODY: usize = 40;
    let Some((_, rest)) = line.split_once(concat!("PRIVATE", " KEY-----")) else {
        return false;
    };
    let is_begin = line.contains("-----BEGIN ");
    let body = rest.trim_start_matches(['\\', 'n', '"', '\'']);
    let length = body
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "+/=".contains(*c));
    // If the marker is at the end of a line, the body begins on the next one.
    is_begin && (rest.trim().is_empty() || length.count() >= BODY)
}

fn is_allowed(word: &str) -> bool {
    ALLOWED.iter().any(|(value, _)| word == *value)
}

fn is_key(word: &str) -> bool {
    let hex = |c: char| c.is_ascii_hexdigit();
    let mut digits: Vec<char> = word.to_ascii_lowercase().chars().collect();
    digits.sort_unstable();
    digits.dedup();
    word.len() == KEY_LENGTH
        && word.chars().all(hex)
        && digits.len() >= MIN_DIGITS
        && !is_allowed(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::{small, with};

    /// Returns a string that looks like a key. It is assembled, so that this file does not contain
    /// it.
    fn key() -> String {
        ["1f3b9c77", "d02e4a58", "8be6f1c0", "937ad245"].concat()
    }

    #[test]
    fn keys_tokens_and_private_keys_are_found() {
        assert_eq!(
            suspicious(&format!("sk = \"{}\"", key())),
            ["a key of 32 digits"]
        );
        assert_eq!(suspicious(&format!("sk-{}", key())), ["a key of 32 digits"]);
        let id = ["ALT", "AKr8Gk2mPq0Zt7Yw"].concat();
        assert_eq!(suspicious(&format!("({id})")), ["a token or a key id"]);
        let pem = ["-----BEGIN RSA PRIVATE", " KEY-----"].concat();
        assert_eq!(suspicious(&pem), ["a private key"]);
        let body = "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSk";
        assert_eq!(suspicious(&format!("{pem}\\n{body}")), ["a private key"]);
    }

    #[test]
    fn hashes_examples_and_markers_are_fine() {
        let pem = ["-----BEGIN PRIVATE", " KEY-----"].concat();
        for line in [
            format!("{}{}", key(), key()),
            "a".repeat(32),
            ALLOWED[0].0.to_owned(),
            "ALTAKabcDEF".to_owned(),
            format!("let key = \"{pem}\\nAAAA\\n\""),
        ] {
            assert!(suspicious(&line).is_empty(), "{line}");
        }
    }

    #[test]
    fn the_report_shows_the_place_and_not_the_secret() {
        let project = with(small(), "a.md", &format!("\nkey: {}\n", key()));
        let problems = check(&project);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("a.md:2: ") && !problems[0].contains(&key()));
    }
}
