//! Tests that the Chinese pages match the English ones: they must have the same programs, and the
//! same structure of sections.
//!
//! Other tests check the Rust programs on the English pages. The programs on the Chinese pages are
//! the same, so they are not checked again.

use std::fs;

use crate::{read, root};

#[test]
fn guides_in_chinese_have_the_programs_and_sections_of_those_in_english() {
    let mut compared = 0;
    let mut problems = Vec::new();
    for entry in fs::read_dir(root().join("docs/zh-CN")).unwrap() {
        let chinese = entry.unwrap().path();
        let name = chinese.file_name().unwrap().to_string_lossy().into_owned();
        if name == "README.md" {
            continue;
        }
        let chinese = Page::of(&read(&chinese));
        let english = Page::of(&read(&root().join("docs").join(&name)));
        problems.extend(chinese.differences(&english, &name));
        compared += 1;
    }
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(compared >= 7, "{compared}");
}

#[test]
fn differences_are_found() {
    let english = Page::of("# A\n\ntext\n\n```sh\nls\n```\n\n## B\n");
    let same = Page::of("# 甲\n\n```sh\nls\n```\n\n## 乙\n");
    assert!(same.differences(&english, "x").is_empty());
    let other = Page::of("# 甲\n\n```sh\nls -l\n```\n\n# 乙\n");
    assert_eq!(other.differences(&english, "x").len(), 2);
    assert_eq!(
        Page::of("# 甲\n## 乙\n").differences(&english, "x").len(),
        1
    );
}

/// The parts of a page that are the same in every language.
struct Page {
    /// The blocks of code, including their fences.
    code: Vec<String>,
    /// The levels of the headings, in order.
    headings: Vec<usize>,
}

impl Page {
    fn of(text: &str) -> Self {
        let mut page = Self {
            code: Vec::new(),
            headings: Vec::new(),
        };
        let mut block: Option<(usize, String)> = None;
        for line in text.lines() {
            let fence = line.len() - line.trim_start_matches('`').len();
            match &mut block {
                Some((open, code)) => {
                    *code += line;
                    *code += "\n";
                    if fence >= *open {
                        page.code.extend(block.take().map(|(_, code)| code));
                    }
                }
                None if fence >= 3 => block = Some((fence, format!("{line}\n"))),
                None => {
                    let level = line.len() - line.trim_start_matches('#').len();
                    if level > 0 && line[level..].starts_with(' ') {
                        page.headings.push(level);
                    }
                }
            }
        }
        page
    }

    fn differences(&self, english: &Self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        if self.headings != english.headings {
            found.push(format!("{name}: other sections"));
        }
        if self.code.len() != english.code.len() {
            found.push(format!("{name}: another number of programs"));
        }
        let pairs = self.code.iter().zip(&english.code);
        let other = pairs.filter(|(ours, theirs)| ours != theirs);
        found.extend(other.map(|(ours, _)| format!("{name}: another program: {ours}")));
        found
    }
}
