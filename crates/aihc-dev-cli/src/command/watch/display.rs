//! Shows the progress while a command waits for states of instances: on one line that is rewritten,
//! or on one line per change.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::time::Duration;

use aihc_dev::wait::Progress;
use tokio::time::Instant;

use crate::output::short;
use crate::terminal::{cut, one_line, size_of_stderr};

/// The escape sequence that moves the cursor to the beginning of the line and clears the line.
const EMPTY_LINE: &str = "\r\x1b[2K";

/// Shows the progress of waits on standard error.
#[derive(Debug)]
pub(super) struct WaitDisplay {
    live: bool,
    started: Instant,
    seen: HashMap<String, WaitState>,
    drawn: bool,
}

/// The last known state and event of an instance for which a command waits.
#[derive(Debug)]
struct WaitState {
    state: String,
    since: Instant,
    event: String,
}

impl WaitDisplay {
    pub(super) fn new(live: bool) -> Self {
        Self {
            live,
            started: Instant::now(),
            seen: HashMap::new(),
            drawn: false,
        }
    }

    /// Records and shows a new state of an instance, or a new reason for its state.
    pub(super) fn state(&mut self, id: &str, progress: &Progress) {
        let mut state = progress.state.to_string();
        if !progress.reason.is_empty() {
            state += &format!(": {}", one_line(&progress.reason));
        }
        let same_state = (progress.previous).is_some_and(|(before, _)| before == progress.state);
        self.line(id, &state);
        let now = Instant::now();
        let seen = self.seen_of(id, now);
        seen.state = state;
        if !same_state {
            seen.since = now;
        }
        self.draw();
    }

    /// Records the latest event of an instance, and shows it unless it is the one that was recorded
    /// before.
    pub(super) fn event(&mut self, id: &str, event: String) {
        if self.seen_of(id, Instant::now()).event == event {
            return;
        }
        self.line(id, &format!("event {event}"));
        self.seen_of(id, Instant::now()).event = event;
        self.draw();
    }

    /// Draws the line that shows the progress and is rewritten in place, if there is one.
    pub(super) fn draw(&mut self) {
        let seen = self.seen.iter().find(|(_, seen)| !seen.state.is_empty());
        let (true, Some((id, seen))) = (self.live, seen) else {
            return;
        };
        let text = live_line(id, &seen.state, seen.since.elapsed(), &seen.event);
        let width = size_of_stderr().map_or(80, |(width, _)| width);
        // The last column is not used, because some terminals begin a new line when it is filled.
        let text = cut(&text, usize::from(width).saturating_sub(1));
        write(&format!("{EMPTY_LINE}{text}"));
        self.drawn = true;
    }

    /// Clears the line that shows the progress, if it has been drawn.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            write(EMPTY_LINE);
        }
    }

    fn line(&self, id: &str, text: &str) {
        if !self.live {
            write(&plain_line(id, text, self.started.elapsed()));
        }
    }

    fn seen_of(&mut self, id: &str, now: Instant) -> &mut WaitState {
        self.seen.entry(id.to_owned()).or_insert_with(|| WaitState {
            state: String::new(),
            since: now,
            event: String::new(),
        })
    }
}

/// Clears the progress line, which would otherwise remain after Ctrl-C.
impl Drop for WaitDisplay {
    fn drop(&mut self) {
        self.clear();
    }
}

fn plain_line(id: &str, text: &str, elapsed: Duration) -> String {
    format!("{:>5}  {}  {text}\n", short(elapsed), one_line(id))
}

fn live_line(id: &str, state: &str, since: Duration, event: &str) -> String {
    let mut text = format!("{}  {state} for {}", one_line(id), short(since));
    if !event.is_empty() {
        text += &format!("  {event}");
    }
    text
}

fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    // A failure only affects the display, and there is nowhere else to report it.
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_live_line_tells_state_time_and_event() {
        let line = live_line("dv-1", "queued", Duration::from_secs(75), "Pulling: 拉取");
        assert_eq!(line, "dv-1  queued for 75s  Pulling: 拉取");
        assert_eq!(
            live_line("dv-1", "queued", Duration::ZERO, ""),
            "dv-1  queued for 0s"
        );
    }

    #[test]
    fn a_plain_line_begins_with_the_time() {
        let line = plain_line("dv-1", "running", Duration::from_secs(3));
        assert_eq!(line, "   3s  dv-1  running\n");
    }
}
