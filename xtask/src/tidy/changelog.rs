//! Checks CHANGELOG.md, which has the format of Keep a Changelog.

use crate::project::Project;

const UNRELEASED: &str = "## [Unreleased]";
const KINDS: &[&str] = &[
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
];

/// The text of CHANGELOG.md, with the functions that a release requires.
#[derive(Debug)]
pub(crate) struct Changelog<'a> {
    text: &'a str,
}

pub(super) fn check(project: &Project) -> Vec<String> {
    match project.file("CHANGELOG.md") {
        Some(file) => Changelog::new(&file.text).problems(),
        None => vec!["there is no CHANGELOG.md".to_owned()],
    }
}

impl<'a> Changelog<'a> {
    /// Creates a changelog from the text of CHANGELOG.md.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// Returns a message for each violation of the format of changelogs.
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let headings = || self.text.lines().filter(|line| line.starts_with("## "));
        if headings().next() != Some(UNRELEASED) {
            problems.push(format!("the first section is not `{UNRELEASED}`"));
        }
        for heading in headings().skip(1) {
            let parts = heading
                .strip_prefix("## [")
                .and_then(|rest| rest.split_once("] - "));
            if !parts.is_some_and(|(version, date)| is_version(version) && is_date(date)) {
                problems.push(format!("`{heading}` is not `## [X.Y.Z] - YYYY-MM-DD`"));
            }
        }
        for kind in self
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("### "))
        {
            if !KINDS.contains(&kind) {
                problems.push(format!("`### {kind}` is not one of {}", KINDS.join(", ")));
            }
        }
        problems
    }

    /// Returns whether there are entries for the next release.
    pub(crate) fn has_entries(&self) -> bool {
        let mut lines = self
            .text
            .lines()
            .skip_while(|line| *line != UNRELEASED)
            .skip(1);
        lines
            .by_ref()
            .take_while(|line| !line.starts_with("## "))
            .any(|line| line.starts_with("- "))
    }

    /// Returns whether there is a section for this version.
    pub(crate) fn has(&self, version: &str) -> bool {
        let heading = format!("## [{version}]");
        self.text.lines().any(|line| line.starts_with(&heading))
    }

    /// Returns the text of the changelog after the unreleased entries have been moved to this
    /// version.
    pub(crate) fn released(&self, version: &str, date: &str) -> String {
        let heading = format!("{UNRELEASED}\n\n## [{version}] - {date}");
        self.text.replacen(UNRELEASED, &heading, 1)
    }
}

fn is_version(text: &str) -> bool {
    text.split('.').count() == 3 && text.split('.').all(|part| part.parse::<u64>().is_ok())
}

fn is_date(text: &str) -> bool {
    let form = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c });
    form.eq("0000-00-00".chars())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::small;

    const GOOD: &str =
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- this\n\n## [0.1.0] - 2026-01-02\n";

    #[test]
    fn the_form_is_checked() {
        assert!(Changelog::new(GOOD).problems().is_empty());
        for bad in [
            "## [0.1] - 2026-01-02",
            "## 0.1.0 - 2026-01-02",
            "## [0.1.0] - soon",
        ] {
            let text = GOOD.replace("## [0.1.0] - 2026-01-02", bad);
            assert_eq!(Changelog::new(&text).problems().len(), 1, "{bad}");
        }
        let text = GOOD.replace("### Added", "### New");
        assert_eq!(Changelog::new(&text).problems().len(), 1);
        assert_eq!(check(&small()).len(), 1);
    }

    #[test]
    fn a_missing_unreleased_section_is_found() {
        let text = GOOD.replace("## [Unreleased]\n", "");
        assert_eq!(Changelog::new(&text).problems().len(), 1);
        assert!(!Changelog::new(&text).has_entries());
    }

    #[test]
    fn a_release_empties_the_unreleased_section() {
        let text = Changelog::new(GOOD).released("0.2.0", "2026-02-03");
        let after = Changelog::new(&text);
        assert!(Changelog::new(GOOD).has_entries() && !after.has_entries());
        assert!(after.has("0.2.0") && after.has("0.1.0") && after.problems().is_empty());
        assert!(text.contains("## [0.2.0] - 2026-02-03\n\n### Added\n\n- this\n"));
    }
}
