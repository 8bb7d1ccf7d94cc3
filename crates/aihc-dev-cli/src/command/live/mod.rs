//! `--watch`: shows results, and updates them as they change.

mod changes;
mod screen;

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::time::Instant;

use self::changes::Changes;
use self::screen::{Resized, Screen};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::{text, tr};
use crate::options::duration;
use crate::output::{Shown, note, short};
use crate::terminal::{Look, one_line, stdout_reader, takes_escapes};

const INTERVAL: Duration = Duration::from_secs(5);
/// The longest pause after a failed read, unless the interval between reads is longer.
const LONGEST: Duration = Duration::from_secs(60);

/// The options of commands that can watch.
#[derive(Args, Clone, Default)]
pub(super) struct WatchOptions {
    /// Keep watching until interrupted: on a terminal the results are updated in place, elsewhere
    /// each change is a line. With --timeout it ends after that time, with exit code 5.
    #[arg(long)]
    pub(super) watch: bool,
    /// Pause between polls with --watch [default: 5s].
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "watch")]
    interval: Option<Duration>,
}

/// The results of one read in a loop that watches for changes.
pub(super) struct Found<D> {
    pub(super) values: Vec<D>,
    /// The reason why the results may be incomplete or outdated; `None` if they are complete and
    /// current.
    pub(super) doubt: Option<String>,
    /// Whether no further change is possible.
    pub(super) over: bool,
}

impl<D> From<Vec<D>> for Found<D> {
    fn from(values: Vec<D>) -> Self {
        Self {
            values,
            doubt: None,
            over: false,
        }
    }
}

impl WatchOptions {
    /// Reads and shows the results repeatedly. A transient failure is shown, and does not end the
    /// loop; a permanent one does.
    pub(super) async fn run<D, S, F>(
        &self,
        context: &Context,
        mut read: impl AsyncFnMut() -> Result<Found<D>, Failure>,
        shown: F,
    ) -> Result<(), Failure>
    where
        D: Serialize,
        S: Into<Shown>,
        F: Fn(&[D], &Look) -> S,
    {
        if !context.output.can_watch() {
            return Err(Failure::usage(text!(
                "--watch has no end: use --output table, wide or jsonl, without --query"
            )));
        }
        let ends = context.options.timeout.map(|limit| Instant::now() + limit);
        let interval = self.interval.unwrap_or(INTERVAL);
        let mut view = View::new(context, shown);
        let mut resized = Resized::new();
        let (mut failures, mut is_first) = (0_u32, true);
        loop {
            let result = tokio::select! {
                result = read() => result,
                () = until(ends) => return timed_out(),
            };
            let pause = match result {
                Ok(found) => {
                    (failures, is_first) = (0, false);
                    let over = found.over;
                    view.show(found)?;
                    if over {
                        return Ok(());
                    }
                    interval
                }
                Err(failure) if is_passing(&failure, is_first) => {
                    failures = failures.saturating_add(1);
                    let pause = interval.saturating_mul(1 << failures.min(6));
                    let pause = pause.min(LONGEST).max(interval);
                    view.fault(&failure, pause)?;
                    pause
                }
                Err(failure) => return Err(failure),
            };
            let next = Instant::now() + pause;
            loop {
                tokio::select! {
                    () = tokio::time::sleep_until(next) => break,
                    () = until(ends) => return timed_out(),
                    // Ends in the same way as after a failed write.
                    () = stdout_reader::gone() => return Ok(()),
                    () = resized.next() => view.draw()?,
                }
            }
        }
    }
}

async fn until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}

fn timed_out() -> Result<(), Failure> {
    note(&tr!("the --timeout has passed; what was watched continues"));
    Err(Failure::Told(Exit::TimedOut))
}

/// Returns whether a read that failed may succeed later. Until a read has succeeded (`is_first`), a
/// refusal counts as permanent, unless the service is overloaded or reports an internal error.
fn is_passing(failure: &Failure, is_first: bool) -> bool {
    let Some(error) = failure.call() else {
        return false;
    };
    let is_fault = error.is_throttled() || error.status().is_some_and(|it| it.is_server_error());
    match failure.exit() {
        Exit::Unreachable | Exit::TimedOut => true,
        Exit::Refused => is_fault || !is_first,
        _ => false,
    }
}

/// Shows the results of `--watch`, which are read repeatedly.
struct View<'a, D, F> {
    context: &'a Context,
    shown: F,
    values: Vec<D>,
    /// The screen on which the results are updated in place. If this is `None`, each change is
    /// printed as a line.
    screen: Option<Screen>,
    changes: Changes,
    /// The message that accompanies the results. It is at the bottom of the screen; without a
    /// screen, it is printed once on standard error.
    said: String,
}

impl<'a, D, S, F> View<'a, D, F>
where
    D: Serialize,
    S: Into<Shown>,
    F: Fn(&[D], &Look) -> S,
{
    fn new(context: &'a Context, shown: F) -> Self {
        let on_screen =
            context.output.is_for_people() && io::stdout().is_terminal() && takes_escapes();
        Self {
            context,
            shown,
            values: Vec::new(),
            screen: on_screen.then(Screen::default),
            changes: Changes::default(),
            said: String::new(),
        }
    }

    fn show(&mut self, found: Found<D>) -> Result<(), Failure> {
        self.values = found.values;
        let is_whole = found.doubt.is_none();
        self.say(found.doubt.unwrap_or_default());
        if self.screen.is_some() {
            return self.draw();
        }
        let (output, values) = (&self.context.output, &self.values);
        let shown = |look: &Look| (self.shown)(values, look);
        let (_, order) = output.arranged(values, shown, output.look())?;
        let kept: Vec<_> = order.iter().filter_map(|at| values.get(*at)).collect();
        for change in self.changes.look(&kept, is_whole)? {
            match output.is_for_people() {
                true => output.text(&change.line())?,
                false => output.entry(&change)?,
            }
        }
        Ok(())
    }

    /// Shows the error of a read that has failed, and when the next read follows.
    fn fault(&mut self, failure: &Failure, pause: Duration) -> Result<(), Failure> {
        let error = failure.to_string();
        self.say(tr!(
            "{error}; retrying in {pause}",
            error = one_line(&error),
            pause = short(pause)
        ));
        self.draw()
    }

    fn say(&mut self, text: String) {
        if self.screen.is_none() && !text.is_empty() && text != self.said {
            note(&text);
        }
        self.said = text;
    }

    /// Updates the screen, if there is one. Writes only what has changed, or everything if the size
    /// of the screen has changed.
    fn draw(&mut self) -> Result<(), Failure> {
        let Some(screen) = &mut self.screen else {
            return Ok(());
        };
        let (output, values) = (&self.context.output, &self.values);
        let look = screen.measured(output.look());
        let shown = |look: &Look| (self.shown)(values, look);
        let (text, _) = output.arranged(values, shown, &look)?;
        Ok(screen.draw(&text, &self.said)?)
    }
}
