//! Work that is not done belongs to an issue, not into a comment.

use crate::project::Project;

/// Marks that a person leaves. Written apart, so that this file has none.
const WORDS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
    concat!("HA", "CK"),
];

/// Code that hides something.
const CODE: &[&str] = &[
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
    concat!("allow(dead", "_code)"),
];

pub(super) fn check(project: &Project) -> Vec<String> {
    let mut problems = Vec::new();
    // Hashes in lock files hold any letters.
    let is_lock = |path: &str| path.ends_with("Cargo.lock") || path.ends_with("package-lock.json");
    for file in project.files.iter().filter(|file| !is_lock(&file.path)) {
        for (number, line) in file.text.lines().enumerate() {
            let has = |word: &&&str| words(line).any(|found| found == **word);
            let found = WORDS.iter().find(has);
            let rust = file.path.ends_with(".rs");
            let code = || CODE.iter().find(|code| rust && line.contains(**code));
            if let Some(found) = found.or_else(code) {
                problems.push(format!("{}:{}: {found}", file.path, number + 1));
            }
        }
    }
    problems
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::{small, with};

    #[test]
    fn marks_and_hidden_code_are_found_where_they_stand() {
        let text = format!("fine\n// {}: later\n{}]\n", WORDS[0], CODE[2]);
        let project = with(small(), "src/a.rs", &text);
        let places: Vec<_> = check(&project);
        assert_eq!(places.len(), 2, "{places:?}");
        assert!(places[0].starts_with("src/a.rs:2: "), "{places:?}");
    }

    #[test]
    fn a_word_that_only_contains_a_mark_is_fine() {
        let text = format!("{}S_OF_US a{}", WORDS[0], WORDS[2]);
        assert!(check(&with(small(), "a.md", &text)).is_empty());
    }
}
