//! Links from one document of the repository to another, and to headings.
//!
//! Pages that are included in Rust documentation also name items (`[text](crate::Item)`); those are
//! rustdoc's to check. Addresses of the web are not asked for.

use std::path::Path;

use crate::project::{Project, TextFile};

pub(super) fn check(project: &Project) -> Vec<String> {
    let is_page = |file: &&TextFile| file.path.ends_with(".md");
    let mut problems = Vec::new();
    for file in project.files.iter().filter(is_page) {
        for target in targets(&prose(&file.text)) {
            if let Some(problem) = broken(project, file, target) {
                problems.push(format!("{}: {target}: {problem}", file.path));
            }
        }
    }
    problems
}

/// Why a link leads nowhere, if it does.
fn broken(project: &Project, from: &TextFile, target: &str) -> Option<&'static str> {
    let is_web = target.contains("://") || target.starts_with("mailto:");
    if is_web || target.is_empty() || is_item(from, target) {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = match path {
        "" => from.path.clone(),
        path => match resolve(&from.path, path) {
            Some(path) => path,
            None => return Some("leads out of the repository"),
        },
    };
    let page = project.file(&path);
    if page.is_none() && !exists(project, &path) {
        return Some("no such file");
    }
    let page = page.filter(|page| page.path.ends_with(".md"))?;
    let there = anchor.is_empty() || anchors(&page.text).iter().any(|found| found == anchor);
    (!there).then_some("no such heading")
}

/// Whether the target is one of Rust's, in a page that rustdoc reads.
fn is_item(from: &TextFile, target: &str) -> bool {
    let name = target
        .chars()
        .all(|c| c.is_alphanumeric() || "_:!()".contains(c));
    from.path.starts_with("crates/") && name
}

/// A folder, or a file that is no text.
fn exists(project: &Project, path: &str) -> bool {
    let folder = format!("{path}/");
    path.is_empty()
        || project
            .files
            .iter()
            .any(|file| file.path.starts_with(&folder))
        || project.root.join(Path::new(path)).is_file()
}

/// A relative path, from the root of the repository.
fn resolve(from: &str, path: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
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

/// The text without code.
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
                // Every second piece between backticks is code.
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

/// What the links and pictures of a text lead to.
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

/// The anchors that the host of a repository makes of headings.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::{small, with};

    fn problems(text: &str) -> Vec<String> {
        let project = with(small(), "docs/a.md", text);
        check(&with(
            project,
            "README.md",
            "# The `quick` way!\n\n## Same\n\n## Same\n",
        ))
    }

    #[test]
    fn links_to_files_folders_and_headings_resolve() {
        for link in [
            "../README.md",
            "../README.md#the-quick-way",
            "../README.md#same-1",
            "../docs",
        ] {
            assert_eq!(
                problems(&format!("see [it]({link}).")),
                Vec::<String>::new(),
                "{link}"
            );
        }
        assert!(problems("# Here\n[up](#here) [web](https://example.com/x)").is_empty());
    }

    #[test]
    fn items_are_left_to_rustdoc_in_the_pages_of_crates_alone() {
        let text = "[a](crate::Item) [b](Item)";
        assert!(check(&with(small(), "crates/top/README.md", text)).is_empty());
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
}
