//! Formats the report of `check-contract` as Markdown, which users can put into an issue.

use std::fmt::Write as _;

use super::report::{OperationRow, Outcome, Report, Row};

const ABOUT: &str = "\
This report holds no ids, names, addresses, keys or other values of the account: only paths of members, \
JSON types, what values look like, counts, and codes and states that are made of words of the API.
";

impl Report {
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::from("# Responses of the service compared with the description\n\n");
        text += ABOUT;
        text.push('\n');
        self.head(&mut text);
        rows(&mut text, "Differences", &self.differences);
        rows(
            &mut text,
            "Notes: variants that some source has",
            &self.notes,
        );
        self.operations(&mut text);
        self.not_seen(&mut text);
        self.values(&mut text);
        text
    }

    fn head(&self, text: &mut String) {
        let (about, summary) = (&self.about, &self.summary);
        let endpoint = match about.usual_endpoint {
            true => "that of the region",
            false => "another",
        };
        let mut line = |name: &str, value: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "- {name}: {value}");
        };
        line("tool", format!("aihc-dev {}", about.tool));
        line("region", about.region.unwrap_or("another").to_owned());
        line("endpoint", endpoint.to_owned());
        line(
            "operations",
            format!(
                "{} compared, {} not allowed, {} failed, {} not called",
                summary.compared, summary.not_allowed, summary.failed, summary.not_called
            ),
        );
        line(
            "members",
            format!(
                "{} of {} seen",
                summary.members_seen, summary.members_described
            ),
        );
        line("differences", self.differences.len().to_string());
        line("notes", self.notes.len().to_string());
        for remark in &about.remarks {
            line("remark", remark.clone());
        }
    }

    fn operations(&self, text: &mut String) {
        *text +=
            "\n## Operations\n\n| operation | result | responses | members seen | otherwise |\n";
        *text += "|---|---|---|---|---|\n";
        for row in &self.operations {
            let seen = row.described - row.not_seen.len();
            let seen = match row.compared {
                0 => String::new(),
                _ => format!("{seen} of {}", row.described),
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {seen} | {} |",
                row.operation,
                row.result.name(),
                row.responses,
                otherwise(row)
            );
        }
    }

    fn not_seen(&self, text: &mut String) {
        *text += "\n## Members not seen\n\n";
        for row in self.operations.iter().filter(|it| it.compared > 0) {
            let names: Vec<String> = row.not_seen.iter().map(|it| format!("`{it}`")).collect();
            if !names.is_empty() {
                let _ = writeln!(text, "- {}: {}", row.operation, names.join(", "));
            }
        }
    }

    fn values(&self, text: &mut String) {
        *text += "\n## Forms of values\n\n| operation | member | values |\n|---|---|---|\n";
        for row in &self.operations {
            for (member, classes) in &row.members {
                let classes = classes
                    .iter()
                    .map(|(class, count)| format!("{class} ({count})"));
                let classes = classes.collect::<Vec<_>>().join("; ");
                let _ = writeln!(text, "| {} | `{member}` | {classes} |", row.operation);
            }
        }
    }
}

fn rows(text: &mut String, title: &str, rows: &[Row]) {
    let _ = writeln!(text, "\n## {title}\n");
    if rows.is_empty() {
        *text += "None.\n";
        return;
    }
    *text += "| operation | member | kind | what | times |\n|---|---|---|---|---|\n";
    for row in rows {
        let member = match row.member.as_str() {
            "" => String::new(),
            member => format!("`{member}`"),
        };
        let kind = serde_json::to_value(row.kind).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default().to_owned();
        let _ = writeln!(
            text,
            "| {} | {member} | {kind} | {} | {} |",
            row.operation, row.what, row.times
        );
    }
}

/// Returns how many requests for an operation were refused as expected, how many were not allowed,
/// and how many failed, by reason: `2 refused as expected; 1 not allowed; 3 timed out`.
fn otherwise(row: &OperationRow) -> String {
    let mut parts = Vec::new();
    if row.refused > 0 {
        parts.push(format!("{} refused as expected", row.refused));
    }
    if row.not_allowed > 0 {
        parts.push(format!("{} not allowed", row.not_allowed));
    }
    parts.extend(
        row.failed
            .iter()
            .map(|(why, count)| format!("{count} {why}")),
    );
    parts.join("; ")
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::RefusedOnly => "only refused",
            Self::NotAllowed => "not allowed",
            Self::Failed => "failed",
            Self::NotCalled => "not called",
        }
    }
}
