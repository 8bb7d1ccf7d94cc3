//! The terminal: what it can show, and texts that do it no harm.

pub(crate) mod question;
pub(crate) mod stdout_reader;
mod text;

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};

pub(crate) use self::text::{is_invisible, json_escaped, log_lines, one_line, printable};

/// How results and progress may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Columns that a table may fill; `None` when nobody folds long lines.
    pub(crate) width: Option<u16>,
    /// Whether results may be coloured.
    pub(crate) colour: bool,
    /// Whether a line on standard error may be rewritten.
    pub(crate) live: bool,
}

/// What a look is decided by.
#[derive(Clone, Debug, Default)]
struct Surroundings {
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    terminal_width: Option<u16>,
    columns: Option<String>,
    no_colour: Option<String>,
    escapes: bool,
}

impl Look {
    /// That of this process.
    pub(crate) fn of_process() -> Self {
        let text = |name| std::env::var(name).ok();
        Self::decide(&Surroundings {
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
            terminal_width: terminal_size::terminal_size_of(io::stdout()).map(|(w, _)| w.0),
            columns: text("COLUMNS"),
            no_colour: text("NO_COLOR"),
            escapes: takes_escapes(),
        })
    }

    fn decide(around: &Surroundings) -> Self {
        let set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let columns = around.columns.as_deref().and_then(|text| text.parse().ok());
        let width = columns.filter(|width| *width > 0).or(around.terminal_width);
        Self {
            width,
            colour: around.stdout_is_terminal && around.escapes && !set(&around.no_colour),
            live: around.stderr_is_terminal && around.escapes,
        }
    }
}

/// Whether a terminal does what escape sequences say. A console of Windows must be asked to, for this process and
/// before the first of them; where standard output is not one, it is not asked.
pub(crate) fn takes_escapes() -> bool {
    let dumb = is_dumb(std::env::var_os("TERM").as_deref());
    !dumb && anstyle_query::windows::enable_ansi_colors().unwrap_or(true)
}

fn is_dumb(term: Option<&OsStr>) -> bool {
    term.is_some_and(|term| term == "dumb")
}

/// Whether somebody can be asked: a question goes to standard error, the answer comes from
/// standard input.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_a_terminal() -> Surroundings {
        Surroundings {
            stdout_is_terminal: true,
            stderr_is_terminal: true,
            terminal_width: Some(120),
            escapes: true,
            ..Surroundings::default()
        }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_terminal_gets_colours_a_live_line_and_tables_that_fit() {
        let look = Look::decide(&on_a_terminal());
        let expected = Look {
            width: Some(120),
            colour: true,
            live: true,
        };
        assert_eq!(look, expected);
    }

    #[test]
    fn a_pipe_gets_plain_lines_of_any_length() {
        let look = Look::decide(&Surroundings::default());
        let expected = Look {
            width: None,
            colour: false,
            live: false,
        };
        assert_eq!(look, expected);
    }

    #[test]
    fn results_in_a_pipe_leave_the_live_line_on_the_terminal() {
        let piped = Surroundings {
            stdout_is_terminal: false,
            terminal_width: None,
            ..on_a_terminal()
        };
        assert!(Look::decide(&piped).live);
        assert!(!Look::decide(&piped).colour);
    }

    #[test]
    fn no_color_counts_unless_it_is_empty_and_without_escapes_there_is_neither() {
        let colour = |no_colour: &str| {
            let around = Surroundings {
                no_colour: some(no_colour),
                ..on_a_terminal()
            };
            Look::decide(&around).colour
        };
        assert!(!colour("1"));
        assert!(colour(""));
        let plain = Look::decide(&Surroundings {
            escapes: false,
            ..on_a_terminal()
        });
        assert!(!plain.colour && !plain.live);
        assert!(is_dumb(Some(OsStr::new("dumb"))));
        assert!(!is_dumb(Some(OsStr::new("xterm"))) && !is_dumb(None));
    }

    #[test]
    fn columns_win_over_the_terminal_if_they_are_a_number() {
        let width = |columns: &str| {
            let around = Surroundings {
                columns: some(columns),
                ..on_a_terminal()
            };
            Look::decide(&around).width
        };
        assert_eq!(width("60"), Some(60));
        assert_eq!(width("0"), Some(120));
        assert_eq!(width("wide"), Some(120));
    }
}
