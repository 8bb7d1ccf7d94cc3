//! How a failure is told.

use std::io::{self, Write as _};

use super::{Exit, Failure, hint};
use crate::terminal::{one_line, printable};

impl Failure {
    /// Tells it on standard error. Gives the exit code.
    pub(crate) fn report(&self) -> Exit {
        self.report_about(None)
    }

    /// As [`report`](Self::report), with the instance that it is about.
    pub(crate) fn report_about(&self, id: Option<&str>) -> Exit {
        let told = match self {
            Self::Told(_) => true,
            Self::Local(error) => error.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        };
        if !told {
            let mut text = String::from("aihc-dev: ");
            if let Some(id) = id {
                text += &format!("{}: ", one_line(id));
            }
            text += &self.to_string();
            text.push('\n');
            for note in self.notes() {
                text += &format!("  {note}\n");
            }
            // There is no other place to tell that standard error is gone.
            let _ = io::stderr().lock().write_all(printable(&text).as_bytes());
        }
        self.exit()
    }

    /// What follows from it.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let call = match self {
            Self::Half(failure, _) => failure,
            failure => failure,
        };
        if let Self::Call(error) = call
            && error.attempts() > 0
            && hint::is_change(error)
        {
            notes.push(match error.may_have_been_applied() {
                true => "the change may have been made".to_owned(),
                false => "the change was not made".to_owned(),
            });
        }
        if let Self::Interrupted(_, lines) | Self::Unwritten { done: lines, .. } = self {
            notes.extend(lines.iter().cloned());
        }
        notes.extend(hint::of(self).map(|hint| format!("hint: {hint}")));
        if matches!(self.exit(), Exit::Credentials | Exit::Unreachable) {
            notes.push("`aihc-dev doctor` checks one thing after the other".to_owned());
        }
        notes
    }
}
