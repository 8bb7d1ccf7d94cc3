//! Tests the links on the Markdown pages of the repository: to other pages, to files and to
//! headings.
//!
//! Pages that are included in Rust documentation also link to items (`[text](crate::Item)`), which
//! rustdoc checks. Web addresses are not requested.
//!
//! `lychee --offline --include-fragments` would find the same problems. But it is a program of 303
//! MB, which has to be built for each platform, whereas this runs wherever the tests run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::{read, root};

/// The texts of the Markdown pages of the repository, by their paths relative to its root, and a
/// function that returns whether a file or folder with such a path exists.
struct Repository<'a> {
    pages: BTreeMap<String, String>,
    exists: &'a dyn Fn(&str) -> bool,
}

#[test]
fn links_between_pages_lead_somewhere() {
    let pages = pages();
    assert!(pages.len() > 20, "{:?}", pages.keys());
    let repository = Repository {
        pages,
        exists: &|path| root().join(path).exists(),
    };
    let (followed, problems) = repository.check();
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(followed > 60, "{followed}");
}

/// Returns all Markdown pages of the repository, except for those that were built or downloaded.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut folders = vec![root().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let (path, kind) = entry
                .map(|entry| (entry.path(), entry.file_type()))
                .unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            let is_ours = name != ".git" && name != "node_modules" && !name.starts_with("target");
            if kind.unwrap().is_dir() && is_ours {
                folders.push(path);
            } else if name.ends_with(".md") {
                let from_root = path.strip_prefix(root()).unwrap();
                let parts: Vec<_> = from_root
                    .iter()
                    .map(|part| part.to_str().unwrap())
                    .collect();
                pages.insert(parts.join("/"), read(&path));
            }
        }
    }
    pages
}

impl Repository<'_> {
    /// Returns the number of links that were checked, and the links that are broken. Web addresses
    /// and the links that rustdoc checks are left out.
    fn check(&self) -> (usize, Vec<String>) {
        let (mut followed, mut problems) = (0, Vec::new());
        for (page, text) in &self.pages {
            for target in targets(&prose(text)) {
                let is_web = target.contains("://") || target.starts_with("mailto:");
                if is_web || target.is_empty() || is_item(page, target) {
                    continue;
                }
                followed += 1;
                if let Some(problem) = self.broken(page, target) {
                    problems.push(format!("{page}: {target}: {problem}"));
                }
            }
        }
        (followed, problems)
    }

    /// Returns the reason why a link is broken; `None` if it is not.
    fn broken(&self, from: &str, target: &str) -> Option<&'static str> {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = match path {
            "" => from.to_owned(),
            path => match resolve(from, path) {
                Some(path) => path,
                None => return Some("leads out of the repository"),
            },
        };
        let page = self.pages.get(&path);
        if page.is_none() && !(self.exists)(&path) {
            return Some("no such file");
        }
        let there = anchor.is_empty() || anchors(page?).iter().any(|found| found == anchor);
        (!there).then_some("no such heading")
    }
}

/// Returns whether rustdoc checks a link: its target has the form of the path of a Rust item, and
/// its page is below `crates/`.
fn is_item(from: &str, target: &str) -> bool {
    let name = target
        .chars()
        .all(|c| c.is_alphanumeric() || "_:!()".contains(c));
    from.starts_with("crates/") && name
}

/// Resolves a path relative to a page to one that is relative to the root of the repository; `None`
/// if it leads outside.
fn resolve(from: &str, path: &str) -> Option<String> {
    let folder = Path::new(from)
        .parent()
        .and_then(Path::to_str)
        .unwrap_or("");
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Returns the text without code blocks. Inline code is replaced with the word `code`.
fn prose(text: &str) -> String {
    let mut prose = String::new();
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => {
                // Of the parts between backticks, every second one is code.
                for (index, piece) in line.split('`').enumerate() {
                    prose.push_str(if index % 2 == 0 { piece } else { "code" });
                }
                prose.push('\n');
            }
            _ => {}
        }
    }
    prose
}

/// Returns the targets of the links and the pictures in a text.
fn targets(prose: &str) -> Vec<&str> {
    let inline = prose.match_indices("](").filter_map(|(at, open)| {
        let rest = prose.get(at + open.len()..)?;
        let end = rest.find([')', ' ', '\n'])?;
        rest.get(..end)
    });
    let quoted = ["href=\"", "src=\"", "srcset=\""]
        .into_iter()
        .flat_map(|attribute| {
            prose
                .match_indices(attribute)
                .filter_map(move |(at, open)| {
                    let rest = prose.get(at + open.len()..)?;
                    rest.split('"').next()
                })
        });
    let named = prose.lines().filter_map(|line| {
        let (_, target) = line.strip_prefix('[')?.split_once("]: ")?;
        target.split_whitespace().next()
    });
    inline.chain(quoted).chain(named).collect()
}

/// Returns the anchors on a page: those that code hosting websites generate from its headings, and
/// the values of its `id` attributes.
fn anchors(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let title = line.trim_start_matches('#');
        if fenced || title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let slug = slug(title.trim());
        let same = |anchor: &&String| **anchor == slug || anchor.starts_with(&format!("{slug}-"));
        let earlier = anchors.iter().filter(same).count();
        match anchors.contains(&slug) {
            true => anchors.push(format!("{slug}-{earlier}")),
            false => anchors.push(slug),
        }
    }
    let quoted = text.match_indices("id=\"").filter_map(|(at, open)| {
        let rest = text.get(at + open.len()..)?;
        rest.split('"').next().map(str::to_owned)
    });
    anchors.extend(quoted);
    anchors
}

fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.to_lowercase().chars() {
        match c {
            ' ' => slug.push('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => slug.push(c),
            _ => {}
        }
    }
    slug
}

fn problems_of(page: &str, text: &str) -> Vec<String> {
    let readme = "# The `quick` way!\n\n## Same\n\n## Same\n";
    let pages = [("README.md", readme), (page, text)];
    let repository = Repository {
        pages: pages
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .into(),
        exists: &|path| path == "docs",
    };
    repository.check().1
}

fn problems(text: &str) -> Vec<String> {
    problems_of("docs/a.md", text)
}

#[test]
fn links_to_files_folders_and_headings_resolve() {
    for link in [
        "../README.md",
        "../README.md#the-quick-way",
        "../README.md#same-1",
        "../docs",
    ] {
        let found = problems(&format!("see [it]({link})."));
        assert_eq!(found, Vec::<String>::new(), "{link}");
    }
    assert!(problems("# Here\n[up](#here) [web](https://example.com/x)").is_empty());
}

#[test]
fn items_are_left_to_rustdoc_in_the_pages_of_crates_alone() {
    let text = "[a](crate::Item) [b](Item)";
    assert!(problems_of("crates/top/README.md", text).is_empty());
    assert_eq!(problems(text).len(), 2);
}

#[test]
fn dead_links_are_found_in_every_form() {
    for text in [
        "[it](gone.md)",
        "[it](../README.md#gone)",
        "[it](#gone)",
        "[it](../../outside.md)",
        "<img src=\"gone.svg\">",
        "[it]: gone.md",
        "[it](../README.md#same-2)",
    ] {
        assert_eq!(problems(text).len(), 1, "{text}");
    }
}

#[test]
fn code_has_no_links() {
    assert!(problems("```\n[it](gone.md)\n```\nand `[it](gone.md)`").is_empty());
}
