//! The terminal: its capabilities, and text that is safe to print on it.

pub(crate) mod question;
pub(crate) mod stdout_reader;
mod text;

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};

use terminal_size::{Height, Width, terminal_size_of};

pub(crate) use self::text::{cut, is_invisible, json_escaped, log_lines, one_line, printable};

/// The columns and the rows that are assumed if a terminal does not report its size.
const USUAL_SIZE: (u16, u16) = (80, 24);

/// How results and progress are displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// The width of tables; `None` if lines may have any length.
    pub(crate) width: Option<u16>,
    /// Whether results may be coloured.
    pub(crate) colour: bool,
    /// Whether a line on standard error can be rewritten.
    pub(crate) live: bool,
}

/// The properties of the terminal and the environment variables that determine a [`Look`].
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
    /// Determines how this process displays results and progress.
    pub(crate) fn of_process() -> Self {
        let text = |name| std::env::var(name).ok();
        Self::decide(&Surroundings {
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
            terminal_width: terminal_size_of(io::stdout()).map(|(width, _)| width.0),
            columns: text("COLUMNS"),
            no_colour: text("NO_COLOR"),
            escapes: takes_escapes(),
        })
    }

    fn decide(around: &Surroundings) -> Self {
        let set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let width = positive(around.columns.as_deref()).or(around.terminal_width);
        // Some terminals, such as serial lines, do not report a size, but wrap lines nevertheless.
        let usual = around.stdout_is_terminal.then_some(USUAL_SIZE.0);
        Self {
            width: width.or(usual),
            colour: around.stdout_is_terminal && around.escapes && !set(&around.no_colour),
            live: around.stderr_is_terminal && around.escapes,
        }
    }
}

/// Returns the columns and the rows of the terminal on standard output; `None` if standard output
/// is not a terminal.
pub(crate) fn size_of_stdout() -> Option<(u16, u16)> {
    let stdout = io::stdout();
    stdout.is_terminal().then(|| size(terminal_size_of(stdout)))
}

/// Returns the columns and the rows of the terminal on standard error; `None` if standard error is
/// not a terminal.
pub(crate) fn size_of_stderr() -> Option<(u16, u16)> {
    let stderr = io::stderr();
    stderr.is_terminal().then(|| size(terminal_size_of(stderr)))
}

/// Returns the size that the terminal reports. If it reports none, the columns and the rows are
/// those in the variables `COLUMNS` and `LINES`, or else those in [`USUAL_SIZE`].
fn size(told: Option<(Width, Height)>) -> (u16, u16) {
    let number = |name| positive(std::env::var(name).ok().as_deref());
    match told {
        Some((width, height)) => (width.0, height.0),
        None => (
            number("COLUMNS").unwrap_or(USUAL_SIZE.0),
            number("LINES").unwrap_or(USUAL_SIZE.1),
        ),
    }
}

fn positive(text: Option<&str>) -> Option<u16> {
    text?.parse().ok().filter(|number| *number > 0)
}

/// Returns whether the terminal interprets escape sequences.
///
/// On Windows, the console has to be told to interpret them, once per process and before the first
/// sequence. This function does so, unless `TERM` is `dumb` or standard output is not a console.
pub(crate) fn takes_escapes() -> bool {
    let dumb = is_dumb(std::env::var_os("TERM").as_deref());
    !dumb && anstyle_query::windows::enable_ansi_colors().unwrap_or(true)
}

fn is_dumb(term: Option<&OsStr>) -> bool {
    term.is_some_and(|term| term == "dumb")
}

/// Returns whether the user can be asked, which requires two terminals: standard error, on which a
/// question is printed, and standard input, from which the answer is read.
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
    fn a_terminal_that_tells_no_size_has_the_usual_one() {
        let mut around = Surroundings {
            terminal_width: None,
            ..on_a_terminal()
        };
        assert_eq!(Look::decide(&around).width, Some(80));
        around.columns = some("60");
        assert_eq!(Look::decide(&around).width, Some(60));
        around.columns = some("0");
        assert_eq!(Look::decide(&around).width, Some(80));
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
