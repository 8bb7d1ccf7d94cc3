//! Shows text on a terminal, and updates it in place.

use std::io::{self, Write as _};

use crate::language::tr;
use crate::output::unwritten;
use crate::terminal::{Look, cut, size_of_stdout};

/// A screen with the lines that it shows. The cursor is below the last line.
#[derive(Debug, Default)]
pub(super) struct Screen {
    lines: Vec<String>,
    size: Option<(u16, u16)>,
    resized: bool,
}

impl Screen {
    /// Returns a copy of the display settings `look` with the current usable width of the terminal.
    pub(super) fn measured(&mut self, look: &Look) -> Look {
        let size = size_of_stdout();
        self.resized |= self.size.is_some() && size != self.size;
        self.size = size;
        Look {
            // The last column is not used, because some terminals begin a new line when it is
            // filled.
            width: size
                .map(|(width, _)| width.saturating_sub(1))
                .or(look.width),
            ..*look
        }
    }

    /// Shows a text, with the message `foot` below it. Writes only what has changed, or everything
    /// if the size of the screen has changed.
    pub(super) fn draw(&mut self, text: &str, foot: &str) -> io::Result<()> {
        let wanted = fitting(text, foot, self.size);
        let mut bytes = String::new();
        if std::mem::take(&mut self.resized) {
            // The terminal may have wrapped the lines in another way, so their positions are
            // unknown.
            bytes += "\x1b[H\x1b[2J";
            self.lines.clear();
        }
        bytes += &difference(&self.lines, &wanted);
        self.lines = wanted;
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(bytes.as_bytes());
        written.and_then(|()| stdout.flush()).map_err(unwritten)
    }
}

/// Returns the text, with escape sequences, that changes the `old` lines on a terminal to the `new`
/// ones. The cursor must be at the beginning of the line below the old ones.
fn difference(old: &[String], new: &[String]) -> String {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    if same == old.len() && same == new.len() {
        return String::new();
    }
    let mut bytes = String::new();
    let up = old.len() - same;
    if up > 0 {
        bytes += &format!("\x1b[{up}A");
    }
    for (at, line) in new.iter().enumerate().skip(same) {
        if old.get(at) != Some(line) {
            bytes += line;
            // Clears the rest of the old line, which may have been longer.
            bytes += "\x1b[K";
        }
        bytes.push_str("\r\n");
    }
    if new.len() < old.len() {
        bytes += "\x1b[J";
    }
    bytes
}

/// Returns the lines that fit on the screen. The last of them is the message `foot`, unless that is
/// empty.
fn fitting(text: &str, foot: &str, size: Option<(u16, u16)>) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (width, height) = size.map_or((80, usize::MAX), |(width, height)| {
        (usize::from(width), usize::from(height))
    });
    let mut below: Vec<String> = Vec::new();
    // The cursor needs a line as well.
    let room = height
        .saturating_sub(1 + usize::from(!foot.is_empty()))
        .max(1);
    if lines.len() > room {
        let more = lines.len() - (room - 1);
        lines.truncate(room - 1);
        below.push(tr!(
            "and {more} more lines, which do not fit in this window",
            more = more
        ));
    }
    if !foot.is_empty() {
        below.push(foot.to_owned());
    }
    lines.extend(below.iter().map(|line| cut(line, width.saturating_sub(1))));
    lines
}

/// Notifies of changes to the size of the terminal, on Unix only.
pub(super) struct Resized {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Resized {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::window_change())
                .ok(),
        }
    }

    #[cfg(unix)]
    pub(super) async fn next(&mut self) {
        match &mut self.signal {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn only_lines_that_differ_are_written() {
        let old = lines("HEAD\na  1\nb  2");
        assert_eq!(
            difference(&[], &old),
            "HEAD\x1b[K\r\na  1\x1b[K\r\nb  2\x1b[K\r\n"
        );
        assert_eq!(difference(&old, &old), "");
        let new = lines("HEAD\na  9\nb  2");
        assert_eq!(difference(&old, &new), "\x1b[2Aa  9\x1b[K\r\n\r\n");
        let fewer = lines("HEAD\na  1");
        assert_eq!(difference(&old, &fewer), "\x1b[1A\x1b[J");
        let more = lines("HEAD\na  1\nb  2\nc");
        assert_eq!(difference(&old, &more), "c\x1b[K\r\n");
        assert_eq!(difference(&old, &[]), "\x1b[3A\x1b[J");
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let text = "HEAD\n1\n2\n3\n4\n";
        assert_eq!(fitting(text, "", Some((80, 6))), lines(text));
        assert_eq!(
            fitting(text, "", Some((80, 5))),
            [
                "HEAD",
                "1",
                "2",
                "and 2 more lines, which do not fit in this window"
            ]
        );
        assert_eq!(
            fitting(text, "fault", Some((20, 5))),
            ["HEAD", "1", "and 3 more lines, …", "fault"]
        );
        assert_eq!(fitting("", "", Some((80, 1))), [""; 0]);
        assert_eq!(fitting(text, "", Some((80, 0))).len(), 1);
    }
}
