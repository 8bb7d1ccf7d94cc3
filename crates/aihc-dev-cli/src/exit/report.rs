//! Prints failures.

use std::borrow::Cow;
use std::io::{self, Write as _};

use super::{Exit, Failure, hint};
use crate::command::Resolved;
use crate::language::tr;
use crate::terminal::{one_line, printable};

impl Failure {
    /// Prints the failure on standard error, and returns the exit code. Prints nothing if the
    /// failure has already been reported, or is a broken pipe, since then nobody reads the output
    /// any more.
    pub(crate) fn report(&self) -> Exit {
        self.report_about(None)
    }

    /// Prints the failure in the same way as [`report`](Self::report), and returns the exit code.
    /// The id of the item `one` is printed in front of the message; if the user typed the name of
    /// the item, the name is printed before the id.
    pub(crate) fn report_of(self, one: &Resolved) -> Exit {
        match one.name {
            Some(_) => self.about(one).report(),
            None => self.report_about(Some(&one.id)),
        }
    }

    /// Prints the failure in the same way as [`report`](Self::report), and returns the exit code.
    /// `id`, such as the id of the instance that the failure is about, is printed in front of the
    /// message.
    pub(crate) fn report_about(&self, id: Option<&str>) -> Exit {
        let told = match self.inner() {
            Self::Told(_) => true,
            Self::Local(error) => error.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        };
        if !told {
            let mut text = String::from("aihc-dev: ");
            let (label, id) = match self {
                Self::About(one, _) => (Some(one.label()), Some(one.id.as_str())),
                _ => (id.map(|id| one_line(id).into_owned()), id),
            };
            if let Some(label) = label {
                text += &format!("{label}: ");
            }
            text += &without(&self.to_string(), id);
            text.push('\n');
            for note in self.notes() {
                text += &format!("  {note}\n");
            }
            // If standard error is closed, there is nowhere to report that.
            let _ = io::stderr().lock().write_all(printable(&text).as_bytes());
        }
        self.exit()
    }

    /// Returns the lines that are printed after the message of the failure: details, consequences
    /// and hints.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Self::Unresolved(lines) = self {
            notes.extend(lines.iter().skip(1).cloned());
        }
        if let Self::Call(error) = self.inner()
            && error.attempts() > 0
            && hint::is_change(error)
        {
            notes.push(match error.may_have_been_applied() {
                true => tr!("the change may have been made"),
                false => tr!("the change was not made"),
            });
        }
        if let Self::Interrupted(_, lines) | Self::Unwritten { done: lines, .. } = self.inner() {
            notes.extend(lines.iter().cloned());
        }
        notes.extend(hint::of(self).map(|hint| tr!("hint: {hint}", hint = hint)));
        if matches!(self.exit(), Exit::Credentials | Exit::Unreachable) {
            notes.push(tr!("`aihc-dev doctor` checks everything step by step"));
        }
        notes
    }
}

/// Returns the message without `id` at its beginning, since the id is already printed in front of
/// the message. If the message does not begin with `id`, returns the whole message.
fn without<'a>(text: &'a str, id: Option<&str>) -> Cow<'a, str> {
    let Some(id) = id else {
        return text.into();
    };
    // The error of a wait.
    if let Some(goal) = text.strip_prefix(&format!("waiting for {id} ")) {
        return format!("waiting for it {goal}").into();
    }
    let rest = text.strip_prefix(id);
    let rest = rest.and_then(|rest| rest.strip_prefix(": ").or_else(|| rest.strip_prefix(' ')));
    rest.unwrap_or(text).into()
}
