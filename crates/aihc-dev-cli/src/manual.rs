//! Manual pages, generated from the definition of the command line.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::language;

/// The title of the manual at the top of each page.
const MANUAL: &str = "aihc-dev";
/// The lines that `clap_mangen` puts before every section of a page. They define an apostrophe that
/// works in every formatter.
const DEFINITIONS: [&str; 2] = [".ie \\n(.g .ds Aq \\(aq\n", ".el .ds Aq '\n"];

/// A manual page.
#[derive(Debug)]
pub(crate) struct Page {
    /// The name of the file, such as `aihc-dev-jobs-list.1`.
    pub(crate) file: String,
    /// The words of the command, such as `jobs` and `list`, without the name of the program.
    pub(crate) words: Vec<String>,
    pub(crate) text: String,
}

impl Page {
    /// Completes the translation of a page that was generated from the Chinese command line:
    /// translates the words that `clap_mangen` has added.
    pub(crate) fn in_chinese(self) -> Self {
        Self {
            text: language::chinese_manual(&self.text),
            ..self
        }
    }
}

/// Returns all pages: those of the program, of its commands, and of their subcommands.
pub(crate) fn pages(command: Command) -> io::Result<Vec<Page>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    collect(&command, &[], &mut pages)?;
    Ok(pages)
}

fn collect(command: &Command, words: &[String], pages: &mut Vec<Page>) -> io::Result<()> {
    pages.push(page(command, words)?);
    for below in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        let mut words = words.to_vec();
        words.push(below.get_name().to_owned());
        collect(below, &words, pages)?;
    }
    Ok(())
}

fn page(command: &Command, words: &[String]) -> io::Result<Page> {
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.get_subcommands().any(|it| !it.is_hide_set()) {
        man.render_subcommands_section(&mut text)?;
    }
    let after = command.get_after_help();
    let after = after.map(ToString::to_string).unwrap_or_default();
    after_help(&after).to_writer(&mut text)?;
    if !words.is_empty() {
        see_also(words).to_writer(&mut text)?;
    }
    let file = man.get_filename();
    let text = with_title(&file, &text)?;
    let words = words.to_vec();
    Ok(Page { file, words, text })
}

/// Adds a title to a manual page. The title has no date, so that the pages of a version of the
/// program never change. Turns off justification and hyphenation, so that names of options can be
/// searched for. Puts [`DEFINITIONS`] only at the beginning of the page.
fn with_title(file: &str, text: &[u8]) -> io::Result<String> {
    let name = file.trim_end_matches(".1").to_uppercase();
    let version = env!("CARGO_PKG_VERSION");
    let mut page = format!(
        "{}.TH \"{name}\" \"1\" \"\" \"aihc-dev {version}\" \"{MANUAL}\"\n.ad l\n.nh\n",
        DEFINITIONS.concat()
    );
    let text = std::str::from_utf8(text).map_err(io::Error::other)?;
    for line in text.split_inclusive('\n') {
        if !DEFINITIONS.contains(&line) {
            page += line;
        }
    }
    Ok(page)
}

/// Formats the paragraphs, tables and examples at the end of a help text, whose lines `clap_mangen`
/// would join.
fn after_help(text: &str) -> Roff {
    let mut roff = Roff::new();
    let mut lines = text.lines().peekable();
    let mut has_heading = false;
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let is_verbatim = line.starts_with(' ');
        if !is_verbatim && let Some(heading) = heading(line) {
            has_heading = true;
            roff.control("SH", [heading.as_str()]);
            continue;
        }
        if !has_heading {
            has_heading = true;
            roff.control("SH", ["NOTES"]);
        }
        roff.control("PP", []);
        if is_verbatim {
            roff.control("nf", []);
        }
        roff.text([roman(unindented(line))]);
        while let Some(line) =
            lines.next_if(|next| !next.trim().is_empty() && next.starts_with(' ') == is_verbatim)
        {
            roff.text([roman(unindented(line))]);
        }
        if is_verbatim {
            roff.control("fi", []);
        }
    }
    roff
}

/// Removes the two spaces by which verbatim lines are indented.
fn unindented(line: &str) -> &str {
    line.strip_prefix("  ").unwrap_or(line)
}

/// Returns the heading that a line consists of, such as `Examples:`; `None` if the line is not a
/// heading. A sentence that introduces a list is not a heading either.
fn heading(line: &str) -> Option<String> {
    let words = line.strip_suffix(':').or_else(|| line.strip_suffix('：'))?;
    (words.split_whitespace().count() < 3).then(|| words.to_uppercase())
}

fn see_also(words: &[String]) -> Roff {
    let mut above = vec![MANUAL];
    above.extend(words.iter().take(words.len() - 1).map(String::as_str));
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold(above.join("-")), roman("(1)")]);
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> String {
        after_help(text).to_roff()
    }

    #[test]
    fn examples_keep_their_lines_and_paragraphs_do_not() {
        let text = "One\ntwo.\n\nExamples:\n  aihc-dev a \\\n      --b\n\nA file has these members:\n  'a': 1\n  .b";
        let roff = rendered(text);
        let expected = [
            ".SH NOTES",
            ".PP",
            "One",
            "two.",
            ".SH EXAMPLES",
            ".PP",
            ".nf",
            r"aihc\-dev a \\",
            r"    \-\-b",
            ".fi",
            ".PP",
            "A file has these members:",
            ".PP",
            ".nf",
            r"\&'a': 1",
            r"\&.b",
            ".fi",
        ];
        let lines: Vec<_> = roff.lines().collect();
        assert!(lines.ends_with(&expected), "{roff}");
    }
}
