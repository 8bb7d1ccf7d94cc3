//! Tests statements of the documentation: every test that the threat model names exists, every
//! example in Go is followed by one in Rust, and both READMEs show the same commands.

use crate::{read, root};

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let text = read(&root().join("SECURITY.md"));
    let names = text.split('`').skip(1).step_by(2).filter_map(|code| {
        let (path, test) = code.split_once(".rs::")?;
        Some((format!("{path}.rs"), test))
    });
    let mut found = 0;
    for (path, test) in names {
        let below_crates = root().join("crates").join(&path);
        let file = if below_crates.exists() {
            below_crates
        } else {
            root().join(&path)
        };
        let source = read(&file);
        let (before, _) = source
            .split_once(&format!("fn {test}("))
            .unwrap_or_else(|| panic!("no test `{test}` in {path}"));
        // The attribute is on one of the lines before the function.
        let near: String = before.lines().rev().take(4).collect();
        assert!(
            near.contains("#[test]") || near.contains("#[tokio::test"),
            "`{test}` in {path} is no test"
        );
        found += 1;
    }
    assert!(found > 40, "{found}");
}

#[test]
fn every_go_snippet_is_followed_by_rust() {
    let text = read(&root().join("docs/migrating-from-go.md"));
    let snippets: Vec<_> = text.split("```go\n").skip(1).collect();
    assert_eq!(snippets.len(), 20);
    for snippet in snippets {
        assert!(snippet.contains("\n```rust\n"), "{snippet}");
    }
}

#[test]
fn both_readmes_show_the_same_commands() {
    let commands = |name: &str| {
        let text = read(&root().join(name));
        let blocks = text.split("```sh\n").skip(1).take(2);
        let blocks = blocks.filter_map(|rest| rest.split_once("```"));
        blocks
            .map(|(block, _)| block.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(commands("README.md"), commands("README.zh-CN.md"));
    assert_eq!(commands("README.md").len(), 2);
}
