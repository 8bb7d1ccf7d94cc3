//! The top-level help, which shows the commands in groups.

use clap::Command;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::language::{paragraphs, tr};
use crate::terminal::Look;

/// The maximum width of the help in columns, even if the terminal is wider.
const WIDEST: usize = 100;
/// The index of the group for commands that are not listed in any group.
const OTHERS: usize = 4;

/// The commands of each group. Names of commands that do not exist are ignored.
const GROUPS: [&[&str]; 6] = [
    &[
        "list",
        "show",
        "create",
        "clone",
        "update",
        "edit",
        "apply",
        "diff",
        "start",
        "stop",
        "restart",
        "timed-stop",
        "delete",
        "wait",
        "events",
    ],
    &[
        "ssh",
        "cp",
        "port-forward",
        "ssh-command",
        "open",
        "pack-image",
        "pack-status",
    ],
    &["pools", "queues", "datasets", "jobs", "services"],
    &[
        "configure",
        "profiles",
        "context",
        "whoami",
        "session-token",
        "doctor",
    ],
    &[
        "emulator",
        "check-contract",
        "completions",
        "man",
        "version",
    ],
    &["help"],
];

fn headings() -> [String; 6] {
    [
        tr!("Instances:"),
        tr!("Inside an instance:"),
        tr!("Around instances:"),
        tr!("Account and settings:"),
        tr!("Tool:"),
        tr!("Help:"),
    ]
}

/// Replaces the help text of the program with one that lists its commands in groups.
pub(crate) fn grouped(command: Command) -> Command {
    let width = Look::of_process()
        .width
        .map_or(WIDEST, usize::from)
        .min(WIDEST);
    let text = groups(&command, width);
    let (style, reset) = {
        let header = command.get_styles().get_usage();
        (format!("{header}"), format!("{header:#}"))
    };
    // These words come from clap, and are translated together with its other words.
    let (usage, options) = ("Usage:", "Options:");
    let flags = paragraphs!("  -h, --help     Print help\n  -V, --version  Print version");
    let topics = paragraphs!(
        "\
`aihc-dev help COMMAND` shows the options of a command, with examples, and
`aihc-dev help TOPIC` explains: environment, exit-codes, output, credentials, names, options."
    );
    command.help_template(format!(
        "{{before-help}}{{about-with-newline}}\n{style}{usage}{reset} {{usage}}\n\n{text}\
         {style}{options}{reset}\n{flags}\n\n{topics}{{after-help}}"
    ))
}

fn groups(command: &Command, width: usize) -> String {
    let known = GROUPS.concat();
    let others: Vec<_> = (command.get_subcommands().map(Command::get_name))
        .filter(|name| !known.contains(name))
        .collect();
    let names = command
        .get_subcommands()
        .map(|command| command.get_name().len());
    let indent = names.max().unwrap_or_default() + 4;
    let header = command.get_styles().get_header();
    let mut text = String::new();
    for (number, (heading, names)) in headings().iter().zip(GROUPS).enumerate() {
        let mut names = names.to_vec();
        if number == OTHERS {
            names.extend(&others);
        }
        let found = names
            .iter()
            .filter_map(|name| command.find_subcommand(name));
        let lines: String = found.map(|below| line(below, indent, width)).collect();
        if !lines.is_empty() {
            text += &format!("{header}{heading}{header:#}\n{lines}\n");
        }
    }
    text
}

/// Returns the line for a command: its name, its summary and its aliases.
fn line(command: &Command, indent: usize, width: usize) -> String {
    let mut about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let aliases: Vec<_> = command.get_visible_aliases().collect();
    if !aliases.is_empty() {
        about += &format!(" [{}]", aliases.join(", "));
    }
    let room = width.saturating_sub(indent).max(20);
    let separator = format!("\n{}", " ".repeat(indent));
    let about = folded(&about, room).join(&separator);
    let name = command.get_name();
    format!("  {name}{}{about}\n", " ".repeat(indent - 2 - name.len()))
}

/// Wraps a string. Lines are also broken in front of wide characters, except for punctuation that
/// may not begin a line.
fn folded(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut pieces = vec![String::new()];
        for c in word.chars() {
            // No line may begin with one of these.
            if c.width().unwrap_or(0) > 1 && !"，。、；：？！）」』】》”’".contains(c)
            {
                pieces.push(String::new());
            }
            if let Some(piece) = pieces.last_mut() {
                piece.push(c);
            }
        }
        let mut space = " ";
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            if let Some(line) = lines.last_mut() {
                let gap = if line.is_empty() { "" } else { space };
                if line.width() + gap.len() + piece.width() <= columns || line.is_empty() {
                    *line += gap;
                    *line += piece;
                    space = "";
                    continue;
                }
            }
            lines.push(piece.clone());
            space = "";
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_words_and_wide_characters() {
        assert_eq!(folded("stop all of it", 8), ["stop all", "of it"]);
        assert_eq!(folded("停止开发机 now", 8), ["停止开发", "机 now"]);
        assert_eq!(folded("停止（now）它", 8), ["停止", "（now）", "它"]);
        assert_eq!(folded("", 8), [""]);
        assert_eq!(folded("unbreakable", 4), ["unbreakable"]);
    }
}
