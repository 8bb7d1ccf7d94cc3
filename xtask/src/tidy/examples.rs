//! Checks the number of examples in the documentation of a crate, relative to its public items.

use serde_json::Value;

use super::rustdoc::Descriptions;
use crate::project::Project;

/// The crates that are checked: the clients, and the crate on which they are built.
const CRATES: [&str; 3] = ["aihc-dev", "aihc", "bce-http"];

/// The minimum number of doctests per public function, struct, enum and trait.
const LEAST: f64 = 0.4;

pub(super) fn check(project: &Project) -> Vec<String> {
    let descriptions = match Descriptions::write(project) {
        Ok(descriptions) => descriptions,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    let published = project.published().into_iter();
    for package in published.filter(|package| CRATES.contains(&&*package.name)) {
        match descriptions.of(&package.name) {
            Ok(description) => problems.extend(problem(&package.name, &Count::of(&description))),
            Err(problem) => problems.push(format!("{}: {problem}", package.name)),
        }
    }
    problems
}

fn problem(name: &str, count: &Count) -> Option<String> {
    let Count { doctests, items } = *count;
    let ratio = f64::from(doctests) / f64::from(items.max(1));
    (items == 0 || ratio < LEAST).then(|| {
        format!("{name}: {doctests} doctests for {items} public items, {ratio:.2} of {LEAST:.2}")
    })
}

struct Count {
    doctests: u32,
    items: u32,
}

impl Count {
    fn of(description: &Value) -> Self {
        let index = description.get("index").and_then(Value::as_object);
        let mut count = Self {
            doctests: 0,
            items: 0,
        };
        let ours = |item: &&Value| item.get("crate_id") == Some(&Value::from(0));
        for item in index
            .into_iter()
            .flat_map(|index| index.values())
            .filter(ours)
        {
            let docs = item.get("docs").and_then(Value::as_str);
            count.doctests += doctests(docs.unwrap_or_default());
            let inner = item.get("inner").and_then(Value::as_object);
            let kind = inner.and_then(|inner| inner.keys().next());
            let is_counted = kind.is_some_and(|kind| {
                ["function", "struct", "enum", "trait"].contains(&kind.as_str())
            });
            if is_counted && item.get("visibility") == Some(&Value::from("public")) {
                count.items += 1;
            }
        }
        count
    }
}

/// Counts the code blocks in a doc comment that rustdoc compiles.
fn doctests(docs: &str) -> u32 {
    let mut found = 0;
    let mut open: Option<&str> = None;
    for line in docs.lines().map(str::trim_start) {
        let ticks = line.len() - line.trim_start_matches('`').len();
        let (fence, attributes) = line.split_at(ticks);
        match open {
            Some(begin) if fence.starts_with(begin) && attributes.trim().is_empty() => open = None,
            Some(_) => {}
            None if ticks >= 3 => {
                open = Some(fence);
                found += u32::from(is_compiled(attributes));
            }
            None => {}
        }
    }
    found
}

/// Returns whether a code block with these attributes is Rust that is compiled.
fn is_compiled(attributes: &str) -> bool {
    let words = attributes.split([' ', ',']).filter(|word| !word.is_empty());
    words.into_iter().all(|word| {
        let known = ["rust", "no_run", "should_panic", "compile_fail"];
        known.contains(&word) || word.starts_with("edition") || word.starts_with('E')
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn programs_are_counted_and_other_blocks_are_not() {
        assert_eq!(doctests("a\n\n```\nx();\n```\n\n```no_run\ny();\n```"), 2);
        assert_eq!(
            doctests("```text\nx\n```\n```ignore\ny\n```\n```sh\nls\n```"),
            0
        );
        assert_eq!(
            doctests("````text\n```\nx\n```\n````\n```rust,no_run\nx\n```"),
            1
        );
    }

    #[test]
    fn what_is_public_counts_and_what_a_trait_has_does_not() {
        let description = json!({"index": {
            "0": {"crate_id": 0, "visibility": "public", "docs": "```\nx\n```", "inner": {"struct": {}}},
            "1": {"crate_id": 0, "visibility": "default", "docs": null, "inner": {"function": {}}},
            "2": {"crate_id": 0, "visibility": "public", "docs": "x", "inner": {"function": {}}},
            "3": {"crate_id": 0, "visibility": "public", "docs": "", "inner": {"module": {}}},
            "4": {"crate_id": 7, "visibility": "public", "docs": "```\nx\n```", "inner": {"enum": {}}},
        }});
        let count = Count::of(&description);
        assert_eq!((count.doctests, count.items), (1, 2));
        assert!(problem("x", &count).is_none());
    }

    #[test]
    fn too_few_and_nothing_at_all_are_problems() {
        let few = Count {
            doctests: 39,
            items: 100,
        };
        let text = problem("x", &few).unwrap();
        assert_eq!(text, "x: 39 doctests for 100 public items, 0.39 of 0.40");
        assert!(problem("x", &Count::of(&json!({}))).is_some());
    }
}
