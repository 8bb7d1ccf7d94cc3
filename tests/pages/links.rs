//! What the pages for people refer to is there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: &Path) -> String {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}

/// All pages of the repository: those at the top, the guides, and those of the crates.
fn pages() -> Vec<PathBuf> {
    let mut folders = vec![
        root().to_path_buf(),
        root().join("docs"),
        root().join("xtask/spec"),
    ];
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let crate_folder = entry.unwrap().path();
        folders.extend([crate_folder.join("docs"), crate_folder]);
    }
    let files = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    let files = files.flatten().map(|entry| entry.unwrap().path());
    let pages: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    assert!(pages.len() > 15, "{pages:?}");
    pages
}

/// A page without its blocks of code.
fn prose(page: &str) -> String {
    let parts = page.split("\n```").step_by(2);
    parts.collect::<Vec<_>>().join("\n")
}

/// The targets of links and pictures.
fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    let inline = prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    let pictures = prose
        .split("src=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'));
    inline
        .chain(pictures)
        .map(|(target, _)| target.to_owned())
        .collect()
}

/// Headings as the hosts of repositories turn them into anchors.
fn anchors(page: &str) -> Vec<String> {
    let prose = prose(page);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let text = line
            .trim_start_matches('#')
            .trim()
            .to_lowercase()
            .replace(' ', "-");
        text.chars()
            .filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
            .collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut followed = 0;
    for page in pages() {
        let text = read(&page);
        for link in links(&text) {
            // Names of items are rustdoc's business.
            if link.starts_with("http") || !link.contains(['.', '/', '#']) {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = page.parent().unwrap().join(path);
            let target = if path.is_empty() {
                page.clone()
            } else {
                target
            };
            assert!(target.exists(), "{}: {link}", page.display());
            if !anchor.is_empty() {
                let known = anchors(&read(&target)).contains(&anchor.to_owned());
                assert!(known, "{}: {link}", page.display());
            }
            followed += 1;
        }
    }
    assert!(followed > 60, "{followed}");
}

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
        // The attribute is on the lines above it.
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
