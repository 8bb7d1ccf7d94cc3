//! The `edit` command: changes the settings of an instance in a text editor.

mod draft;
mod editor;

use std::path::PathBuf;

use aihc_dev::DevInstanceEdit;
use clap::Args;
use serde_json::Value;

use self::draft::Draft;
use super::change::PlannedChange;
use super::confirm;
use super::names::{self, Resolved};
use super::update::Changed;
use super::watch::WaitOptions;
use crate::client::Context;
use crate::exit::{Exit, Failure, Signal, Signals};
use crate::language::tr;
use crate::output::{Detail, difference, note, note_difference, yaml};
use crate::request::{Old, Schema, Wrong, parse, settings};

/// Change an instance in an editor: shows the difference, asks, and sends it.
#[derive(Args)]
#[command(after_help = "\
The editor is the command in VISUAL or EDITOR, with its arguments, or vi. It opens the \
description as `show --output yaml` writes it, in a private file that is deleted afterwards. *** \
keeps a secret; a member that is deleted is removed. If the text cannot be sent, the editor opens \
again with the reason above it; leave the text unchanged to give up, and it is kept in a file. \
Nothing is sent if the editor fails, or if somebody else has changed the instance meanwhile.

A running instance is rebuilt, and may queue for resources. Pool, queue, image and name cannot be changed.

Examples:
  aihc-dev edit dv-f458ede5
  EDITOR='code --wait' aihc-dev edit dv-f458ede5 --wait
  EDITOR='sed -i s/cpus:.*/cpus:\\ 8/' aihc-dev edit dv-f458ede5 --yes")]
pub(crate) struct Edit {
    /// Id or name of the instance; `-` reads it from standard input.
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// Send the change without asking.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

impl Edit {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        names::must_not_ask(std::slice::from_ref(&self.id), self.yes)?;
        confirm::must_be_possible(self.yes, &tr!("send what has changed"))?;
        let mut signals = Signals::new()?;
        let client = context.client()?;
        let read = async {
            let one = names::resolve_one(context, &client, &self.id).await?;
            match client.edit_dev_instance(&one.id).await {
                Ok(edit) => Ok((one, edit)),
                Err(error) => Err(Failure::from(error).about(&one)),
            }
        };
        let (one, edit) = unless_ended(context, &mut signals, read).await?;
        let shown = yaml(&Detail::from(edit.detail().clone()))?;
        let draft = Draft::new(&one.id, head(&one))?;
        let edited = Editing {
            one: &one,
            edit: &edit,
            shown: &shown,
        };
        let edited = edited.until_accepted(draft, &mut signals).await?;
        let Edited::Change {
            draft,
            text,
            planned,
        } = edited
        else {
            note(&tr!(
                "{instance} is unchanged; nothing was sent",
                instance = one.label()
            ));
            return Ok(());
        };
        let agreed = async {
            let [old, new] = planned.bodies();
            let colour = context.output.look().colour && context.output.look().live;
            note_difference(&difference(old, new, &one.label(), colour)?);
            match self.yes {
                true => Ok(true),
                false => confirm::ask(tr!("Send this change?")).await,
            }
        };
        let agreed = match unless_ended(context, &mut signals, agreed).await {
            Ok(agreed) => agreed,
            Err(failure) => {
                tell_kept(draft, &text);
                return Err(failure);
            }
        };
        if !agreed {
            note(&tr!("nothing was sent"));
            tell_kept(draft, &text);
            return Err(Failure::Told(Exit::Declined));
        }
        let changed = match unless_ended(context, &mut signals, Changed::by(*planned)).await {
            Ok(changed) => changed,
            Err(failure @ Failure::Interrupted(..)) => return Err(failure),
            Err(failure) => {
                let exit = failure.about(&one).report();
                tell_kept(draft, &text);
                return Err(Failure::Told(exit));
            }
        };
        drop(draft);
        let finished = changed.finish(context, &client, &self.wait);
        let finished = unless_ended(context, &mut signals, finished).await;
        finished.map_err(|failure| failure.about(&one))
    }
}

/// The result of editing a description.
enum Edited {
    /// The edited description changes nothing, or the file is empty.
    Same,
    Change {
        draft: Draft,
        text: String,
        planned: Box<PlannedChange>,
    },
}

/// What is edited: the instance, its settings, and the text that the editor shows first.
struct Editing<'a> {
    one: &'a Resolved,
    edit: &'a DevInstanceEdit,
    shown: &'a str,
}

impl Editing<'_> {
    /// Opens the editor until the edited text describes no change, or a change that can be sent. If
    /// a text is refused, opens the editor again; fails if the text is then left as it was.
    async fn until_accepted(&self, draft: Draft, signals: &mut Signals) -> Result<Edited, Failure> {
        draft.write(self.shown, None)?;
        let mut refused: Option<(String, Wrong)> = None;
        loop {
            let opened = editor::open(draft.path(), signals).await;
            if let Err(failure) = opened {
                let Some((text, _)) = refused else {
                    return Err(failure);
                };
                let exit = failure.report();
                tell_kept(draft, &text);
                return Err(Failure::Told(exit));
            }
            let text = match draft.read().await {
                Ok(text) => text,
                Err(failure) => {
                    let before = refused.map(|(text, _)| text);
                    return Err(unreadable(draft, &failure, before.as_deref()));
                }
            };
            if text == self.shown {
                return Ok(Edited::Same);
            }
            if text.trim().is_empty() {
                note(&tr!("the file is empty"));
                return Ok(Edited::Same);
            }
            if let Some((before, wrong)) = refused
                && before == text
            {
                // The file that is kept has no comments above the text, and line numbers refer to
                // that file.
                let kept = draft.keep(&text);
                let file = match &kept {
                    Ok(path) => path.display().to_string(),
                    Err(_) => tr!("the text"),
                };
                let exit = wrong.in_file(&file).report();
                note(&tr!("nothing was sent"));
                tell(kept);
                return Err(Failure::Told(exit));
            }
            let wrong = match self.planned(&text) {
                Ok(planned) if planned.changes().is_empty() => return Ok(Edited::Same),
                Ok(planned) => {
                    return Ok(Edited::Change {
                        draft,
                        text,
                        planned: Box::new(planned),
                    });
                }
                Err(wrong) => wrong,
            };
            draft.write(&text, Some((&wrong.what, wrong.line)))?;
            refused = Some((text, wrong));
        }
    }

    /// Returns the change that an edited text describes.
    fn planned(&self, text: &str) -> Result<PlannedChange, Wrong> {
        let schema = Schema::of_update();
        let edited = parse(text)?;
        schema.refuse_read_only(&parse(self.shown)?, &edited)?;
        let old = settings::to_json(self.edit.before()).map_err(|failure| wrong(&failure))?;
        // The text is a complete description: if a member is missing from it, the user has removed
        // it.
        let mut new = Value::Null;
        schema.fill(&mut new, edited, Old::Known(&old))?;
        let Some(members) = new.as_object_mut() else {
            return Err(Wrong::new(
                0,
                tr!("it contains no description of an instance"),
            ));
        };
        let id = members
            .entry("id")
            .or_insert_with(|| self.one.id.as_str().into());
        if *id != self.one.id {
            return Err(Wrong::new(0, tr!("id cannot be changed")));
        }
        let missing = schema.missing(&new);
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(Wrong::new(0, tr!("missing: {missing}", missing = missing)));
        }
        if let Some(member) = schema.kept_when_left_out(&old, &new) {
            return Err(Wrong::new(
                0,
                tr!(
                    "{member} cannot be removed: an update without it keeps it",
                    member = member
                ),
            ));
        }
        let planned = PlannedChange::of(self.one, self.edit.clone(), |_, _| Ok(new));
        let planned = planned.map_err(|failure| wrong(&failure))?;
        let fixed = planned.refuse_fixed();
        fixed.map_err(|failure| wrong(&failure))?;
        Ok(planned)
    }
}

/// Converts a failure to an error about the edited text that names no particular line.
fn wrong(failure: &Failure) -> Wrong {
    Wrong::new(0, failure.to_string())
}

/// Returns the comments that the user sees in the editor, above the text to edit.
fn head(one: &Resolved) -> String {
    let lines = [
        tr!(
            "Instance {instance}. The saved text is shown as a difference before it is sent.",
            instance = one.label()
        ),
        tr!("*** keeps a secret. An unchanged or empty text changes nothing."),
    ];
    let lines = lines.iter().map(|line| format!("# {line}\n"));
    lines.collect::<String>() + "#\n"
}

/// Reports that the file cannot be read after the user has edited it. Keeps the file if it is a
/// regular file; otherwise, keeps the previous text `before`, if there is one. Tells the user where
/// the kept file is.
fn unreadable(draft: Draft, failure: &Failure, before: Option<&str>) -> Failure {
    let exit = failure.report();
    note(&tr!("nothing was sent"));
    match before {
        // The file is kept with the comments above the text, whose end cannot be determined.
        _ if draft.is_file() => tell(Ok(draft.keep_file())),
        Some(text) => tell_kept(draft, text),
        None => {}
    }
    Failure::Told(exit)
}

/// Keeps a text that was not sent, and tells the user where it is.
fn tell_kept(draft: Draft, text: &str) {
    tell(draft.keep(text));
}

fn tell(kept: Result<PathBuf, Failure>) {
    match kept {
        Ok(path) => note(&tr!(
            "your text is kept in {path}; it contains any secrets you typed",
            path = path.display()
        )),
        Err(error) => note(&tr!("cannot keep your text: {error}", error = error)),
    }
}

/// Runs a future to its end, unless a signal ends it first.
async fn unless_ended<T>(
    context: &Context,
    signals: &mut Signals,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        signal = signals.next() => {
            if signal == Signal::Interrupt && context.output.look().live {
                // Ends the line on which the terminal has printed `^C`.
                note("");
            }
            Err(Failure::Interrupted(signal, context.writes.describe(true)))
        }
        result = work => result,
    }
}
